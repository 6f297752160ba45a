import {expect, test} from 'vitest';
import {downtimeInWords, printReport} from '../../src/cli/report.ts';
import type {Terminal} from '../../src/cli/terminal.ts';
import type {Pipeline} from '../../src/domain/runs/pipeline.ts';
import {emptyRun, foldRun} from '../../src/domain/runs/run-state.ts';
import {environment} from '../control/fake-services.ts';
import {record} from '../tui/screens/deploy/fixtures.ts';

test.each([
	[{ms: 0, asked: 12, failed: 0}, 'none, 0 of 12 requests failed'],
	[{ms: 1500, asked: 12, failed: 3}, '1.5 s, 3 of 12 requests failed'],
	[{ms: 52, asked: 300, failed: 2}, '52 ms, 2 of 300 requests failed'],
	[{ms: 0, asked: 90, failed: 0, maintenanceMs: 2100}, 'none, maintenance 2.1 s, 0 of 90 requests failed'],
	[{ms: 0, asked: 9, failed: 0, isPart: true as const}, 'none, 0 of 9 requests failed since it was driven on'],
	[undefined, ''],
])('report: a downtime of %o is told as %j', (downtime, words) => {
	expect(downtimeInWords(downtime === undefined ? {} : {downtime})).toBe(words);
});

test.each([
	[6200, 'done in 7.4 s, usually 6.2 s\n'],
	[undefined, 'done in 7.4 s\n'],
])('report: beside a usual time of %j ms it says %j', (usualMs, words) => {
	let printed = '';
	const terminal = {hasColour: false, out: (text: string) => void (printed += text)} as unknown as Terminal;
	const pipeline = {
		title: 'Deploy backend',
		environment,
		record,
		wayBack: [],
		liveAfterSwap: '',
	} as unknown as Pipeline;
	const finished = {at: 1, type: 'run.finished', outcome: 'done', exitCode: 0, durationMs: 7400} as const;

	printReport(terminal, pipeline, foldRun(emptyRun, finished), {logPath: '/run.log', usualMs, found: undefined});

	expect(printed).toContain(words);
});
