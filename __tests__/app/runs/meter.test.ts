import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {createMeter} from '../../../src/app/runs/meter.ts';
import type {RunEventBody} from '../../../src/domain/runs/events.ts';
import type {Pipeline} from '../../../src/domain/runs/pipeline.ts';
import {swapStepsOf} from '../../../src/runner/run-pipeline.ts';
import {deployPipeline, rollbackPipeline} from '../../recipes/pipelines.ts';

const closed: Pipeline = {
	...deployPipeline('backend'),
	steps: [
		{
			id: 'migrate',
			title: 'Migrate',
			touches: 'candidate',
			after: [],
			actions: [
				{kind: 'job', id: 'migrate', commands: [], isMaintenance: true},
				{kind: 'read', id: 'look', command: {argv: ['true']}},
			],
		},
		{
			id: 'swap',
			title: 'Swap',
			touches: 'live',
			after: ['migrate'],
			actions: [{kind: 'job', id: 'swap', commands: [], swap: 0}],
		},
	],
};

/** A meter whose every request is answered by `status()`; `tell` lets a time pass, then says what the run does. */
const metered = (pipeline: Pipeline, status: () => number, attempt = 1) => {
	let now = 0;
	const clock = {
		now: () => now,
		wait: async (ms: number, signal?: AbortSignal) => {
			await new Promise(resolve => setImmediate(resolve));
			signal?.throwIfAborted();
			now += ms;
		},
	};
	const services = {
		clock,
		probe: {get: async () => ({durationMs: 0, outcome: {status: status()}, body: ''})},
		ledgers: {remembered: () => undefined},
	} as unknown as AppServices;
	const meter = createMeter(services, pipeline, {attempt, onAnswer: () => undefined});
	const ended = meter.start();
	const until = async (at: number): Promise<void> => {
		while (clock.now() < at) await new Promise(resolve => setImmediate(resolve));
	};
	return {
		until,
		now: () => now,
		tell: (body: RunEventBody) => meter.hear({at: now, ...body}),
		end: async () => {
			meter.stop();
			await ended;
			return meter.measured();
		},
	};
};

test('meter: 503 while the run itself keeps visitors out is maintenance; before, behind and else it is a failure', async () => {
	let status = 200;
	const meter = metered(closed, () => status);
	await meter.until(2000);
	meter.tell({type: 'action.announced', step: 'migrate', action: 'migrate'});
	status = 503;
	const from = meter.now();
	await meter.until(from + 2100);
	status = 200;
	await meter.until(from + 2200);
	meter.tell({type: 'action.announced', step: 'migrate', action: 'look'});
	status = 503;
	await meter.until(from + 2500);
	status = 200;
	await meter.until(from + 3000);
	const told = await meter.end();

	if (told?.type !== 'downtime.measured') throw new TypeError('nothing was measured');
	expect(Math.abs((told.maintenanceMs ?? 0) - 2100)).toBeLessThanOrEqual(40);
	expect(Math.abs(told.downtimeMs - 300)).toBeLessThanOrEqual(40);
	expect(told.failed).toBeGreaterThan(10);
});

test('meter: 502 in the same time is none of it, and a run that is driven on says that it saw a part', async () => {
	let status = 200;
	const meter = metered(closed, () => status, 2);
	meter.tell({type: 'action.announced', step: 'migrate', action: 'migrate'});
	await meter.until(500);
	status = 502;
	await meter.until(800);
	status = 200;
	await meter.until(900);
	const told = await meter.end();

	expect(told).toMatchObject({type: 'downtime.measured', isPart: true});
	expect(told).not.toHaveProperty('maintenanceMs');
});

test('meter: live changes from the job of the swap on until the last step it is told as has ended', () => {
	expect(swapStepsOf(deployPipeline('frontend'))).toEqual(['stop-pm2', 'extract', 'start-pm2']);
	expect(swapStepsOf(deployPipeline('backend'))).toEqual(['restart-services']);
	expect(swapStepsOf(rollbackPipeline('backend', 'snapshot'))).toEqual([
		'stop-services',
		'keep-failed',
		'restart-services',
	]);
});
