import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {CockpitEvent} from '../support/cockpit.ts';
import {runProgram} from '../support/run-program.ts';
import {until} from '../support/wait.ts';
import {startWatchedSandbox} from './watched-sandbox.ts';

let sandbox: Awaited<ReturnType<typeof startWatchedSandbox>>;
beforeAll(async () => {
	sandbox = await startWatchedSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const watch = ['watch', '--env', 'preprod'] as const;

/** What was written of looks at Pre-Prod since the sandbox is up. */
const observed = () =>
	sandbox
		.entries('preprod')
		.filter(({type, actor}) => type === 'health.observed' && ['Ravi', 'Asha'].includes(actor?.name ?? ''))
		.map(({data: {unhealthy, bad, until: end}}) => ({
			isBad: Array.isArray(unhealthy) && unhealthy.length > 0,
			goesOnBad: Array.isArray(bad) && bad.length > 0,
			until: Date.parse(String(end)),
		}));

const health =
	(isHealthy: boolean, what = '') =>
	({type, isHealthy: found, bad}: CockpitEvent): boolean =>
		type === 'watch.health' && found === isHealthy && String(bad).includes(what);

test(
	'service: two of them write each stretch once, keep their page whole and fresh, and end by TERM',
	{timeout: 300_000},
	async () => {
		const serve = (name: string) =>
			sandbox.start(name, ...watch, '--every', '10s', '--json', '--html', join(sandbox.home, `${name}.html`));
		const services = ['Ravi', 'Asha'].map(serve);
		await Promise.all(services.map(one => one.waitFor(health(true))));
		const page = join(sandbox.home, 'Ravi.html');
		const isThere = (): boolean => readdirSync(sandbox.home).includes('Ravi.html');
		await until('a page', isThere, {within: 60_000, show: () => readdirSync(sandbox.home).join(' ')});
		const first = {text: readFileSync(page, 'utf8'), at: statSync(page).mtimeMs};
		let readings = 0;
		await until(
			'another page',
			() => {
				readings += 1;
				// Whoever reads it meanwhile has a whole one.
				expect(readFileSync(page, 'utf8').trimEnd()).toMatch(/<\/html>$/);
				return readFileSync(page, 'utf8') !== first.text && statSync(page).mtimeMs > first.at;
			},
			{within: 60_000, show: () => `read ${readings} times`},
		);
		expect(statSync(page).mode & 0o777).toBe(0o644);
		expect(observed()).toEqual([{isBad: false, goesOnBad: false, until: expect.any(Number) as unknown}]);

		sandbox.trouble('preprod', 'fail');
		await Promise.all(services.map(one => one.waitFor(health(false, 'API health: 500'))));
		await until('the trouble in the ledger', () => observed().length > 1, {within: 60_000, show: () => ''});
		sandbox.calm('preprod');
		await until('its end in the ledger', () => observed().length > 2, {within: 60_000, show: () => ''});
		expect(observed().map(({isBad, goesOnBad}) => [isBad, goesOnBad])).toEqual([
			[false, false],
			[true, true],
			[true, false],
		]);

		// Each has looked once more by then.
		const made = new Map(['Ravi', 'Asha'].map(name => [name, new Set<number>()]));
		await until(
			'two more pages of each',
			() => {
				for (const [name, times] of made) times.add(statSync(join(sandbox.home, `${name}.html`)).mtimeMs);
				return [...made.values()].every(({size}) => size > 2);
			},
			{within: 60_000, show: () => made},
		);
		for (const {child} of services) child.kill('SIGTERM');
		const ended = await Promise.all(services.map(({finished}) => finished));
		expect(ended.map(({code, stderr}) => ({code, stderr}))).toEqual([
			{code: 0, stderr: ''},
			{code: 0, stderr: ''},
		]);
		const all = observed();
		expect(all).toHaveLength(4);
		expect(all[3]?.until).toBeGreaterThan(all[2]?.until ?? 0);
		expect(readdirSync(sandbox.home).filter(name => name.startsWith('.') && name.includes('html'))).toEqual([]);
	},
);

test('once: 0 when all is well, 7 when something is bad, as a crontab runs it', {timeout: 120_000}, async () => {
	const {stdout: line} = await sandbox.run('Ravi', ...watch, '--print', 'cron');
	const [, step, command = ''] = /^(\*\/5) \* \* \* \* (.*)\n$/.exec(line) ?? [];
	expect(step).toBe('*/5');
	const {environment, home} = sandbox.options('Ravi');
	const asCron = async () =>
		runProgram(['/bin/sh', '-c', command.replaceAll(String.raw`\%`, '%')], {
			cwd: '/',
			env: {HOME: home, XDG_STATE_HOME: join(home, 'state'), PATH: '/usr/bin:/bin', ...environment},
		});
	expect(await asCron()).toMatchObject({code: 0});
	sandbox.trouble('preprod', 'fail');
	const bad = await asCron();
	expect(bad).toMatchObject({code: 7, stdout: expect.stringContaining('API health: 500') as unknown});
	sandbox.calm('preprod');
});
