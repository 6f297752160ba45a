import {afterEach, expect, test} from 'vitest';
import type {KeepWatchOptions, KeepWatch} from '../../../src/app/watch/keep-watch.ts';
import {watchItems} from '../../../src/app/checklist/watch-items.ts';
import {leastLookMs} from '../../../src/control/checklist/answered-here.ts';
import {createHealthController} from '../../../src/control/health/health-controller.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import type {WatchReport} from '../../../src/domain/watch/watch-report.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {itemsOfWatch, selectReport} from '../../../src/store/health/health-places.ts';
import {opened, type Said} from '../../support/ledger.ts';
import {untilState} from '../../support/wait.ts';
import {checklists} from '../../tui/screens/checklist/fixtures.ts';
import {hostNow, preprod, production, readings, report, watch, worse} from '../../tui/screens/health/fixtures.ts';
import {ledgerHost as anyHost, servicesOn, type ClockAhead, type LedgerHost} from '../checklist/checklist-host.ts';

const run = 'run-1';
const live: readonly Said[] = (['backend', 'frontend'] as const).map(app => ({
	time: new Date(Date.now() - 60_000).toISOString(),
	type: 'deploy.finished',
	actor: {name: 'Ravi', machine: 'm'},
	data: {
		app,
		run: app === 'backend' ? run : 'run-0',
		release: `r-${app}`,
		build: {commit: '7f3a9c2'.padEnd(40, '0'), digest: app.padEnd(64, '0')},
	},
}));

/** The primary host of production, on which both apps are live. */
const productionHost = (): LedgerHost => {
	const host = anyHost(live);
	host.kept[0] = opened('production');
	return host;
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
	await Promise.all(ends.splice(0).map(end => end()));
});

/** A cockpit whose engine is the test: it brings a round whenever it is asked, by the ledger as it is then. */
const cockpit = async (
	host: LedgerHost,
	{
		more = {},
		probed = [],
		watched = production,
	}: {
		readonly more?: Partial<WatchReport>;
		readonly probed?: readonly ProbeReading[];
		readonly watched?: typeof production;
	} = {},
) => {
	const ahead: ClockAhead = {ms: 0};
	const services = servicesOn(host, 'Ravi', ahead);
	const store = createCockpitStore({project: 'qsights', environments: [], checklists, now: Date.now()});
	const faults: unknown[] = [];
	const kept = new Map<string, KeepWatchOptions>();
	const told: string[] = [];
	const bring = async (name: string): Promise<void> => {
		const options = kept.get(name);
		if (!options) throw new Error(`nobody watches ${name}`);
		const {entries} = await services.ledgers.read(options.environment);
		const phases = watchItems(checklists, options.environment, entries, 'backend').map(({title, items}) => ({
			title,
			from: watch.startedAt,
			until: watch.endsAt,
			state: 'now' as const,
			items,
		}));
		const own = {watch: {...watch, run, startedAt: Date.now() - 60_000, endsAt: Date.now() + 60_000}, phases};
		options.onUpdate({
			environment: name,
			at: services.clock.now(),
			round: {environment: name, at: hostNow, readings: [...readings(`${name}-1`), ...probed], silent: []},
			reports: name === 'production' ? [report({...own, ...more})] : [],
		});
	};
	const keep: KeepWatch = options => {
		const {name} = options.environment;
		kept.set(name, options);
		return {
			wake: () => void (told.push(`wake ${name}`), bring(name).catch(options.onFault)),
			stop: async () => void told.push(`stop ${name}`),
		};
	};
	const controller = createHealthController({
		services,
		environments: [{...production, name: 'local', title: 'Local', tier: 'local', hosts: []}, preprod, watched],
		checklists,
		store,
		keep,
		onFault: error => void faults.push(error),
	});
	controller.start();
	ends.push(async () => {
		await controller.stop();
		expect(faults).toEqual([]);
	});
	await bring('production');
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	/** Answers wait a moment behind each other, as a person does. */
	const looked = (): void => void (ahead.ms += leastLookMs + 1);
	looked();
	const stateOf = (id: string) => {
		const shown = selectReport(store.getState());
		return shown && itemsOfWatch(shown).find(({state}) => state.item.id === id)?.state;
	};
	return {services, store, controller, kept, told, until, looked, stateOf};
};

test('health: one engine for each environment that has hosts, looked at only while the screen shows it', async () => {
	const {kept, controller, store, told} = await cockpit(productionHost());

	expect([...kept.keys()]).toEqual(['preprod', 'production']);
	expect(kept.get('preprod')?.isLooked()).toBe(false);
	controller.open();
	expect(store.getState().screen).toBe('health');
	expect(kept.get('preprod')?.isLooked()).toBe(true);
	expect(told).toEqual(['wake preprod', 'wake production']);
	store.getState().show('overview');
	expect(kept.get('preprod')?.isLooked()).toBe(false);
});

test('health: stops every engine', async () => {
	const {controller, told} = await cockpit(productionHost());
	await controller.stop();
	expect(told).toEqual(['stop preprod', 'stop production']);
});

test('health: what was found before this cockpit began is in the history, and what is usual follows from the day before', async () => {
	const host = productionHost();
	const minute = 60_000;
	const old = (ago: number, value: number): ProbeReading => ({
		...(readings('production-1')[0] as ProbeReading),
		at: hostNow - ago * minute,
		value,
	});
	const {services, store, controller} = await cockpit(host);
	services.samples.add({project: 'qsights', environment: 'production'}, [
		old(30, 41),
		old(20, 42),
		...Array.from({length: 40}, (_, index) => old(70 + index, 55)),
	]);
	controller.open();
	const production = store.getState().healths.find(({environment}) => environment.name === 'production');

	expect(production?.history['backend.health']?.map(({value}) => value)).toEqual([41, 42, 66]);
	expect(production?.usual).toEqual({'backend.health': 55});
});

test('watch: signing an item records who, for the build that is live, and shows it as recording until the ledger has it', async () => {
	const host = productionHost();
	const {controller, store, until, stateOf} = await cockpit(host);
	controller.sign('after-sign-in', 'passed');
	expect(store.getState().watchPending).toMatchObject([{item: 'after-sign-in', result: 'passed'}]);
	await until(({watchPending}) => watchPending.length === 0);

	expect(stateOf('after-sign-in')).toMatchObject({state: 'passed', signOff: {actor: {name: 'Ravi'}}});
	expect(host.kept.at(-1)).toMatchObject({
		type: 'checklist.signed',
		data: {item: 'after-sign-in', result: 'passed', by: 'person'},
	});
});

test('watch: a signed item leaves its head on the environment before, and says where it could not', async () => {
	const {controller, until} = await cockpit(productionHost(), {watched: {...production, promotedFrom: 'preprod'}});
	controller.sign('after-sign-in', 'passed');

	// Both are one host here, whose ledger is that of production.
	const {notice} = await until(({notice}) => notice !== undefined);
	expect(notice?.text).toMatch(/^Recorded on Production; not noted on Pre-Prod: the ledger of Pre-Prod /);
});

test('watch: an answer too soon behind another is refused, so that a key held down signs one item', async () => {
	const host = productionHost();
	const {controller, store, until} = await cockpit(host);
	controller.sign('after-sign-in', 'passed');
	controller.sign('after-services', 'passed');
	expect(store.getState().notice?.text).toBe('Not signed: read the item first.');
	await until(({watchPending}) => watchPending.length === 0);

	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toHaveLength(1);
});

test('watch: failed asks for a note, says when it is too short, and records it', async () => {
	const host = productionHost();
	const {controller, store, until, stateOf} = await cockpit(host);
	controller.sign('after-sign-in', 'failed');
	expect(store.getState().watchAsk).toMatchObject({kind: 'note', result: 'failed'});
	store.getState().typeAboutWatch('no');
	controller.answer();
	expect(store.getState().notice?.text).toMatch(/^Not recorded: /);
	store.getState().typeAboutWatch('the form comes back empty');
	controller.answer();
	await until(({watchPending, watchAsk}) => watchAsk === undefined && watchPending.length === 0);

	expect(stateOf('after-sign-in')).toMatchObject({state: 'failed', signOff: {note: 'the form comes back empty'}});
});

test('watch: what failed becomes passed only by a retest, and undo takes back one own answer', async () => {
	const host = productionHost();
	const {controller, store, until, looked, stateOf} = await cockpit(host);
	controller.sign('after-sign-in', 'failed');
	store.getState().typeAboutWatch('the form comes back empty');
	controller.answer();
	await until(() => stateOf('after-sign-in')?.state === 'failed');
	looked();
	controller.sign('after-sign-in', 'passed');
	expect(store.getState().watchAsk).toMatchObject({kind: 'retest', result: 'passed'});
	controller.answer();
	await until(() => stateOf('after-sign-in')?.state === 'passed');
	controller.undo('after-sign-in');
	await until(() => stateOf('after-sign-in')?.state === 'failed');

	expect(host.kept.at(-1)).toMatchObject({type: 'checklist.undone'});
});

const healthItem = (more: Partial<ProbeReading>): ProbeReading => ({
	probe: 'checklist.after-api-health',
	title: 'API health answers 200',
	kind: 'http',
	at: hostNow,
	state: 'pass',
	value: 64,
	unit: 'ms',
	text: '200 in 64 ms',
	...more,
});

test('watch: an item with a probe is signed with what that saw, and never as passed while it fails', async () => {
	const host = productionHost();
	const failing = await cockpit(host, {probed: [healthItem({state: 'fail', text: '502, not 200'})]});
	failing.controller.sign('after-api-health', 'passed');
	expect(failing.store.getState().notice?.text).toBe('Not signed: its probe fails: 502, not 200; r asks again.');
	const unasked = await cockpit(host);
	unasked.controller.sign('after-api-health', 'passed');
	expect(unasked.store.getState().notice?.text).toMatch(/not known yet/);
	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toEqual([]);

	const passing = await cockpit(host, {probed: [healthItem({})]});
	passing.controller.sign('after-api-health', 'passed');
	await passing.until(({watchPending}) => watchPending.length === 0);
	expect(host.kept.at(-1)).toMatchObject({
		data: {item: 'after-api-health', result: 'passed', probe: {outcome: 'passed', text: '200 in 64 ms'}},
	});
});

test('watch: an item whose host does not answer is not signed, and says so', async () => {
	const host = productionHost();
	const {controller, store, until} = await cockpit(host);
	host.refusal = 'disk full';
	controller.sign('after-sign-in', 'passed');
	await until(({notice}) => notice?.tone === 'danger');

	expect(store.getState().notice?.text).toMatch(/is not signed: .*disk full.* Nothing was recorded\./);
	expect(store.getState().watchPending).toEqual([]);
});

const bad = {comparisons: worse().comparisons, verdict: 'worse', isBad: true} as const;

test('watch: accepting takes a reason, names what was seen, and stands in the ledger', async () => {
	const host = productionHost();
	const {controller, store, until} = await cockpit(host, {more: bad});
	controller.accept();
	expect(store.getState().watchAsk).toMatchObject({kind: 'accept'});
	store.getState().typeAboutWatch('known');
	controller.answer();
	expect(store.getState().notice?.text).toMatch(/a reason of at least 10 characters/);
	store.getState().typeAboutWatch('a known slow query, fixed next week');
	controller.answer();
	await until(({notice}) => notice?.tone === 'success');

	expect(host.kept.at(-1)).toMatchObject({
		type: 'watch.accepted',
		data: {run, app: 'backend', probes: ['http.trends'], reason: 'a known slow query, fixed next week'},
	});
});

test('watch: where nothing is bad there is nothing to accept', async () => {
	const {controller, store} = await cockpit(productionHost());
	controller.accept();
	expect(store.getState().watchAsk).toBeUndefined();
});

test('watch: longer by 15 minutes stands in the ledger', async () => {
	const host = productionHost();
	const {controller, until} = await cockpit(host);
	controller.extend();
	await until(({notice}) => notice?.tone === 'success');

	expect(host.kept.at(-1)).toMatchObject({type: 'watch.extended', data: {run, app: 'backend'}});
});

test('watch: when it turns bad the way back is asked for once', async () => {
	const host = productionHost();
	const {controller, store, until} = await cockpit(host, {more: bad});
	await until(({watchWaysBack}) => watchWaysBack[run]?.state === 'unknown');
	const before = store.getState().watchWaysBack[run];
	controller.refresh();
	await until(({healths}) => healths.some(({readAt}) => readAt !== undefined));

	expect(store.getState().watchWaysBack[run]).toBe(before);
});
