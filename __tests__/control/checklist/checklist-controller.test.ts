import {afterEach, expect, test} from 'vitest';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {LateSignOff, ProbePort} from '../../../src/domain/ports.ts';
import {createChecklistController} from '../../../src/control/checklist/checklist-controller.ts';
import {leastLookMs} from '../../../src/control/checklist/answered-here.ts';
import {refuseChange, selectItem, selectItemStates} from '../../../src/store/checklist/checklist.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {inList} from '../../../src/store/list.ts';
import {checklists, environment, itemOf} from '../../tui/screens/checklist/fixtures.ts';
import type {Said} from '../../support/ledger.ts';
import {untilState} from '../../support/wait.ts';
import {ledgerHost, servicesOn, type ClockAhead, type LedgerHost} from './checklist-host.ts';

const production: Environment = {
	...environment,
	name: 'production',
	title: 'Production',
	tier: 'production',
	promotedFrom: 'preprod',
};

const builds = {backend: 'b1'.repeat(32), frontend: 'f1'.repeat(32)};

const deployed = (app: 'backend' | 'frontend'): Said => ({
	type: 'deploy.finished',
	actor: {name: 'Ravi', machine: 'm'},
	data: {app, release: `r-${app}`, build: {commit: '7f3a9c2'.padEnd(40, '0'), digest: builds[app]}},
});

const signed = (item: string, result: string, who = 'Asha', more: object = {}): Said => ({
	type: 'checklist.signed',
	actor: {name: who, machine: 'm'},
	data: {
		item,
		result,
		by: 'person',
		note: 'seen by her on a phone',
		builds,
		itemDigest: itemOf(item).digest,
		supersedes: [],
		...more,
	},
});

const live = [deployed('backend'), deployed('frontend')];

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
	await Promise.all(ends.splice(0).map(end => end()));
});

const cockpit = (
	host: LedgerHost,
	{
		name = 'Ravi',
		probe,
		environments = [environment, production],
	}: {
		readonly name?: string;
		readonly probe?: ProbePort;
		readonly environments?: readonly Environment[];
	} = {},
) => {
	const ahead: ClockAhead = {ms: 0};
	const services = servicesOn(host, name, ahead);
	const store = createCockpitStore({project: 'qsights', environments: [], checklists, now: Date.now()});
	store.setState({app: 'frontend'});
	const faults: unknown[] = [];
	/** Pauses between looks, in milliseconds, and how many go on now: without one, and no look under way, none will come. */
	const pauses = {asked: [] as number[], now: 0};
	const pause: typeof services.clock.wait = async (ms, signal) => {
		pauses.asked.push(ms);
		pauses.now += 1;
		try {
			await services.clock.wait(ms, signal);
		} finally {
			pauses.now -= 1;
		}
	};
	const written: (readonly [string, string])[] = [];
	const kept: LateSignOff[] = [];
	const controller = createChecklistController({
		services: {
			...services,
			clock: {...services.clock, wait: pause},
			...(probe ? {probe} : {}),
		},
		environments,
		checklists,
		store,
		files: {
			write: async (file, text) => {
				written.push([file, text]);
				return `/here/${file}`;
			},
		},
		outbox: {
			list: () => [...kept],
			add: (_, late) => void kept.push(late),
			remove: (_, id) =>
				void kept.splice(
					kept.findIndex(late => late.id === id),
					1,
				),
		},
		onFault: error => void faults.push(error),
	});
	controller.start();
	ends.push(async () => {
		await controller.stop();
		expect(faults).toEqual([]);
	});
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	const open = async (): Promise<CockpitState> => {
		controller.open();
		return until(isSeen);
	};
	const stateOf = (item: string, state = store.getState()) =>
		selectItemStates(state).find(one => one.item.id === item);
	/** As if somebody had read for a while. */
	const wait = (): void => void (ahead.ms += leastLookMs);
	return {store, controller, until, open, stateOf, wait, written, ahead, pauses};
};

/** The ledger is read, and what the probe of the home page saw is there where something is live that can be signed. */
const isSeen = (state: CockpitState): boolean =>
	state.checklistReading !== undefined &&
	(refuseChange({...state, checklistPending: []}, selectItemStates(state)[0]) !== undefined ||
		state.checklistProbes['home-page']?.isAsking === false);

const isSettled = ({checklistPending}: CockpitState): boolean => checklistPending.length === 0;

test('checklist: a tick shows as recording, counts once the ledger has it, and the cursor is on the next open item', async () => {
	const host = ledgerHost([...live, signed('pages-load', 'passed')]);
	const {controller, open, until, stateOf, store} = cockpit(host);
	await open();
	await until(({lists}) => lists.checklist.cursor !== undefined);
	store.getState().pointAt('checklist', 'home-page');
	controller.sign('home-page', 'passed');
	expect(store.getState().checklistPending).toMatchObject([{item: 'home-page', what: 'probing', result: 'passed'}]);
	expect(selectItem(store.getState())?.item.id).toBe('home-page');
	await until(({checklistPending}) => checklistPending[0]?.what === 'recording');
	expect(stateOf('home-page')?.state).toBe('open');
	expect(selectItem(store.getState())?.item.id).toBe('deep-link');
	await until(isSettled);

	expect(stateOf('home-page')).toMatchObject({state: 'passed', signOff: {actor: {name: 'Ravi'}, by: 'person'}});
	expect(host.kept.at(-1)).toMatchObject({type: 'checklist.signed', data: {result: 'passed', builds}});
});

test('checklist: where nothing is tested before another environment, every key says so and no host is asked', () => {
	const host = ledgerHost([...live]);
	const before = host.kept.length;
	const {controller, store} = cockpit(host, {environments: [environment]});
	controller.open();
	controller.sign('home-page', 'passed');
	expect(store.getState()).toMatchObject({screen: 'checklist', checklistEnvironment: undefined});
	expect(store.getState().notice?.text).toBe('Not signed: no environment is tested before another one here.');
	controller.export();
	expect(store.getState().notice?.text).toBe('Not exported: the checklist is not read yet.');
	controller.refresh();
	controller.answer();
	controller.undo('home-page');

	expect(store.getState().checklistReading).toBeUndefined();
	expect(host.kept).toHaveLength(before);
});

test('checklist: another screen leads to an item by its name, whatever was filtered and whichever app was shown', async () => {
	const {controller, until, store} = cockpit(ledgerHost([...live]));
	store.setState(({lists}) => ({
		app: 'backend',
		checklistPanel: 'detail',
		...inList(lists, 'checklist', {filter: 'something else', scroll: 7}),
	}));
	controller.open({app: 'frontend', item: 'deep-link', isOnlyOpen: true});
	const state = await until(({checklistReading}) => checklistReading !== undefined);

	expect(selectItem(state)?.item.id).toBe('deep-link');
	expect(state).toMatchObject({
		screen: 'checklist',
		app: 'frontend',
		isOnlyOpen: true,
		checklistPanel: 'items',
		lists: {checklist: {filter: '', scroll: 0}},
	});
});

test('checklist: a key held down answers one item', async () => {
	const host = ledgerHost(live);
	const {controller, open, until, store, ahead, wait} = cockpit(host);
	await open();
	// A machine that stands still for a moment is no key let go.
	ahead.at = Date.now();
	for (let presses = 0; presses < 30; presses += 1) {
		controller.sign(selectItem(store.getState())?.item.id ?? '', 'passed');
		ahead.ms += 600;
	}
	await until(isSettled);
	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toHaveLength(1);
	expect(store.getState().notice?.text).toContain('first');
	wait();
	controller.sign('deep-link', 'passed');
	expect(store.getState().checklistPending).toHaveLength(1);
	await until(isSettled);
});

/** Lets everything run that is ready to. */
const turns = async (): Promise<void> => {
	for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve));
};

test('checklist: nothing is asked of a host while the checklist is closed', async () => {
	const host = ledgerHost(live);
	const {open, store, pauses} = cockpit(host);
	await turns();
	expect({reads: host.reads, pauses: pauses.now}).toEqual({reads: 0, pauses: 0});
	await open();
	await turns();
	expect(pauses.now).toBe(1);
	store.getState().show('overview');
	const {reads} = host;
	await turns();

	expect({reads: host.reads, pauses: pauses.now}).toEqual({reads, pauses: 0});
});

test('checklist: two cockpits see each other at their next look, at most a second later, and a worse result stands whoever came last', async () => {
	const host = ledgerHost(live);
	const ravi = cockpit(host);
	const asha = cockpit(host, {name: 'Asha'});
	await Promise.all([ravi.open(), asha.open()]);
	ravi.controller.sign('deep-link', 'passed');
	const looks = asha.pauses.asked.length;
	await asha.until(state => asha.stateOf('deep-link', state)?.state === 'passed');
	// The look that was under way, if there was one, and the next.
	expect(asha.pauses.asked.length - looks).toBeLessThanOrEqual(2);
	expect(Math.max(...asha.pauses.asked)).toBeLessThanOrEqual(1000);

	// Both look at an open item; she fails it a moment before he passes it.
	asha.controller.sign('home-page', 'failed');
	asha.store.getState().typeAnswer('takes 9 s on a phone');
	ravi.wait();
	asha.controller.answer();
	ravi.controller.sign('home-page', 'passed');
	await Promise.all([asha.until(isSettled), ravi.until(isSettled)]);
	await ravi.until(state => ravi.stateOf('home-page', state)?.standing.length === 2);

	expect(ravi.stateOf('home-page')).toMatchObject({state: 'failed', signOff: {actor: {name: 'Asha'}}});
	expect(ravi.stateOf('home-page')?.standing).toHaveLength(2);
});

test('checklist: a failed item asks for the retest before it passes; Esc keeps it', async () => {
	const host = ledgerHost([...live, signed('home-page', 'failed')]);
	const {controller, open, until, stateOf, store} = cockpit(host);
	await open();
	controller.sign('home-page', 'passed');
	expect(store.getState().checklistAsk).toMatchObject({kind: 'retest', result: 'passed'});
	store.getState().closeAsk();
	expect(host.kept).toHaveLength(4);
	controller.sign('home-page', 'passed');
	controller.answer();
	await until(isSettled);

	expect(stateOf('home-page')).toMatchObject({state: 'passed'});
	expect(host.kept.at(-1)).toMatchObject({data: {supersedes: [4]}});
});

test('checklist: a note and a value are asked for, and what says too little is refused with its reason', async () => {
	const host = ledgerHost(live);
	const {controller, open, until, stateOf, store, wait} = cockpit(host);
	await open();
	const type = (typed: string): void => {
		store.getState().typeAnswer(typed);
		controller.answer();
	};
	controller.sign('home-page', 'failed');
	type('slow');
	expect(store.getState().notice?.text).toContain('at least 10 characters');
	type('slow: 9 s on a phone');
	await until(isSettled);
	expect(stateOf('home-page')).toMatchObject({state: 'failed', signOff: {note: 'slow: 9 s on a phone'}});

	wait();
	controller.sign('page-load', 'passed');
	type('');
	expect(store.getState().notice?.text).toContain('say what you saw');
	type('3.4');
	expect(store.getState().notice?.text).toContain('3.4 s is over the limit of 3 s');
	type('2.1');
	await until(isSettled);
	expect(stateOf('page-load')).toMatchObject({state: 'passed', signOff: {value: '2.1'}});

	wait();
	controller.sign('caching', 'passed');
	type('1');
	await until(isSettled);
	expect(stateOf('caching')).toMatchObject({state: 'passed'});
	expect(stateOf('caching')?.signOff?.value).not.toBe('1');
});

test('checklist: not applicable is refused for what always applies', async () => {
	const host = ledgerHost(live);
	const {controller, open, store} = cockpit(host);
	await open();
	controller.sign('home-page', 'not-applicable');

	expect(store.getState().notice?.text).toContain('always applies');
	expect(store.getState().checklistAsk).toBeUndefined();
});

test('checklist: a full disk says that nothing was recorded, and nothing is', async () => {
	const host = ledgerHost(live);
	const {controller, open, until, stateOf} = cockpit(host);
	await open();
	host.refusal = 'No space left on device';
	controller.sign('home-page', 'passed');
	const state = await until(({notice}) => notice?.tone === 'danger');

	expect(state.notice?.text).toContain('No space left on device. Nothing was recorded.');
	expect(stateOf('home-page')?.state).toBe('open');
	expect(state.checklistPending).toEqual([]);
});

test('checklist: another build than the one looked at takes no answer', async () => {
	const host = ledgerHost(live);
	const {controller, open, until} = cockpit(host);
	await open();
	host.kept.push({
		...deployed('frontend'),
		data: {...deployed('frontend').data, build: {commit: 'c'.repeat(40), digest: 'f2'}},
	});
	controller.sign('home-page', 'passed');
	const {notice} = await until(({notice}) => notice?.tone === 'danger');

	expect(notice?.text).toContain('another build runs on Pre-Prod than the one you looked at');
	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toEqual([]);
});

test("checklist: u takes back one's own answer under the cursor, and leads to the last one otherwise", async () => {
	const host = ledgerHost([...live, signed('deep-link', 'passed')]);
	const {controller, open, until, stateOf, store} = cockpit(host);
	await open();
	controller.undo('deep-link');
	expect(store.getState().notice?.text).toContain('Nothing of yours');
	controller.sign('home-page', 'passed');
	await until(isSettled);
	controller.undo('pages-load');
	expect(selectItem(store.getState())?.item.id).toBe('home-page');
	expect(stateOf('home-page')?.state).toBe('passed');
	controller.undo('home-page');
	await until(state => stateOf('home-page', state)?.state === 'open');

	expect(host.kept.at(-1)).toMatchObject({type: 'checklist.undone', data: {supersedes: [5]}});
});

/** A probe whose answers a test sets, and that counts its questions. */
const answers = (status: number, durationMs = 84) => {
	const probe = {
		asked: 0,
		status,
		get: async () => {
			probe.asked += 1;
			return {durationMs, outcome: {status: probe.status}, body: ''};
		},
	};
	return probe;
};

const seenOf = (state: CockpitState) => state.checklistProbes['home-page']?.observation;

test('checklist: what a probe sees stands beside its item when the checklist is opened, and a person signs with it', async () => {
	const host = ledgerHost(live);
	const probe = answers(200);
	const {controller, open, until, stateOf, ahead, wait, store} = cockpit(host, {probe});
	ahead.at = Date.now();
	const opened = await open();
	expect(seenOf(opened)).toEqual({
		outcome: 'passed',
		seen: '200 in 84 ms',
		text: '200 in 84 ms, limit 3000 ms, 3 of 3',
		tookMs: 84,
		at: expect.any(Number),
		attempts: {passed: 1, failed: 0, unclear: 0},
	});
	expect(stateOf('home-page')?.state).toBe('open');
	expect(host.kept).toHaveLength(3);
	const asked = probe.asked;

	// Looks at the ledger that follow ask no probe again.
	const {reads} = host;
	controller.refresh();
	await until(() => host.reads > reads);
	expect(probe.asked).toBe(asked);

	wait();
	controller.sign('home-page', 'passed');
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'passed');
	expect(host.kept.at(-1)).toMatchObject({
		data: {
			result: 'passed',
			by: 'person',
			value: '200 in 84 ms, limit 3000 ms, 3 of 3',
			probe: {outcome: 'passed', text: '200 in 84 ms, limit 3000 ms, 3 of 3', attempts: {passed: 2}},
		},
	});
	expect(stateOf('home-page')?.signOff).toMatchObject({by: 'person', actor: {name: 'Ravi'}});

	// Opened again at once it is not asked again; a while later it is, once.
	store.getState().show('overview');
	await open();
	expect(probe.asked).toBe(asked + 3);
	store.getState().show('overview');
	ahead.at += 61_000;
	controller.open();
	await until(state => seenOf(state)?.attempts.passed === 3);
	expect(probe.asked).toBe(2 * asked + 3);
});

test('checklist: what fails its probe cannot be signed as passed; f signs it with what the probe saw', async () => {
	const host = ledgerHost(live);
	const probe = answers(500);
	const {controller, open, until, stateOf, store, wait} = cockpit(host, {probe});
	await open();
	controller.sign('home-page', 'passed');
	await until(isSettled);
	expect(store.getState().notice?.text).toBe(
		'Home page answers 200 within 3 s is not signed: its probe fails: 500, not 200, 0 of 3; f and i record it.',
	);
	expect(host.kept).toHaveLength(3);
	wait();
	controller.sign('home-page', 'failed');
	expect(store.getState()).toMatchObject({checklistAsk: {typed: ''}, notice: undefined});
	await until(({checklistAsk}) => checklistAsk?.probe !== undefined);
	expect(store.getState().checklistAsk).toMatchObject({typed: 'the probe saw 500, not 200, 0 of 3'});
	controller.answer();
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'failed');
	expect(host.kept.at(-1)?.data).toMatchObject({
		result: 'failed',
		value: '500, not 200, 0 of 3',
		note: 'the probe saw 500, not 200, 0 of 3',
		probe: {outcome: 'failed'},
	});

	// Mended and asked again it is a retest, which a person records.
	probe.status = 200;
	controller.probe('home-page');
	expect(store.getState().checklistAsk).toBeUndefined();
	await until(state => seenOf(state)?.outcome === 'passed');
	wait();
	controller.sign('home-page', 'passed');
	expect(store.getState().checklistAsk).toMatchObject({kind: 'retest', result: 'passed'});
	controller.answer();
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'passed');
	expect(stateOf('home-page')?.signOff?.probe?.attempts).toEqual({passed: 2, failed: 3, unclear: 0});
});

/** A probe whose answers come when a test lets them. */
const heldAnswers = (status: number) => {
	const held: (() => void)[] = [];
	const probe = {
		...answers(status),
		isHeld: false,
		/** Answers all that is asked, and does not hold what follows. */
		release: () => {
			probe.isHeld = false;
			for (const go of held.splice(0)) go();
		},
	};
	probe.get = async () => {
		probe.asked += 1;
		if (probe.isHeld) await new Promise<void>(resolve => void held.push(resolve));
		return {durationMs: 84, outcome: {status: probe.status}, body: ''};
	};
	return probe;
};

test('checklist: p signs what the probe sees at that moment; what it saw before proves nothing', async () => {
	const host = ledgerHost(live);
	const probe = heldAnswers(200);
	const {controller, open, until, stateOf, store, wait} = cockpit(host, {probe});
	await open();
	store.getState().pointAt('checklist', 'home-page');
	expect(seenOf(store.getState())?.outcome).toBe('passed');
	const {asked} = probe;
	probe.status = 500;
	probe.isHeld = true;
	wait();
	controller.sign('home-page', 'passed');
	expect(store.getState().checklistPending).toMatchObject([{item: 'home-page', what: 'probing'}]);
	// A second press, and each other key on the item, does nothing while it is asked.
	for (const result of ['passed', 'failed', 'unclear'] as const) {
		wait();
		controller.sign('home-page', result);
		expect(store.getState().notice?.text).toBe('Not signed: its probe is being asked for it.');
	}
	expect(store.getState()).toMatchObject({checklistAsk: undefined, checklistPending: {length: 1}});
	probe.release();
	const refused = await until(isSettled);
	expect(probe.asked).toBe(asked + 3);
	expect(refused.notice?.text).toContain('is not signed: its probe fails: 500, not 200, 0 of 3');
	expect(seenOf(refused)).toMatchObject({outcome: 'failed', attempts: {passed: 1, failed: 1}});
	expect(selectItem(refused)?.item.id).toBe('home-page');
	expect(stateOf('home-page')?.state).toBe('open');
	expect(host.kept).toHaveLength(3);

	probe.status = 200;
	wait();
	controller.sign('home-page', 'passed');
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'passed');
	expect(stateOf('home-page')?.signOff?.probe).toMatchObject({outcome: 'passed', attempts: {passed: 2, failed: 1}});
	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toHaveLength(1);
});

test('checklist: f is recorded with what the probe sees then, also when the note is written before it answers', async () => {
	const host = ledgerHost(live);
	const probe = heldAnswers(200);
	const {controller, open, until, stateOf, store, wait} = cockpit(host, {probe});
	await open();
	probe.status = 503;
	probe.isHeld = true;
	wait();
	controller.sign('home-page', 'failed');
	store.getState().typeAnswer('blank on a phone');
	const {asked} = probe;
	controller.answer();
	expect(store.getState().checklistPending).toMatchObject([{what: 'probing', result: 'failed'}]);
	probe.release();
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'failed');
	expect(probe.asked).toBe(asked + 2);
	expect(host.kept.at(-1)?.data).toMatchObject({
		note: 'blank on a phone',
		value: '503, not 200, 0 of 3',
		probe: {outcome: 'failed', attempts: {passed: 1, failed: 1}},
	});
});

test('checklist: whoever goes elsewhere while a probe is asked is left there', async () => {
	const host = ledgerHost(live);
	const probe = heldAnswers(200);
	const {controller, open, until, stateOf, store, wait} = cockpit(host, {probe});
	await open();
	probe.isHeld = true;
	wait();
	controller.sign('home-page', 'passed');
	store.getState().pointAt('checklist', 'page-load');
	controller.sign('page-load', 'failed');
	store.getState().typeAnswer('3.4 s on a');
	probe.release();
	await until(state => stateOf('home-page', state)?.state === 'passed');
	expect(store.getState()).toMatchObject({checklistAsk: {item: 'page-load', typed: '3.4 s on a'}});
	expect(selectItem(store.getState())?.item.id).toBe('page-load');
});

test('checklist: closing the cockpit waits for no host that does not answer', async () => {
	const host = ledgerHost(live);
	host.others = 'Asha%40mac {"name":"Asha","machine":"mac","section":"Approval"}\n';
	host.hearsNoLeaving = true;
	const {controller, open, until} = cockpit(host);
	await open();
	await until(state => state.checklistHere.length > 0);
	await controller.stop();
	expect(host.wasLeft).toBe(true);
});

test('checklist: what was refused before is gone from the line of the next question', async () => {
	const {controller, open, store, wait} = cockpit(ledgerHost(live));
	await open();
	controller.sign('home-page', 'not-applicable');
	expect(store.getState().notice?.text).toContain('always applies');
	wait();
	controller.sign('deep-link', 'failed');
	expect(store.getState()).toMatchObject({checklistAsk: {item: 'deep-link'}, notice: undefined});
});

test('checklist: an unclear probe takes a note and stays unclear; asking again is counted and written down', async () => {
	const host = ledgerHost(live);
	const mixed = {...answers(200), asked: 0};
	mixed.get = async () => {
		mixed.asked += 1;
		return {durationMs: 84, outcome: {status: mixed.asked % 3 === 2 ? mixed.status : 200}, body: ''};
	};
	mixed.status = 502;
	const {controller, open, until, stateOf, store, wait} = cockpit(host, {probe: mixed});
	await open();
	const said = 'its probe is unclear: 1 of 3: 502, not 200; the others answered 200';
	expect(seenOf(store.getState())?.outcome).toBe('unclear');
	controller.sign('home-page', 'passed');
	await until(isSettled);
	expect(store.getState().notice?.text).toContain(said);
	wait();
	controller.sign('home-page', 'unclear');
	controller.answer();
	expect(store.getState().notice?.text).toContain('say what you saw, in at least 10 characters');
	store.getState().typeAnswer('one of three was a 502');
	controller.answer();
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'unclear');

	mixed.status = 200;
	controller.probe('home-page');
	await until(state => seenOf(state)?.outcome === 'passed');
	expect(stateOf('home-page')?.state).toBe('unclear');
	wait();
	controller.sign('home-page', 'passed');
	controller.answer();
	await until(state => isSettled(state) && stateOf('home-page', state)?.state === 'passed');
	expect(host.kept.at(-1)?.data).toMatchObject({probe: {attempts: {passed: 2, failed: 0, unclear: 3}}});
});

test('checklist: another build is asked about anew, and nothing seen of the old one signs it', async () => {
	const host = ledgerHost(live);
	const probe = answers(500);
	const {controller, open, until, store} = cockpit(host, {probe});
	await open();
	probe.status = 200;
	host.kept.push({
		...deployed('frontend'),
		data: {...deployed('frontend').data, build: {commit: 'c'.repeat(40), digest: 'f2'.repeat(32)}},
	});
	controller.refresh();
	await until(state => seenOf(state)?.outcome === 'passed');
	expect(seenOf(store.getState())?.attempts).toEqual({passed: 1, failed: 0, unclear: 0});
});

test('checklist: exporting says where the file is', async () => {
	const host = ledgerHost([...live, signed('home-page', 'failed')]);
	const {controller, open, until, written} = cockpit(host);
	await open();
	controller.export();
	const {notice} = await until(state => state.notice !== undefined);

	expect(notice?.text).toMatch(/^Written to \/here\/checklist-preprod-\d{8}T\d{6}Z\.md$/);
	expect(written[0]?.[1]).toContain('seen by her on a phone');
});

test('checklist: a broken ledger names its line and takes nothing', async () => {
	const host = ledgerHost(live);
	const {controller, open, until, store} = cockpit(host);
	await open();
	host.kept.push({type: 'x', seq: 77});
	const state = await until(({checklistReading}) => checklistReading?.ledger.fault !== undefined);
	controller.sign('home-page', 'passed');

	expect(state.checklistReading?.ledger).toMatchObject({faultLine: 4});
	expect(store.getState().notice?.text).toContain('line 4');
	expect(host.kept).toHaveLength(4);
});

test('checklist: what is found while the host is silent waits here, and is sent once when it answers again', async () => {
	const host = ledgerHost([...live, signed('home-page', 'failed')]);
	const {controller, open, until, stateOf, wait, store} = cockpit(host);
	await open();
	host.isSilent = true;
	controller.sign('deep-link', 'passed');
	await until(state => state.checklistWaiting.length === 1 && isSettled(state));
	expect(stateOf('deep-link')?.state).toBe('open');
	wait();
	controller.sign('deep-link', 'passed');
	expect(store.getState().notice?.text).toContain('waits to be sent');
	wait();
	controller.sign('pages-load', 'passed');
	await until(state => state.checklistWaiting.length === 2 && isSettled(state));
	controller.undo('pages-load');
	expect(store.getState().checklistWaiting).toMatchObject([{item: 'deep-link', result: 'passed'}]);

	host.isSilent = false;
	controller.refresh();
	await until(state => state.checklistWaiting.length === 0 && stateOf('deep-link', state)?.state === 'passed');
	const late = host.kept.filter(({type}) => type === 'checklist.signed').slice(1);
	expect(late).toMatchObject([{late: true, data: {item: 'deep-link', builds, signedAt: expect.any(String)}}]);
});

test('checklist: an answer whose reply was lost is recorded once', async () => {
	const host = ledgerHost(live);
	const {controller, open, until, stateOf} = cockpit(host);
	await open();
	host.losesLink = true;
	controller.sign('deep-link', 'passed');
	await until(state => state.checklistWaiting.length === 1);
	host.losesLink = false;
	await until(state => state.checklistWaiting.length === 0 && stateOf('deep-link', state)?.state === 'passed');

	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toHaveLength(1);
});

test('checklist: what waits is sent when the host answers, with another screen open', async () => {
	const host = ledgerHost(live);
	const {controller, open, until, store} = cockpit(host);
	await open();
	host.isSilent = true;
	controller.sign('deep-link', 'passed');
	await until(state => state.checklistWaiting.length === 1);
	store.getState().show('overview');
	host.isSilent = false;
	host.tell('ready');
	await until(state => state.checklistWaiting.length === 0);

	expect(host.kept.filter(({type}) => type === 'checklist.signed')).toHaveLength(1);
	expect(store.getState().notice?.text).toContain('1 sign-off waiting to be sent is recorded now');
});

test('checklist: who else is here is shown as long as the host says so', async () => {
	const host = ledgerHost(live);
	host.others = 'Asha%40mac {"name":"Asha","machine":"mac","section":"Approval"}\n';
	const {open, until, store} = cockpit(host);
	await open();
	const {checklistHere} = await until(state => state.checklistHere.length > 0);
	expect(checklistHere).toMatchObject([{name: 'Asha', section: 'Approval', isMe: false}]);
	store.getState().show('overview');

	expect(store.getState().checklistHere).toEqual([]);
});
