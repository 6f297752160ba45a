import {describe, expect, test} from 'vitest';
import type {EmergencyProfile} from '../../../src/domain/environments/environment.ts';
import {
	decide,
	isOpen,
	policyOf,
	type GateFacts,
	type GateName,
	type GatePolicy,
} from '../../../src/domain/gates/gates.ts';
import type {ItemState} from '../../../src/domain/checklist/sign-off.ts';

const ist = (time: string): number => Date.parse(`${time}+05:30`);

/** Tuesday 10 February 2026, 11:20 IST, by both hosts. */
const now = ist('2026-02-10T11:20');

const live = {
	release: 'r7',
	build: {commit: 'c0ffee1234', digest: 'd1d1d1d1d1'},
	seq: 41,
	since: ist('2026-02-09T09:00'),
	by: 'asha',
	isHealthy: true,
};

const item = (state: ItemState['state'], isCarried = false): ItemState => ({
	item: {
		id: 'login-works',
		title: 'A user can log in',
		scope: 'backend',
		how: 'Log in.',
		why: 'Nobody could work.',
		answer: {kind: 'tick'},
		mayNotApply: true,
		digest: 'text-1',
	},
	state,
	signOff: undefined,
	isCarried,
	standing: [],
	history: [],
});

const policy: GatePolicy = {
	timeZone: 'Asia/Kolkata',
	window: {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: true},
	holidays: {
		file: 'holidays/in-2026.yaml',
		source: 'an example',
		covers: {from: '2026-01-01', until: '2026-12-31'},
		days: [{date: '2026-02-18', name: 'a Wednesday off'}],
	},
	soakHours: 24,
	approvals: 0,
};

const from: GateFacts['from'] = {
	title: 'Pre-Prod',
	ledgerFault: undefined,
	live: {value: live},
	release: {value: 'r7'},
	drift: {value: []},
	health: {value: {isGood: true, text: '200 in 80 ms'}},
	now: {value: now},
};
const built = {...live.build, uncommitted: 0};
const goesBy = {commit: 'c'.repeat(40), digest: 'e'.repeat(64), changes: [], isAccepted: false, differs: []};

/** Everything as it should be. */
const good: GateFacts = {
	app: 'backend',
	policy: {value: goesBy},
	build: {value: built},
	from,
	items: {value: [item('passed'), item('not-applicable', true)]},
	probes: {value: [{item: 'api', title: 'The API answers', outcome: 'passed', text: '200 in 80 ms'}]},
	to: {title: 'Production', now: {value: now}, lock: {value: {state: 'free'}}},
	approvals: {value: []},
	usualMs: 240_000,
};

const gateOf = (name: GateName, facts: Partial<GateFacts>, asked: Partial<GatePolicy> = {}) => {
	const {gates, verdict} = decide({...good, ...facts}, {...policy, ...asked});
	return {verdict, ...gates.find(({gate}) => gate === name)};
};

const clocks = (time: number, aheadMs = 0): Pick<GateFacts, 'from' | 'to'> => ({
	from: {...from, now: {value: time + aheadMs}},
	to: {...good.to, now: {value: time}},
});

test('gates: all are met on Tuesday 10 February at 11:20 IST, a day after the deploy', () => {
	const report = decide(good, policy);

	expect(report.gates.map(({gate, state, text}) => `${gate}: ${state}: ${text}`)).toEqual([
		'identity: met: c0ffee1, source d1d1d1d1, as Pre-Prod runs it now',
		'checklist: met: 2 of 2, 1 carried over',
		'probes: met: 1 of 1 pass',
		'soak: met: 26 h 20 min of 24 h on Pre-Prod',
		'window: met: open until 14:00 IST',
		'approvals: met: none asked',
		'lock: met: free',
	]);
	expect(report).toMatchObject({verdict: 'GO', nextSlot: now});
	expect(isOpen(report)).toBe(true);
});

test.each([
	{
		of: 'Pre-Prod',
		facts: {from: {...from, ledgerFault: 'is broken: line 7 is not readable'}},
		says: 'the ledger of Pre-Prod is broken: line 7 is not readable',
	},
	{
		of: 'Production',
		facts: {to: {...good.to, ledgerFault: 'is broken: line 7 is not readable'}},
		says: 'the ledger of Production is broken: line 7 is not readable',
	},
	{
		of: 'both',
		facts: {
			from: {...from, ledgerFault: 'is broken: line 7 is not readable'},
			to: {...good.to, ledgerFault: 'is empty'},
		},
		says: 'the ledger of Pre-Prod is broken: line 7 is not readable',
	},
])('gates: whose ledger is broken is said by each gate that reads it: $of', ({facts, says}) => {
	const {gates, verdict} = decide({...good, ...facts}, {...policy, approvals: 1});
	const texts = new Map(gates.map(({gate, state, text}) => [gate, `${state}: ${text}`]));

	expect(verdict).toBe('NO-GO');
	expect(texts.get('identity')).toBe(`failed: ${says}`);
	for (const gate of ['checklist', 'soak', 'approvals'] as const)
		expect(texts.get(gate)).toBe(`unknown: not known: ${says}`);
});

const away = {unknown: 'the host does not answer'} as const;
const wrongRelease = {...from, release: {value: 'r6'}};
const drifted = {...from, drift: {value: ['app/User.php']}};

test.each([
	{
		when: 'the ledger is broken',
		facts: {from: {...from, ledgerFault: 'is broken: line 7 is not readable'}},
		state: 'failed',
	},
	{
		when: 'nothing is recorded as live, and a release is',
		facts: {from: {...from, live: {unknown: 'nothing is recorded'}, liveFault: 'live is r6, which ...'}},
		state: 'failed',
	},
	{
		when: 'what is live where it goes is not what its ledger says',
		facts: {to: {...good.to, liveFault: 'live is r6, which ...'}},
		state: 'failed',
	},
	{when: 'the host runs another release than the ledger says', facts: {from: wrongRelease}, state: 'failed'},
	{when: 'a file on the host was changed', facts: {from: drifted}, state: 'failed'},
	{when: 'files are not committed', facts: {build: {value: {...built, uncommitted: 1}}}, state: 'open'},
	{
		when: 'the policy is not committed',
		facts: {policy: {value: {...goesBy, commit: undefined}}},
		state: 'open',
	},
	{when: 'another source is live', facts: {build: {value: {...built, digest: 'd2'}}}, state: 'open'},
	{
		when: 'another source is live, for the environments differ',
		facts: {
			build: {value: {...built, digest: 'd2'}},
			from: {...from, otherwise: ['excludes', 'shared.files']},
		},
		state: 'open',
		says: 'excludes, shared.files of the backend not as in Pre-Prod',
	},
	{
		when: 'another commit is live, whatever differs',
		facts: {
			build: {value: {...built, commit: 'beef', digest: 'd2'}},
			from: {...from, otherwise: ['excludes']},
		},
		state: 'open',
		says: 'Pre-Prod runs c0ffee1, not beef',
	},
	{
		when: 'the environments differ in what comes to the same build',
		facts: {from: {...from, otherwise: ['excludes']}},
		state: 'met',
	},
	{
		when: 'nobody wrote down which build is live',
		facts: {from: {...from, live: {value: {...live, build: undefined}}}},
		state: 'open',
	},
	{when: 'the source can not be read', facts: {build: away}, state: 'unknown'},
	{when: 'nothing is known to be live', facts: {from: {...from, live: away}}, state: 'unknown'},
	{when: 'the host can not be asked for its release', facts: {from: {...from, release: away}}, state: 'unknown'},
	{when: 'nor for its files', facts: {from: {...from, drift: away}}, state: 'unknown'},
	// What is wrong is said first, whatever else is to be done.
	{
		when: 'a file was changed, and others here are not committed',
		facts: {from: drifted, build: {value: {...built, uncommitted: 1}}},
		state: 'failed',
	},
	{
		when: 'a file was changed, and another source is to go',
		facts: {from: drifted, build: {value: {...built, digest: 'd2'}}},
		state: 'failed',
	},
	{
		when: 'another release runs, and the source can not be read',
		facts: {from: wrongRelease, build: away},
		state: 'failed',
	},
])('identity: $when', ({facts, state, says = ''}) => {
	const verdict = {failed: 'NO-GO', met: 'GO'}[state] ?? 'HOLD';
	expect(gateOf('identity', facts)).toMatchObject({state, verdict, text: expect.stringContaining(says)});
});

test.each([
	{
		when: 'one is open',
		items: {value: [item('passed'), item('open')]},
		state: 'open',
		text: '1 of 2, 1 open: A user can log in',
	},
	{
		when: 'one is unclear',
		items: {value: [item('unclear')]},
		state: 'open',
		text: '0 of 1, 1 unclear: A user can log in',
	},
	{
		when: 'one failed and one is open',
		items: {value: [item('open'), item('failed')]},
		state: 'failed',
		text: '0 of 2, 1 failed: A user can log in',
	},
	{
		when: 'there are no items',
		items: {value: []},
		state: 'unknown',
		text: 'not known: checklists/ lists no items for this app',
	},
	{when: 'they can not be read', items: away, state: 'unknown', text: 'not known: the host does not answer'},
])('checklist: $when', ({items, state, text}) => {
	expect(gateOf('checklist', {items})).toMatchObject({state, text, verdict: state === 'failed' ? 'NO-GO' : 'HOLD'});
});

test.each([
	{when: 'none is configured', outcomes: [], state: 'met', verdict: 'GO'},
	{when: 'one is unclear', outcomes: ['passed', 'unclear'], state: 'unknown', verdict: 'HOLD'},
	{when: 'one is unclear and one fails', outcomes: ['unclear', 'failed'], state: 'failed', verdict: 'NO-GO'},
] as const)('probes: $when', ({outcomes, state, verdict}) => {
	const probes = {
		value: outcomes.map(outcome => ({item: 'api', title: 'The API answers', outcome, text: 'as seen'})),
	};

	expect(gateOf('probes', {probes})).toMatchObject({state, verdict});
});

describe('soak', () => {
	test.each([
		{after: '23 h 59 min 59.999 s', time: live.since + 24 * 3_600_000 - 1, state: 'waiting'},
		{after: '24 h', time: live.since + 24 * 3_600_000, state: 'met'},
		{after: 'a deploy in the future', time: live.since - 1, state: 'unknown'},
	])('after $after it is $state', ({time, state}) => {
		expect(gateOf('soak', clocks(time)).state).toBe(state);
	});

	test('what waits says until when', () => {
		expect(gateOf('soak', clocks(ist('2026-02-10T08:15')))).toMatchObject({
			text: '23 h 15 min of 24 h on Pre-Prod',
			at: ist('2026-02-10T09:00'),
			verdict: 'HOLD',
		});
	});

	const minute = 60_000;
	const stretch = (from: number, until: number) => ({
		from: live.since + from * minute,
		until: live.since + until * minute,
	});
	const seen = {seen: [stretch(0, 200), stretch(250, 1440)], unhealthy: []};
	const required = {soak: {samples: 'required'}} as const;
	const observedAt = (minutes: number, observed: NonNullable<GateFacts['from']['observed']>) => {
		const {from: at, to} = clocks(live.since + minutes * minute);
		return {from: {...at, observed}, to};
	};

	test('counts only what was seen healthy where that is asked', () => {
		expect(gateOf('soak', observedAt(1440, seen), required)).toMatchObject({
			state: 'waiting',
			text: '23 h 10 min of 24 h seen healthy on Pre-Prod; 50 min not watched',
			clears: 'keep it watched, and deploy nothing else there',
			at: live.since + 1490 * minute,
		});
		expect(gateOf('soak', observedAt(1440, seen)).state).toBe('met');
		const whole = {seen: [stretch(0, 200), stretch(250, 1490)], unhealthy: []};
		expect(gateOf('soak', observedAt(1489.9, whole), required).state).toBe('waiting');
		expect(gateOf('soak', observedAt(1490, whole), required).state).toBe('met');
		expect(gateOf('soak', clocks(live.since + 9999 * minute), required)).toMatchObject({
			state: 'waiting',
			text: '0 min of 24 h seen healthy on Pre-Prod; 166 h 39 min not watched',
		});
	});

	test('time in which it was not healthy does not count', () => {
		const sick = {seen: [stretch(0, 1440)], unhealthy: [stretch(100, 110)]};
		expect(gateOf('soak', observedAt(1440, sick), required)).toMatchObject({
			text: '23 h 50 min of 24 h seen healthy on Pre-Prod',
			at: live.since + 1450 * minute,
		});
		expect(gateOf('soak', observedAt(1440, sick)).state).toBe('met');
	});

	test.each([{samples: 'optional'}, {samples: 'required'}] as const)(
		'an unhealthy stretch restarts it: $samples',
		({samples}) => {
			const sick = {seen: [stretch(0, 1500)], unhealthy: [stretch(100, 110), stretch(600, 609)]};
			const asked = (unhealthyMs: number) => ({soak: {samples, unhealthyMs}});
			expect(gateOf('soak', observedAt(1500, sick), asked(10 * minute))).toMatchObject({
				state: 'waiting',
				text: expect.stringContaining('; restarted: not healthy for 10 min'),
			});
			expect(gateOf('soak', observedAt(1459, sick), asked(10 * minute + 1)).text).not.toContain('restarted');
		},
	);

	const revalued = {...live, envChange: {at: live.since + 60 * minute, key: 'MAIL_HOST', by: 'Ravi'}};
	const changedAt = (minutes: number) => {
		const {from: at, to} = observedAt(minutes, {seen: [], unhealthy: []});
		return {from: {...at, live: {value: revalued}}, to};
	};

	test('a value that is changed restarts it, and is named with its time and who did it', () => {
		expect(gateOf('soak', changedAt(1440))).toMatchObject({
			state: 'waiting',
			text: '23 h of 24 h on Pre-Prod; soak restarted at 10:00 IST by env.set MAIL_HOST, Ravi',
			at: live.since + 1500 * minute,
		});
		expect(gateOf('soak', changedAt(1500)).state).toBe('met');
	});

	test('a value that is changed keeps it where the policy says so', () => {
		const keep = {soak: {samples: 'optional', envChange: 'keep'}} as const;
		expect(gateOf('soak', changedAt(1440), keep)).toMatchObject({state: 'met', text: '24 h of 24 h on Pre-Prod'});
	});

	test('a value behind which the app was not healthy fails it, and is named', () => {
		const sick = {...revalued, isHealthy: false};
		expect(gateOf('soak', {from: {...from, live: {value: sick}}})).toMatchObject({
			state: 'failed',
			text: 'setting MAIL_HOST on Pre-Prod did not end healthy',
		});
	});

	test('the next slot goes by it', () => {
		const sick = {seen: [], unhealthy: [stretch(1380, 1410)]};
		const at = observedAt(1440, sick);
		const asked = {...policy, soak: {samples: 'optional', unhealthyMs: minute} as const};
		expect(decide({...good, ...at}, policy).nextSlot).toBe(ist('2026-02-10T11:00'));
		expect(decide({...good, ...at}, asked).nextSlot).toBe(ist('2026-02-11T11:00'));
	});

	test.each([
		{when: 'its deploy did not end healthy', change: {live: {value: {...live, isHealthy: false}}}},
		{when: 'pre-prod is not healthy now', change: {health: {value: {isGood: false, text: '502'}}}},
		{when: 'and no clock is known', change: {health: {value: {isGood: false, text: '502'}}, now: away}},
	])('it fails when $when', ({change}) => {
		expect(gateOf('soak', {from: {...from, ...change}})).toMatchObject({state: 'failed', verdict: 'NO-GO'});
	});
});

describe('clocks of two hosts', () => {
	test.each([60_000, -60_000])('%i ms apart are as good as one', aheadMs => {
		expect(decide({...good, ...clocks(now, aheadMs)}, policy).verdict).toBe('GO');
	});

	test.each([60_001, -60_001])('%i ms apart close soak and window', aheadMs => {
		const {gates, verdict} = decide({...good, ...clocks(now, aheadMs)}, policy);

		expect(verdict).toBe('HOLD');
		expect(gates.filter(({state}) => state === 'unknown').map(({gate}) => gate)).toEqual(['soak', 'window']);
	});

	test('hide no failure', () => {
		const unhealthy = {...clocks(now, 90_000).from, health: {value: {isGood: false, text: '502'}}};

		expect(gateOf('soak', {from: unhealthy})).toMatchObject({state: 'failed', verdict: 'NO-GO'});
	});
});

describe('window', () => {
	test.each([
		{time: '2026-02-10T10:59:59.999', state: 'waiting', at: '2026-02-10T11:00'},
		{time: '2026-02-10T14:00', state: 'waiting', at: '2026-02-11T11:00'},
		// 18 February is a holiday: Tuesday is its eve.
		{time: '2026-02-11T14:00', state: 'waiting', at: '2026-02-24T11:00'},
		// Whoever begins a minute before it closes is not interrupted.
		{time: '2026-02-10T13:59', state: 'met', at: undefined},
	])('at $time IST it is $state', ({time, state, at}) => {
		const gate = gateOf('window', clocks(ist(time)));

		expect(gate.state).toBe(state);
		expect(gate.at).toBe(at === undefined ? undefined : ist(at));
	});

	test('none ahead is said', () => {
		expect(gateOf('window', clocks(ist('2026-12-31T12:00')))).toMatchObject({
			state: 'waiting',
			clears: 'there is no slot ahead: holidays/in-2026.yaml ends at 2026-12-31, extend it or the window',
		});
	});
});

test.each([
	{given: ['ravi', 'ci'], state: 'met'},
	{given: ['ravi'], state: 'open'},
	{given: ['ravi', 'ravi'], state: 'open'},
	{given: [], state: 'open'},
])('approvals: $given of two are $state', ({given, state}) => {
	expect(gateOf('approvals', {approvals: {value: given}}, {approvals: 2}).state).toBe(state);
});

test.each([
	{lock: {value: {state: 'mine'}}, state: 'met'},
	{lock: {value: {state: 'held', text: 'ravi deploys since 11:05', clears: 'wait for ravi'}}, state: 'waiting'},
	{lock: away, state: 'unknown'},
] as const)('lock: $lock is $state', ({lock, state}) => {
	expect(gateOf('lock', {to: {...good.to, lock}}).state).toBe(state);
});

describe('emergency', () => {
	const profile: EmergencyProfile = {soakHours: 1, approvals: 1, reviewWithinHours: 24};
	const environment = {...policy, emergency: profile};
	const emergency = policyOf(environment, {soakHours: 24}, {reason: 'logins fail', profile});
	const signed = {approvals: {value: ['ravi']}};
	// Monday at 10:00, an hour after the deploy: no window is open.
	const early = clocks(live.since + 3_600_000);

	test('has its own soak and no window, and waives what is open or unclear', () => {
		const items = {value: [item('open'), item('unclear')]};

		expect(decide({...good, ...early, ...signed, items}, emergency).verdict).toBe('GO');
		expect(decide({...good, ...early, ...signed, items}, policyOf(environment, {soakHours: 24})).verdict).toBe(
			'HOLD',
		);
	});

	test('has its own window where it says so', () => {
		const {window} = policy;
		const narrow = policyOf(
			environment,
			{soakHours: 24},
			{reason: 'logins fail', profile: {...profile, ...(window ? {window} : {})}},
		);

		expect(decide({...good, ...early, ...signed}, narrow).verdict).toBe('HOLD');
	});

	test.each([
		{what: 'a failed item', facts: {...signed, items: {value: [item('failed')]}}, verdict: 'NO-GO'},
		{what: 'items that are not known', facts: {...signed, items: away}, verdict: 'HOLD'},
		{what: 'drift', facts: {...signed, from: {...early.from, drift: {value: ['app/User.php']}}}, verdict: 'NO-GO'},
		{what: 'another source', facts: {...signed, build: {value: {...built, digest: 'd2'}}}, verdict: 'HOLD'},
		{what: 'the lock', facts: {...signed, to: {...early.to, lock: away}}, verdict: 'HOLD'},
		{what: 'a second signature', facts: {}, verdict: 'HOLD'},
	])('holds for $what', ({facts, verdict}) => {
		expect(decide({...good, ...early, ...facts}, emergency).verdict).toBe(verdict);
	});
});

describe('next slot', () => {
	const heldUntil = (time: string): Partial<GateFacts> => ({
		to: {...good.to, lock: {value: {state: 'held', text: 'asha', clears: 'wait', at: ist(time)}}},
	});
	const slotOf = (facts: Partial<GateFacts>, asked: Partial<GatePolicy> = {}): number | undefined =>
		decide({...good, ...facts}, {...policy, ...asked}).nextSlot;

	test.each([
		{when: 'it could go now', facts: {}, slot: '2026-02-10T11:20'},
		{when: 'it soaks until 09:00', facts: clocks(ist('2026-02-10T08:15')), slot: '2026-02-10T11:00'},
		{
			when: 'a colleague holds it until 12:30',
			facts: heldUntil('2026-02-10T12:30'),
			slot: '2026-02-10T12:30',
		},
		{
			when: 'a colleague holds it over the window',
			facts: heldUntil('2026-02-10T15:00'),
			slot: '2026-02-11T11:00',
		},
		{when: 'there is no room left today', facts: {...clocks(ist('2026-02-10T13:57'))}, slot: '2026-02-11T11:00'},
		{
			when: 'another source has to be deployed first',
			facts: {build: {value: {...built, digest: 'd2'}}},
			slot: '2026-02-11T11:20',
		},
		{when: 'a changed file has to be deployed again', facts: {from: drifted}, slot: '2026-02-11T11:20'},
		{when: 'another release runs than was deployed', facts: {from: wrongRelease}, slot: '2026-02-11T11:20'},
		{
			when: 'the ledger has to be adopted',
			facts: {from: {...from, ledgerFault: 'is broken'}},
			slot: '2026-02-11T11:20',
		},
	])('when $when', ({facts, slot}) => {
		expect(slotOf(facts)).toBe(ist(slot));
	});

	test('none without a clock', () => {
		expect(slotOf({to: {...good.to, now: away}})).toBe(undefined);
	});
});
