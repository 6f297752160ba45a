import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createLogFollower} from '../../src/app/logs/follow-logs.ts';
import type {LogState} from '../../src/app/logs/host-logs.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {logSources} from '../../src/domain/logs/log-sources.ts';
import type {SessionManager} from '../../src/domain/ports.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {systemClock} from '../../src/services/system-clock.ts';
import {until} from '../support/wait.ts';
import {sh} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const laravel = '/var/www/qsights/backend/storage/logs';
const pm2 = '/home/ubuntu/.pm2/logs/qsights-frontend-preprod';

/** Writes numbered lines as an app does, each batch by the name of the file: arguments `FILE FROM COUNT PER_SECOND`. */
const writer = `
[, $file, $from, $count, $rate] = $argv;
$begin = microtime(true);
for ($sent = 0; $sent < $count;) {
	$due = min($count, (int) ((microtime(true) - $begin) * $rate));
	$text = '';
	for (; $sent < $due; $sent++)
		$text .= gmdate('[Y-m-d H:i:s]') . ' production.INFO: number ' . ($from + $sent) . " of many\\n";
	file_put_contents($file, $text, FILE_APPEND);
	usleep(20000);
}`;

describe.skipIf(systemUnavailable() !== undefined)(titled('logs of a real host'), () => {
	let lab: Lab;
	let sessions: SessionManager;
	let environment: Environment;
	let follower: ReturnType<typeof createLogFollower>;
	let ending = new AbortController();
	let following: Promise<void>;
	const texts = new Map<string, string[]>();
	const states = new Map<string, LogState>();
	const textsOf = (id: string): readonly string[] => texts.get(`preprod-1/${id}`) ?? [];
	const stateOf = (id: string): string => {
		const {state, why = ''} = states.get(`preprod-1/${id}`) ?? {};
		return `${state ?? 'unread'} ${why}`.trim();
	};
	const host = (script: string, ...args: readonly string[]): Promise<string> => sh(lab.preprod, script, ...args);
	const write = (file: string, text: string): Promise<string> => host('printf "%s\\n" "$2" >>"$1"', file, text);
	const line = (text: string): string => `[2026-02-10 05:50:00] production.INFO: ${text}`;
	const told = (id: string, text: string): Promise<boolean> =>
		until(`${text} of ${id}`, () => textsOf(id).includes(text), {show: () => [textsOf(id).at(-1), stateOf(id)]});
	const numbers = (): readonly number[] =>
		textsOf('laravel').flatMap(text => {
			const [, number] = /^number (\d+) of many$/.exec(text) ?? [];
			return number === undefined ? [] : [Number(number)];
		});
	const flood = (from: number, count: number): Promise<string> =>
		host(
			`exec sudo -u www-data php -r "$1" "$2" "$3" "$4" 5000`,
			writer,
			`${laravel}/laravel.log`,
			`${from}`,
			`${count}`,
		);
	const follow = (): void => {
		ending = new AbortController();
		following = follower.follow({
			signal: ending.signal,
			onEntries: entries => {
				for (const {source, text} of entries) {
					const list = texts.get(source) ?? [];
					list.push(text);
					texts.set(source, list);
				}
			},
			onState: found => {
				for (const state of found) states.set(state.source, state);
			},
		});
	};
	const readers = (): Promise<string> => host('pgrep -c -f "read_logs\\(\\)" || true');

	beforeAll(async () => {
		lab = await startLab({
			frontend: 'fork',
			overrides: {
				logs: [
					{id: 'late', title: 'late', kind: 'plain', path: '/var/log/own/late.log'},
					{id: 'closed', title: 'closed', kind: 'plain', path: '/var/log/own/closed.log'},
				],
			},
		});
		// As the first login of an Ubuntu image is: nginx writes for this group.
		await host('usermod -a -G adm ubuntu && chgrp -R adm /var/log/nginx && chmod -R g+rX /var/log/nginx');
		await host('mkdir /var/log/own && echo old >/var/log/own/closed.log && chmod 600 /var/log/own/closed.log');
		await host('sudo -u www-data tee -a "$1" <<<"$2"', `${laravel}/laravel.log`, line('before'));
		const {environments} = await loadEnvironments(lab.repository.directory, {home: lab.home});
		const found = environments.find(({name}) => name === 'preprod');
		if (!found) throw new Error('the lab has no preprod');
		environment = found;
		sessions = createSessionManager({environment: process.env});
		follower = createLogFollower(
			{sessions, clock: systemClock, samples: createMemorySamples()},
			{environment, sources: logSources(environment)},
		);
		follow();
	});
	afterAll(async () => {
		ending.abort();
		await following;
		await sessions?.close();
		await lab?.stop();
	});

	test('what Laravel, nginx and PM2 write is told as it comes', async () => {
		await told('laravel', 'before');
		await fetch(`${lab.preprod.url}/api/health?from=logs`);
		await until(
			'the request in the log of nginx',
			() => textsOf('nginx-access').some(text => text.includes('/api/health?from=logs')),
			{show: () => [textsOf('nginx-access'), stateOf('nginx-access')]},
		);
		await write(`${pm2}-out.log`, 'ready on port 3000');
		await told('pm2-out', 'ready on port 3000');
		expect(['laravel', 'nginx-access', 'nginx-error', 'pm2-out', 'pm2-error'].map(stateOf)).toEqual(
			Array.from({length: 5}, () => 'reading'),
		);
	});

	test('a log that comes to be is told from its first line, one that may not be read says so until it may', async () => {
		await until('both are looked at', () => stateOf('late') !== 'unread');
		expect([stateOf('late'), stateOf('closed')]).toEqual([
			'fault not there',
			'fault may not be read by this login',
		]);
		await write('/var/log/own/late.log', 'first line');
		await told('late', 'first line');
		await host('chmod 644 /var/log/own/closed.log');
		await write('/var/log/own/closed.log', 'a line');
		await told('closed', 'a line');
	});

	test('a file that is renamed, a new day, and a file that is copied and emptied: nothing is lost or told twice', async () => {
		const file = `${laravel}/laravel.log`;
		await host(
			'echo "$2" >>"$1" && mv "$1" "$1.1" && sudo -u www-data touch "$1" && echo "$3" >>"$1"',
			file,
			line('last of the old file'),
			line('first of the new file'),
		);
		await told('laravel', 'first of the new file');
		await write(`${laravel}/laravel-2026-02-11.log`, line('a new day'));
		await told('laravel', 'a new day');
		await write(file, line('still the old one'));
		await told('laravel', 'still the old one');
		await host('cp "$1" "$1.2" && truncate -s 0 "$1"', file);
		await write(file, line('emptied'));
		await told('laravel', 'emptied');

		const since = textsOf('laravel').indexOf('before');
		expect(textsOf('laravel').slice(since)).toEqual([
			'before',
			'last of the old file',
			'first of the new file',
			'a new day',
			'still the old one',
			'emptied',
		]);
	});

	test('5,000 lines a second, over a rotation, lost links and a pause of who follows: each once, in order', async () => {
		const count = 30_000;
		const writing = flood(0, count);
		await until('lines come', () => numbers().length > 1000);
		await host('mv "$1" "$1.3" && sudo -u www-data touch "$1"', `${laravel}/laravel.log`);
		const before = numbers().length;
		await host('pkill -KILL -f "^sshd: ubuntu"');
		await until('lines come again', () => numbers().length > before);
		ending.abort();
		await following;
		await until('no reader is left on the host', async () => (await readers()) === '0');
		follow();
		await writing;
		await until('the last line', () => numbers().at(-1) === count - 1, {show: () => numbers().length});

		expect(numbers()).toEqual(Array.from({length: count}, (_, number) => number));
	});

	test('a reader ends on the host with who waits for it, though nothing is written', async () => {
		await until('somebody waits', async () => (await readers()) !== '0');
		ending.abort();
		await following;
		await until('no reader is left on the host', async () => (await readers()) === '0');
	});
});
