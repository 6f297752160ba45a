import {expect, test} from 'vitest';
import {lastBackupBytes, median, usualDurations} from '../../../src/app/runs/usual-durations.ts';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import {runId} from '../../../src/domain/runs/run-names.ts';
import {record} from '../../tui/screens/deploy/fixtures.ts';

const run = (
	durationMs: number,
	changes: {outcome?: 'done' | 'failed'; kind?: 'deploy' | 'adopt'; isResumed?: boolean} = {},
): readonly RunEvent[] => [
	{
		at: 1,
		type: 'run.started',
		record: {...record, kind: changes.kind ?? 'deploy'},
		title: 't',
		host: 'h',
		swapStep: 's',
		steps: [],
	},
	...(changes.isResumed ? [{at: 2, type: 'run.resumed', run: 'r', attempt: 2} as const] : []),
	{at: 3, type: 'step.finished', step: 'verify', state: 'done', durationMs: durationMs / 10},
	{at: 4, type: 'run.finished', outcome: changes.outcome ?? 'done', exitCode: 0, durationMs},
];

const journalsOf = (journals: readonly (readonly RunEvent[])[]): Parameters<typeof usualDurations>[0] => ({
	list: () => journals.map((_, index) => String(index).padStart(3, '0')),
	events: ({run: name}) => journals[Number(name)] ?? [],
});

const usual = (journals: readonly (readonly RunEvent[])[]) =>
	usualDurations(journalsOf(journals), {project: 'qsights', environment: 'preprod', kind: 'deploy', app: 'backend'});

test('median: the middle value, the lower one of two, undefined for none', () => {
	expect(median([9, 1, 5])).toBe(5);
	expect(median([4, 1, 2, 3])).toBe(2);
	expect(median([])).toBeUndefined();
});

test('usual durations: medians of runs of the kind that were done in one go', () => {
	const journals = [
		run(1000),
		run(3000),
		run(2000),
		run(9999, {outcome: 'failed'}),
		run(8888, {kind: 'adopt'}),
		run(7777, {isResumed: true}),
	];

	expect(usual(journals)).toMatchObject({count: 3, totalMs: 2000, stepMs: {verify: 200}});
	expect(usual(journals).recent.map(({outcome}) => outcome)).toEqual(['done', 'failed', 'done', 'done', 'done']);
});

test('usual durations: only the last ten runs count; none is not known', () => {
	expect(
		usual([...Array.from({length: 20}, () => run(1000)), ...Array.from({length: 10}, () => run(5000))]),
	).toMatchObject({count: 10, totalMs: 5000});
	expect(usual([])).toEqual({count: 0, totalMs: undefined, stepMs: {}, recent: []});
});

test('usual durations: however often the other app was deployed since, the app has its own, and reads nothing else', () => {
	const journals = [run(1000), run(3000), run(2000), ...Array.from({length: 40}, () => run(9))];
	const apps = journals.map((_, index) => (index < 3 ? 'backend' : 'frontend'));
	const names = apps.map((app, index) =>
		runId({startedAt: `2026-02-${10 + (index % 10)}T05:53:41Z`, app, nonce: `${index}`}),
	);
	const read: string[] = [];
	const found = usualDurations(
		{
			list: () => names,
			events: ({run: name}) => {
				read.push(name);
				return journals[names.indexOf(name)] ?? [];
			},
		},
		{project: 'qsights', environment: 'preprod', kind: 'deploy', app: 'backend'},
	);

	expect(found).toMatchObject({count: 3, totalMs: 2000});
	expect(read.toReversed()).toEqual(names.slice(0, 3));
});

test('last backup: the newest one of the app itself, whatever the other app made since', () => {
	const backedUp = (app: 'backend' | 'frontend', sizeBytes: number | undefined): readonly RunEvent[] => [
		{at: 1, type: 'run.started', record: {...record, app}, title: 't', host: 'h', swapStep: 's', steps: []},
		{
			at: 2,
			type: 'step.finished',
			step: 'back-up',
			state: 'done',
			durationMs: 1,
			...(sizeBytes === undefined ? {} : {sizeBytes}),
		},
	];
	const journals = [backedUp('backend', 100), backedUp('backend', 200), backedUp('backend', undefined)];
	const last = (app: 'backend' | 'frontend') =>
		lastBackupBytes(journalsOf([...journals, backedUp('frontend', 7)]), {
			project: 'qsights',
			environment: 'preprod',
			app,
		});

	expect(last('backend')).toBe(200);
	expect(last('frontend')).toBe(7);
	expect(
		lastBackupBytes(journalsOf(journals), {project: 'qsights', environment: 'preprod', app: 'frontend'}),
	).toBeUndefined();
});
