import {describe, expect, test} from 'vitest';
import type {Answer, ChecklistItem} from '../../../src/domain/checklist/checklist.ts';
import type {EntryActor, LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {
	countItems,
	itemState,
	refuseResult,
	sameBuilds,
	signOffIn,
	type ItemState,
	type SignOff,
	type SignOffContext,
} from '../../../src/domain/checklist/sign-off.ts';

const asha = {name: 'asha', machine: 'laptop-1', key: 'SHA256:asha'};
const ravi = {name: 'ravi', machine: 'laptop-2', key: 'SHA256:ravi'};
/** Another person who says to be asha. */
const other = {...asha, key: 'SHA256:other'};

const login: ChecklistItem = {
	id: 'login-works',
	title: 'A user can log in',
	scope: 'both',
	how: 'Log in.',
	why: 'Nobody could work.',
	answer: {kind: 'tick'},
	mayNotApply: true,
	digest: 'text-1',
};
const query: ChecklistItem = {
	...login,
	id: 'query',
	scope: 'backend',
	answer: {kind: 'value', ask: 'median', unit: 'ms', atMost: 500},
};

const live = {backend: 'b1', frontend: 'f1'};
const now: SignOffContext = {live, has: ['backend', 'frontend'], changedAt: 0, isTrusted: () => true};

type Mark = readonly [
	result: SignOff['result'],
	actor: EntryActor,
	supersedes?: readonly number[],
	more?: Partial<SignOff>,
];

/** Entries in the order given, numbered from 1. */
const marks = (item: ChecklistItem, list: readonly Mark[]): readonly SignOff[] =>
	list.map(([result, actor, supersedes = [], more = {}], index) => ({
		seq: index + 1,
		at: 0,
		actor,
		item: item.id,
		result,
		by: 'person',
		builds: live,
		itemDigest: item.digest,
		supersedes,
		...more,
	}));

const stateOf = (item: ChecklistItem, list: readonly Mark[], context: Partial<SignOffContext> = {}): ItemState =>
	itemState(item, marks(item, list), {...now, ...context});

describe('sign-off: what stands of several', () => {
	const cases: readonly {
		readonly after: string;
		readonly list: readonly Mark[];
		readonly state: ItemState['state'];
		readonly standing: readonly number[];
	}[] = [
		{after: 'nothing', list: [], state: 'open', standing: []},
		{after: 'a pass', list: [['passed', asha]], state: 'passed', standing: [1]},
		{
			after: 'a pass and a worse result of somebody else',
			list: [
				['passed', asha],
				['failed', ravi],
			],
			state: 'failed',
			standing: [2, 1],
		},
		{
			after: 'a failure and a pass that names nothing',
			list: [
				['failed', asha],
				['passed', ravi],
			],
			state: 'failed',
			standing: [2, 1],
		},
		{
			after: 'a failure and a retest by another',
			list: [
				['failed', asha],
				['passed', ravi, [1]],
			],
			state: 'passed',
			standing: [2],
		},
		{
			after: 'two failures and a retest of one',
			list: [
				['failed', asha],
				['failed', ravi],
				['passed', ravi, [2]],
			],
			state: 'failed',
			standing: [3, 1],
		},
		{
			after: 'a retest of both',
			list: [
				['failed', asha],
				['failed', ravi],
				['passed', ravi, [1, 2]],
			],
			state: 'passed',
			standing: [3],
		},
		{
			after: 'failed, unclear, passed, each about the one before',
			list: [
				['failed', asha],
				['unclear', ravi, [1]],
				['passed', asha, [2]],
			],
			state: 'passed',
			standing: [3],
		},
		{
			after: 'a retest of a retest',
			list: [
				['failed', asha],
				['passed', ravi, [1]],
				['passed', asha, [2]],
			],
			state: 'passed',
			standing: [3],
		},
		{
			after: 'a pass that turned out to fail',
			list: [
				['passed', asha],
				['failed', ravi, [1]],
			],
			state: 'failed',
			standing: [2],
		},
		{
			after: 'unclear and not applicable',
			list: [
				['unclear', asha],
				['not-applicable', ravi, [], {note: 'not in this build'}],
			],
			state: 'unclear',
			standing: [2, 1],
		},
		{
			after: 'not applicable and a pass',
			list: [
				['not-applicable', asha, [], {note: 'not in this build'}],
				['passed', ravi],
			],
			state: 'not-applicable',
			standing: [2, 1],
		},
		{
			after: 'a result that names a later one',
			list: [
				['failed', asha, [2]],
				['passed', ravi],
			],
			state: 'failed',
			standing: [2, 1],
		},
	];

	test.each(cases)('after $after', ({list, state, standing}) => {
		expect(stateOf(login, list)).toMatchObject({state, standing});
	});
});

describe('sign-off: taking back', () => {
	const cases: readonly {
		readonly what: string;
		readonly list: readonly Mark[];
		readonly state: ItemState['state'];
	}[] = [
		{
			what: 'a pass is taken back by its writer',
			list: [
				['passed', asha],
				['undone', asha, [1]],
			],
			state: 'open',
		},
		{
			what: 'not by somebody else',
			list: [
				['failed', asha],
				['undone', ravi, [1]],
			],
			state: 'failed',
		},
		{
			what: 'not by somebody of the same name',
			list: [
				['failed', asha],
				['undone', other, [1]],
			],
			state: 'failed',
		},
		{
			what: 'from another machine with the same key',
			list: [
				['failed', asha],
				['undone', {...asha, machine: 'laptop-9'}, [1]],
			],
			state: 'open',
		},
		{
			what: 'a retest is taken back: the failure is there again',
			list: [
				['failed', asha],
				['passed', ravi, [1]],
				['undone', ravi, [2]],
			],
			state: 'failed',
		},
		{
			what: 'taking back is taken back',
			list: [
				['passed', asha],
				['undone', asha, [1]],
				['undone', asha, [2]],
			],
			state: 'passed',
		},
		{
			what: 'nobody else takes back that',
			list: [
				['passed', asha],
				['undone', asha, [1]],
				['undone', ravi, [2]],
			],
			state: 'open',
		},
		{
			// Ravi's pass says nothing about entry 1, and asha's no longer does.
			what: 'a pass about a taking back does not bring back what was taken back',
			list: [
				['failed', ravi],
				['passed', asha, [1]],
				['undone', asha, [2]],
				['passed', ravi, [3]],
			],
			state: 'failed',
		},
		{
			what: 'a retest that was retested is taken back',
			list: [
				['failed', asha],
				['passed', ravi, [1]],
				['passed', asha, [2]],
				['undone', ravi, [2]],
			],
			state: 'failed',
		},
	];

	test.each(cases)('$what', ({list, state}) => {
		expect(stateOf(login, list).state).toBe(state);
	});
});

describe('sign-off: a result that may not be given as it is', () => {
	test.each([
		{what: 'a value over the limit', mark: ['passed', asha, [], {value: '500.5'}]},
		{what: 'no value', mark: ['passed', asha]},
		{what: 'not applicable without a reason', mark: ['not-applicable', asha, [], {note: '   too short '}]},
	] as const)('$what does not count', ({mark}) => {
		expect(stateOf(query, [mark])).toMatchObject({state: 'open', standing: [1]});
	});

	test('it does not put right what failed, and takes away what passed', () => {
		const invalid = {value: '501'};

		expect(
			stateOf(query, [
				['failed', asha],
				['passed', ravi, [1], invalid],
			]).state,
		).toBe('failed');
		expect(
			stateOf(query, [
				['passed', asha, [], {value: '499'}],
				['passed', ravi, [1], invalid],
			]).state,
		).toBe('open');
	});

	test('failed and unclear count however little was said', () => {
		expect(stateOf(query, [['failed', asha]]).state).toBe('failed');
		expect(stateOf(query, [['unclear', asha]]).state).toBe('unclear');
	});
});

describe('sign-off: for which build', () => {
	test.each([
		{item: 'both', live: {backend: 'b1', frontend: 'f2'}, state: 'open'},
		{item: 'both', live: {backend: 'b2', frontend: 'f1'}, state: 'open'},
		{item: 'both', live: {backend: 'b1'}, state: 'open'},
		{item: 'backend', live: {backend: 'b1', frontend: 'f2'}, state: 'passed'},
		{item: 'backend', live: {backend: 'b2', frontend: 'f1'}, state: 'open'},
		{item: 'frontend', live: {backend: 'b2', frontend: 'f1'}, state: 'passed'},
	] as const)('an item of $item, with $live live, is $state', ({item, live, state}) => {
		expect(stateOf({...login, scope: item}, [['passed', asha]], {live}).state).toBe(state);
	});

	test('an app that the environment does not have is not asked for', () => {
		expect(stateOf(login, [['passed', asha]], {live: {backend: 'b1'}, has: ['backend']}).state).toBe('passed');
		expect(sameBuilds('frontend', live, live, ['backend'])).toBe(false);
	});

	test('what was signed before the last deploy and still counts is carried', () => {
		const backend = {...login, scope: 'backend'} as const;

		expect(
			stateOf(backend, [['passed', asha]], {live: {backend: 'b1', frontend: 'f2'}, changedAt: 5}),
		).toMatchObject({state: 'passed', isCarried: true});
		expect(stateOf(backend, [['passed', asha]], {changedAt: 1}).isCarried).toBe(false);
	});

	test('an open item says what became of its sign-off', () => {
		const reworded = {...login, digest: 'text-2'};

		expect(stateOf(login, [['passed', asha]], {live: {backend: 'b2', frontend: 'f1'}}).voided).toBe('build');
		expect(itemState(reworded, marks(login, [['passed', asha]]), now)).toMatchObject({
			state: 'open',
			voided: 'text',
		});
		expect(
			stateOf(login, [
				['passed', asha],
				['undone', asha, [1]],
			]).voided,
		).toBe(undefined);
	});

	test('an entry that is not trusted makes nothing better', () => {
		const list: readonly Mark[] = [
			['failed', asha],
			['passed', ravi, [1]],
		];

		expect(stateOf(login, list, {isTrusted: seq => seq !== 2}).state).toBe('failed');
		expect(stateOf(login, [['passed', asha]], {isTrusted: () => false})).toMatchObject({
			state: 'open',
			history: [],
		});
	});

	test('a bad result counts whoever wrote it, until somebody who is trusted replaces it', () => {
		const claimed = {isTrusted: (seq: number) => seq !== 2};
		const found = stateOf(
			login,
			[
				['passed', asha],
				['failed', ravi, [1]],
			],
			claimed,
		);
		const undoneBy = (trusted: readonly number[]) =>
			stateOf(
				login,
				[
					['passed', asha],
					['failed', ravi, [1]],
					['undone', ravi, [2]],
				],
				{isTrusted: seq => trusted.includes(seq)},
			).state;

		expect(found).toMatchObject({state: 'failed', signOff: {isClaimed: true}, standing: [1, 2].toReversed()});
		expect(
			stateOf(
				login,
				[
					['failed', asha],
					['unclear', ravi, [1]],
				],
				claimed,
			).state,
		).toBe('failed');
		expect(undoneBy([1])).toBe('failed');
		expect(undoneBy([1, 3])).toBe('passed');
		expect(
			stateOf(
				login,
				[
					['passed', asha],
					['failed', ravi, [1]],
					['passed', asha, [2]],
				],
				claimed,
			).state,
		).toBe('passed');
	});
});

const seconds: Answer = {kind: 'value', ask: 'median of five loads', unit: 's', atMost: 3, atLeast: 0.2};
const places: Answer = {kind: 'choice', options: ['inbox', 'spam'], passing: ['inbox']};

test.each([
	{answer: {kind: 'tick'} as const, given: {result: 'passed'}, why: undefined},
	{answer: seconds, given: {result: 'passed', value: '3'}, why: undefined},
	{answer: seconds, given: {result: 'passed', value: ' 0.2 '}, why: undefined},
	{answer: seconds, given: {result: 'passed', value: '3.01'}, why: '3.01 s is over the limit of 3 s'},
	{answer: seconds, given: {result: 'passed', value: '0.19'}, why: '0.19 s is below the limit of 0.2 s'},
	{answer: seconds, given: {result: 'passed', value: '2,9'}, why: 'give a number of s: median of five loads'},
	{answer: seconds, given: {result: 'passed', value: 'Infinity'}, why: 'give a number of s: median of five loads'},
	{answer: seconds, given: {result: 'passed', value: ' '}, why: 'say what you saw: median of five loads'},
	{answer: places, given: {result: 'passed', value: 'inbox'}, why: undefined},
	{answer: places, given: {result: 'passed', value: 'spam'}, why: 'it passes with inbox'},
	{answer: places, given: {result: 'passed'}, why: 'it passes with inbox'},
	{answer: places, given: {result: 'failed', note: 'in the spam'}, why: undefined},
	{answer: places, given: {result: 'failed', note: 'in spam  '}, why: 'say what you saw, in at least 10 characters'},
	{answer: places, given: {result: 'unclear'}, why: 'say what you saw, in at least 10 characters'},
	{answer: places, given: {result: 'not-applicable', note: '0123456789'}, why: undefined},
	{
		answer: places,
		given: {result: 'not-applicable', note: ' 012345678 '},
		why: 'say why it does not apply, in at least 10 characters',
	},
] as const)('sign-off: $given may be given: $why', ({answer, given, why}) => {
	expect(refuseResult({answer, mayNotApply: true}, given)).toBe(why);
});

test('sign-off: an item that always applies can’t be left out', () => {
	expect(refuseResult({answer: places, mayNotApply: false}, {result: 'not-applicable', note: '0123456789'})).toBe(
		'it always applies',
	);
});

describe('sign-off: read from an entry', () => {
	const entry: LedgerEntry = {
		seq: 7,
		at: 1000,
		type: 'checklist.signed',
		actor: asha,
		data: {item: 'login-works', result: 'passed', builds: live, itemDigest: 'text-1', supersedes: [3, 'x', 4]},
		hash: '',
	};

	test('as it was written', () => {
		expect(signOffIn(entry)).toEqual({
			seq: 7,
			at: 1000,
			actor: asha,
			item: 'login-works',
			result: 'passed',
			by: 'person',
			builds: live,
			itemDigest: 'text-1',
			supersedes: [3, 4],
		});
	});

	test.each([
		{what: 'another type', change: {type: 'deploy.finished'}},
		{what: 'no actor', change: {actor: undefined}},
		{what: 'a result that is not known', change: {data: {...entry.data, result: 'wonderful'}}},
		{what: 'no item', change: {data: {...entry.data, item: 7}}},
		{what: 'no text that was signed', change: {data: {...entry.data, itemDigest: undefined}}},
	])('not with $what', ({change}) => {
		expect(signOffIn({...entry, ...change})).toBe(undefined);
	});

	test('a digest that is none is left out', () => {
		expect(signOffIn({...entry, data: {...entry.data, builds: {backend: '', frontend: 7}}})?.builds).toEqual({});
	});
});

test('sign-off: items are counted by where they stand', () => {
	const states = [
		stateOf(login, [['passed', asha]], {changedAt: 9}),
		stateOf(login, [['failed', asha]]),
		stateOf(login, [['unclear', asha]]),
		stateOf(login, [['not-applicable', asha, [], {note: 'not in this build'}]]),
		stateOf(login, []),
	];

	expect(countItems(states)).toEqual({
		passed: 1,
		failed: 1,
		unclear: 1,
		'not-applicable': 1,
		open: 1,
		carried: 1,
		all: 5,
		met: 2,
	});
});
