import {writeFile} from 'node:fs/promises';
import {Option} from 'commander';
import {exportChecklist, type ExportFormat} from '../../app/checklist/export-checklist.ts';
import {signBesideProbe} from '../../app/checklist/sign-beside-probe.ts';
import {
	itemNamed,
	readChecklist,
	undoSignOff,
	type ChecklistReading,
	type PhasedItem,
} from '../../app/checklist/sign-off.ts';
import {checklistPhases, sectionsFor, type ChecklistPhase} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {besideText} from '../../domain/checklist/observation.ts';
import {hasCode, usage} from '../../domain/errors.ts';
import {age, moment} from '../../domain/format.ts';
import {countItems, isMet, results, type ItemState, type Result} from '../../domain/checklist/sign-off.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {jsonOption, onlyAppOption, toKeep, type JsonOption} from '../options.ts';
import {printJson, tell} from '../print-json.ts';
import {tellHeads} from '../ledger/tell-heads.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

const testedOption = (): Option =>
	new Option('--env <name>', 'environment that is looked at; may be left out when there is one');

const phaseOption = (text: string): Option => new Option('--phase <phase>', text).choices(checklistPhases);

export const register: RegisterVerb = (program, {withCockpit}) => {
	const checklist = program.command('checklist').description('what has been tested, by whom, for this very build');
	checklist
		.command('show')
		.description('every item and where it stands')
		.addOption(testedOption())
		.addOption(onlyAppOption())
		.addOption(phaseOption('what to look at, not only before production').default('before-production'))
		.addOption(jsonOption())
		.action(withCockpit(show));
	checklist
		.command('sign')
		.description('record what you found on one item')
		.argument('<item>', 'id of the item, as checklist show lists it')
		.addOption(testedOption())
		.addOption(phaseOption('phase the item has to be of'))
		.addOption(new Option('--result <result>', 'what you found').choices(results))
		.option('--value <text>', 'what you saw, where the item asks for it')
		.option('--note <text>', 'in your own words; needed unless it passed')
		.option('--retest', 'replace a worse result: you have tested it again', false)
		.option('--undo', 'take back your own last result', false)
		.addOption(jsonOption())
		.action(withCockpit(sign));
	checklist
		.command('export')
		.description('the list with its evidence, as Markdown, JSON or JUnit XML')
		.addOption(testedOption())
		.addOption(onlyAppOption())
		.addOption(
			new Option('--format <format>', 'form')
				.choices(['markdown', 'json', 'junit'] satisfies ExportFormat[])
				.default('markdown'),
		)
		.option('--out <file>', 'write it there')
		.action(withCockpit(exportAll));
};

type Common = JsonOption & {readonly env?: string};

/**
 * The environment a phase is worked on: the one named, or the only one that another is promoted from; behind production
 * the only one that is production.
 */
const placeOf = (cockpit: Cockpit, env: string | undefined, phase: ChecklistPhase): Environment => {
	if (env !== undefined) return environmentNamed(cockpit, env);
	const {environments} = cockpit;
	const isPlace = ({name, tier}: Environment): boolean =>
		phase === 'before-production'
			? environments.some(({promotedFrom}) => promotedFrom === name)
			: tier === 'production';
	const found = environments.filter(environment => environment.hosts.length > 0 && isPlace(environment));
	const [only] = found;
	if (only && found.length === 1) return only;
	const isTested = phase === 'before-production';
	throw usage({
		what: isTested ? 'Which environment is tested?' : 'Which environment is production?',
		why:
			found.length === 0
				? `none has hosts and is ${isTested ? 'promoted from' : 'of tier production'}`
				: `there are ${found.map(({name}) => name).join(', ')}`,
		next: 'Name it with --env.',
	});
};

const marks: Readonly<Record<ItemState['state'], string>> = {
	passed: '✓',
	failed: '✗',
	unclear: '?',
	'not-applicable': '–',
	open: '○',
};
const meanings = {
	passed: 'success',
	failed: 'danger',
	unclear: 'attention',
	'not-applicable': 'muted',
	open: 'attention',
} as const;

const voidedWords = {
	build: 'signed for another build',
	text: 'its text has changed since',
	run: 'signed before what is live was changed',
} as const;

const whoAndWhen = ({signOff, isCarried, voided}: ItemState, now: number): string => {
	if (!signOff) return voided === undefined ? '' : voidedWords[voided];
	const {actor, by, at, value, note, isClaimed, probe} = signOff;
	const who =
		`${by === 'probe' ? 'probe' : actor.name}${isClaimed ? ', not proved,' : ','} ${age(now - at)} ago` +
		(isCarried ? ', carried' : '');
	return [value, ...besideText({value, probe}), who, note === undefined ? undefined : `“${note}”`]
		.filter(part => part !== undefined)
		.join('  ');
};

const printChecklist = (
	terminal: Terminal,
	cockpit: Cockpit,
	reading: ChecklistReading,
	{app, phase}: {readonly app: AppName | undefined; readonly phase: ChecklistPhase},
): void => {
	const {environment, ledger, items} = reading;
	const counts = countItems(items);
	terminal.out(
		`${paint(terminal, 'header', `${app ?? 'both apps'} on ${environment.title}`)}  ${counts.met} of ${counts.all}` +
			`${counts.failed > 0 ? `, ${counts.failed} failed` : ''}${counts.unclear > 0 ? `, ${counts.unclear} unclear` : ''}` +
			`${counts.open > 0 ? `, ${counts.open} open` : ''}  ${moment(ledger.time, environment.timeZone)}\n`,
	);
	if (ledger.fault !== undefined)
		terminal.out(`${paint(terminal, 'danger', `✗ the ledger of ${environment.title} ${ledger.fault}`)}\n`);
	const byId = new Map(items.map(state => [state.item.id, state]));
	for (const section of sectionsFor(cockpit.checklists, phase, app)) {
		const states = section.items.flatMap(({id}) => byId.get(id) ?? []);
		terminal.out(
			`${paint(terminal, 'strong', section.title)}  ${states.filter(isMet).length} of ${states.length}\n`,
		);
		for (const state of states) {
			const {item} = state;
			terminal.out(
				`  ${paint(terminal, meanings[state.state], marks[state.state])} ${item.id.padEnd(24)} ${item.title.padEnd(42)} ${state.state.padEnd(8)} ${paint(terminal, 'muted', whoAndWhen(state, ledger.time))}\n`,
			);
			if (phase !== 'before-production' && state.state === 'open')
				terminal.out(paint(terminal, 'muted', `      ${item.how.trim()}\n`));
		}
	}
};

const itemObject = (
	{item, state, signOff, isCarried, voided}: ItemState,
	environment: string,
	phase: ChecklistPhase,
) => ({
	type: 'item',
	environment,
	phase,
	item: item.id,
	title: item.title,
	scope: item.scope,
	...(phase === 'before-production' ? {} : {how: item.how, why: item.why}),
	state,
	isCarried,
	voided,
	...(signOff
		? {
				by: signOff.by,
				who: signOff.actor.name,
				at: new Date(signOff.at).toISOString(),
				isClaimed: signOff.isClaimed ? true : undefined,
				seq: signOff.seq,
				value: signOff.value,
				note: signOff.note,
				probe: signOff.probe && {...signOff.probe, at: new Date(signOff.probe.at).toISOString()},
			}
		: {}),
});

type ShowOptions = Common & {readonly app?: AppName; readonly phase: ChecklistPhase};

/** What to look at, from the files alone. */
const printGuide = (terminal: Terminal, {checklists}: Cockpit, {app, phase}: ShowOptions): void => {
	for (const section of sectionsFor(checklists, phase, app)) {
		terminal.out(`${paint(terminal, 'header', section.title)}\n`);
		for (const {title, how} of section.items)
			terminal.out(`  ${paint(terminal, 'strong', title)}\n    ${how.trim()}\n`);
	}
};

/**
 * `cockpit checklist show`: where every item stands. Exits 0 whatever it says: `gate` is the one that judges. What to
 * look at behind production is told even where production is silent: that is when it is asked for.
 */
const show = async ({terminal}: CliContext, cockpit: Cockpit, options: ShowOptions): Promise<number> => {
	const {env, app, phase, json} = options;
	const environment = placeOf(cockpit, env, phase);
	const {services, checklists} = cockpit;
	try {
		const reading = await readChecklist(services, {environment, checklists, app, phase});
		if (json) for (const state of reading.items) printJson(terminal, itemObject(state, environment.name, phase));
		else printChecklist(terminal, cockpit, reading, {app, phase});
		return 0;
	} catch (error) {
		if (!json && phase !== 'before-production' && hasCode(error, 'unreachable', 'link-lost', 'timeout'))
			printGuide(terminal, cockpit, options);
		throw error;
	}
};

type SignOptions = Common & {
	readonly phase?: ChecklistPhase;
	readonly result?: Result;
	readonly value?: string;
	readonly note?: string;
	readonly retest: boolean;
	readonly undo: boolean;
};

/** The item and its phase. Throws DeployError `usage` for one of another phase than was said. */
const phasedItem = (cockpit: Cockpit, id: string, phase: ChecklistPhase | undefined): PhasedItem => {
	const named = itemNamed(cockpit.checklists, id);
	if (phase === undefined || phase === named.phase) return named;
	throw usage({
		what: 'Not signed',
		why: `${id} is an item of ${named.phase}, not of ${phase}`,
		now: 'Nothing was recorded.',
		next: `cockpit checklist show --phase ${phase} lists those.`,
		guide: 'signing',
	});
};

/** `cockpit checklist sign ITEM`: records a result, or takes one's own back. */
const sign = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	item: string,
	{env, phase, result, value, note, retest, undo, json}: SignOptions,
): Promise<number> => {
	const named = phasedItem(cockpit, item, phase);
	const environment = placeOf(cockpit, env, named.phase);
	const {services, checklists} = cockpit;
	if (undo) await undoSignOff(services, {environment, checklists, item});
	else {
		if (result === undefined)
			throw usage({
				what: 'Not signed',
				why: 'a result is missing',
				now: 'Nothing was recorded.',
				next: 'Add --result passed, failed, unclear or not-applicable, with --value and --note as the item asks; or --undo.',
				guide: 'signing',
			});
		const kept = (typed: string | undefined) =>
			typed === undefined ? undefined : toKeep({terminal, services, environment}, typed);
		const finding = {item, result, retest, value: kept(value), note: kept(note)};
		await signBesideProbe(services, {environment, checklists, finding});
	}
	await tellHeads(terminal, cockpit, environment);
	const {items} = await readChecklist(services, {environment, checklists, phase: named.phase});
	const state = items.find(one => one.item.id === item);
	if (!state) return 0;
	const mark = paint(terminal, meanings[state.state], marks[state.state]);
	const text = `${mark} ${state.item.title}: ${state.state} on ${environment.title}`;
	tell(terminal, json, itemObject(state, environment.name, named.phase), text);
	return 0;
};

/** `cockpit checklist export`: the whole list with its evidence, for a file or another tool. */
const exportAll = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	{
		env,
		app,
		format,
		out,
	}: {readonly env?: string; readonly app?: AppName; readonly format: ExportFormat; readonly out?: string},
): Promise<number> => {
	const environment = placeOf(cockpit, env, 'before-production');
	const {services, checklists} = cockpit;
	const reading = await readChecklist(services, {environment, checklists, app});
	const text = exportChecklist(reading, {checklists, format, app});
	if (out === undefined) terminal.out(text);
	else {
		await writeFile(out, text, {mode: 0o644});
		terminal.out(`Written to ${out}\n`);
	}
	return 0;
};
