import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createProber} from '../../../src/app/probes/probe-round.ts';
import {createLedgerBook} from '../../../src/app/ledger/ledger-book.ts';
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
	createProber({sessions, probe: httpProbe, clock: systemClock}, {environment: production, checklists});

/** What is not well, by probe. */
const troubles = ({readings}: ProbeRound): Readonly<Record<string, string>> =>
	Object.fromEntries(
		readings.filter(({state}) => state !== 'pass').map(({probe, state, text}) => [probe, `${state}: ${text}`]),
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
	]);
	const textOf = (probe: string) => round.readings.find(one => one.probe === probe)?.text;
	expect(textOf('backend.served')).toMatch(/^live is [\da-f]{7}, as recorded$/);
	expect(textOf('frontend.served')).toMatch(
		/^BUILD_ID \S+ in the page and on disk; live is [\da-f]{7}, as recorded$/,
	);
	expect(textOf('backend.worker')).toMatch(/^all 2 since the swap, \d\d:\d\d IST$/);
	expect(textOf('backend.queue')).toBe('0 jobs wait, 0 failed');
	expect(textOf('backend.migrations')).toBe('none pending');
	expect(round.readings.find(({probe}) => probe === 'backend.health')?.parts).toHaveProperty('firstByte');
});

test('what artisan says is asked for once a minute, and is as old as it says in between', async () => {
	const {clock, advance} = createFakeClock();
	const prober = createProber({sessions, probe: httpProbe, clock}, {environment: production, checklists});
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

test('a frontend whose process is stopped is told by process, port and page', async () => {
	const prober = createHere();
	await onHost('pm2 stop qsights-frontend');
	const stopped = await prober.round();
	await onHost('pm2 start qsights-frontend');

	expect(troubles(stopped)).toMatchObject({
		'frontend.health': 'fail: 502, not 200',
		'frontend.served': 'fail: the page answered 502',
		'frontend.worker': expect.stringMatching(/^fail: nothing listens on port \d+$/) as string,
		'production-1.process.qsights-frontend': 'fail: stopped',
	});
	await until('the frontend answers again', async () => {
		const {readings} = await prober.round();
		return readings.find(({probe}) => probe === 'frontend.health')?.state === 'pass';
	});
});

test('a host that can not be asked is silent, and nothing of it passes', async () => {
	const gone = {...production, hosts: [{...primaryHost(production), port: 1}]};

	const round = await createProber(
		{sessions: createSessionManager({environment: process.env}), probe: httpProbe, clock: systemClock},
		{environment: gone},
	).round();

	expect(round.silent).toEqual([
		{host: 'production-1', code: 'unreachable', why: expect.stringContaining('refused') as string},
	]);
	expect(round.isByThisMachine).toBe(true);
	expect(new Set(round.readings.map(({kind}) => kind))).toEqual(new Set(['http']));
});
