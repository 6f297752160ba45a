import {resolve} from 'node:path';
import type {LedgerReading} from '../../../../src/domain/ledger/ledger-book.ts';
import {sightOf, type ProbedAnswer} from '../../../../src/domain/checklist/observation.ts';
import {loadChecklists} from '../../../../src/config/checklists/load-checklists.ts';
import {sectionsFor, type Checklists} from '../../../../src/domain/checklist/checklist.ts';
import type {Environment, NextTarget} from '../../../../src/domain/environments/environment.ts';
import type {LedgerEntry} from '../../../../src/domain/ledger/ledger.ts';
import type {Result} from '../../../../src/domain/checklist/sign-off.ts';
import {selectItemStates, selectLiveBuilds, type ChecklistAsk} from '../../../../src/store/checklist/checklist.ts';
import {createCockpitStore, type CockpitState, type CockpitStore} from '../../../../src/store/create-store.ts';
import {inList, type ListPlace} from '../../../../src/store/list.ts';
import {environment as backendOnly} from '../../../control/fake-services.ts';
import {ledgerEntry, ledgerReading} from '../../../support/ledger.ts';

/** The lists as they are shipped. */
export const checklists: Checklists = await loadChecklists(resolve('.'));

/** Tue 10 Feb 2026, 11:20 IST. */
export const now = Date.parse('2026-02-10T05:50:00Z');

const {backend} = backendOnly.apps;
const frontend: NextTarget = {
	recipe: 'nextjs',
	source: '/source/frontend',
	path: '/var/www/frontend',
	owner: 'ubuntu',
	group: 'ubuntu',
	fileMode: 0o644,
	directoryMode: 0o755,
	excludes: ['node_modules'],
	shared: {files: ['.env'], directories: []},
	services: [],
	health: {
		url: 'http://127.0.0.1/',
		status: 200,
		passes: 1,
		stableForMs: 0,
		withinMs: 1000,
		everyMs: 1,
		timeoutMs: 10_000,
		sameFailureMs: 5000,
	},
	keepReleases: 3,
	pm2Names: ['frontend'],
	buildEnvironment: {},
	port: 3000,
	pm2: 'pm2',
	npm: 'npm',
	node: 'node',
};

/** Pre-Prod with both apps. */
export const environment: Environment = {...backendOnly, apps: {...(backend ? {backend} : {}), frontend}};

const builds = {
	old: {backend: 'b0'.repeat(32), frontend: 'f0'.repeat(32)},
	live: {backend: 'b1'.repeat(32), frontend: 'f1'.repeat(32)},
};
const commits = {old: '4e81d0c'.padEnd(40, '0'), live: '7f3a9c2'.padEnd(40, '0')};

const deployed = (seq: number, iso: string, app: 'backend' | 'frontend', which: 'old' | 'live'): LedgerEntry =>
	ledgerEntry(seq, iso, 'deploy.finished', {
		who: 'Ravi',
		data: {app, run: `r${seq}`, release: `x-${seq}`, build: {commit: commits[which], digest: builds[which][app]}},
	});

const allItems = sectionsFor(checklists, 'before-production').flatMap(({items}) => items);

export const itemOf = (id: string) => {
	const found = allItems.find(item => item.id === id);
	if (!found) throw new Error(`no item ${id}`);
	return found;
};

type Signed = {
	readonly result?: Result;
	readonly by?: 'person' | 'probe';
	readonly value?: string;
	readonly note?: string;
	readonly on?: {readonly backend: string; readonly frontend: string};
	readonly supersedes?: readonly number[];
	readonly itemDigest?: string;
};

export const signed = (seq: number, iso: string, who: string, item: string, more: Signed = {}): LedgerEntry => {
	const {result = 'passed', on = builds.live, supersedes = [], by = 'person', itemDigest, ...said} = more;
	return ledgerEntry(seq, iso, 'checklist.signed', {
		who,
		data: {
			item,
			result,
			by,
			builds: on,
			itemDigest: itemDigest ?? itemOf(item).digest,
			supersedes,
			...said,
		},
	});
};

/** A value that passes an item. */
const passing = (id: string): {readonly value?: string} => {
	const {answer} = itemOf(id);
	if (answer.kind === 'tick') return {};
	if (answer.kind === 'choice') return {value: answer.passing[0] ?? ''};
	return {
		value: answer.atLeast === undefined ? (answer.atMost === undefined ? 'k3Jx' : '0') : String(answer.atLeast),
	};
};

/** Left alone by the story, so that something is open. */
export const openIds = ['deep-link', 'approval-stakeholders'] as const;

const story = (): readonly LedgerEntry[] => {
	const before: readonly LedgerEntry[] = [
		deployed(1, '2026-02-02T05:30:00Z', 'backend', 'live'),
		deployed(2, '2026-02-02T06:00:00Z', 'frontend', 'old'),
	];
	const carried = allItems
		.filter(({scope}) => scope === 'backend')
		.map(({id}, index) =>
			signed(index + 3, '2026-02-04T06:00:00Z', index % 3 === 0 ? 'Asha' : 'Ravi', id, {
				...passing(id),
				on: {...builds.live, frontend: builds.old.frontend},
			}),
		);
	let seq = 2 + carried.length;
	const old = signed((seq += 1), '2026-02-03T05:30:00Z', 'Ravi', 'home-page', {
		on: {...builds.live, frontend: builds.old.frontend},
	});
	const lapsed = signed((seq += 1), '2026-02-03T05:31:00Z', 'Ravi', 'deep-link', {
		on: {...builds.live, frontend: builds.old.frontend},
	});
	const again = deployed((seq += 1), '2026-02-09T05:30:00Z', 'frontend', 'live');
	const rest = allItems
		.filter(({id, scope}) => scope !== 'backend' && !(openIds as readonly string[]).includes(id))
		.map(({id}, index) => {
			seq += 1;
			if (id === 'home-page')
				return signed(seq, '2026-02-10T05:17:00Z', 'Asha', id, {
					result: 'failed',
					note: '3.4 s after login. The hero image is 2.1 MB, was 340 KB.',
				});
			if (id === 'pages-load')
				return signed(seq, '2026-02-10T05:01:00Z', 'Asha', id, {
					result: 'unclear',
					note: 'the proxy was slow, look again',
				});
			if (id === 'not-found-page')
				return signed(seq, '2026-02-10T05:48:00Z', 'Ravi', id, {by: 'probe', value: '404 in 62 ms'});
			const iso = index % 2 === 0 ? '2026-02-09T10:50:00Z' : '2026-02-10T04:20:00Z';
			return signed(seq, iso, index % 3 === 0 ? 'Ravi' : 'Asha', id, passing(id));
		});
	return [...before, ...carried, old, lapsed, again, ...rest];
};

export const entries = story();

export const emptyChecklist = (): CockpitStore => {
	const view = {timeZone: 'Asia/Kolkata', status: undefined, readAt: undefined} as const;
	const store = createCockpitStore({
		project: 'qsights',
		now,
		checklists,
		environments: [
			{name: 'preprod', title: 'Pre-Prod', tier: 'preprod', ...view},
			{name: 'production', title: 'Production', tier: 'production', ...view},
		],
	});
	store.setState({app: 'frontend'});
	store.setState({
		checklistEnvironment: environment,
		checklistActor: {name: 'Ravi', machine: 'ravi-thinkpad'},
	});
	store.getState().show('checklist');
	return store;
};

const readFrom = (list: readonly LedgerEntry[], more: Partial<LedgerReading> = {}): CockpitStore => {
	const store = emptyChecklist();
	store.setState({
		checklistReading: {ledger: ledgerReading(list, {time: now, ...more}), readAt: now},
		checklistHere: [
			{name: 'Asha', machine: 'asha-mac', section: 'Approval', isMe: false},
			{name: 'Ravi', machine: 'ravi-thinkpad', section: '', isMe: true},
		],
	});
	store.getState().pointAt('checklist', 'home-page');
	return store;
};

export const read = (): CockpitStore => readFrom(entries);

const changed =
	(change: Partial<CockpitState>, place: Partial<ListPlace> = {}) =>
	(): CockpitStore => {
		const store = read();
		store.setState(({lists}) => ({...change, ...inList(lists, 'checklist', place)}));
		return store;
	};

const asking = (id: string, ask: Record<string, unknown>) => (): CockpitStore => {
	const store = read();
	const seen = selectItemStates(store.getState()).find(({item}) => item.id === id);
	const checklistAsk = {
		item: id,
		seen,
		seenBuilds: selectLiveBuilds(store.getState()),
		isRetest: false,
		...ask,
	} as unknown as ChecklistAsk;
	store.setState(({lists}) => ({checklistAsk, ...inList(lists, 'checklist', {cursor: id})}));
	return store;
};

/** Nothing is signed, and the probe of the home page gave these answers twice, 2 s ago; without any it is being asked. */
const probed = (answers?: readonly ProbedAnswer[]) => (): CockpitStore => {
	const store = readFrom(entries.filter(({type}) => type === 'deploy.finished'));
	const item = itemOf('home-page');
	const builds = selectLiveBuilds(store.getState());
	const {probeAsked, probeSaw} = store.getState();
	probeAsked(item, builds);
	if (answers && item.probe) {
		const sight = {...sightOf(item.probe, answers), at: now - 2000};
		probeSaw(item, builds, sight);
		probeAsked(item, builds);
		probeSaw(item, builds, sight);
	}
	return store;
};

const problem = {
	what: 'preprod-1 could not be asked',
	why: 'connect ECONNREFUSED 127.0.0.1:22',
	now: 'Nothing was changed.',
	next: 'Look at the host, then ask again with 2.',
	since: now - 130_000,
};

/** Every state the checklist can be seen in, by name. */
export const checklistStages: Readonly<Record<string, () => CockpitStore>> = {
	'checklist, loading': emptyChecklist,
	checklist: read,
	'checklist, backend': () => {
		const store = read();
		store.setState({app: 'backend'});
		return store;
	},
	'checklist, one open': changed({}, {cursor: 'deep-link'}),
	'checklist, a value': changed({}, {cursor: 'build-id'}),
	'checklist, only open': changed({isOnlyOpen: true}, {cursor: 'deep-link'}),
	'checklist, reading the detail': changed({checklistPanel: 'detail'}),
	'checklist, choosing a pause point': changed({checklistPanel: 'points'}),
	'checklist, filtering': changed({}, {isTyping: true, filter: 'page'}),
	'checklist, filtered to nothing': changed({}, {filter: 'zzz'}),
	'checklist, recording': changed(
		{checklistPending: [{id: 'a', item: 'deep-link', what: 'recording', result: 'passed', since: now - 1000}]},
		{cursor: 'deep-link'},
	),
	'checklist, waiting to be sent': changed(
		{checklistWaiting: [{id: 'a', item: 'deep-link', result: 'passed'}], checklistProblem: problem},
		{cursor: 'deep-link'},
	),
	'checklist, a note': asking('deep-link', {kind: 'note', result: 'failed', typed: 'no page at /prog'}),
	'checklist, a value asked': asking('build-id', {kind: 'value', result: 'passed', typed: ''}),
	'checklist, a retest': asking('home-page', {kind: 'retest', result: 'passed', isRetest: true}),
	'checklist, nothing signed': () => readFrom(entries.filter(({type}) => type === 'deploy.finished')),
	'checklist, a probe passed': probed([{fault: undefined, durationMs: 84}]),
	'checklist, a probe failed': probed([{fault: '500, not 200', durationMs: 84}]),
	'checklist, a probe unclear': probed([
		{fault: '502, not 200', durationMs: 84},
		{fault: undefined, durationMs: 84},
	]),
	'checklist, a probe being asked': probed(),
	'checklist, nothing deployed': () => readFrom([]),
	'checklist, a broken ledger': () =>
		readFrom(entries.slice(0, 30), {
			fault: 'is broken: line 31 does not follow from the line before',
			faultLine: 31,
		}),
	'checklist, no answer': () => {
		const store = emptyChecklist();
		store.setState({checklistProblem: problem});
		return store;
	},
	'checklist, no answer any more': changed({checklistProblem: problem}),
	'checklist, nothing is tested': () => {
		const store = emptyChecklist();
		store.setState({checklistEnvironment: undefined});
		return store;
	},
};
