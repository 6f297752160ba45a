import {Option} from 'commander';
import {knownUntil} from '../../app/history/history-detail.ts';
import {filterHistory, historyKinds, historyObject, type HistoryKind} from '../../app/history/history.ts';
import {besideWords} from '../../app/history/history-pair.ts';
import {tellLedgers, tookWords, type LedgerLine, type LineOutcome} from '../../app/ledger/ledger-lines.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {DeployError, exitCodes, usage} from '../../domain/errors.ts';
import {age, exactMoment} from '../../domain/format.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {jsonOption, onlyAppOption, onlyEnvironmentOption, type JsonOption} from '../options.ts';
import {printJson} from '../print-json.ts';
import {inColumns} from '../in-columns.ts';
import {paint, type Meaning, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

/** Lines that a person reads at once. A program is told all, or it would take them for all. */
const usualLimit = 50;

export const register: RegisterVerb = (program, {withCockpit}) =>
	program
		.command('history')
		.description('who did what where, newest first, from the ledgers of all environments')
		.addOption(onlyEnvironmentOption())
		.addOption(onlyAppOption())
		.option('--who <name>', 'only what this person did')
		.addOption(new Option('--kind <kind>', 'only these').choices(historyKinds).default('all'))
		.option('--limit <count>', `at most so many; ${usualLimit}, with --json all`, parseCount)
		.addOption(jsonOption())
		.action(withCockpit(history));

/** Throws DeployError `usage`. */
const parseCount = (value: string): number => {
	const count = Number(value);
	if (/^\d{1,6}$/.test(value) && count > 0) return count;
	throw usage({
		what: `${JSON.stringify(value)} is not a number of lines`,
		why: 'a limit is a whole number from 1 on',
		next: 'cockpit history --limit 50',
	});
};

type HistoryOptions = JsonOption & {
	readonly env?: string;
	readonly app?: AppName;
	readonly who?: string;
	readonly kind: HistoryKind;
	readonly limit?: number;
};

/** A ledger as it was read, or as it is remembered while its host is silent. */
type Read = {
	readonly environment: Environment;
	readonly entries: readonly LedgerEntry[];
	readonly fault: string | undefined;
	readonly silence?: DeployError;
};

const read = async ({services}: Cockpit, environment: Environment): Promise<Read> => {
	try {
		const {entries, fault} = await services.ledgers.read(environment);
		return {environment, entries, fault};
	} catch (error) {
		if (!(error instanceof DeployError) || error.code === 'cancelled') throw error;
		const memory = services.ledgers.remembered(environment);
		return {environment, entries: memory?.entries ?? [], fault: memory?.fault, silence: error};
	}
};

/** A host that took too long has not answered either; the exit code is that of a silent host. */
const asUnreachable = (error: DeployError): DeployError => {
	const {code, what, why, now, next} = error;
	return exitCodes[code] === exitCodes.unreachable
		? error
		: new DeployError({code: 'unreachable', what, why, now, next, cause: error});
};

/**
 * `cockpit history`: who did what where, newest first. A host that is silent is named, and what is remembered of its
 * ledger is shown. Exits 5 when the host named with --env is silent and nothing of it is remembered.
 */
const history = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	{env, app, who, kind, json, limit = json ? Infinity : usualLimit}: HistoryOptions,
): Promise<number> => {
	const environments = (env === undefined ? cockpit.environments : [environmentNamed(cockpit, env)]).filter(
		({hosts}) => hosts.length > 0,
	);
	const all = await Promise.all(environments.map(environment => read(cockpit, environment)));
	const [only] = all;
	if (env !== undefined && only?.silence && only.entries.length === 0) throw asUnreachable(only.silence);
	const lines = filterHistory(
		tellLedgers(all.map(({environment, entries}) => ({environment: environment.name, entries}))),
		{kind, app, who, text: ''},
	);
	const shown = lines.slice(0, limit);
	const now = cockpit.services.clock.now();
	const told = shown.flatMap(line => {
		const ledger = all.find(({environment}) => environment.name === line.environment);
		return ledger ? [{line, ledger}] : [];
	});
	if (json) {
		for (const {line, ledger} of told) printJson(terminal, historyObject(line, ledger.entries));
		for (const one of all) printProblemJson(terminal, one, now);
		return 0;
	}
	const [first] = environments;
	const timeZone = first?.timeZone ?? 'UTC';
	const rows = told.map(({line, ledger}) => cellsOf(terminal, line, ledger, timeZone));
	for (const row of inColumns(rows)) terminal.out(`${row}\n`);
	if (shown.length === 0)
		terminal.out(`${lines.length === 0 ? 'Nothing is recorded that fits.' : 'None is shown.'}\n`);
	else if (lines.length > shown.length)
		terminal.out(
			paint(terminal, 'muted', `${shown.length} of ${lines.length}; more with --limit ${lines.length}\n`),
		);
	for (const one of all) printProblem(terminal, one, now);
	return 0;
};

const marks: Readonly<Record<LineOutcome, readonly [string, Meaning]>> = {
	deployed: ['▲', 'header'],
	'rolled-back': ['↓', 'attention'],
	adopted: ['✓', 'success'],
	undone: ['↓', 'attention'],
	'value-set': ['✓', 'success'],
	failed: ['✗', 'danger'],
	abandoned: ['–', 'muted'],
	started: ['◐', 'header'],
	watching: ['◐', 'header'],
	worse: ['▲', 'danger'],
	better: ['✓', 'success'],
	accepted: ['▲', 'attention'],
	observed: ['○', 'muted'],
	passed: ['✓', 'success'],
	unclear: ['?', 'attention'],
	'not-applicable': ['–', 'muted'],
	'taken-back': ['↓', 'attention'],
	approved: ['✓', 'success'],
	held: ['▲', 'attention'],
	unlocked: ['○', 'muted'],
	leased: ['○', 'muted'],
	opened: ['○', 'muted'],
	witnessed: ['○', 'muted'],
	'begun-anew': ['▲', 'attention'],
	unknown: ['?', 'attention'],
};

/** One row of the table of lines. */
const cellsOf = (terminal: Terminal, line: LedgerLine, {environment, entries}: Read, timeZone: string) => {
	const {entry, outcome, who, text} = line;
	const [mark, meaning] = marks[outcome];
	const muted = (shown: string): string => paint(terminal, 'muted', shown);
	const place = (shown: string): string =>
		environment.tier === 'production' ? paint(terminal, 'danger', shown) : shown;
	return [
		{text: exactMoment(entry.at, timeZone), isNumber: true, paint: muted},
		{text: mark, paint: (shown: string) => paint(terminal, meaning, shown)},
		{text: who},
		{text: line.environment, paint: place},
		{text: String(entry.seq), isNumber: true, paint: muted},
		{text: `${text}${tookWords(line)}${besideWords(line, entries)}`},
	];
};

const agoOf = (entries: readonly LedgerEntry[], now: number): string => {
	const last = entries.at(-1);
	return last ? `, ${age(now - last.at)} ago` : '';
};

const printProblem = (terminal: Terminal, {environment, entries, fault, silence}: Read, now: number): void => {
	const {title, name, timeZone} = environment;
	if (silence) {
		const shown =
			entries.length === 0
				? 'Nothing of it is remembered here.'
				: `What is shown of it is remembered here; it ends with ${knownUntil(entries, timeZone)}${agoOf(entries, now)}.`;
		terminal.out(`${paint(terminal, 'attention', `? ${title} did not answer: ${silence.why}`)}\n  ${shown}\n`);
	}
	if (fault !== undefined)
		terminal.out(
			`${paint(terminal, 'danger', `✗ the ledger of ${title} ${fault}`)}\n  What is shown ends before it. More: cockpit ledger verify --env ${name}\n`,
		);
};

const printProblemJson = (terminal: Terminal, {environment, entries, fault, silence}: Read, now: number): void => {
	const last = entries.at(-1);
	if (silence)
		printJson(terminal, {
			type: 'history.silent',
			environment: environment.name,
			code: silence.code,
			why: silence.why,
			remembered: last ? {seq: last.seq, time: new Date(last.at).toISOString(), ageMs: now - last.at} : null,
		});
	if (fault !== undefined) printJson(terminal, {type: 'history.fault', environment: environment.name, fault});
};
