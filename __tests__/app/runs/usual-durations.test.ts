import {expect, test} from 'vitest';
import {median, usualDurations} from '../../../src/app/runs/usual-durations.ts';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
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

const usual = (journals: readonly (readonly RunEvent[])[]) =>
	usualDurations(
		{
			list: () => journals.map((_, index) => String(index).padStart(3, '0')),
			events: ({run: name}) => journals[Number(name)] ?? [],
		},
		{project: 'qsights', environment: 'preprod', kind: 'deploy', app: 'backend'},
	);

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
