import {expect, test} from 'vitest';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {everMs, observedOf, within, without} from '../../../src/domain/watch/observed.ts';

const since = Date.parse('2026-02-09T09:00:00Z');

const minute = 60_000;

const iso = (minutes: number): string => new Date(since + minutes * minute).toISOString();

type Said = {
	readonly from: number;
	readonly until: number;
	readonly samples?: number;
	readonly unhealthy?: readonly (readonly [number, number])[];
	readonly digest?: string;
	readonly at?: number;
};

let seq = 0;

/** An entry about minutes since the deploy. */
const observed = ({from, until, samples = 100, unhealthy = [], digest = 'd1', at = until}: Said): LedgerEntry => ({
	seq: ++seq,
	at: since + at * minute,
	type: 'health.observed',
	actor: {name: 'Asha', machine: 'laptop'},
	data: {
		apps: {backend: digest},
		from: iso(from),
		until: iso(until),
		everyMs: 5000,
		samples,
		unhealthy: unhealthy.map(([begun, end]) => ({from: iso(begun), until: iso(end), what: '502'})),
	},
	hash: '',
});

const live = {build: {commit: 'c', digest: 'd1'}, since};

const minutesOf = (entries: readonly LedgerEntry[], isTrusted?: (of: number) => boolean) => {
	const found = observedOf(entries, {app: 'backend', live, ...(isTrusted ? {isTrusted} : {})});
	const told = (stretches: typeof found.seen) =>
		stretches.map(({from, until}) => [(from - since) / minute, (until - since) / minute]);
	return {seen: told(found.seen), unhealthy: told(found.unhealthy)};
};

test.each<{what: string; said: readonly Said[]; seen: unknown; unhealthy?: unknown}>([
	{what: 'nothing', said: [], seen: []},
	{
		what: 'stretches of two people that overlap are one',
		said: [
			{from: 10, until: 40},
			{from: 0, until: 30},
			{from: 50, until: 60},
		],
		seen: [
			[0, 40],
			[50, 60],
		],
	},
	{
		what: 'what was before the deploy does not count',
		said: [
			{from: -20, until: -5},
			{from: -4, until: 10},
		],
		seen: [[0, 10]],
	},
	{what: 'another build says nothing of this one', said: [{from: 0, until: 30, digest: 'd2'}], seen: []},
	{what: 'two looks in a day are no watch', said: [{from: 0, until: 1440, samples: 2}], seen: []},
	{what: 'a single look is no time', said: [{from: 0, until: 10, samples: 1}], seen: []},
	{what: 'a time still to come', said: [{from: 0, until: 60, at: 30}], seen: []},
	{
		what: 'an unhealthy stretch that goes on in the next entry is one',
		said: [
			{
				from: 0,
				until: 30,
				unhealthy: [
					[5, 6],
					[25, 30],
				],
			},
			{from: 30, until: 60, unhealthy: [[30.1, 40]]},
		],
		seen: [[0, 60]],
		unhealthy: [
			[5, 6],
			[25, 40],
		],
	},
	{
		what: 'two that health lay between stay two',
		said: [
			{
				from: 0,
				until: 30,
				unhealthy: [
					[5, 6],
					[6.5, 7],
				],
			},
		],
		seen: [[0, 30]],
		unhealthy: [
			[5, 6],
			[6.5, 7],
		],
	},
])('observed: $what', ({said, seen, unhealthy = []}) => {
	expect(minutesOf(said.map(observed))).toEqual({seen, unhealthy});
});

test('observed: health counts where its entry is trusted, that it was not healthy does always', () => {
	const entries = [observed({from: 0, until: 30, unhealthy: [[5, 6]]})];
	expect(minutesOf(entries, () => false)).toEqual({seen: [], unhealthy: [[5, 6]]});
});

test('observed: what can not be read says nothing', () => {
	const entry = observed({from: 0, until: 30});
	for (const data of [
		{},
		{...entry.data, from: 'yesterday'},
		{...entry.data, apps: 'all'},
		{...entry.data, samples: 'many'},
	])
		expect(minutesOf([{...entry, data}])).toEqual({seen: [], unhealthy: []});
});

test('stretches: parts of them, and what is left without others', () => {
	const all = [
		{from: 0, until: 10},
		{from: 20, until: 30},
	];
	expect(within(all, {from: 5, until: 25})).toEqual([
		{from: 5, until: 10},
		{from: 20, until: 25},
	]);
	expect(
		without(all, [
			{from: 4, until: 6},
			{from: 8, until: 22},
		]),
	).toEqual([
		{from: 0, until: 4},
		{from: 6, until: 8},
		{from: 22, until: 30},
	]);
	expect(everMs(all)).toBe(20);
});
