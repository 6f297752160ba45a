import {expect, test} from 'vitest';
import {usualProbes} from '../../../src/domain/environments/watched.ts';
import {joinHosts} from '../../../src/domain/probes/join-hosts.ts';
import {judgeArtisan} from '../../../src/domain/probes/judge-artisan.ts';
import {judgeMachine} from '../../../src/domain/probes/judge-machine.ts';
import {judgeServed} from '../../../src/domain/probes/judge-served.ts';
import {judgeProcesses, judgeUnits} from '../../../src/domain/probes/judge-services.ts';
import {judgeWorkers} from '../../../src/domain/probes/judge-worker.ts';
import type {ProbeFinding} from '../../../src/domain/probes/probe.ts';
import type {ProbedHost, ProbedProcess, ProbedUnit} from '../../../src/domain/probes/probed-host.ts';
import {baselineOf} from '../../../src/domain/probes/restarts.ts';
import {aHost, minutes, now} from './a-probed-host.ts';

const inShort = (findings: readonly ProbeFinding[]): Readonly<Record<string, string>> =>
	Object.fromEntries(findings.map(({probe, state, text}) => [probe, `${state}: ${text}`]));

test('a machine: every figure beside its limit, beyond it a failure, unread unclear', () => {
	const {limits} = usualProbes;
	const full = aHost({
		disks: [
			{sizeBytes: 1, freeBytes: 4.2e9, usedPercent: 86, inodesPercent: undefined},
			{sizeBytes: 1, freeBytes: 9e9, usedPercent: 20, inodesPercent: 99},
		],
		memory: {totalBytes: 8e9, availableBytes: 0.4e9},
		load: 4.2,
	});
	const {memory: _memory, load: _load, ...blind} = aHost({disks: []});

	expect(inShort(judgeMachine(aHost(), limits))).toEqual({
		'web-1.disk': 'pass: 81 %, 4.2 GB free',
		'web-1.inodes': 'pass: 9 %',
		'web-1.memory': 'pass: 50 %, 4.0 GB free',
		'web-1.load': 'pass: 0.3 a core, 0.5 on 2',
	});
	expect(inShort(judgeMachine(full, limits))).toEqual({
		'web-1.disk': 'fail: 86 %, 4.2 GB free',
		'web-1.inodes': 'fail: 99 %',
		'web-1.memory': 'fail: 95 %, 400 MB free',
		'web-1.load': 'fail: 2.1 a core, 4.2 on 2',
	});
	expect(judgeMachine(blind, limits).map(({state}) => state)).toEqual(['unclear', 'unclear', 'unclear', 'unclear']);
});

const unit = (changes: Partial<ProbedUnit>): ProbedUnit => ({
	unit: 'nginx',
	state: 'active',
	sub: 'running',
	result: 'success',
	restarts: 0,
	since: now - minutes(61 * 1440),
	pid: 7,
	...changes,
});

test.each<{said: Partial<ProbedUnit>; text: string}>([
	{said: {}, text: 'pass: active, 61 d'},
	{said: {state: 'failed', sub: 'failed', result: 'exit-code', pid: 0}, text: 'fail: failed (exit-code)'},
	{said: {state: 'inactive', sub: 'dead', pid: 0}, text: 'fail: inactive'},
	{
		said: {state: 'activating', sub: 'auto-restart', result: 'exit-code', restarts: 5, pid: 0},
		text: 'fail: activating (exit-code), restarted 5 times',
	},
	{said: {restarts: 7, since: now - 3000}, text: 'fail: active, 3 s, restarted 7 times'},
	{said: {restarts: 7, since: now - minutes(60)}, text: 'pass: active, 60 min'},
	{said: {state: 'not-found'}, text: 'fail: there is no such unit'},
])('a unit: $text', ({said, text}) => {
	const units = judgeUnits(aHost({units: [unit(said)]}), [{unit: 'nginx', app: 'backend'}], () => () => 0);

	expect(inShort(units)).toEqual({'web-1.service.nginx': text});
});

test('units nobody tells of are unclear, whether one or all', () => {
	const ask = (units: ProbedHost['units']) =>
		inShort(judgeUnits(aHost({units}), [{unit: 'nginx', app: 'backend'}], () => () => 0));

	expect(ask([])).toEqual({'web-1.service.nginx': 'unclear: systemctl did not name it'});
	expect(ask({why: 'the host has no systemctl'})).toEqual({
		'web-1.service.nginx': 'unclear: the host has no systemctl',
	});
});

const item = (changes: Partial<ProbedProcess> = {}): ProbedProcess => ({
	name: 'site',
	pid: 900,
	status: 'online',
	restarts: 3,
	unstable: 0,
	startedAt: now - minutes(20),
	memoryBytes: 214e6,
	...changes,
});

test.each<{items: readonly ProbedProcess[]; since?: number; text: string}>([
	{items: [item()], text: 'pass: online, 20 min, 214 MB'},
	{items: [item({status: 'stopped', restarts: 0})], text: 'fail: stopped'},
	{items: [item({status: 'errored', restarts: 18, unstable: 16})], text: 'fail: errored, restarted 16 times'},
	{items: [item({unstable: 2, startedAt: now - 900})], text: 'fail: online, 0 s, restarted 2 times, 214 MB'},
	{items: [item({startedAt: now - 900})], since: 1, text: 'fail: online, 0 s, restarted once, 214 MB'},
	{items: [item()], since: 1, text: 'pass: online, 20 min, restarted once, 214 MB'},
	{items: [item(), item({status: 'errored', restarts: 0})], text: 'fail: 1 of 2 errored, restarted 3 times'},
])('a process of PM2: $text', ({items, since = 0, text}) => {
	const said = aHost({pm2: {user: 'ubuntu', instances: items, owners: []}});

	expect(inShort(judgeProcesses(said, ['site', 'site-preprod'], () => since))).toEqual({'web-1.process.site': text});
});

test('of two names the one that is online counts, and one that is nowhere fails by the usual name', () => {
	const ask = (pm2: NonNullable<ProbedHost['pm2']>) =>
		inShort(judgeProcesses(aHost({pm2}), ['site', 'site-preprod'], () => 0));
	const both = [item({status: 'stopped'}), item({name: 'site-preprod'})];

	expect(ask({user: 'ubuntu', instances: both, owners: []})).toEqual({
		'web-1.process.site-preprod': 'pass: online, 20 min, 214 MB',
	});
	expect(ask({user: 'ubuntu', instances: [], owners: []})).toEqual({
		'web-1.process.site': 'fail: PM2 of ubuntu has no such process',
	});
	expect(ask({why: 'pm2 did not answer in time'})).toEqual({
		'web-1.process.site': 'unclear: pm2 did not answer in time',
	});
});

test('restarts count from the first look, anew behind each run, and after somebody has reset them', () => {
	const first = baselineOf(undefined, 'r1', 4);

	expect(first).toEqual({run: 'r1', restarts: 4});
	expect(baselineOf(first, 'r1', 6)).toBe(first);
	expect(baselineOf(first, 'r2', 6)).toEqual({run: 'r2', restarts: 6});
	expect(baselineOf(first, 'r1', 0)).toEqual({run: 'r1', restarts: 0});
});

const watched = {fpm: 'php8.1-fpm', port: 3000, timeZone: 'Asia/Kolkata'};

test('workers: started behind the swap they pass, all of them', () => {
	expect(inShort(judgeWorkers(aHost(), watched))).toEqual({
		'backend.worker': 'pass: pid 812 since the swap',
		'frontend.worker': 'pass: port 3000 since the swap',
	});
});

test('workers: one from before the swap is told with pid and times, even of a master that has died', () => {
	const worker = {kind: 'pool' as const, startedAt: now - minutes(22)};
	const ask = (parent: number) =>
		inShort(judgeWorkers(aHost({workers: [...aHost().workers, {...worker, pid: 811, parent}]}), watched))[
			'backend.worker'
		];
	const old = 'fail: an old worker still answers: pid 811, since 10:58 IST, swap 11:15 IST';

	expect(ask(800)).toBe(old);
	expect(ask(1)).toBe(old);
});

test('workers of another php-fpm are none of the app', () => {
	const workers = [
		...aHost().workers,
		{pid: 50, parent: 1, kind: 'master' as const, startedAt: now - minutes(999)},
		{pid: 51, parent: 50, kind: 'pool' as const, startedAt: now - minutes(999)},
	];

	expect(inShort(judgeWorkers(aHost({workers}), watched))['backend.worker']).toMatch(/^pass/);
});

test.each<{what: string; said: Partial<ProbedHost>; text: string}>([
	{
		what: 'processes are hidden',
		said: {workers: []},
		text: 'unclear: processes of php8.1-fpm are hidden from this login',
	},
	{
		what: 'none waits',
		said: {workers: aHost().workers.slice(0, 1)},
		text: 'pass: none waits; the next one starts anew',
	},
	{
		what: 'nothing was deployed yet',
		said: {apps: {backend: {live: {release: '20260201T000000Z-adopted'}, swappedAt: now}}},
		text: 'unclear: when live was swapped is not known',
	},
	{
		what: 'systemctl is missing',
		said: {units: {why: 'the host has no systemctl'}},
		text: 'unclear: the host has no systemctl',
	},
])('workers where $what: $text', ({said, text}) => {
	expect(inShort(judgeWorkers(aHost(said), watched))['backend.worker']).toBe(text);
});

test('a stranger on the port is told, and so is an empty port', () => {
	const ask = (owners: readonly {readonly pid: number; readonly command: string; readonly startedAt: number}[]) =>
		inShort(judgeWorkers(aHost({pm2: {user: 'ubuntu', instances: [item()], owners}}), watched))['frontend.worker'];

	expect(ask([{pid: 77, command: 'node', startedAt: now}])).toBe(
		"fail: port 3000 is held by pid 77 (node), which is none of PM2's",
	);
	expect(ask([])).toBe('fail: nothing listens on port 3000');
});

const since = {run: 'r1', release: '20260210T054500Z-7f3a9c2', at: now};
const page = (body: string) => ({durationMs: 1, outcome: {status: 200}, body});

test.each<{what: string; said?: Partial<ProbedHost>; recorded?: typeof since | undefined; text: string}>([
	{what: 'as recorded', recorded: since, text: 'pass: 7f3a9c2, as recorded'},
	{
		what: 'another commit',
		recorded: {...since, release: '20260209T052800Z-4e81d0c'},
		text: 'fail: live is 7f3a9c2, recorded is 4e81d0c',
	},
	{
		what: 'an earlier release of the same commit',
		recorded: {...since, release: '20260209T052800Z-7f3a9c2'},
		text: 'fail: live is 20260210T054500Z-7f3a9c2, recorded is 20260209T052800Z-7f3a9c2',
	},
	{what: 'no ledger', text: 'unclear: live is 7f3a9c2, what should be is not known'},
	{
		what: 'a plain directory',
		said: {apps: {backend: {live: 'directory'}}},
		recorded: since,
		text: 'unclear: live is as the old scripts left it',
	},
	{what: 'nothing', said: {apps: {}}, recorded: since, text: 'fail: nothing is live'},
])('the live release, $what: $text', ({said, recorded, text}) => {
	expect(inShort([judgeServed(aHost(said), 'backend', recorded)])).toEqual({'backend.served': text});
});

test('a served build: by its page, by its manifest where the page shows none, and never by nothing', () => {
	const recorded = {...since, release: '20260210T054500Z-4e81d0c'};
	const ask = (site: Parameters<typeof judgeServed>[3], said = aHost()) => {
		const {state, text} = judgeServed(said, 'frontend', recorded, site);
		return `${state}: ${text}`;
	};
	const {buildId: _buildId, ...without} = aHost();

	expect(ask({page: page('{"buildId":"hT3vQ9"}')})).toBe('pass: 4e81d0c, BUILD_ID hT3vQ9');
	expect(ask({page: page('{"buildId":"old"}')})).toBe('fail: the page is of BUILD_ID old, on disk is hT3vQ9');
	expect(ask({page: page(''), manifest: page('')})).toBe('pass: 4e81d0c, manifest hT3vQ9');
	expect(ask({page: page(''), manifest: {...page(''), outcome: {status: 404}}})).toBe(
		'fail: no manifest of BUILD_ID hT3vQ9 is served: 404',
	);
	expect(ask({page: page('')})).toBe('unclear: the page shows no BUILD_ID');
	expect(ask({page: page('')}, without)).toBe('unclear: no BUILD_ID on disk');
});

const laravel8 = (ran: string): string => `| ${ran} | 2026_02_05_093000_add_decimals | 1 |`;

test.each<{what: string; lines: readonly string[]; text: string}>([
	{what: 'Laravel 8, all ran', lines: [laravel8('Yes')], text: 'pass: none pending'},
	{what: 'Laravel 8, one not', lines: [laravel8('No ')], text: 'fail: 1 pending: 2026_02_05_093000_add_decimals'},
	{
		what: 'Laravel 9, two not',
		lines: [
			'  2026_01_01_000000_a ....... [1] Ran',
			'  2026_01_02_000000_b ... Pending',
			'  2026_01_03_000000_c ... Pending',
		],
		text: 'fail: 2 pending: 2026_01_02_000000_b, ...',
	},
	{what: 'no answer at all', lines: [''], text: 'unclear: artisan migrate:status names no migration'},
])('migrations, $what', ({lines, text}) => {
	expect(inShort(judgeArtisan(aHost({migrations: {lines}}), usualProbes))['backend.migrations']).toBe(text);
});

const failedRow = '| 9b1f0a3e-0000-4000-8000-000000000001 | redis | default | App\\Jobs\\Send | 2026-02-10 |';

test.each<{waiting: readonly string[]; failed: readonly string[]; text: string}>([
	{waiting: ['| redis | default | 12 | OK |'], failed: [failedRow, failedRow], text: 'pass: 12 waiting, 2 failed'},
	{
		waiting: ['  [redis] default .......... [1] OK'],
		failed: ['No failed jobs!'],
		text: 'pass: 1 waiting, 0 failed',
	},
	{waiting: ['| redis | default | 101 | ALERT |'], failed: [], text: 'fail: 101 waiting, 0 failed'},
	{waiting: ['nothing'], failed: [], text: 'unclear: artisan queue:monitor says nothing of the queue'},
])('the queue: $text', ({waiting, failed, text}) => {
	const said = aHost({waiting: {lines: waiting}, failed: {lines: failed}});

	expect(inShort(judgeArtisan(said, usualProbes))['backend.queue']).toBe(text);
});

test.each<{said: Partial<ProbedHost>; text: string}>([
	{said: {scheduler: {ageMs: 30_000}}, text: 'pass: ran 30 s ago'},
	{said: {scheduler: {ageMs: minutes(9)}}, text: 'fail: ran 9 min ago, limit 5 min'},
	{said: {scheduler: {ageMs: undefined}}, text: 'fail: there is no /var/log/s.log'},
])('the scheduler: $text', ({said, text}) => {
	const terms = {...usualProbes, scheduler: {log: '/var/log/s.log', withinMs: minutes(5)}};

	expect(inShort(judgeArtisan(aHost(said), terms))).toEqual({'backend.scheduler': text});
	expect(inShort(judgeArtisan(aHost(said), usualProbes))).toEqual({
		'backend.scheduler': 'unclear: no log of the scheduler is named',
	});
});

test('several hosts: an app is as well as its worst, and does not pass while one is silent; hosts stay apart', () => {
	const of = (host: string, state: ProbeFinding['state']): ProbeFinding => ({
		probe: 'backend.worker',
		title: 'workers',
		kind: 'worker',
		host,
		state,
		text: state,
	});
	const disk: ProbeFinding = {...of('web-2', 'fail'), probe: 'web-2.disk', kind: 'disk'};
	const silent = [{host: 'web-2', code: 'unreachable', why: 'refused'}];

	expect(inShort(joinHosts([of('web-1', 'pass'), of('web-2', 'fail'), disk], {hosts: 2, silent: []}))).toEqual({
		'backend.worker': 'fail: web-2: fail',
		'web-2.disk': 'fail: fail',
	});
	expect(inShort(joinHosts([of('web-1', 'pass')], {hosts: 2, silent}))).toEqual({
		'backend.worker': 'unclear: web-2 is silent; elsewhere pass',
	});
	expect(inShort(joinHosts([of('web-1', 'fail')], {hosts: 2, silent}))).toEqual({
		'backend.worker': 'fail: web-1: fail',
	});
});
