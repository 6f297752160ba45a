import {writeFile} from 'node:fs/promises';
import {Option} from 'commander';
import {exportChecklist, type ExportFormat} from '../../app/checklist/export-checklist.ts';
import {readChecklist, signItem, undoSignOff, type ChecklistReading} from '../../app/checklist/sign-off.ts';
import {checklistPhases, sectionsFor, type ChecklistPhase} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {usage} from '../../domain/errors.ts';
import {age, moment} from '../../domain/format.ts';
import {countItems, isMet, results, type ItemState, type Result} from '../../domain/checklist/sign-off.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {jsonOption, onlyAppOption, type JsonOption} from '../options.ts';
import {printJson, tell} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

const testedOption = (): Option =>
	new Option('--env <name>', 'environment that is tested; may be left out when there is one');

export const register: RegisterVerb = (program, {withCockpit}) => {
	const checklist = program.command('checklist').description('what has been tested, by whom, for this very build');
	checklist
		.command('show')
		.description('every item and where it stands')
		.addOption(testedOption())
		.addOption(onlyAppOption())
		.addOption(
			new Option('--phase <phase>', 'what to look at, not only before production')
				.choices(checklistPhases)
				.default('before-production'),
		)
		.addOption(jsonOption())
		.action(withCockpit(show));
	checklist
		.command('sign')
		.description('record what you found on one item')
		.argument('<item>', 'id of the item, as checklist show lists it')
		.addOption(testedOption())
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

/** The environment that is tested: the one named, or the only one that another is promoted from. */
const tested = (cockpit: Cockpit, env: string | undefined): Environment => {
	if (env !== undefined) return environmentNamed(cockpit, env);
	const {environments} = cockpit;
	const found = environments.filter(
		({name, hosts}) => hosts.length > 0 && environments.some(({promotedFrom}) => promotedFrom === name),
	);
	const [only] = found;
	if (only && found.length === 1) return only;
	throw usage({
		what: 'Which environment is tested?',
		why:
			found.length === 0
				? 'none has hosts and is promoted from'
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

const whoAndWhen = ({signOff, isCarried, voided}: ItemState, now: number): string => {
	if (!signOff)
		return voided === 'build' ? 'signed for another build' : voided === 'text' ? 'its text has changed since' : '';
	const {actor, by, at, value, note, isClaimed} = signOff;
	const who =
		`${by === 'probe' ? 'probe' : actor.name}${isClaimed ? ', not proved,' : ','} ${age(now - at)} ago` +
		(isCarried ? ', carried' : '');
	return [value, who, note === undefined ? undefined : `“${note}”`].filter(part => part !== undefined).join('  ');
};

const printChecklist = (
	terminal: Terminal,
	cockpit: Cockpit,
	reading: ChecklistReading,
	app: AppName | undefined,
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
	for (const section of sectionsFor(cockpit.checklists, 'before-production', app)) {
		const states = section.items.flatMap(({id}) => byId.get(id) ?? []);
		terminal.out(
			`${paint(terminal, 'strong', section.title)}  ${states.filter(isMet).length} of ${states.length}\n`,
		);
		for (const state of states) {
			const {item} = state;
			terminal.out(
				`  ${paint(terminal, meanings[state.state], marks[state.state])} ${item.id.padEnd(24)} ${item.title.padEnd(42)} ${state.state.padEnd(8)} ${paint(terminal, 'muted', whoAndWhen(state, ledger.time))}\n`,
			);
		}
	}
};

const itemObject = ({item, state, signOff, isCarried, voided}: ItemState, environment: string) => ({
	type: 'item',
	environment,
	item: item.id,
	title: item.title,
	scope: item.scope,
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
			}
		: {}),
});

type ShowOptions = Common & {readonly app?: AppName; readonly phase: ChecklistPhase};

/** What to look at in a phase whose items are nobody's evidence: asks no host. */
const printGuide = (terminal: Terminal, {checklists}: Cockpit, {app, phase, json}: ShowOptions): void => {
	for (const section of sectionsFor(checklists, phase, app)) {
		if (!json) terminal.out(`${paint(terminal, 'header', section.title)}\n`);
		for (const {id, title, scope, how, why} of section.items) {
			if (json) printJson(terminal, {type: 'item', phase, item: id, title, scope, how, why});
			else terminal.out(`  ${paint(terminal, 'strong', title)}\n    ${how.trim()}\n`);
		}
	}
};

/** `cockpit checklist show`: where every item stands. Exits 0 whatever it says: `gate` is the one that judges. */
const show = async ({terminal}: CliContext, cockpit: Cockpit, options: ShowOptions): Promise<number> => {
	const {env, app, phase, json} = options;
	if (phase !== 'before-production') {
		printGuide(terminal, cockpit, options);
		return 0;
	}
	const environment = tested(cockpit, env);
	const {services, checklists} = cockpit;
	const reading = await readChecklist(services, {environment, checklists, app});
	if (json) for (const state of reading.items) printJson(terminal, itemObject(state, environment.name));
	else printChecklist(terminal, cockpit, reading, app);
	return 0;
};

type SignOptions = Common & {
	readonly result?: Result;
	readonly value?: string;
	readonly note?: string;
	readonly retest: boolean;
	readonly undo: boolean;
};

/** `cockpit checklist sign ITEM`: records a result, or takes one's own back. */
const sign = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	item: string,
	{env, result, value, note, retest, undo, json}: SignOptions,
): Promise<number> => {
	const environment = tested(cockpit, env);
	const {services, checklists} = cockpit;
	if (undo) await undoSignOff(services, {environment, checklists, item});
	else {
		if (result === undefined)
			throw usage({
				what: 'Not signed',
				why: 'a result is missing',
				now: 'Nothing was recorded.',
				next: 'Add --result passed, failed, unclear or not-applicable; or --undo.',
			});
		const finding = {item, result, retest, value, note};
		await signItem(services, {environment, checklists, finding});
	}
	const {items} = await readChecklist(services, {environment, checklists});
	const state = items.find(one => one.item.id === item);
	if (!state) return 0;
	const mark = paint(terminal, meanings[state.state], marks[state.state]);
	const text = `${mark} ${state.item.title}: ${state.state} on ${environment.title}`;
	tell(terminal, json, itemObject(state, environment.name), text);
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
	const environment = tested(cockpit, env);
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
