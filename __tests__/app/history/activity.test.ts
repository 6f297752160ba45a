import {expect, test} from 'vitest';
import {activityOf} from '../../../src/app/history/activity.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {ledgerEntry} from '../../support/ledger.ts';

const entry = (seq: number, time: string, type: string, run: string, commit = '7f3a9c2000'): LedgerEntry =>
	ledgerEntry(seq, `2026-02-10T${time}Z`, type, {
		who: 'Ravi',
		data: {run, app: 'backend', ...(commit === '' ? {} : {build: {commit, digest: ''}})},
	});

const texts = (entries: readonly LedgerEntry[]): readonly string[] =>
	activityOf([{environment: 'preprod', entries}]).map(({outcome, text}) => `${outcome}: ${text}`);

test('activity: a run is one line, with its end and how long it took', () => {
	const run = [entry(1, '05:00:00', 'deploy.started', 'a'), entry(2, '05:04:47', 'deploy.finished', 'a')];

	expect(texts(run)).toEqual(['deployed: deployed backend 7f3a9c2 in 4 min 47 s']);
});

test('activity: a run that has not ended is told once, when it began', () => {
	const run = [entry(1, '05:00:00', 'deploy.started', 'a'), entry(2, '05:10:00', 'deploy.resumed', 'a')];

	expect(texts(run)).toEqual(['started: began to deploy backend 7f3a9c2']);
});

test.each([
	['deploy.failed', 'failed: failed to deploy backend 7f3a9c2'],
	['deploy.abandoned', 'abandoned: gave up deploying backend 7f3a9c2'],
	['adopt.finished', 'adopted: adopted backend 7f3a9c2'],
	['rollback.finished', 'rolled-back: rolled back backend 7f3a9c2'],
	['rollback.failed', 'failed: failed to roll back backend 7f3a9c2'],
	['adopt-undo.finished', 'undone: undid adopting backend 7f3a9c2'],
])('activity: %s', (type, text) => expect(texts([entry(1, '05:00:00', type, 'a')])).toEqual([text]));

test('activity: an adoption has no commit to name', () =>
	expect(texts([entry(1, '05:00:00', 'adopt.finished', 'a', '')])).toEqual(['adopted: adopted backend']));

test('activity: unknown types, and what comes with a run or a first line, are left to the history', () =>
	expect(
		texts([
			entry(1, '05:00:00', 'ledger.opened', 'a'),
			entry(2, '05:00:00', 'soak.done', 'a'),
			entry(3, '05:00:00', 'environment.leased', 'a'),
		]),
	).toEqual([]));

test('activity: results, approvals, holds and ledgers begun anew are news', () =>
	expect(
		activityOf([
			{
				environment: 'preprod',
				entries: [
					ledgerEntry(1, '2026-02-10T05:00:00Z', 'ledger.adopted', {
						who: 'Ravi',
						data: {reason: 'disk died'},
					}),
					ledgerEntry(2, '2026-02-10T05:01:00Z', 'checklist.signed', {
						who: 'Asha',
						data: {item: 'home', title: 'Home page', result: 'failed', value: '3.4 s', itemDigest: 'e'},
					}),
					ledgerEntry(3, '2026-02-10T05:02:00Z', 'build.approved', {
						who: 'Asha',
						data: {app: 'backend', build: {commit: '7f3a9c2000', digest: 'd'}},
					}),
					ledgerEntry(4, '2026-02-10T05:03:00Z', 'environment.held', {
						who: 'Asha',
						data: {apps: ['backend'], minutes: 60, reason: 'load test'},
					}),
				],
			},
		]).map(({outcome, who, text}) => `${outcome}, ${who}: ${text}`),
	).toEqual([
		'held, Asha: holds backend for 1 h: load test',
		'approved, Asha: approved backend 7f3a9c2',
		'failed, Asha: failed "Home page": 3.4 s',
		'begun-anew, Ravi: began the ledger anew: disk died',
	]));

test('activity: ledgers are merged by time, newest first, each with its own ids', () => {
	const lines = activityOf([
		{
			environment: 'preprod',
			entries: [entry(1, '05:00:00', 'deploy.finished', 'a'), entry(2, '07:00:00', 'deploy.finished', 'b')],
		},
		{environment: 'production', entries: [entry(1, '06:00:00', 'deploy.finished', 'c')]},
	]);

	expect(lines.map(({id}) => id)).toEqual(['preprod:2', 'production:1', 'preprod:1']);
});
