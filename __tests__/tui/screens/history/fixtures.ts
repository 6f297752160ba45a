import type {HostReading} from '../../../../src/app/status/status.ts';
import type {RunEvent} from '../../../../src/domain/runs/events.ts';
import type {LedgerEntry} from '../../../../src/domain/ledger/ledger.ts';
import {emptyRun, foldRun} from '../../../../src/domain/runs/run-state.ts';
import {createCockpitStore, type CockpitStore} from '../../../../src/store/create-store.ts';
import type {ChainCheck, RunLook} from '../../../../src/store/history/history.ts';
import type {EnvironmentView} from '../../../../src/store/overview/overview.ts';
import {ledgerEntry, ledgerReading} from '../../../support/ledger.ts';

/** Tue 10 Feb 2026, 11:42:00 IST. */
export const now = Date.parse('2026-02-10T06:12:00Z');

const builds = {
	'7f3a9c2': {commit: '7f3a9c2'.padEnd(40, '0'), digest: '9c41e07b'.padEnd(64, '0')},
	'4e81d0c': {commit: '4e81d0c'.padEnd(40, '0'), digest: '51d0aa13'.padEnd(64, '0')},
} as const;

/** A run of an app, its beginning and its end. */
const run = (
	seq: number,
	started: string,
	ended: string,
	type: string,
	{who = 'Ravi', ...data}: {readonly who?: string; readonly [name: string]: unknown},
): readonly LedgerEntry[] => {
	const [kind = ''] = type.split('.');
	return [ledgerEntry(seq, started, `${kind}.started`, {who, data}), ledgerEntry(seq + 1, ended, type, {who, data})];
};

export const runId = '20260210T055341Z-backend-9b1d';

const signed = (seq: number, iso: string, who: string, data: Readonly<Record<string, unknown>>): LedgerEntry =>
	ledgerEntry(seq, iso, 'checklist.signed', {
		who,
		data: {
			by: 'person',
			builds: {backend: builds['7f3a9c2'].digest},
			itemDigest: 'e'.repeat(64),
			supersedes: [],
			...data,
		},
	});

export const preprodEntries: readonly LedgerEntry[] = [
	ledgerEntry(1, '2026-01-20T05:00:00Z', 'ledger.opened', {
		data: {project: 'qsights', environment: 'preprod', machineId: 'm1', hostKey: 'SHA256:k'},
	}),
	...run(2, '2026-02-09T05:23:13Z', '2026-02-09T05:28:00Z', 'deploy.finished', {
		run: '20260209T052313Z-backend-11aa',
		app: 'backend',
		build: builds['7f3a9c2'],
		release: '20260209T052313Z-7f3a9c2',
	}),
	signed(4, '2026-02-10T05:01:00Z', 'Ravi', {
		item: 'console',
		title: 'No console errors',
		result: 'unclear',
		by: 'probe',
		note: '6 of 10 loads answered',
	}),
	signed(5, '2026-02-10T05:17:00Z', 'Asha', {
		item: 'home',
		title: 'Home page loads under 3 s',
		result: 'failed',
		value: '3.4',
		note: 'median of ten loads on 4G',
	}),
	signed(6, '2026-02-10T05:22:00Z', 'Asha', {
		item: 'csv',
		title: 'Export report as CSV',
		result: 'passed',
		value: '1,204 rows',
	}),
	ledgerEntry(7, '2026-02-10T05:30:00Z', 'build.approved', {
		who: 'Asha',
		data: {app: 'backend', build: builds['7f3a9c2'], note: 'fine by me'},
	}),
	ledgerEntry(8, '2026-02-10T05:40:00Z', 'environment.held', {
		who: 'Asha',
		data: {apps: ['backend', 'frontend'], minutes: 120, reason: 'load test until noon'},
	}),
	ledgerEntry(9, '2026-02-10T05:52:00Z', 'soak.done', {who: 'Ravi', data: {hours: 24}}),
];

const head = preprodEntries[7];

export const promotion = {
	from: 'preprod',
	witness: {environment: 'preprod', seq: 8, hash: head?.hash},
	gates: [
		{gate: 'identity', state: 'met', text: 'same source as pre-prod'},
		{gate: 'checklist', state: 'met', text: '44 of 44'},
		{gate: 'soak', state: 'waiting', text: '23 h 59 min of 24 h'},
	],
	emergency: 'payments are down since 10:50',
};

/** What the last run went by. */
const policy = {
	digest: `2f9c${'a'.repeat(56)}81aa`,
	commit: '7f3a9c2'.padEnd(40, '0'),
};

const deployData = {
	run: runId,
	app: 'backend',
	build: builds['7f3a9c2'],
	release: '20260210T055341Z-7f3a9c2',
};

export const productionEntries: readonly LedgerEntry[] = [
	...run(1, '2026-01-28T05:50:00Z', '2026-01-28T05:56:31Z', 'deploy.finished', {
		run: '20260128T055000Z-backend-aaaa',
		app: 'backend',
		build: builds['4e81d0c'],
		release: '20260128T055000Z-4e81d0c',
	}),
	...run(3, '2026-02-03T05:50:00Z', '2026-02-03T05:52:00Z', 'deploy.failed', {
		run: '20260203T055000Z-backend-bbbb',
		app: 'backend',
		build: {commit: '5a90c1e'.padEnd(40, '0'), digest: '5a'.padEnd(64, '0')},
		release: '20260203T055000Z-5a90c1e',
		wentBack: true,
	}),
	...run(5, '2026-02-03T06:00:00Z', '2026-02-03T06:00:08Z', 'rollback.finished', {
		run: '20260203T060000Z-backend-cccc',
		app: 'backend',
		build: {commit: '', digest: ''},
		target: {kind: 'snapshot', release: '20260128T055000Z-4e81d0c'},
		release: '20260128T055000Z-4e81d0c',
	}),
	ledgerEntry(7, '2026-02-10T05:53:41Z', 'deploy.started', {who: 'Ravi', data: {...deployData, policy, promotion}}),
	ledgerEntry(8, '2026-02-10T05:59:53Z', 'deploy.finished', {who: 'Ravi', data: deployData}),
];

/** The same with a frontend, deployed after the first backend and before the last one. */
export const pairEntries: readonly LedgerEntry[] = productionEntries
	.flatMap(entry =>
		entry.seq === 7
			? [
					ledgerEntry(7, '2026-02-04T05:50:00Z', 'deploy.finished', {
						who: 'Asha',
						data: {
							run: '20260204T055000Z-frontend-dddd',
							app: 'frontend',
							build: builds['4e81d0c'],
							release: '20260204T055000Z-4e81d0c',
						},
					}),
					entry,
				]
			: [entry],
	)
	.map((entry, index) => ({...entry, seq: index + 1}));

const reading = (entries: readonly LedgerEntry[], fault?: string): HostReading => ({
	time: now - 4000,
	backend: {live: undefined, isAdopted: true, commit: undefined, digest: undefined, by: undefined, since: undefined},
	services: [],
	disk: {freeKib: 1, used: '41%', inodesUsed: '9%'},
	locks: [],
	holds: [],
	ledger: ledgerReading(entries, {time: now - 4000, ...(fault === undefined ? {} : {fault})}),
});

const view = (
	base: Pick<EnvironmentView, 'name' | 'title' | 'tier'>,
	entries?: readonly LedgerEntry[],
	more: Partial<EnvironmentView> = {},
): EnvironmentView => ({
	...base,
	timeZone: 'Asia/Kolkata',
	status: entries && reading(entries),
	readAt: entries && now - 4000,
	...more,
});

const local = {name: 'local', title: 'Local', tier: 'local'} as const;
const preprod = {name: 'preprod', title: 'Pre-Prod', tier: 'preprod'} as const;
const production = {name: 'production', title: 'Production', tier: 'production'} as const;

const storeOf = (environments: readonly EnvironmentView[]): CockpitStore => {
	const store = createCockpitStore({project: 'qsights', now, environments});
	store.getState().show('history');
	return store;
};

const told = (): CockpitStore =>
	storeOf([view(local), view(preprod, preprodEntries), view(production, productionEntries)]);

const with_ = (store: CockpitStore, change: (state: ReturnType<CockpitStore['getState']>) => void): CockpitStore => {
	change(store.getState());
	return store;
};

const at = Date.parse('2026-02-10T05:53:41Z');

/** What a journal of this machine says of the deploy. */
const events: readonly RunEvent[] = [
	{
		at,
		type: 'run.started',
		record: {
			version: 1,
			run: runId,
			kind: 'deploy',
			app: 'backend',
			environment: 'production',
			startedAt: new Date(at).toISOString(),
			commit: builds['7f3a9c2'].commit,
			digest: builds['7f3a9c2'].digest,
			actor: {name: 'Ravi', machine: 'm'},
		},
		title: 'Deploy backend 7f3a9c2 to Production',
		host: 'production-1',
		swapStep: 'restart',
		steps: [
			{id: 'install', title: 'Install dependencies', touches: 'candidate'},
			{id: 'back-up', title: 'Production backup', touches: 'backups'},
			{id: 'restart', title: 'Restart services', touches: 'live'},
		],
	},
	{at, type: 'step.finished', step: 'install', state: 'done', durationMs: 121_000},
	{at, type: 'step.finished', step: 'back-up', state: 'done', durationMs: 52_000, summary: '212 MB'},
	{at, type: 'step.finished', step: 'restart', state: 'done', durationMs: 2900},
	{at, type: 'downtime.measured', downtimeMs: 2900, asked: 60, failed: 3},
	{at, type: 'run.finished', outcome: 'done', exitCode: 0, durationMs: 372_000},
];

export const driven: RunLook = {
	state: events.reduce(foldRun, emptyRun),
	logPath: `/home/ravi/.local/state/cockpit/qsights/production/runs/${runId}/run.log`,
};

const looked = (): CockpitStore =>
	with_(told(), state => {
		state.pointAt('history', 'production:8');
		state.runLookedAt(`production/${runId}`, driven);
	});

const checks = {
	preprod: {state: 'intact', entries: preprodEntries.length, at: now - 2000},
	production: {state: 'intact', entries: productionEntries.length, at: now - 2000},
} as const;

const checkedWith = (found: Readonly<Record<string, ChainCheck>>) => (): CockpitStore =>
	with_(told(), state => {
		for (const [environment, check] of Object.entries(found)) state.chainChecked(environment, check);
	});

/** Texts that try to be orders for the terminal. */
const hostile = '\u001B[2J\u001B]0;pwned\u0007x\n\r\u009By';

/** Every state the history can be seen in, by name. */
export const historyStages: Readonly<Record<string, () => CockpitStore>> = {
	history: told,
	'history, a run of this machine': looked,
	'history, a run of another machine': () =>
		with_(told(), state => {
			state.pointAt('history', 'production:8');
			state.runLookedAt(`production/${runId}`, 'none');
		}),
	'history, a pair': () => storeOf([view(local), view(preprod, preprodEntries), view(production, pairEntries)]),
	'history, a result': () => with_(told(), state => state.pointAt('history', 'preprod:5')),
	'history, an unknown type': () => with_(told(), state => state.pointAt('history', 'preprod:9')),
	'history, verifying': () =>
		with_(told(), state => state.chainChecked('preprod', {state: 'checking', entries: 0, at: now})),
	'history, verified': checkedWith(checks),
	'history, broken': checkedWith({
		...checks,
		preprod: {
			state: 'broken',
			entries: 5,
			problem: 'is broken: line 6 does not follow from the line before',
			at: now - 2000,
		},
	}),
	'history, not verified': checkedWith({
		...checks,
		production: {state: 'silent', entries: 0, problem: 'timed out', at: now},
	}),
	'history, a fault of the last poll': () =>
		storeOf([
			view(preprod, preprodEntries, {status: reading(preprodEntries, 'went back from 1,849 to 1,790 entries')}),
			view(production, productionEntries),
		]),
	'history, filtering': () =>
		with_(told(), state => {
			state.typeFilter('history', true);
			state.filterList('history', 'csv');
		}),
	'history, filtered': () =>
		with_(told(), state =>
			state.askHistory({kind: 'sign-offs', app: 'backend', environment: 'preprod', who: 'Asha'}),
		),
	'history, filtered to nothing': () => with_(told(), state => state.filterList('history', 'zzz')),
	'history, still asking': () => storeOf([view(local), view(preprod), view(production)]),
	'history, empty': () => storeOf([view(preprod, []), view(production, [])]),
	'history, no host': () => storeOf([view(local)]),
	'history, remembered': () =>
		with_(
			storeOf([
				view(preprod, preprodEntries),
				view(production, undefined, {
					silence: {code: 'unreachable', why: 'timed out', next: '', since: now - 180_000, tries: 4},
				}),
			]),
			state => state.rememberLedgers({production: productionEntries}),
		),
	'history, silent and unknown': () =>
		storeOf([
			view(preprod, preprodEntries),
			view(production, undefined, {
				silence: {code: 'unreachable', why: 'timed out', next: '', since: now - 180_000, tries: 4},
			}),
		]),
	'history, a long one': () =>
		with_(
			storeOf([
				view(
					preprod,
					Array.from({length: 1850}, (_, index) =>
						signed(index + 1, new Date(now - (1850 - index) * 3_600_000).toISOString(), 'Asha', {
							item: `item-${index}`,
							title: `Item number ${index} of a long list`,
							result: 'passed',
						}),
					),
				),
			]),
			state => state.pointAt('history', 'preprod:900'),
		),
	'history, hostile': () =>
		with_(
			storeOf([
				view(preprod, [
					ledgerEntry(1, '2026-02-10T05:00:00Z', `x.${hostile}`, {
						who: hostile,
						data: {[hostile]: hostile, deep: {[hostile]: [hostile]}},
					}),
					...run(2, '2026-02-10T05:01:00Z', '2026-02-10T05:02:00Z', 'deploy.finished', {
						who: hostile,
						run: hostile,
						app: 'backend',
						build: {commit: hostile, digest: hostile},
						release: hostile,
						promotion: {
							...promotion,
							emergency: hostile,
							gates: [{gate: hostile, state: hostile, text: hostile}],
						},
					}),
					signed(4, '2026-02-10T05:03:00Z', hostile, {
						item: hostile,
						title: hostile,
						result: 'failed',
						note: hostile,
						value: hostile,
					}),
				]),
			]),
			state => state.pointAt('history', 'preprod:3'),
		),
	'history, report': () => with_(looked(), state => state.openHistoryPage({kind: 'report'})),
	'history, report without a journal': () =>
		with_(told(), state => {
			state.pointAt('history', 'production:8');
			state.runLookedAt(`production/${runId}`, 'none');
			state.openHistoryPage({kind: 'report'});
		}),
	'history, log': () =>
		with_(looked(), state =>
			state.openHistoryPage({
				kind: 'log',
				path: '/home/ravi/run.log',
				lines: Array.from({length: 300}, (_, index) => `line ${index + 1} of the log`),
			}),
		),
};
