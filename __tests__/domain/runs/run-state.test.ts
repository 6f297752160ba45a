import {expect, test} from 'vitest';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import {emptyRun, foldRun} from '../../../src/domain/runs/run-state.ts';

const started: RunEvent = {
	at: 1,
	type: 'run.started',
	record: {
		version: 1,
		run: 'r',
		kind: 'deploy',
		app: 'backend',
		environment: 'preprod',
		startedAt: '2026-02-10T05:53:41Z',
		commit: 'c',
		digest: 'd',
		actor: {name: 'Ravi', machine: 'm'},
	},
	title: 'Deploy',
	host: 'web-1',
	swapStep: 'b',
	steps: [
		{id: 'a', title: 'A', touches: 'nothing'},
		{id: 'b', title: 'B', touches: 'live'},
	],
};
const fold = (...events: readonly RunEvent[]) => events.reduce(foldRun, emptyRun);

test('run state: steps go from waiting over running to their end', () => {
	const state = fold(
		started,
		{at: 2, type: 'step.started', step: 'a'},
		{at: 3, type: 'step.progress', step: 'a', done: 5, total: 10, unit: 'bytes'},
		{at: 4, type: 'step.finished', step: 'a', state: 'done', durationMs: 2, summary: '5 B'},
		{at: 5, type: 'step.started', step: 'b'},
	);

	expect(state.steps).toEqual([
		{
			id: 'a',
			title: 'A',
			state: 'done',
			startedAt: 2,
			durationMs: 2,
			summary: '5 B',
			progress: {done: 5, total: 10},
		},
		{id: 'b', title: 'B', state: 'running', startedAt: 5},
	]);
});

test('run state: a resumed run is not finished any more, and keeps what is live', () => {
	const left: RunEvent = {at: 4, type: 'run.finished', outcome: 'left', exitCode: 5, durationMs: 3};
	const state = fold(
		started,
		{at: 2, type: 'live.changed', to: '/x'},
		{at: 3, type: 'link.lost', host: 'h', reason: 'r'},
		left,
	);
	expect(state).toMatchObject({isLinkLost: true, live: '/x', finished: left});

	const resumed = foldRun(state, {at: 5, type: 'run.resumed', run: 'r', attempt: 2});
	expect(resumed).toMatchObject({isLinkLost: false, live: '/x'});
	expect(resumed.finished).toBeUndefined();
});

test('run state: what every driver of a run notes again is told once', () => {
	const note = (text: string): RunEvent => ({at: 2, type: 'run.noted', step: 'a', text});
	expect(fold(started, note('one'), note('two'), note('one')).notes).toEqual(['one', 'two']);
});

test('run state: a step nobody knows changes nothing, and no event changes the state it was given', () => {
	const state = Object.freeze(fold(started));
	const next = foldRun(state, {at: 2, type: 'step.finished', step: 'zzz', state: 'failed', durationMs: 1});

	expect(next.steps).toEqual(state.steps);
	expect(foldRun(state, {at: 2, type: 'step.output', step: 'a', command: 'c', lines: ['x']})).toBe(state);
});
