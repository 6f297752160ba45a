import {Option} from 'commander';
import {followLogs, tailOf, type LogsOptions} from '../../app/logs/follow-logs.ts';
import type {LogState, Swaps} from '../../app/logs/host-logs.ts';
import {lastSwaps} from '../../app/logs/last-swaps.ts';
import type {FollowedEntry} from '../../app/logs/new-kinds.ts';
import type {AppServices} from '../../app/app-services.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {DeployError, exitCodes, usage} from '../../domain/errors.ts';
import {exactMoment, size} from '../../domain/format.ts';
import {logLevels, type LogLevel, type LogSource} from '../../domain/logs/log.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import {inColumns} from '../in-columns.ts';
import {environmentOption, jsonOption, type JsonOption} from '../options.ts';
import {printJson} from '../print-json.ts';
import {paint, type Meaning, type Terminal} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('logs')
		.description('what the app and its services write on the hosts, in one order')
		.addOption(environmentOption())
		.addOption(
			new Option('--source <id>', 'only this log; may be given several times')
				.default([])
				.argParser((id: string, before: readonly string[]) => [...before, id]),
		)
		.addOption(new Option('--level <level>', 'only this level and above').choices(logLevels))
		.option('--search <text>', 'only entries that hold this text')
		.option('--since <when>', 'a time such as 10m or 2h, or swap', parseSince)
		.option('--follow', 'go on with what comes, until Ctrl-C', false)
		.option('--list', 'name the logs there are, and their files', false)
		.addOption(jsonOption())
		.action(onEnvironment(logs));

/** From when on: milliseconds back, or the last swap. */
type Since = {readonly ms: number} | 'swap';

/** Throws DeployError `usage`. */
const parseSince = (value: string): Since => {
	if (value === 'swap') return value;
	const [, digits, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
	const unitMs = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}[unit];
	if (unitMs !== undefined) return {ms: Number(digits) * unitMs};
	throw usage({
		what: `${JSON.stringify(value)} is no time to begin at`,
		why: 'it is a whole number with s, m, h or d, or the word swap',
		next: 'cockpit logs --env production --since 10m',
	});
};

type LogsVerbOptions = JsonOption & {
	readonly source: readonly string[];
	readonly level?: LogLevel;
	readonly search?: string;
	readonly since?: Since;
	readonly follow: boolean;
	readonly list: boolean;
};

/** Bytes of each log that are looked through where more than its end is asked for. */
const sinceBytes = 2 * 1024 * 1024;

/**
 * `cockpit logs`: the end of the logs of an environment, or what comes. Exits 5 when no host answers; a log that can't be
 * read is named, and the others are shown.
 */
const logs = async (place: Place, options: LogsVerbOptions): Promise<number> => {
	const {terminal, services, environment} = place;
	const sources = chosen(environment, options.source);
	const about: LogsOptions = {
		environment,
		sources,
		swaps: await swapsOf(services, environment),
		...(options.list ? {firstBytes: 0} : options.since === undefined ? {} : {firstBytes: sinceBytes}),
	};
	if (options.since === 'swap' && Object.keys(about.swaps ?? {}).length === 0)
		throw usage({
			what: `No swap is known on ${environment.name}`,
			why: 'its ledger tells of no deploy and no rollback, or can not be read',
			next: `cockpit logs --env ${environment.name} --since 1h`,
		});
	if (options.follow && !options.list) return follow(place, options, about);
	const {entries, states, now} = await tailOf(services, about);
	if (options.list) list(terminal, options.json, sources, states);
	else {
		const shown = wanted(entries, options, now);
		print(terminal, environment, options, shown);
		if (shown.length === 0 && states.some(({state}) => state === 'reading') && !options.json)
			terminal.err('Nothing fits.\n');
		for (const state of states) printState(terminal, options.json, state, options.since === 'swap');
	}
	return states.length > 0 && states.every(({state}) => state === 'silent') ? exitCodes.unreachable : 0;
};

/** Throws DeployError `usage` for one that is not there. */
const chosen = (environment: Environment, ids: readonly string[]): readonly LogSource[] => {
	const all = logSources(environment);
	const shortOf = ({id, host}: LogSource): string => id.slice(host.length + 1);
	const unknown = ids.find(id => !all.some(source => source.id === id || shortOf(source) === id));
	if (unknown !== undefined || all.length === 0)
		throw usage({
			what:
				unknown === undefined
					? `${environment.name} has no logs`
					: `${environment.name} has no log ${JSON.stringify(unknown)}`,
			why: all.length === 0 ? 'it has no hosts' : `its logs are ${[...new Set(all.map(shortOf))].join(', ')}`,
			next: `cockpit logs --env ${environment.name} --list`,
		});
	return ids.length === 0 ? all : all.filter(source => ids.includes(source.id) || ids.includes(shortOf(source)));
};

/** Without a ledger nothing is known to be new; the logs are shown all the same. */
const swapsOf = async ({ledgers}: AppServices, environment: Environment): Promise<Swaps> => {
	try {
		return lastSwaps((await ledgers.read(environment)).entries);
	} catch (error) {
		if (!(error instanceof DeployError) || error.code === 'cancelled') throw error;
		return lastSwaps(ledgers.remembered(environment)?.entries ?? []);
	}
};

const wanted = (
	entries: readonly FollowedEntry[],
	{level = 'debug', search, since}: LogsVerbOptions,
	now: number | undefined,
): readonly FollowedEntry[] => {
	const text = search?.toLowerCase();
	const least = logLevels.indexOf(level);
	const from = since === undefined || since === 'swap' || now === undefined ? undefined : now - since.ms;
	return entries.filter(
		entry =>
			logLevels.indexOf(entry.level) >= least &&
			(since !== 'swap' || entry.isSinceSwap) &&
			(from === undefined || entry.at >= from) &&
			(text === undefined || [entry.text, ...entry.trace].some(line => line.toLowerCase().includes(text))),
	);
};

const meanings: Readonly<Record<LogLevel, Meaning>> = {
	debug: 'muted',
	info: 'muted',
	warn: 'attention',
	error: 'danger',
};

const print = (
	terminal: Terminal,
	{timeZone, hosts}: Environment,
	{json}: JsonOption,
	entries: readonly FollowedEntry[],
): void => {
	for (const entry of entries) {
		const {at, source, level, text, trace, isNew} = entry;
		if (json) {
			printJson(terminal, {type: 'log.entry', ...entry, at: new Date(at).toISOString()});
			continue;
		}
		const name = hosts.length === 1 ? source.slice(source.indexOf('/') + 1) : source;
		const when = paint(terminal, 'muted', exactMoment(at, timeZone));
		const mark = isNew ? ` ${paint(terminal, 'attention', 'new')}` : '';
		terminal.out(`${when}  ${paint(terminal, meanings[level], level.padEnd(5))} ${name}${mark}  ${text}\n`);
		for (const line of trace) terminal.out(`    ${line}\n`);
	}
};

/** What people have to know about a log beside what stands in it; nothing where all is well. */
const inWords = ({state, why, skippedBytes}: LogState, isSinceSwap: boolean): string | undefined => {
	if (state === 'silent') return `its host does not answer: ${why ?? ''}`;
	if (state === 'fault') return why;
	return isSinceSwap && skippedBytes > 0 ? `${size(skippedBytes)} since the swap are not shown` : undefined;
};

const printState = (terminal: Terminal, json: boolean, state: LogState, isSinceSwap: boolean): void => {
	const words = inWords(state, isSinceSwap);
	if (json) printJson(terminal, {type: 'log.state', ...state});
	else if (words !== undefined) terminal.err(`${paint(terminal, 'attention', `? ${state.source}: ${words}`)}\n`);
};

const list = (terminal: Terminal, json: boolean, sources: readonly LogSource[], states: readonly LogState[]): void => {
	const rows = sources.map(source => ({source, state: states.find(({source: id}) => id === source.id)}));
	if (json) {
		for (const {source, state} of rows) printJson(terminal, {type: 'log.source', ...source, ...state});
		return;
	}
	const cells = rows.map(({source: {id, title, path}, state}) => [
		{text: id},
		{text: title},
		{
			text: state?.sizeBytes === undefined ? '–' : size(state.sizeBytes),
			isNumber: true,
		},
		{text: state?.file ?? `${path}: ${(state && inWords(state, false)) ?? 'not there'}`},
	]);
	for (const row of inColumns(cells)) terminal.out(`${row}\n`);
};

/** Until somebody ends it, which is how it is meant to end; or until no host can be asked any more. */
const follow = async (
	{terminal, services, environment}: Place,
	options: LogsVerbOptions,
	about: LogsOptions,
): Promise<number> => {
	const ending = new AbortController();
	const release = terminal.onSignal(() => ending.abort());
	const told = new Map<string, string>();
	try {
		await followLogs(services, {
			...about,
			signal: ending.signal,
			onEntries: (entries, now) => print(terminal, environment, options, wanted(entries, options, now)),
			onState: states => {
				for (const state of states) {
					// A file that grows is no news.
					const news = `${state.state} ${state.why ?? ''} ${state.file ?? ''}`;
					if (told.get(state.source) === news) continue;
					told.set(state.source, news);
					printState(terminal, options.json, state, false);
				}
			},
		});
	} finally {
		release();
	}
	return ending.signal.aborted ? 0 : exitCodes.unreachable;
};
