import type {ChecklistItem} from '../../../../src/domain/checklist/checklist.ts';
import type {ItemState, SignOff} from '../../../../src/domain/checklist/sign-off.ts';
import type {Environment} from '../../../../src/domain/environments/environment.ts';
import type {ProbeReading} from '../../../../src/domain/probes/probe.ts';
import type {WatchPhase, WatchReport} from '../../../../src/domain/watch/watch-report.ts';
import type {Comparison, Trigger, Watch} from '../../../../src/domain/watch/watch.ts';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {createCockpitStore} from '../../../../src/store/create-store.ts';
import {environment as bothApps} from '../checklist/fixtures.ts';
import type {EnvironmentView} from '../../../../src/store/overview/overview.ts';
import {story} from '../overview/story.ts';

/** Tue 10 Feb 2026, 11:47:05 IST by the hosts. */
export const hostNow = Date.parse('2026-02-10T06:17:05Z');
/** This machine lives in another year. */
export const machineNow = Date.parse('2026-11-30T16:00:00Z');
const minute = 60_000;
export const startedAt = Date.parse('2026-02-10T06:00:00Z');

export const production: Environment = {
	...bothApps,
	name: 'production',
	title: 'Production',
	tier: 'production',
	hosts: [{name: 'production-1', address: '127.0.0.1', user: 'ubuntu'}],
};
export const preprod: Environment = bothApps;

export const reading = (
	probe: string,
	title: string,
	kind: ProbeReading['kind'],
	more: Partial<ProbeReading> = {},
): ProbeReading => ({probe, title, kind, at: hostNow, state: 'pass', text: 'ok', ...more});

/** What one host and its apps say when all is well but the disk, which is nearly full. */
export const readings = (host: string, latencyMs = 66): readonly ProbeReading[] => [
	reading('backend.health', 'API health', 'http', {
		app: 'backend',
		value: latencyMs,
		unit: 'ms',
		text: `200 in ${latencyMs} ms`,
	}),
	reading('frontend.health', 'site', 'http', {app: 'frontend', value: 150, unit: 'ms', text: '200 in 150 ms'}),
	reading('http.trends', 'analytics trends', 'http', {value: 690, unit: 'ms', limit: 1500, text: '200 in 690 ms'}),
	reading('backend.served', 'served build', 'served', {app: 'backend', text: '7f3a9c2 matches'}),
	reading('site.certificate', 'certificate', 'certificate', {
		value: 41,
		unit: 'days',
		limit: 14,
		text: '41 days, until Mon 23 Mar',
	}),
	reading(`${host}.service.php8.1-fpm`, 'php8.1-fpm', 'service', {host, text: 'active, 13 min'}),
	reading(`${host}.service.nginx`, 'nginx', 'service', {host, text: 'active, 61 d'}),
	reading(`${host}.process.qsights`, 'pm2 qsights', 'process', {
		host,
		value: 214_000_000,
		unit: 'bytes',
		text: 'online, 6 d, 0 restarts',
	}),
	reading(`${host}.disk`, 'disk', 'disk', {host, value: 78, unit: '%', limit: 85, text: '11 GB free'}),
	reading(`${host}.memory`, 'memory', 'memory', {host, value: 54, unit: '%', limit: 90, text: '3.7 of 8 GB'}),
	reading('backend.queue', 'queue', 'queue', {
		app: 'backend',
		value: 0,
		unit: 'count',
		limit: 100,
		text: '0 waiting',
	}),
	reading('backend.scheduler', 'scheduler', 'scheduler', {
		app: 'backend',
		state: 'unclear',
		text: 'no log of it is named',
	}),
];

/** An hour of answers every 30 s, with ten minutes in which nobody asked and two that were not good. */
const hour = (probe: string, latencyMs: number): readonly ProbeReading[] =>
	Array.from({length: 120}, (_, index): ProbeReading => {
		const at = hostNow - (120 - index) * 30_000;
		const isBad = index === 90 || index === 91;
		const value = latencyMs + ((index * 7) % 13) + (index === 88 ? 150 : 0);
		return reading(probe, probe, 'http', {at, value, unit: 'ms', state: isBad ? 'fail' : 'pass'});
	}).filter((_, index) => index < 30 || index >= 50);

const item = (id: string, title: string): ChecklistItem => ({
	id,
	title,
	scope: 'backend',
	how: 'Look at it.',
	why: 'Users do.',
	answer: {kind: 'tick'},
	mayNotApply: false,
	digest: id.padEnd(64, '0'),
});

export const open = (id: string, title: string, more: Partial<ChecklistItem> = {}): ItemState => ({
	item: {...item(id, title), ...more},
	state: 'open',
	signOff: undefined,
	isCarried: false,
	standing: [],
	history: [],
});

export const signed = (
	id: string,
	title: string,
	who: string,
	at: string,
	result: 'passed' | 'failed' = 'passed',
): ItemState => {
	const signOff: SignOff & {readonly result: 'passed' | 'failed'} = {
		seq: 1900,
		at: Date.parse(`2026-02-10T${at}:00+05:30`),
		actor: {name: who, machine: 'laptop'},
		item: id,
		result,
		by: 'person',
		builds: {},
		itemDigest: id.padEnd(64, '0'),
		supersedes: [],
	};
	return {...open(id, title), state: result, signOff, standing: [1900], history: [signOff]};
};

const phase = (
	title: string,
	from: number,
	until: number,
	state: WatchPhase['state'],
	items: readonly ItemState[],
): WatchPhase => ({
	title,
	from: startedAt + from * minute,
	until: startedAt + until * minute,
	state,
	items,
});

const phases: readonly WatchPhase[] = [
	phase('0 to 5 min', 0, 5, 'over', [
		signed('sign-in', 'Sign in as an evaluator', 'Ravi', '11:31'),
		signed('home', 'Open Home and Programs', 'Ravi', '11:32'),
		signed('log', 'Read the log since the swap', 'Asha', '11:33'),
	]),
	phase('5 to 15 min', 5, 15, 'over', [
		signed('programs', 'Open Programs and one report', 'Ravi', '11:36'),
		signed('submit', 'Submit one evaluation', 'Asha', '11:39'),
		open('reminder', 'Send yourself one reminder', {mayNotApply: true}),
	]),
	phase('15 to 30 min', 15, 30, 'now', [
		open('analytics', 'Open Analytics, all six views'),
		open('growth', 'Look at memory and log growth'),
	]),
];

const trigger = (id: string, title: string, text: string, short: readonly [string, string]): Trigger => ({
	id,
	title,
	state: 'quiet',
	text,
	short: {title: short[0], text: short[1]},
});

export const triggers: readonly Trigger[] = [
	trigger('down', 'API not 200 twice in a row', '200 in 66 ms, 206 of 206 good', ['API not 200 twice', '200']),
	trigger('slow', 'p95 over twice the usual', '66 ms, limit 122 ms', ['p95 over twice usual', '66 ms']),
	trigger('errors', 'more than 5 errors a minute', '0 in the last minute, limit 5', ['over 5 errors a minute', '0']),
	trigger('restarts', 'a service or PM2 restarts', '3 running', ['a service restarts', '0']),
	trigger('sign-in', 'sign-in fails', '200 in 9 ms, 41 of 41 good', ['sign-in fails', '41 of 41']),
	trigger('served', 'served build is not 7f3a9c2', '7f3a9c2, as recorded', ['served not 7f3a9c2', '7f3a9c2']),
];

const same = (probe: string, title: string, before: number, since: number): Comparison => ({
	probe,
	title,
	unit: 'ms',
	measure: 'p95',
	before: {value: before, count: 206},
	since: {value: since, count: 206},
	difference: {low: since - before - 6, high: since - before + 6},
	worseFrom: 61,
	verdict: 'same',
	missing: 0,
});

export const comparisons: readonly Comparison[] = [
	{
		...same('http.trends', 'API analytics trends', 410, 690),
		difference: {low: 210, high: 350},
		worseFrom: 200,
		verdict: 'worse',
		worseAt: startedAt + 14 * minute,
	},
	{
		probe: 'http.pdf',
		title: 'API reports PDF',
		unit: 'ms',
		measure: 'p95',
		before: {value: 1900, count: 12},
		since: {value: 2300, count: 2},
		worseFrom: 1000,
		verdict: 'unclear',
		missing: 8,
	},
	same('backend.health', 'API health', 61, 66),
	same('http.login', 'API login', 312, 318),
	{
		...same('backend.log', 'errors in laravel.log', 0, 0.1),
		unit: 'per minute',
		measure: '',
		difference: {low: -0.1, high: 0.2},
		worseFrom: 1,
	},
	{
		...same('production-1.memory', 'memory', 54, 55),
		unit: '%',
		measure: '',
		difference: {low: 0, high: 2},
		worseFrom: 13,
	},
	...['programs', 'reports', 'groups', 'users', 'mail'].map(name => same(`http.${name}`, `API ${name}`, 80, 82)),
];

export const watch: Watch = {
	run: '20260210T055341Z-backend-9b1d',
	kind: 'deploy',
	environment: 'production',
	app: 'backend',
	release: '20260210T055341Z-7f3a9c2',
	commit: '7f3a9c2'.padEnd(40, '0'),
	by: 'Ravi',
	startedAt,
	endsAt: startedAt + 30 * minute,
	isRecorded: true,
	fired: [],
	accepted: [],
};

export const report = (more: Partial<WatchReport> = {}): WatchReport => ({
	watch,
	now: hostNow,
	phases,
	triggers,
	comparisons: comparisons.filter(({verdict}) => verdict !== 'worse'),
	newSignatures: [],
	verdict: 'unclear',
	isBad: false,
	...more,
});

export const worse = (more: Partial<WatchReport> = {}): WatchReport =>
	report({
		comparisons,
		verdict: 'worse',
		isBad: true,
		newSignatures: [
			{
				log: 'laravel',
				signature: 'Mail: timeout after # s',
				level: 'error',
				firstAt: startedAt + 7 * minute,
				lastAt: startedAt + 7 * minute,
				count: 1,
				sample: 'Mail: timeout after 30 s to smtp:587',
			},
		],
		...more,
	});

/** A watch of which two rounds have come, with as many samples from before as are given. */
const begun = (before: number): WatchReport =>
	report({
		comparisons: comparisons.map(({probe, title, unit, measure, before: past, worseFrom}): Comparison => ({
			probe,
			title,
			unit,
			measure,
			before: {value: past.value, count: before},
			since: {value: past.value, count: 2},
			worseFrom,
			verdict: 'unclear',
			missing: 10 - Math.min(before, 2),
		})),
	});

const fired: readonly Trigger[] = triggers.map(one =>
	one.id === 'down'
		? {...one, state: 'fired', text: '502, 2 in a row', since: hostNow - 3 * minute}
		: one.id === 'sign-in'
			? {
					...one,
					state: 'unclear',
					text: 'no probe of signing in: sign after-sign-in, or add a check to probes.http, its id with sign-in',
					short: {title: 'sign-in fails', text: 'not tried: sign after-sign-in'},
				}
			: one,
);

/** What the overview knows of both, by the clock of the hosts. */
const environments: readonly EnvironmentView[] = story.map((view): EnvironmentView => {
	if (!view.status || !view.health) return view;
	const backend = {...view.status.backend, since: new Date(startedAt - minute).toISOString()};
	return {
		...view,
		status: {...view.status, backend, time: hostNow - 2000},
		readAt: machineNow - 2000,
		nextAt: machineNow + 3000,
		health: {...view.health, at: machineNow - 2000},
	};
});

/** A cockpit on both hosts, with what they said two seconds ago. */
export const healthStore = (reports: readonly WatchReport[] = []): CockpitStore => {
	const store = createCockpitStore({project: 'qsights', environments, now: machineNow});
	const state = store.getState();
	state.beginHealth([preprod, production]);
	for (const {name, latencyMs} of [
		{name: 'preprod', latencyMs: 84},
		{name: 'production', latencyMs: 66},
	]) {
		state.healthUpdated({
			environment: name,
			at: machineNow - 2000,
			round: {environment: name, at: hostNow - 2000, readings: readings(`${name}-1`, latencyMs), silent: []},
			reports: name === 'production' ? reports : [],
		});
		state.rememberHealth(name, [...hour('backend.health', latencyMs - 6), ...hour('frontend.health', 140)], {
			'backend.health': latencyMs - 5,
		});
	}
	state.show('health');
	return store;
};

const silent = (): CockpitStore => {
	const store = healthStore();
	store.getState().healthUpdated({
		environment: 'production',
		at: machineNow,
		round: {
			environment: 'production',
			at: hostNow,
			readings: readings('production-1').filter(({host}) => host === undefined),
			silent: [{host: 'production-1', code: 'unreachable', why: 'production-1 timed out after 15 s.'}],
		},
		reports: [],
	});
	return store;
};

const old = (make: () => CockpitStore): CockpitStore => {
	const store = make();
	store.getState().tick(machineNow + 60_000);
	return store;
};

const unasked = (): CockpitStore => {
	const store = createCockpitStore({project: 'qsights', environments, now: machineNow});
	store.getState().beginHealth([preprod, production]);
	store.getState().show('health');
	return store;
};

const asking = (): CockpitStore => {
	const store = healthStore([worse()]);
	store.getState().askAboutWatch({kind: 'accept', report: worse(), typed: 'known, '});
	return store;
};

/** An item that failed is about to be called passed. */
const retesting = (): CockpitStore => {
	const seen = signed('reminder', 'Send yourself one reminder', 'Asha', '11:40', 'failed');
	const [first, second, ...rest] = phases;
	const withFailed = first && second ? [first, {...second, items: [...second.items.slice(0, 2), seen]}, ...rest] : [];
	const shown = report({phases: withFailed});
	const store = healthStore([shown]);
	store.getState().pointAt('health', 'reminder');
	store.getState().askAboutWatch({
		kind: 'retest',
		result: 'passed',
		item: 'reminder',
		seen,
		seenBuilds: {},
		isRetest: true,
		report: shown,
	});
	return store;
};

/** The overview while production is watched. */
export const overviewWatched = (reports: readonly WatchReport[]): CockpitStore => {
	const store = healthStore(reports);
	store.getState().show('overview');
	return store;
};

/** Every state the screen can be in. */
export const healthStages: Readonly<Record<string, () => CockpitStore>> = {
	health: () => healthStore(),
	'health, not asked yet': unasked,
	'health, a silent host': silent,
	'health, old': () => old(() => healthStore()),
	'health, watch': () => healthStore([report()]),
	'health, watch just begun': () => healthStore([begun(206)]),
	'health, nothing known of before': () => healthStore([begun(0)]),
	'health, worse': () => healthStore([worse()]),
	'health, fired': () => healthStore([report({triggers: fired, isBad: true})]),
	'health, worse and old': () => old(() => healthStore([worse()])),
	'health, accepted': () =>
		healthStore([
			worse({
				isBad: false,
				watch: {
					...watch,
					accepted: [
						{probes: ['http.trends'], reason: 'a known slow query', by: 'Asha', at: hostNow - minute},
					],
				},
			}),
		]),
	'health, ended': () =>
		healthStore([
			report({watch: {...watch, ended: {at: startedAt + 30 * minute, by: 'Ravi', outcome: 'unclear'}}}),
		]),
	'health, a reason': asking,
	'health, a retest': retesting,
};
