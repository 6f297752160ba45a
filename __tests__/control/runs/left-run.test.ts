import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import {findLeftRun} from '../../../src/control/runs/left-run.ts';
import {recordOf} from '../../recipes/pipelines.ts';

const steps = ['one', 'two'].map(id => ({id, title: id, touches: 'nothing' as const}));

/** What the journal of a run holds that was begun at a minute, and how it ended. */
const journal = (minute: number, title: string, ending?: 'done' | 'left'): readonly RunEvent[] => [
	{at: minute, type: 'run.started', record: recordOf('backend'), title, host: 'web-1', swapStep: 'two', steps},
	{at: minute, type: 'step.started', step: 'one'},
	{at: minute + 1, type: 'step.finished', step: 'one', state: 'done', durationMs: 1},
	...(ending === undefined
		? []
		: ([{at: minute + 2, type: 'run.finished', outcome: ending, exitCode: 0, durationMs: 2}] as const)),
];

const find = (journals: Readonly<Record<string, Readonly<Record<string, readonly RunEvent[]>>>>) => {
	const environments = Object.keys(journals).map(name => ({project: 'qsights', name}) as Environment);
	type Id = {readonly environment: string; readonly run: string};
	const runs = {
		end: ({environment, run}: Id) => journals[environment]?.[run]?.findLast(event => event.type === 'run.finished'),
		list: ({environment}: {readonly environment: string}) => Object.keys(journals[environment] ?? {}).toSorted(),
		events: ({environment, run}: Id) => journals[environment]?.[run] ?? [],
	};
	return findLeftRun({runs} as unknown as AppServices, environments);
};

test('left run: of several the newest is offered, whatever its environment', () => {
	const found = find({
		preprod: {'run-1': journal(10, 'Deploy backend', 'left')},
		production: {'run-2': journal(20, 'Roll back backend')},
		staging: {'run-3': journal(15, 'Deploy frontend', 'left')},
	});

	expect(found).toEqual({
		run: 'run-2',
		environment: 'production',
		title: 'Roll back backend',
		done: 1,
		of: 2,
		at: 21,
	});
});

test('left run: none where each was seen to its end, and none of a journal that lost its beginning', () => {
	expect(find({preprod: {'run-1': journal(10, 'Deploy backend', 'done')}, production: {}})).toBeUndefined();
	expect(find({preprod: {'run-1': journal(10, 'Deploy backend').slice(1)}})).toBeUndefined();
});
