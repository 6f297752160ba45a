import {mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import {tuesday} from '../../src/sandbox/clock.ts';
import {hostLayout, type HostLayout} from '../../src/sandbox/host/host-layout.ts';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {until} from '../support/wait.ts';

let directory: string;
let sandbox: Sandbox;
let layout: HostLayout;

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-logs-'));
	sandbox = await startSandbox({directory: join(directory, 'box')});
	layout = hostLayout(join(directory, 'box/production'), 'production');
});

afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
	new Promise<{status: number; body: string}>((resolve, reject) => {
		request(url, {agent: false, headers}, response => {
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (part: string) => (body += part));
			response.on('end', () => resolve({status: response.statusCode ?? 0, body}));
		})
			.once('error', reject)
			.end();
	});

const api = (path: string): Promise<{status: number; body: string}> => get(`${sandbox.urls.production.api}${path}`);

const read = (file: string): string => readFileSync(file, 'utf8');

/** Lines that a log has gained since, once there are some that match. */
const gained = async (file: string, pattern: RegExp, act: () => Promise<unknown>): Promise<string> => {
	const before = read(file).length;
	await act();
	const found = (): string | undefined =>
		read(file)
			.slice(before)
			.split('\n')
			.find(line => pattern.test(line));
	await until(`${String(pattern)} in ${file}`, () => found() !== undefined);
	return found() ?? '';
};

const february = /^127\.0\.0\.1 - - \[(09|10|11)\/Feb\/2026:\d\d:\d\d:\d\d [+-]\d{4}\] /;

test('sandbox logs: nginx writes each request in its combined format, by the clock of the host', async () => {
	const line = await gained(layout.nginxAccessLog, /health/, () =>
		get(`${sandbox.urls.production.api}/health?a=1`, {'user-agent': 'a "quoted" one\u00E9'}),
	);
	expect(line).toMatch(february);
	expect(line).toMatch(/\] "GET \/api\/health\?a=1 HTTP\/1\.1" 200 \d+ "-" "a \\x22quoted\\x22 one\\xE9"$/);
	expect(await gained(layout.nginxAccessLog, /GET \/ /, () => get(sandbox.urls.production.site))).toMatch(
		/"GET \/ HTTP\/1\.1" 200 /,
	);
});

test('sandbox logs: what nginx can not pass on stands in its error log, with whom it asked', async () => {
	const unit = join(layout.units, 'php8.1-fpm');
	const before = read(unit);
	onTestFinished(() => writeFileSync(unit, before));
	writeFileSync(unit, before.replace('active', 'inactive'));
	const line = await gained(layout.nginxErrorLog, /upstream/, () => api('/health'));

	expect(line).toMatch(/^2026\/02\/\d\d \d\d:\d\d:\d\d \[error\] \d+#\d+: \*\d+ connect\(\) to unix:/);
	expect(line).toContain('request: "GET /api/health HTTP/1.1"');
});

test('sandbox logs: the log of a host ends at a size, and what was in it is beside it', async () => {
	writeFileSync(layout.nginxAccessLog, `${'x'.repeat(999_990)}\n`);
	await api('/health');
	await until('the log begun anew', () => read(layout.nginxAccessLog).startsWith('127.0.0.1'));

	expect(statSync(`${layout.nginxAccessLog}.1`).size).toBe(999_991);
});

test('sandbox logs: Laravel has a week behind it: warnings and one kind of error that are long known', () => {
	for (const {root, environment} of sandbox.hosts) {
		const text = read(join(root, 'var/www/qsights/backend/storage/logs/laravel.log'));
		const heads = [...text.matchAll(/^\[([\d-]+ [\d:]+)\] (\w+)\.(\w+): (.*)/gm)];
		const times = heads.map(([, time = '']) => Date.parse(`${time.replace(' ', 'T')}Z`));
		expect(times).toEqual(times.toSorted((a, b) => a - b));
		expect(Math.max(...times)).toBeLessThanOrEqual(tuesday.getTime());
		expect(Math.min(...times)).toBeGreaterThan(tuesday.getTime() - 7 * 24 * 3_600_000 - 1);
		expect(new Set(heads.map(([, , name]) => name))).toEqual(new Set([environment]));
		const errors = heads
			.filter(([, , , level]) => level === 'ERROR')
			.map(([, , , , said = '']) => said.slice(0, 22));
		expect(errors).toEqual(Array.from({length: 8}, () => 'Undefined array key "d'));
		expect(text).toContain('WARNING: Slow query ');
		expect(text).toContain('[stacktrace]\n#0 ');
	}
});

test('sandbox logs: PM2 has those of the frontend, for output and errors', () => {
	const names = readdirSync(join(layout.home, '.pm2/logs'));
	expect(names.some(name => /^qsights-frontend-out(-\d+)?\.log$/.test(name))).toBe(true);
	expect(names.some(name => /^qsights-frontend-error(-\d+)?\.log$/.test(name))).toBe(true);
});

test('sandbox logs: the scheduler has run at the start, and its log has the time of the host', async () => {
	const text = read(layout.schedulerLog);
	expect(text).toMatch(/^\[2026-02-\d\dT\d\d:\d\d:\d\d\+00:00\] Running scheduled command: /);
	const age = statSync(layout.schedulerLog).mtimeMs - tuesday.getTime();
	expect(age).toBeGreaterThanOrEqual(0);
	expect(age).toBeLessThan(3_600_000);
});

test('sandbox logs: the environments name the logs of their hosts', async () => {
	const {environments} = await loadEnvironments(sandbox.config, {home: directory});
	const production = environments.find(({name}) => name === 'production');
	expect(production?.logs?.map(({id, kind, path}) => [id, kind, path])).toEqual([
		['nginx-access', 'nginx-access', layout.nginxAccessLog],
		['nginx-error', 'nginx-error', layout.nginxErrorLog],
		['scheduler', 'scheduler', layout.schedulerLog],
	]);
	expect(production?.probes?.scheduler).toEqual({log: layout.schedulerLog, withinMs: 90_000});
});

test('sandbox: every endpoint of analytics answers with data, others of the app as before', async () => {
	const names =
		'summary evaluator-performance subordinate-performance competency-analysis department-comparison trends';
	for (const name of names.split(' ')) {
		const {status, body} = await api(`/analytics/${name}`);
		expect(status, name).toBe(200);
		expect(JSON.parse(body), name).toMatchObject({data: expect.anything(), total: expect.any(Number)});
	}
	expect((await api('/analytics/no-such')).status).toBe(404);
	expect(JSON.parse((await api('/programs')).body)).toEqual({data: [], route: '/api/programs'});
});

test('sandbox: a rehearsal makes production slow, fail, and write errors, until its file is gone', async () => {
	const log = join(layout.backend, 'storage/logs/laravel.log');
	onTestFinished(() => rmSync(layout.trouble, {force: true}));
	writeFileSync(layout.trouble, 'slow 300\nlog Mail: timeout after 30 s\n');
	const begun = performance.now();
	const line = await gained(log, /Mail/, async () => expect(await api('/health')).toMatchObject({status: 200}));
	expect(performance.now() - begun).toBeGreaterThanOrEqual(295);
	expect(line).toMatch(/^\[2026-02-\d\d [\d:]+\] production\.ERROR: Mail: timeout after 30 s$/);

	writeFileSync(layout.trouble, 'fail\n');
	expect(await gained(log, /rehearsal/, () => api('/health'))).toContain('production.ERROR: A rehearsal');
	expect(await api('/health')).toEqual({status: 500, body: '{"message":"Server Error"}'});
	expect((await get(`${sandbox.urls.preprod.api}/health`)).status).toBe(200);

	rmSync(layout.trouble);
	expect(await api('/health')).toMatchObject({status: 200});
});
