import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createProber, type Prober} from '../../../src/app/probes/probe-round.ts';
import {badProcesses, readProcesses} from '../../../src/app/status/read-processes.ts';
import {createLedgerBook} from '../../../src/app/ledger/ledger-book.ts';
import {tailOf} from '../../../src/app/logs/follow-logs.ts';
import {logSources} from '../../../src/domain/logs/log-sources.ts';
import {loadChecklists} from '../../../src/config/checklists/load-checklists.ts';
import type {Checklists} from '../../../src/domain/checklist/checklist.ts';
import {lastSwap} from '../../../src/domain/probes/last-swap.ts';
import {createLedgerCache} from '../../../src/services/state/ledger-cache.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import {primaryHost, type Environment} from '../../../src/domain/environments/environment.ts';
import type {ProbeRound} from '../../../src/domain/probes/probe.ts';
import {createFakeClock} from '../fake-services.ts';
import {until} from '../../support/wait.ts';
import type {SessionManager} from '../../../src/domain/ports.ts';
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.ts';
import {httpProbe} from '../../../src/services/probes/http-probe.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {createSessionManager} from '../../../src/services/ssh/session-manager.ts';
import {systemClock} from '../../../src/services/system-clock.ts';
import {sandboxPast} from '../../support/sandbox-past.ts';

let directory: string;
let sandbox: Sandbox;
let sessions: SessionManager;
let production: Environment;
let checklists: Checklists;

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-probes-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	const {environments} = await loadEnvironments(sandbox.config, {home: directory});
	const found = environments.find(({name}) => name === 'production');
	if (!found) throw new Error('the sandbox has no production');
	production = found;
	checklists = await loadChecklists(sandbox.config);
	sessions = createSessionManager({environment: process.env});
});

afterAll(async () => {
	await sessions.close();
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

/** The last runs of production, by its ledger. */
const sinceBy = async () => {
	const {entries} = await createLedgerBook(sessions, createLedgerCache(join(directory, 'memory'))).read(production);
	return {backend: lastSwap(entries, 'backend'), frontend: lastSwap(entries, 'frontend')};
};

const onHost = async (line: string): Promise<void> => {
	const {code, stderr} = await sessions.session(primaryHost(production)).exec(line, {lane: 'run'});
	if (code !== 0) throw new Error(stderr);
};

const createHere = () =>
	createProber(
		{sessions, probe: httpProbe, clock: systemClock, samples: createMemorySamples()},
		{environment: production, checklists},
	);

/** What is not well, by probe. What was logged counts for a minute, and has tests of its own. */
const troubles = ({readings}: ProbeRound): Readonly<Record<string, string>> =>
	Object.fromEntries(
		readings
			.filter(({state, kind}) => state !== 'pass' && kind !== 'log')
			.map(({probe, state, text}) => [probe, `${state}: ${text}`]),
	);

const quiet = {};

test('a round tells all that the host and the addresses of an environment say, by the clock of the host', async () => {
	const round = await createHere().round({since: await sinceBy()});

	expect(round.silent).toEqual([]);
	expect(round.isByThisMachine).toBeUndefined();
	expect(new Date(round.at).toISOString()).toMatch(/^2026-02-10T/);
	expect(troubles(round)).toEqual(quiet);
	expect(round.readings.map(({probe}) => probe)).toEqual([
		'backend.health',
		'frontend.health',
		'http.analytics-summary',
		'http.analytics-evaluator-performance',
		'http.analytics-subordinate-performance',
		'http.analytics-competency-analysis',
		'http.analytics-department-comparison',
		'http.analytics-trends',
		'checklist.after-api-health',
		'checklist.after-home-page',
		'backend.served',
		'frontend.served',
		'backend.worker',
		'frontend.worker',
		'production-1.service.php8.1-fpm',
		'production-1.service.nginx',
		'production-1.process.qsights-frontend',
		'production-1.disk',
		'production-1.inodes',
		'production-1.memory',
		'production-1.load',
		'backend.queue',
		'backend.scheduler',
		'backend.migrations',
		'backend.log',
		'frontend.log',
	]);
	const textOf = (probe: string) => round.readings.find(one => one.probe === probe)?.text;
	expect(textOf('backend.served')).toMatch(/^[\da-f]{7}, as recorded$/);
	expect(textOf('frontend.served')).toMatch(/^[\da-f]{7}, BUILD_ID \S{6}$/);
	expect(textOf('backend.worker')).toMatch(/^all 2 since the swap$/);
	expect(textOf('backend.queue')).toBe('0 waiting, 0 failed');
	expect(textOf('backend.migrations')).toBe('none pending');
	expect(round.readings.find(({probe}) => probe === 'backend.health')?.parts).toHaveProperty('firstByte');
});

const logOf = ({readings}: ProbeRound, app: 'backend' | 'frontend') =>
	readings.find(({probe}) => probe === `${app}.log`);

const entry = (text: string, line: number): string =>
	`echo "[$(date '+%Y-%m-%d %H:%M:%S')] production.ERROR: ${text} {\\"exception\\":\\"[object] (RuntimeException(code: 0): ${text} at /var/www/qsights/backend/app/Total.php:${line})" >>../../var/www/qsights/backend/storage/logs/laravel.log`;

test('errors in the log are counted from one look to the next, named by kind, and gone a minute later', async () => {
	const since = await sinceBy();
	const prober = createHere();
	const before = logOf(await prober.round({since}), 'backend');
	await onHost(Array.from({length: 6}, (_, at) => entry(`Answer ${at} of ana@example.com is late`, 41)).join('; '));
	const errors = logOf(await prober.round({since}), 'backend');

	expect(before).toMatchObject({state: 'pass', value: 0, unit: 'per minute', limit: 5});
	expect(errors).toMatchObject({
		state: 'fail',
		value: 6,
		count: (before?.count ?? 0) + 6,
		text: expect.stringMatching(/^6 in the last minute, \d+ since the swap, 6 times: Answer \* of /) as string,
	});
	expect(errors?.ownWords).toEqual([
		expect.stringMatching(/^\d\d:\d\d:\d\d IST error Answer 5 of \*{3}@example\.com is late$/) as string,
		'  at /var/www/qsights/backend/app/Total.php:41',
		'  same error 5 times before',
	]);
	expect(logOf(await createHere().round({since}), 'backend')).toMatchObject({value: 6});
});

test('what artisan says is asked for once a minute, and is as old as it says in between', async () => {
	const {clock, advance} = createFakeClock();
	const prober = createProber(
		{sessions, probe: httpProbe, clock, samples: createMemorySamples()},
		{environment: production, checklists},
	);
	const slow = ({readings}: ProbeRound) => readings.filter(({probe}) => probe === 'backend.migrations');
	const first = await prober.round();
	await advance(59_000);
	const second = await prober.round();
	await advance(1000);
	const third = await prober.round();

	expect(slow(second)).toEqual(slow(first));
	expect(second.at).toBeGreaterThan(first.at);
	expect(slow(third)).toEqual([expect.objectContaining({at: third.at})]);
});

test('an app that fails is told within one round, and is well in the next once it is', async () => {
	const prober = createHere();
	await onHost('echo broken >../../var/www/qsights/backend/BROKEN');
	const broken = await prober.round({since: await sinceBy()});
	await onHost('rm ../../var/www/qsights/backend/BROKEN');

	expect(troubles(broken)).toMatchObject({
		'backend.health': 'fail: 500, not 200',
		'http.analytics-trends': 'fail: 500, not 200',
		'checklist.after-api-health': 'fail: 500, not 200',
	});
	expect(troubles(await prober.round({since: await sinceBy()}))).toEqual(quiet);
});

test('a unit that fails, one that restarts again and again, and a worker from before the swap each have their words', async () => {
	const prober = createHere();
	await prober.round();
	await onHost('cd ../../run/units && cp nginx nginx.kept && echo "failed 1 0" >nginx');
	const failed = await prober.round();
	await onHost('cd ../../run/units && mv nginx.kept nginx && echo 7 >php8.1-fpm.restarts');
	const looping = await prober.round();
	await onHost('cd ../../run/units && rm php8.1-fpm.restarts && touch -d "1 hour ago" php8.1-fpm.serves');
	const old = await prober.round();
	await onHost('touch ../../run/units/php8.1-fpm.serves');

	expect(troubles(failed)['production-1.service.nginx']).toBe('fail: failed (exit-code)');
	expect(troubles(looping)['production-1.service.php8.1-fpm']).toMatch(/^fail: active, \d+ s, restarted 7 times$/);
	expect(looping.readings.find(({probe}) => probe === 'production-1.service.php8.1-fpm')).toMatchObject({
		value: 7,
		limit: 0,
		unit: 'count',
	});
	expect(troubles(old)['backend.worker']).toMatch(
		/^fail: an old worker still answers: pid \d+, since \d\d:\d\d IST, swap \d\d:\d\d IST$/,
	);
	expect(troubles(await prober.round({since: await sinceBy()}))).toEqual(quiet);
});

test('another release than the recorded one is told with both', async () => {
	const since = await sinceBy();
	const {backend} = since;
	if (!backend) throw new Error('nothing is live');

	const round = await createHere().round({
		since: {...since, backend: {...backend, release: '20260101T000000Z-1234567'}},
	});

	expect(troubles(round)['backend.served']).toMatch(/^fail: live is [\da-f]{7}, recorded is 1234567$/);
});

const untilFrontendAnswers = (prober: Prober): Promise<boolean> =>
	until('the frontend answers again', async () => {
		const {readings} = await prober.round();
		return readings.find(({probe}) => probe === 'frontend.health')?.state === 'pass';
	});

test('a frontend whose process is stopped is told by process, port and page', async () => {
	const prober = createHere();
	await onHost('pm2 stop qsights-frontend');
	const stopped = await prober.round();
	const processes = await readProcesses({sessions, clock: systemClock}, production);
	expect(processes[0]).toMatchObject({
		title: 'qsights-frontend',
		state: 'fail',
		text: expect.stringContaining('stopped'),
	});
	expect(badProcesses(processes)).toContainEqual(expect.stringMatching(/^qsights-frontend: .*stopped/));
	await onHost('pm2 start qsights-frontend');
	// In fork mode PM2 does not wait until a process listens.
	await until('what runs is well again', async () => {
		const again = await readProcesses({sessions, clock: systemClock}, production);
		expect(again[0]).toMatchObject({title: 'qsights-frontend', state: 'pass'});
		return badProcesses(again).length === 0;
	});

	expect(troubles(stopped)).toMatchObject({
		'frontend.health': 'fail: 502, not 200',
		'frontend.served': 'fail: the page answered 502',
		'frontend.worker': expect.stringMatching(/^fail: nothing listens on port \d+$/) as string,
		'production-1.process.qsights-frontend': 'fail: stopped',
	});
	await untilFrontendAnswers(prober);
});

test('a host that can not be asked is silent, and nothing of it passes', async () => {
	const gone = {...production, hosts: [{...primaryHost(production), port: 1}]};

	const round = await createProber(
		{
			sessions: createSessionManager({environment: process.env}),
			probe: httpProbe,
			clock: systemClock,
			samples: createMemorySamples(),
		},
		{environment: gone},
	).round();

	expect(round.silent).toEqual([
		{host: 'production-1', code: 'unreachable', why: expect.stringContaining('refused') as string},
	]);
	expect(round.isByThisMachine).toBe(true);
	expect(new Set(round.readings.map(({kind}) => kind))).toEqual(new Set(['http']));
});

const wordsIn = ({readings}: ProbeRound, probe: string) => readings.find(one => one.probe === probe)?.ownWords;

test('what fails has its own last lines beside it, and what is well has none', async () => {
	const prober = createHere();
	await onHost('echo broken >../../var/www/qsights/backend/BROKEN; pm2 stop qsights-frontend');
	await onHost(
		'echo "Error: no route to host token=abc123" >>../../home/ubuntu/.pm2/logs/qsights-frontend-error-1.log',
	);
	await prober.round();
	const failed = await prober.round();
	await onHost('rm ../../var/www/qsights/backend/BROKEN; pm2 start qsights-frontend');
	await onHost('cd ../../run/units && cp nginx nginx.kept && echo "failed 1 0" >nginx');
	const down = await prober.round();
	await onHost('cd ../../run/units && mv nginx.kept nginx');
	await untilFrontendAnswers(prober);

	expect(wordsIn(failed, 'backend.health')).toEqual([
		expect.stringMatching(/^\d\d:\d\d:\d\d IST error BROKEN: broken$/) as string,
		expect.stringMatching(/^ {2}same error \d+ times before$/) as string,
	]);
	expect(wordsIn(failed, 'http.analytics-trends')).toEqual(wordsIn(failed, 'backend.health'));
	expect(wordsIn(failed, 'production-1.process.qsights-frontend')).toEqual(['error no route to host token=***']);
	expect(wordsIn(failed, 'production-1.service.nginx')).toBeUndefined();
	expect(wordsIn(down, 'production-1.service.nginx')?.[0]).toBe('Active: failed (Result: exit-code)');
});

test('a run that holds an app makes what is live of it unclear on every host, by its lock and by its ledger', async () => {
	const since = {...(await sinceBy()), backend: {run: 'x', release: '20260101T000000Z-1234567', at: 0}};
	const state = production.stateDirectory;
	await onHost(`mkdir -p ${state}/lock && echo "RUN 1 1" >${state}/lock/backend`);
	const locked = await createHere().round({since});
	await onHost(`rm ${state}/lock/backend`);
	const open = await createHere().round({since, openRuns: ['backend']});

	const words = {'backend.served': 'unclear: a run is under way', 'backend.worker': 'unclear: a run is under way'};
	expect(troubles(locked)).toEqual(words);
	expect(troubles(open)).toEqual(words);
	expect(troubles(await createHere().round({since}))['backend.served']).toMatch(/^fail/);
});

test('two hosts each give their own readings, and one of what they log together', async () => {
	const [first] = production.hosts;
	if (!first) throw new Error('no host');
	const both = {...production, hosts: [first, {...first, name: 'production-2'}]} as const;
	const services = {sessions, probe: httpProbe, clock: systemClock, samples: createMemorySamples()};
	const {readings, silent} = await createProber(services, {environment: both}).round({since: await sinceBy()});
	const probes = readings.map(({probe}) => probe);

	expect(silent).toEqual([]);
	for (const kind of ['disk', 'memory', 'load', 'service.nginx', 'process.qsights-frontend'])
		expect(probes).toEqual(expect.arrayContaining([`production-1.${kind}`, `production-2.${kind}`]));
	expect(readings.filter(({probe}) => probe === 'backend.log')).toEqual([
		expect.objectContaining({text: expect.stringMatching(/^production-[12]: /) as string}),
	]);
	expect(new Set(probes).size).toBe(probes.length);
});

test('errors are read where PM2 says that it writes them, by the probes and by who follows the logs', async () => {
	const samples = createMemorySamples();
	const {frontend} = production.apps;
	if (!frontend) throw new Error('no frontend');
	const services = {sessions, probe: httpProbe, clock: systemClock, samples};
	const prober = createProber(services, {environment: production, checklists});
	const list = join(sandbox.servers.production.root, 'run/pm2/processes.json');
	const before = readFileSync(list, 'utf8');
	writeFileSync(list, before.replaceAll(/[^"]*\/qsights-frontend-error(-\d+)?\.log/g, join(directory, 'site$1.log')));
	writeFileSync(join(directory, 'site-1.log'), '');
	await prober.round();
	await prober.round();
	writeFileSync(join(directory, 'site-1.log'), 'Error: hydration failed\n');
	const read = logOf(await prober.round(), 'frontend');
	const sources = logSources(production).filter(({kind}) => kind === 'pm2-error');
	const {entries, states} = await tailOf(services, {environment: production, sources});
	writeFileSync(list, before);

	expect(read).toMatchObject({value: 1, text: '1 in the last minute, once: hydration failed'});
	expect(entries.map(({text}) => text)).toEqual(['hydration failed']);
	expect(states).toMatchObject([{state: 'reading', file: join(directory, 'site-1.log')}]);
});
