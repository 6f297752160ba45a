import {expect, test} from 'vitest';
import {costText, promotionCost} from '../../../src/app/deploy/promotion-cost.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {ledgerEntry} from '../../support/ledger.ts';
import {build, checklists, now, otherBuild, release, sha256} from '../gates/evidence.ts';
import {fakeHosts} from '../fake-hosts.ts';

const ist = (time: string): number => Date.parse(`${time}+05:30`);
const window = {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: false} as const;
const {from, to} = fakeHosts({to: {window}});

const deploy = (seq: number, iso: string, of = build): LedgerEntry =>
	ledgerEntry(seq, iso, 'deploy.finished', {who: 'Ravi', data: {app: 'backend', build: of, release}});
const signed = (seq: number, item: string): LedgerEntry =>
	ledgerEntry(seq, '2026-02-09T07:00:00Z', 'checklist.signed', {
		who: 'Ravi',
		data: {item, result: 'passed', builds: {backend: build.digest}, itemDigest: sha256(item), supersedes: []},
	});
const yesterday = deploy(2, '2026-02-09T05:30:00Z');

const costOf = (
	entries: readonly LedgerEntry[],
	{
		environments = [from, to],
		...more
	}: {environments?: readonly Environment[]; digest?: string; usualMs?: number; now?: number} = {},
) =>
	promotionCost({
		environments,
		environment: from,
		app: 'backend',
		checklists,
		entries,
		now,
		digest: otherBuild.digest,
		usualMs: 240_000,
		...more,
	});

test('promotion cost: another build begins the soak anew, moves the slot and voids what was signed', () => {
	const cost = costOf([yesterday, signed(3, 'one'), signed(4, 'two')]);

	expect(cost).toEqual({
		to: 'Production',
		timeZone: 'Asia/Kolkata',
		soakHours: 24,
		before: now,
		after: ist('2026-02-11T11:20'),
		voided: 2,
	});
	expect(cost && costText(cost)).toBe(
		'restarts the 24 h soak; 2 signed items have to be signed again; the next slot of Production moves from Tue 10 Feb 11:20 IST to Wed 11 Feb 11:20 IST',
	);
});

test('promotion cost: the same build soaks anew, and what was signed stays', () => {
	expect(costOf([yesterday, signed(3, 'one')], {digest: build.digest})).toMatchObject({
		voided: 0,
		after: ist('2026-02-11T11:20'),
	});
});

test('promotion cost: a slot is one that a run fits into; the soak that is left counts', () => {
	const late = ist('2026-02-10T13:57');
	expect(costOf([yesterday], {now: late})).toMatchObject({
		before: ist('2026-02-11T11:00'),
		after: ist('2026-02-17T11:00'),
	});
	expect(costOf([yesterday], {now: late, usualMs: 180_000})).toMatchObject({before: late});
	expect(costOf([deploy(2, '2026-02-09T07:30:00Z')])).toMatchObject({before: ist('2026-02-10T13:00')});
});

test.each([
	{what: 'nothing is live', entries: []},
	{
		what: 'what is live did not end healthy',
		entries: [ledgerEntry(2, '2026-02-09T05:30:00Z', 'deploy.failed', {data: {app: 'backend', build, release}})],
	},
])('promotion cost: where $what there is no slot to lose', ({entries}) => {
	const cost = costOf(entries);

	expect(cost).toMatchObject({before: undefined});
	expect(cost && costText(cost)).toBe('restarts the 24 h soak; the next slot of Production is Wed 11 Feb 11:20 IST');
});

test('promotion cost: none where nothing goes on from it', () => {
	expect(costOf([yesterday], {environments: [from]})).toBeUndefined();
	expect(costOf([yesterday], {environments: [from, {...to, hosts: []}]})).toBeUndefined();
	expect(costOf([yesterday], {environments: [from, {...to, promotedFrom: 'staging'}]})).toBeUndefined();
});

test('promotion cost: a slot that stays, and one signed item, are said so', () => {
	const cost = {to: 'Production', timeZone: 'Asia/Kolkata', soakHours: 0, before: now, after: now, voided: 1};

	expect(costText(cost)).toBe(
		'1 signed item has to be signed again; the next slot of Production stays Tue 10 Feb 11:20 IST',
	);
	expect(costText({...cost, voided: 0, after: undefined})).toBe(
		'the next slot of Production moves from Tue 10 Feb 11:20 IST to none in sight',
	);
});

test('promotion cost: the slot as things are goes by what was seen of the soak', () => {
	const soak = {samples: 'optional', unhealthyMs: 600_000} as const;
	const at = now - 3_600_000;
	const sick = {from: new Date(at - 900_000).toISOString(), until: new Date(at).toISOString(), what: '502'};
	const {from: begun, until} = sick;
	const data = {apps: {}, from: begun, until, everyMs: 5000, samples: 180, unhealthy: [sick]};
	const observed = {...signed(5, 'one'), at, type: 'health.observed', data};
	const costWith = (more: Pick<Environment, 'soak'>) =>
		promotionCost({
			environments: [from, to],
			environment: {...from, ...more},
			app: 'backend',
			checklists,
			entries: [yesterday, observed],
			now,
			digest: otherBuild.digest,
			usualMs: 240_000,
		});

	expect(costWith({})?.before).toBe(now);
	expect(costWith({soak})?.before).toBe(ist('2026-02-11T11:00'));
});
