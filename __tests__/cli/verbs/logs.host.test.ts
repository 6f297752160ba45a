import {appendFile, mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {shellHosts} from '../../app/shell-hosts.ts';
import {until} from '../../support/wait.ts';
import {printedTerminal} from '../../support/printed-terminal.ts';

/** Hosts with a log whose newest entries are of the last minutes, by their clock. */
const prepared = async () => {
	const hosts = await shellHosts();
	const log = join(hosts.live('preprod'), 'storage/logs/laravel.log');
	const line = (minutesAgo: number, text: string): string =>
		`[${new Date(hosts.time.preprod - minutesAgo * 60_000).toISOString().slice(0, 19)}Z] production.${text}\n`;
	await mkdir(dirname(log), {recursive: true});
	await writeFile(
		log,
		line(90, 'INFO: an hour ago') +
			line(5, 'DEBUG: cache hit') +
			line(4, 'ERROR: Mail: timeout\n#0 app/Mail.php(88)'),
	);
	const {printed, terminal} = printedTerminal();
	let interrupt = (): void => undefined;
	const services = {
		...hosts.services,
		samples: createMemorySamples(),
		clock: {now: () => Date.now(), wait: () => new Promise(() => undefined)},
	} as AppServices;
	const context = {
		version: '0',
		terminal: {
			...terminal,
			onSignal: (listener: (signal: 'SIGINT') => void) => {
				interrupt = () => listener('SIGINT');
				return () => undefined;
			},
		},
		open: () => Promise.resolve({environments: hosts.environments, services, close: () => Promise.resolve()}),
	} as unknown as CliContext;
	return {
		hosts,
		log,
		line,
		printed,
		interrupt: () => interrupt(),
		run: async (...args: readonly string[]) => {
			printed.out = '';
			printed.err = '';
			const code = await runCli(context, ['logs', '--env', 'preprod', '--source', 'laravel', ...args]);
			return {code, ...printed};
		},
		[Symbol.asyncDispose]: () => hosts[Symbol.asyncDispose](),
	};
};

test('logs: the end of a log, with its traces; by level, by text, by age', async () => {
	await using logs = await prepared();

	const {code, out} = await logs.run();
	expect(code).toBe(0);
	expect(out.split('\n').map(line => line.replace(/^\d.*?  /, ''))).toEqual([
		'info  laravel  an hour ago',
		'debug laravel  cache hit',
		'error laravel new  Mail: timeout',
		'    #0 app/Mail.php(88)',
		'',
	]);
	expect(out).toMatch(/^\d+ \w+ 2026 \d\d:\d\d:\d\d IST {2}info/);
	expect((await logs.run('--level', 'warn')).out).toMatch(/^\S+ \S+ \S+ \S+ IST {2}error laravel new {2}Mail/);
	expect((await logs.run('--search', 'MAIL.php')).out).toContain('Mail: timeout');
	expect((await logs.run('--since', '10m')).out).not.toContain('an hour ago');
	expect(await logs.run('--search', 'nothing like it')).toMatchObject({code: 0, out: '', err: 'Nothing fits.\n'});
});

test('logs: what can not be asked for is said with what can', async () => {
	await using logs = await prepared();

	expect(await logs.run('--source', 'laravl')).toMatchObject({
		code: 2,
		err: expect.stringContaining('has no log "laravl"') as string,
	});
	expect(await logs.run('--since', '10x')).toMatchObject({code: 2});
	expect(await logs.run('--level', 'loud')).toMatchObject({code: 2});
});

test('logs: for programs each entry and each log is one object, and the list names files', async () => {
	await using logs = await prepared();
	const {out} = await logs.run('--json', '--level', 'error');

	expect(
		out
			.trim()
			.split('\n')
			.map(line => JSON.parse(line) as unknown),
	).toMatchObject([
		{type: 'log.entry', source: 'preprod-1/laravel', level: 'error', trace: ['#0 app/Mail.php(88)']},
		{type: 'log.state', source: 'preprod-1/laravel', state: 'reading', file: logs.log},
	]);
	expect((await logs.run('--list')).out).toMatch(/^preprod-1\/laravel {2}Laravel {2}\d+ B {2}\/\S+\/laravel\.log\n$/);
});

test('logs: followed until Ctrl-C, which is how it ends well; a silent host ends with 5', async () => {
	await using logs = await prepared();
	const running = logs.run('--follow', '--since', '10m');
	await until('the end of the log', () => logs.printed.out.includes('Mail: timeout'));
	await appendFile(logs.log, logs.line(0, 'INFO: it goes on'));
	await until('what is written', () => logs.printed.out.includes('it goes on'));
	logs.interrupt();
	await appendFile(logs.log, 'ends the wait of the host\n');
	expect((await running).code).toBe(0);

	logs.hosts.silent.add('preprod');
	expect(await logs.run()).toMatchObject({
		code: 5,
		out: '',
		err: expect.stringContaining('its host does not answer') as string,
	});
});
