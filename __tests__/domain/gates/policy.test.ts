import {describe, expect, test} from 'vitest';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {
	carriedPolicy,
	digestWord,
	namesDigest,
	policyMemory,
	policyRecord,
	rememberedPolicy,
	weakerThan,
	type KnownPolicy,
	type PolicyRecord,
} from '../../../src/domain/gates/policy.ts';

const window = {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: true} as const;
const emergency = {soakHours: 2, approvals: 2, reviewWithinHours: 24, window};
const before: PolicyRecord = {
	tier: 'production',
	promotedFrom: 'preprod',
	timeZone: 'Asia/Kolkata',
	soakHours: 24,
	soak: {samples: 'required', unhealthyMs: 600_000},
	approvals: 2,
	window,
	holidays: ['2026-01-26', '2026-03-03'],
	items: {backend: ['login', 'reports'], frontend: ['login', 'home']},
	probes: ['login'],
	identity: 'signed',
	signers: 'a',
	headless: 'expect',
	emergency,
};

test.each<{what: string; now: Partial<PolicyRecord>; is: readonly string[]}>([
	{what: 'the same', now: {}, is: []},
	{
		what: 'more of everything',
		now: {
			soakHours: 25,
			soak: {samples: 'required', unhealthyMs: 300_000},
			approvals: 3,
			window: {...window, days: ['Tue'], from: '11:01', until: '13:59'},
			holidays: ['2026-01-26', '2026-03-03', '2026-08-15'],
			items: {backend: ['login', 'reports', 'queue'], frontend: ['login', 'home', 'mobile']},
			probes: ['login', 'home'],
			headless: 'forbid',
			emergency: null,
		},
		is: [],
	},
	{what: 'a lower tier', now: {tier: 'preprod'}, is: ['tier production, now preprod']},
	{what: 'no environment before', now: {promotedFrom: null}, is: ['promoted from preprod, now none']},
	{what: 'another environment before', now: {promotedFrom: 'qa'}, is: ['promoted from preprod, now qa']},
	{what: 'an hour less of soak', now: {soakHours: 23}, is: ['soak 24 h, now 23 h']},
	{
		what: 'a soak that nobody watches',
		now: {soak: {samples: 'optional', unhealthyMs: 600_000}},
		is: ['soak counted only while watched, now it always counts'],
	},
	{
		what: 'a soak that a longer stretch restarts',
		now: {soak: {samples: 'required', unhealthyMs: 900_000}},
		is: ['soak restarted by 10 min not healthy, now by 15 min not healthy'],
	},
	{
		what: 'a soak that nothing restarts',
		now: {soak: {samples: 'required', unhealthyMs: null}},
		is: ['soak restarted by 10 min not healthy, now by nothing'],
	},
	{
		what: 'a soak that a changed value does not restart',
		now: {soak: {samples: 'required', unhealthyMs: 600_000, envChange: 'keep'}},
		is: ['soak restarted by a value that is changed, now it goes on'],
	},
	{what: 'a signature less', now: {approvals: 1}, is: ['approvals 2, now 1']},
	{
		what: 'a window that opens a minute earlier',
		now: {window: {...window, from: '10:59'}},
		is: ['window Tue/Wed 11:00 to 14:00, now Tue/Wed 10:59 to 14:00'],
	},
	{
		what: 'a window that closes a minute later',
		now: {window: {...window, until: '14:01'}},
		is: ['window Tue/Wed 11:00 to 14:00, now Tue/Wed 11:00 to 14:01'],
	},
	{
		what: 'another day, though not one more',
		now: {window: {...window, days: ['Tue', 'Thu']}},
		is: ['window Tue/Wed 11:00 to 14:00, now Tue/Thu 11:00 to 14:00'],
	},
	{
		what: 'no window',
		now: {window: null},
		is: ['window Tue/Wed 11:00 to 14:00, now none', 'the day before a holiday was closed, now it is open'],
	},
	{
		what: 'the same window elsewhere',
		now: {timeZone: 'America/New_York'},
		is: ['time zone of the window Asia/Kolkata, now America/New_York'],
	},
	{
		what: 'the eve of a holiday',
		now: {window: {...window, notBeforeHolidays: false}},
		is: ['the day before a holiday was closed, now it is open'],
	},
	{
		what: 'another holiday, though as many',
		now: {holidays: ['2026-01-26', '2026-12-25']},
		is: ['holiday gone: 2026-03-03'],
	},
	{what: 'a holiday that is over', now: {holidays: ['2026-03-03']}, is: []},
	{what: 'no holidays', now: {holidays: null}, is: ['holidays were kept free, now none is']},
	{
		what: 'other items, though as many',
		now: {items: {backend: ['login', 'other'], frontend: ['other', 'another']}},
		is: ['checklist item of the backend gone: reports', '2 checklist items of the frontend gone: login, home'],
	},
	{what: 'no probe', now: {probes: []}, is: ['probe gone: login']},
	{what: 'names as they are given', now: {identity: 'claimed', signers: null}, is: ['identity signed, now claimed']},
	{what: 'others who may sign', now: {signers: 'b'}, is: ['who may sign is not the same']},
	{what: 'no commit named', now: {headless: 'allow'}, is: ['headless expect, now allow']},
	{
		what: 'a quicker emergency',
		now: {emergency: {...emergency, soakHours: 1}},
		is: [
			'emergency soak 2 h, approvals 2, window Tue/Wed 11:00 to 14:00, review within 24 h, now soak 1 h, approvals 2, window Tue/Wed 11:00 to 14:00, review within 24 h',
		],
	},
])('policy: $what', ({now, is}) => {
	expect(weakerThan(before, {...before, ...now}, '2026-02-10')).toEqual(is);
});

test('policy: an emergency profile that is new, one that is reviewed later, one for any time', () => {
	const without = {...before, emergency: null};
	const {window: _, ...anyTime} = emergency;
	expect(weakerThan(without, before)).toEqual([
		'emergency none, now soak 2 h, approvals 2, window Tue/Wed 11:00 to 14:00, review within 24 h',
	]);
	for (const looser of [anyTime, {...emergency, approvals: 1}, {...emergency, reviewWithinHours: 25}])
		expect(weakerThan(before, {...before, emergency: looser})).toHaveLength(1);
	expect(weakerThan(before, {...before, emergency: {...emergency, soakHours: 3}})).toEqual([]);
});

test('policy: where there was no window, or nobody knows, any is narrower', () => {
	expect(weakerThan({...before, window: null}, before)).toEqual([]);
	expect(weakerThan({}, before)).toEqual([]);
});

const preprod = {soakHours: 24};
const environment = {
	project: 'qsights',
	name: 'production',
	tier: 'production',
	promotedFrom: 'preprod',
	timeZone: 'Asia/Kolkata',
	window,
	holidays: {
		file: 'h.yaml',
		source: 's',
		covers: {from: '2026-01-01', until: '2026-12-31'},
		days: [{date: '2026-03-03', name: 'Holi'}],
	},
	approvals: 1,
	identity: 'claimed',
	headless: 'expect',
} as unknown as Environment;
const item = (id: string, scope: 'backend' | 'frontend' | 'both', probe?: object) => ({id, scope, probe});
const checklists = {
	digest: 'c',
	files: [
		{
			phase: 'before-production',
			sections: [{items: [item('one', 'backend', {}), item('two', 'frontend'), item('three', 'both')]}],
		},
		{phase: 'after-production', sections: [{items: [item('later', 'both')]}]},
	],
} as unknown as Parameters<typeof policyRecord>[0]['checklists'];
const sha256 = (text: string): string => `sha256 of ${text}`;
const stated = {to: environment, from: preprod, checklists, signers: 'Asha ssh-ed25519 AAAA'};
const memory = policyMemory({...stated, commit: 'c1'}, sha256);

describe('what a run keeps', () => {
	test('policy: what is asked before production, and of whom', () => {
		expect(policyRecord(stated, sha256)).toEqual({
			tier: 'production',
			promotedFrom: 'preprod',
			timeZone: 'Asia/Kolkata',
			soakHours: 24,
			soak: {samples: 'optional', unhealthyMs: null},
			approvals: 1,
			window,
			holidays: ['2026-03-03'],
			items: {backend: ['one', 'three'], frontend: ['two', 'three']},
			probes: ['one'],
			identity: 'claimed',
			signers: null,
			headless: 'expect',
			emergency: null,
		});
		expect(policyRecord({...stated, to: {...environment, identity: 'signed'}}, sha256).signers).toBe(
			'sha256 of Asha ssh-ed25519 AAAA',
		);
	});

	test.each<[string, object]>([
		['project', {to: {...environment, project: 'other'}}],
		['environment', {to: {...environment, name: 'live'}}],
		['soak', {from: {soakHours: 23}}],
		['a word in a checklist', {checklists: {...checklists, digest: 'd'}}],
		['what a holiday file covers', {to: {...environment, holidays: {...environment.holidays, covers: {}}}}],
	])('policy: its digest is another one with another %s', (_, change) => {
		expect(policyMemory({...stated, commit: 'c1', ...change}, sha256).digest).not.toBe(memory.digest);
	});

	test('policy: its digest does not depend on the commit it is read from', () => {
		expect(policyMemory({...stated, commit: null}, sha256)).toEqual({...memory, commit: null});
	});
});

describe('what a ledger remembers', () => {
	const entry = (type: string, data: object) => ({
		type,
		data: JSON.parse(JSON.stringify(data)) as Record<string, unknown>,
	});
	const deploy = (run: string, policy: object = memory, end = 'finished') => [
		entry('deploy.started', {run, policy}),
		entry(`deploy.${end}`, {run}),
	];
	const adopt = (run: string, policy: object) => [
		entry('adopt.started', {run, policy}),
		entry('adopt.finished', {run}),
	];

	test('policy: that of the last deploy, read back as it was', () => {
		const other = {...memory, digest: 'other'};
		expect(
			rememberedPolicy([...deploy('a', other), ...deploy('b'), entry('rollback.started', {policy: other})]),
		).toEqual({
			project: 'qsights',
			environment: 'production',
			commit: 'c1',
			digest: memory.digest,
			record: memory.record,
		});
		expect(rememberedPolicy([])).toBeUndefined();
		expect(rememberedPolicy([...deploy('a', []), entry('deploy.finished', {policy: memory})])).toBeUndefined();
	});

	test('policy: a ledger that is begun anew carries it on', () => {
		const anew = entry('ledger.adopted', {policy: carriedPolicy([...deploy('a'), entry('hold.set', {})])});
		expect(rememberedPolicy([entry('ledger.opened', {}), anew])?.digest).toBe(memory.digest);
		expect(carriedPolicy([entry('ledger.opened', {})])).toBeNull();
		expect(rememberedPolicy([entry('ledger.adopted', {policy: null})])).toBeUndefined();
	});

	test('policy: a run that never changed what is live went by nothing', () => {
		const weak = {...memory, digest: 'weak'};
		const given = (...ends: readonly string[]): string | undefined =>
			rememberedPolicy([
				...deploy('a'),
				entry('deploy.started', {run: 'b', policy: weak}),
				...ends.map(end => entry(`deploy.${end}`, {run: 'b'})),
			])?.digest;
		expect([given(), given('abandoned'), given('resumed', 'abandoned')]).toEqual(Array(3).fill(memory.digest));
		expect([given('finished'), given('failed')]).toEqual(['weak', 'weak']);
	});

	test('policy: a run does not vouch for itself', () => {
		expect(rememberedPolicy([...deploy('a'), ...deploy('b', {...memory, digest: 'other'})], 'b')?.digest).toBe(
			memory.digest,
		);
	});

	test('policy: before the first deploy that of the first adoption, else what the ledger was begun by', () => {
		const first = adopt('a', memory);
		const again = adopt('b', {...memory, digest: 'again'});
		expect(rememberedPolicy([...first, ...again])?.digest).toBe(memory.digest);
		const opened = {project: 'qsights', environment: 'production', tier: 'production', promotedFrom: 'preprod'};
		expect(rememberedPolicy([entry('ledger.opened', {...opened, policy: 'p'})])).toEqual({
			project: 'qsights',
			environment: 'production',
			commit: undefined,
			digest: 'p',
			record: {tier: 'production', promotedFrom: 'preprod', items: {}},
		});
		expect(
			rememberedPolicy([entry('ledger.opened', {project: 'qsights', environment: 'production'})]),
		).toBeUndefined();
	});

	test('policy: an earlier version kept where a build came from, and what was asked then', () => {
		const old = entry('deploy.started', {
			run: 'a',
			promotion: {from: 'preprod', policy: {soakHours: 48, approvals: 1, window, holidays: 9, items: 46}},
		});
		const found = rememberedPolicy([old, entry('deploy.finished', {run: 'a'})]);
		expect(found).toMatchObject({digest: undefined, record: {promotedFrom: 'preprod', soakHours: 48, window}});
		expect(weakerThan(found?.record ?? {}, {...memory.record, promotedFrom: null})).toEqual([
			'promoted from preprod, now none',
			'soak 48 h, now 24 h',
		]);
	});

	test.each<[string, unknown]>([
		['nothing', undefined],
		['a number', 5],
		['lists of other things', {items: {backend: [1]}, holidays: [2], probes: 'x'}],
		['words of a later version', {tier: 'staging', identity: 'sworn', headless: 'never', timeZone: 7, signers: 1}],
		['half a window', {window: {days: 'Tue'}, emergency: {soakHours: 1}}],
	])('policy: a record that holds %s says nothing of it', (_, record) => {
		const found = rememberedPolicy(deploy('a', {...memory, record}))?.record as KnownPolicy;
		expect({...found, window: null, emergency: null}).toEqual({items: {}, window: null, emergency: null});
		expect(weakerThan(found, memory.record)).toEqual([]);
	});
});

test('policy: a digest is named by its beginning, as long as it is shown, and by nothing shorter', () => {
	const digest = 'ab12'.repeat(16);
	expect(digestWord(digest)).toBe('ab12ab12ab12');
	expect(namesDigest('ab12ab12ab12', digest)).toBe(true);
	expect(namesDigest('AB12AB12AB12AB', digest)).toBe(true);
	expect(namesDigest(digest, digest)).toBe(true);
	for (const wrong of ['', 'ab12ab12ab1', 'ab12ab12ab13', `${digest}0`])
		expect(namesDigest(wrong, digest)).toBe(false);
});
