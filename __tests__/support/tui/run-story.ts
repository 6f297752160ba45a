import type {RunEvent} from '../../../src/domain/events.ts';
import {emptyRun, foldRun, type RunState} from '../../../src/domain/run-state.ts';
import type {CockpitState} from '../../../src/store/create-store.ts';
import {storyTime} from './quiet-cockpit.ts';

const steps = [
	['pre-flight-checks', 'Pre-flight checks', 'nothing'],
	['back-up', 'Back up the live release', 'backups'],
	['upload-files', 'Upload files', 'candidate'],
	['extract-files', 'Extract files', 'candidate'],
	['install-dependencies', 'Install dependencies', 'candidate'],
	['rebuild-caches', 'Rebuild caches', 'candidate'],
	['restart-services', 'Restart services', 'live'],
	['verify', 'Verify', 'nothing'],
] as const;

const run = '2026-02-10T055000Z-7c1e';

const started: RunEvent = {
	type: 'run.started',
	at: storyTime,
	title: 'Deploy backend 7f3a9c2 to Pre-Prod',
	host: '127.0.0.2',
	swapStep: 'restart-services',
	record: {
		version: 1,
		run,
		kind: 'deploy',
		app: 'backend',
		environment: 'preprod',
		startedAt: new Date(storyTime).toISOString(),
		commit: '7f3a9c2'.padEnd(40, '0'),
		digest: 'a'.repeat(64),
		actor: {name: 'Ravi', machine: 'ravi-laptop'},
	},
	steps: steps.map(([id, title, touches]) => ({id, title, touches})),
};

const finishedSteps = (count: number): readonly RunEvent[] =>
	steps.slice(0, count).flatMap(([step], index): readonly RunEvent[] => [
		{type: 'step.started', at: storyTime + index * 20_000, step},
		{type: 'step.finished', at: storyTime + index * 20_000 + 18_000, step, state: 'done', durationMs: 18_000},
	]);

const fold = (...events: readonly RunEvent[]): RunState => events.reduce(foldRun, emptyRun);

const end = (outcome: 'done' | 'failed', step: number): RunEvent => ({
	type: 'run.finished',
	at: storyTime + step * 20_000,
	outcome,
	exitCode: outcome === 'done' ? 0 : 3,
	durationMs: step * 20_000,
	...(outcome === 'failed'
		? {
				error: {
					what: 'Install dependencies failed on 127.0.0.2 (preprod)',
					why: 'composer exited with 2: could not resolve host packagist.org',
					now: 'Live was not touched. The candidate was removed.',
					next: 'Mend what composer names, then deploy again.',
				},
			}
		: {}),
});

/** A deploy with the fifth of eight steps under way. */
export const runningState: Partial<CockpitState> = {
	screen: 'deploy',
	stage: 'run',
	choice: {app: 'backend', environment: 'preprod'},
	isDriving: true,
	run: fold(started, ...finishedSteps(4), {
		type: 'step.started',
		at: storyTime + 80_000,
		step: 'install-dependencies',
	}),
};

/** The same deploy, done. */
export const doneState: Partial<CockpitState> = {
	...runningState,
	stage: 'done',
	isDriving: false,
	run: fold(
		started,
		...finishedSteps(8),
		{type: 'live.changed', at: storyTime + 140_000, to: '/var/www/qsights/.backend/releases/1'},
		end('done', 8),
	),
};

/** The same deploy, failed before the swap. */
export const failedState: Partial<CockpitState> = {
	...runningState,
	stage: 'failed',
	isDriving: false,
	run: fold(
		started,
		...finishedSteps(4),
		{type: 'step.started', at: storyTime + 80_000, step: 'install-dependencies'},
		{
			type: 'step.finished',
			at: storyTime + 90_000,
			step: 'install-dependencies',
			state: 'failed',
			durationMs: 10_000,
		},
		end('failed', 5),
	),
};
