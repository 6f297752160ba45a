import {sectionsFor, type Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {moment} from '../../domain/format.ts';
import {countItems, isMet, type ItemState} from '../../domain/checklist/sign-off.ts';
import type {ChecklistReading} from './sign-off.ts';
import {besideText} from '../../domain/checklist/observation.ts';
import {digestsOf, liveReleases} from './checklist-states.ts';

export type ExportFormat = 'markdown' | 'json' | 'junit';

type Section = {readonly title: string; readonly states: readonly ItemState[]};

const sectionsOf = (
	reading: ChecklistReading,
	checklists: Checklists,
	app: AppName | undefined,
): readonly Section[] => {
	const byId = new Map(reading.items.map(state => [state.item.id, state]));
	return sectionsFor(checklists, 'before-production', app).map(({title, items}) => ({
		title,
		states: items.flatMap(({id}) => byId.get(id) ?? []),
	}));
};

/** A cell of a table: a name or a note must not end it. */
const cell = (text: string): string =>
	text
		.replaceAll('\\', '\\\\')
		.replaceAll('|', String.raw`\|`)
		.replaceAll(/\s+/g, ' ');
const xml = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		// XML knows no other control characters.
		.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');

const said = ({signOff}: ItemState): string =>
	[signOff?.value, ...(signOff ? besideText(signOff) : []), signOff?.note]
		.filter(text => text !== undefined)
		.join('; ');

const markdown = (reading: ChecklistReading, sections: readonly Section[], title: string): string => {
	const {environment, ledger, items} = reading;
	const counts = countItems(items);
	const row = (state: ItemState): string => {
		const {signOff, item, isCarried} = state;
		const who = signOff ? (signOff.by === 'probe' ? 'probe' : signOff.actor.name) : '';
		const when = signOff ? moment(signOff.at, environment.timeZone) : '';
		return `| ${cell(item.title)} | ${state.state}${isCarried ? ' (carried)' : ''} | ${cell(who)} | ${when} | ${cell(said(state))} |`;
	};
	return [
		`# ${title}`,
		'',
		`${counts.met} of ${counts.all} passed, ${counts.failed} failed, ${counts.unclear} unclear, ${counts.open} open. ` +
			`${moment(ledger.time, environment.timeZone)}, ledger entry ${ledger.head?.seq ?? 0}` +
			`${ledger.fault === undefined ? '' : `; the ledger ${ledger.fault}`}.`,
		...[...liveReleases(environment, ledger.entries)].map(
			([app, {build, release}]) =>
				`\n${app}: ${build ? `${build.commit}, source ${build.digest}` : 'unknown build'}, release ${release}`,
		),
		...sections.flatMap(({title: name, states}) => [
			'',
			`## ${name}: ${states.filter(isMet).length} of ${states.length}`,
			'',
			'| item | state | who | when | what was seen |',
			'| --- | --- | --- | --- | --- |',
			...states.map(row),
		]),
		'',
	].join('\n');
};

const junit = (reading: ChecklistReading, sections: readonly Section[], title: string): string => {
	const {environment, items} = reading;
	const counts = countItems(items);
	const bad = counts.failed;
	const skipped = counts.open + counts.unclear + counts['not-applicable'];
	const one = (section: string, state: ItemState): string => {
		const {item, signOff} = state;
		const when = signOff ? ` ${signOff.actor.name}, ${moment(signOff.at, environment.timeZone)}` : '';
		const head = `    <testcase classname="${xml(section)}" name="${xml(item.title)}"`;
		if (state.state === 'passed') return `${head}/>`;
		const text = xml(`${state.state}${when}${said(state) === '' ? '' : `: ${said(state)}`}`);
		return state.state === 'failed'
			? `${head}><failure message="${text}"/></testcase>`
			: `${head}><skipped message="${text}"/></testcase>`;
	};
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites name="${xml(title)}" tests="${counts.all}" failures="${bad}" skipped="${skipped}">`,
		...sections.flatMap(({title: name, states}) => [
			`  <testsuite name="${xml(name)}" tests="${states.length}" failures="${states.filter(({state}) => state === 'failed').length}" skipped="${states.filter(({state}) => state !== 'failed' && state !== 'passed').length}">`,
			...states.map(state => one(name, state)),
			'  </testsuite>',
		]),
		'</testsuites>',
		'',
	].join('\n');
};

const json = (reading: ChecklistReading, sections: readonly Section[]): string => {
	const {environment, ledger} = reading;
	return `${JSON.stringify(
		{
			schema: 1,
			type: 'checklist',
			environment: environment.name,
			at: new Date(ledger.time).toISOString(),
			ledger: {head: ledger.head ?? null, fault: ledger.fault ?? null},
			builds: digestsOf(liveReleases(environment, ledger.entries)),
			counts: countItems(reading.items),
			sections: sections.map(({title, states}) => ({
				title,
				items: states.map(({item, state, isCarried, signOff}) => ({
					id: item.id,
					title: item.title,
					scope: item.scope,
					state,
					isCarried,
					signOff: signOff ?? null,
				})),
			})),
		},
		undefined,
		2,
	)}\n`;
};

/** A checklist with its evidence as Markdown, JSON or JUnit XML. */
export const exportChecklist = (
	reading: ChecklistReading,
	{
		checklists,
		format,
		app,
	}: {readonly checklists: Checklists; readonly format: ExportFormat; readonly app?: AppName | undefined},
): string => {
	const sections = sectionsOf(reading, checklists, app);
	const title = `${reading.environment.project}: ${app ?? 'backend and frontend'} on ${reading.environment.title}`;
	switch (format) {
		case 'markdown':
			return markdown(reading, sections, title);
		case 'json':
			return json(reading, sections);
		case 'junit':
			return junit(reading, sections, title);
	}
};
