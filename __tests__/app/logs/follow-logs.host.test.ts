import {appendFile, mkdir, rename, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {createLogFollower, followLogs, tailOf} from '../../../src/app/logs/follow-logs.ts';
import type {LogState} from '../../../src/app/logs/host-logs.ts';
import type {FollowedEntry} from '../../../src/app/logs/new-kinds.ts';
import {logEndsOf, noteLogs} from '../../../src/commands/logs/read-logs.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import {logSources} from '../../../src/domain/logs/log-sources.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {until} from '../../support/wait.ts';
import {shellHosts} from '../shell-hosts.ts';

const line = (time: string, text: string): string => `[2026-02-10 ${time}] production.${text}\n`;

/** A host with a log of Laravel of which it was noted how long it was at the swap. */
const swapped = async () => {
	const hosts = await shellHosts();
	const environment = hosts.from;
	const log = join(hosts.live('preprod'), 'storage/logs/laravel.log');
	await mkdir(dirname(log), {recursive: true});
	await writeFile(log, line('11:00:00', 'WARNING: Slow query 612 ms') + line('11:00:01', 'INFO: Queue: 3 waiting'));
	const sources = logSources(environment).filter(({kind}) => kind === 'laravel');
	/** Ends of pauses that somebody waits for. */
	const pauses: (() => void)[] = [];
	const services = {
		...hosts.services,
		samples: createMemorySamples(),
		clock: {now: () => Date.now(), wait: () => new Promise<void>(resolve => void pauses.push(resolve))},
	} as AppServices;
	const session = services.sessions.session({name: 'preprod-1', address: ''});
	hosts.time.preprod = Date.UTC(2026, 1, 10, 11, 0, 2);
	const state = {directory: environment.stateDirectory, run: 'r1'};
	await mkdir(dirname(logEndsOf(state)), {recursive: true});
	await session.exec(
		renderCommand(
			noteLogs(
				logEndsOf(state),
				sources.map(({path}) => path),
			),
		),
		{lane: 'run'},
	);
	const swaps = {backend: {run: 'r1', at: 0}};
	return {hosts, environment, log, sources, services, swaps, pauses};
};

const told = ({text, isSinceSwap, isNew}: FollowedEntry): string =>
	`${text}${isSinceSwap ? ', since' : ''}${isNew ? ', new' : ''}`;

test('tail: what came behind the swap is told from what was before, and new kinds from known ones', async () => {
	const {hosts, environment, log, sources, services, swaps} = await swapped();
	await using _ = hosts;
	await appendFile(log, line('11:00:02', 'WARNING: Slow query 30 ms') + line('11:00:03', 'ERROR: Mail: timeout'));

	const {entries, states} = await tailOf(services, {environment, sources, swaps});

	expect(entries.map(told)).toEqual([
		'Slow query 612 ms',
		'Queue: 3 waiting',
		'Slow query 30 ms, since',
		'Mail: timeout, since, new',
	]);
	expect(states).toMatchObject([{source: 'preprod-1/laravel', state: 'reading', file: log, knowsSwap: true}]);
	// Read again, nothing is counted twice, and what is new stays new: the clock of the files is another one here.
	const again = await tailOf(services, {environment, sources, swaps});
	expect(again.entries.map(told)).toEqual(entries.map(told));
	const kinds = services.samples.signatures({project: environment.project, environment: environment.name});
	expect(kinds.map(({signature, count}) => [signature, count])).toEqual([
		['Slow query * ms', 2],
		['Mail: timeout', 1],
	]);
});

test('follow: what comes is told once and in order, over a rotation and a host that was silent', async () => {
	const {hosts, environment, log, sources, services, swaps, pauses} = await swapped();
	await using _ = hosts;
	const entries: string[] = [];
	const states: LogState[] = [];
	const ending = new AbortController();
	const following = followLogs(services, {
		environment,
		sources,
		swaps,
		signal: ending.signal,
		onEntries: found => entries.push(...found.map(told)),
		onState: found => states.push(...found),
	});
	await until('the end of the log', () => entries.length === 2);

	await appendFile(log, line('11:00:02', 'INFO: one'));
	await until('a line that is written', () => entries.includes('one, since'));
	hosts.silent.add('preprod');
	await appendFile(log, line('11:00:03', 'INFO: two'));
	await until('silence', () => states.at(-1)?.state === 'silent' && pauses.length > 0);
	await rename(log, `${log}.1`);
	await appendFile(`${log}.1`, line('11:00:04', 'INFO: three'));
	await writeFile(log, line('11:00:05', 'ERROR: four'));
	hosts.silent.clear();
	pauses.shift()?.();
	await until('what was written meanwhile', () => entries.length >= 6);
	ending.abort();
	await following;

	expect(entries).toEqual([
		'Slow query 612 ms',
		'Queue: 3 waiting',
		'one, since',
		'two, since',
		'three, since',
		'four, since, new',
	]);
	expect(states.at(-1)).toMatchObject({state: 'reading', file: log});
});

test('follow again: nothing is told twice or left out between, and a swap meanwhile moves the border', async () => {
	const {hosts, environment, log, sources, services, swaps} = await swapped();
	await using _ = hosts;
	const follower = createLogFollower(services, {environment, sources, swaps});
	const entries: string[] = [];
	const states: LogState[] = [];
	const follow = () => {
		const ending = new AbortController();
		const ended = follower.follow({
			signal: ending.signal,
			onEntries: found => entries.push(...found.map(told)),
			onState: found => states.push(...found),
		});
		return async (): Promise<void> => {
			ending.abort();
			await ended;
		};
	};

	const leave = follow();
	await until('the end of the log', () => entries.length === 2);
	await appendFile(log, line('11:00:02', 'ERROR: Disk full'));
	await until('an error', () => entries.length === 3);
	await leave();
	await appendFile(log, line('11:00:03', 'INFO: one'));
	const state = {directory: environment.stateDirectory, run: 'r2'};
	await mkdir(dirname(logEndsOf(state)), {recursive: true});
	hosts.time.preprod += 2000;
	const noting = renderCommand(noteLogs(logEndsOf(state), [log]));
	await services.sessions.session({name: 'preprod-1', address: ''}).exec(noting, {lane: 'run'});
	await appendFile(log, line('11:00:04', 'ERROR: Disk full') + line('11:00:05', 'ERROR: Mail: timeout'));
	follower.swapped({backend: {run: 'r2', at: 0}});
	const leaveAgain = follow();
	await until('what was written meanwhile', () => entries.length >= 6);
	await leaveAgain();

	expect(entries).toEqual([
		'Slow query 612 ms',
		'Queue: 3 waiting',
		'Disk full, since, new',
		'one',
		'Disk full, since',
		'Mail: timeout, since, new',
	]);
	expect(states.at(-1)).toMatchObject({knowsSwap: true, swapAt: expect.any(Number) as number, skippedBytes: 0});
});
