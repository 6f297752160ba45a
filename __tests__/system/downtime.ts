import {join} from 'node:path';
import {expect} from 'vitest';
import type {RunEvent} from '../../src/domain/runs/events.ts';
import {createRunStore} from '../../src/services/state/run-store.ts';
import type {PollReport, PollTarget} from '../support/poller/poll.ts';
import {startPoller} from '../support/poller/start-poller.ts';
import type {RealHost} from '../support/real-host/start-real-host.ts';
import type {Lab} from './start-lab.ts';

export type DowntimeRow = {readonly what: string; readonly seconds: number; readonly reports: readonly PollReport[]};

/** Old asset URLs of the pages an open tab has, and of one it has not loaded yet. */
const assetsOf = async (host: RealHost, path: string): Promise<readonly string[]> => {
	const text = await (await fetch(`${host.url}${path}`)).text();
	const chunks = [...text.matchAll(/\/_next\/static\/[^"?\\]+\.js/g)].map(([found]) => found);
	return [...new Set(chunks)];
};

const pollEveryMs = 20;

export const apiTargets = (host: RealHost): readonly PollTarget[] => [
	{name: 'api', url: `${host.url}/api/health`, everyMs: pollEveryMs, pattern: '"status":"ok"'},
];

/** The site, and what a tab that is open since before the run may still ask for. */
export const siteTargets = async (host: RealHost): Promise<readonly PollTarget[]> => {
	const [home, login] = [await assetsOf(host, '/'), await assetsOf(host, '/login')];
	const manifest = home.find(path => path.endsWith('_buildManifest.js'));
	const chunk = home.find(path => path.includes('/chunks/'));
	const notLoaded = login.find(path => path.includes('/chunks/') && !home.includes(path));
	if (!manifest || !chunk || !notLoaded) throw new Error(`the pages name no assets: ${home.join(' ')}`);
	return [
		{name: 'site', url: `${host.url}/`, everyMs: pollEveryMs, pattern: String.raw`frontend v\d`},
		{name: 'app router', url: `${host.url}/surveys`, everyMs: 100, pattern: String.raw`surveys v\d`},
		{name: 'page not loaded yet', url: `${host.url}/login`, everyMs: 100},
		{name: 'its old chunk', url: `${host.url}${notLoaded}`, everyMs: 50},
		{name: 'old chunk', url: `${host.url}${chunk}`, everyMs: 50},
		{name: 'old manifest', url: `${host.url}${manifest}`, everyMs: 100},
	];
};

/** Polls while `act` runs; answers with its result and what the poller saw. */
export const measured = async <T>(
	what: string,
	targets: readonly PollTarget[],
	act: () => Promise<T>,
): Promise<{readonly result: T; readonly row: DowntimeRow; readonly reports: Readonly<Record<string, PollReport>>}> => {
	const poller = await startPoller(targets);
	const startedAt = performance.now();
	try {
		const result = await act();
		const seconds = (performance.now() - startedAt) / 1000;
		const reports = await poller.stop();
		return {result, row: {what, seconds, reports: Object.values(reports)}, reports};
	} catch (error) {
		await poller.stop();
		throw error;
	}
};

/** What the run driven last in an environment wrote in its journal. */
export const lastEvents = ({home}: Pick<Lab, 'home'>, environment: string): readonly RunEvent[] => {
	const [runs, place] = [createRunStore(join(home, 'state')), {project: 'qsights', environment}];
	return runs.events({...place, run: runs.list(place).at(-1) ?? ''});
};

/** Steps whose end says that the health check passed. */
const healthSteps = ['verify', 'health-check', 'health-checks'];

/**
 * Expects that requests failed in no time but the one a run takes for its swap: from the start of the first step that
 * touches live until its health check has passed, by the clock of this machine as the journal of the run tells it.
 * Nothing is prepared in it.
 */
export const expectAwayDuringSwap = (events: readonly RunEvent[], {name, wasAway}: PollReport, what: string): void => {
	const {steps} = events.find(event => event.type === 'run.started') ?? {steps: []};
	const live = new Set(steps.flatMap(({id, touches}) => (touches === 'live' ? id : [])));
	const start = events.findIndex(event => event.type === 'step.started' && live.has(event.step));
	const from = events[start]?.at;
	const prepared = new Set(steps.flatMap(({id, touches}) => (touches === 'candidate' ? id : [])));
	const late = events.slice(start).filter(event => event.type === 'step.finished' && prepared.has(event.step));
	const to = events.find(
		event => event.type === 'step.finished' && event.state === 'done' && healthSteps.includes(event.step),
	)?.at;
	expect({from, to}, `${what}: marks of the run`).toEqual({from: expect.any(Number), to: expect.any(Number)});
	expect(late, `${what}: prepared while users waited`).toEqual([]);
	if (!wasAway) return;
	expect(wasAway.by, `${what}: ${name} failed before the swap`).toBeGreaterThanOrEqual(from ?? 0);
	expect(wasAway.after, `${what}: ${name} failed after the health check`).toBeLessThanOrEqual(to ?? 0);
};

/** Both ask at their pace from a machine with other work: what they tell of one outage differs by no more than this. */
const agreeWithinMs = 50;

/** Expects that the run told the downtime that the poller saw, each right by one of its own pauses. */
export const expectToldAlike = (events: readonly RunEvent[], report: PollReport | undefined, what: string): void => {
	const told = events.findLast(event => event.type === 'downtime.measured');
	expect(told, `${what}: the run measured`).toBeDefined();
	if (!told || !report) throw new TypeError(`${what}: nothing to compare`);
	expect(told.downtimeMs, `${what}: told ${told.downtimeMs} ms, seen ${report.refusedMs} ms`).toBeGreaterThan(
		report.refusedMs - agreeWithinMs,
	);
	expect(told.downtimeMs, `${what}: told ${told.downtimeMs} ms, seen ${report.refusedMs} ms`).toBeLessThan(
		report.refusedMs + agreeWithinMs,
	);
};

/** One line per run and URL: how long it took, what was asked, what failed, how long it was away. */
export const downtimeTable = (rows: readonly DowntimeRow[]): string =>
	rows
		.flatMap(({what, seconds, reports}) =>
			reports.map(({name, requests, failed, failures, downMs}, index) =>
				[
					(index === 0 ? what : '').padEnd(44),
					(index === 0 ? `${seconds.toFixed(1)} s` : '').padStart(8),
					name.padEnd(20),
					`${failed} of ${requests} failed`.padStart(20),
					failed === 0 ? '' : `away ${(downMs / 1000).toFixed(2)} s  ${JSON.stringify(failures)}`,
				].join('  '),
			),
		)
		.map(line => line.trimEnd())
		.join('\n');
