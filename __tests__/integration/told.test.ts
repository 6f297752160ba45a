import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {SMTPServer} from 'smtp-server';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {notifyEvents} from '../../src/domain/notify/message.ts';
import {runCockpit, startCockpit, type CockpitEvent} from '../support/cockpit.ts';
import {git} from '../support/real-host/make-source-repository.ts';
import {until} from '../support/wait.ts';
import {endpoint} from '../services/notify/messages.ts';
import {deployBackend, startWatchedSandbox} from './watched-sandbox.ts';

/** Subjects and texts, as they came by mail. */
const mailbox = async () => {
	const texts: string[] = [];
	const server = new SMTPServer({
		authOptional: true,
		logger: false,
		onData: (stream, _, done) => {
			let text = '';
			stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
			stream.on('end', () => {
				texts.push(text);
				done();
			});
		},
	});
	server.on('error', () => undefined);
	server.listen(0, '127.0.0.1');
	await once(server.server, 'listening');
	return {
		texts,
		port: (server.server.address() as AddressInfo).port,
		close: () => new Promise<void>(resolve => server.close(resolve)),
	};
};

let sandbox: Awaited<ReturnType<typeof startWatchedSandbox>>;
let slack: Awaited<ReturnType<typeof endpoint>>;
let mail: Awaited<ReturnType<typeof mailbox>>;

const commandSaid = (): string => join(sandbox.home, 'told');

beforeAll(async () => {
	slack = await endpoint((_, response) => response.end('ok'));
	mail = await mailbox();
	const events = notifyEvents.join(', ');
	sandbox = await startWatchedSandbox(home =>
		[
			'notify:',
			'  - webhook: TEAM_WEBHOOK',
			`    on: [${events}]`,
			`  - mail: {to: [team@example.com], from: cockpit@example.com, server: 127.0.0.1, port: ${mail.port}}`,
			`    on: [${events}]`,
			`  - command: [${join(home, 'tell')}]`,
			`    on: [${events}]`,
			'',
		].join('\n'),
	);
	const program = join(sandbox.home, 'tell');
	// One line a message, in one write each.
	writeFileSync(
		program,
		`#!/bin/sh\ntext=$(cat)\nprintf '%s|%s|%s\\n' "$COCKPIT_EVENT" "$COCKPIT_TITLE" "$(printf %s "$text" | tr '\\n' ' ')" >> '${commandSaid()}'\n`,
	);
	chmodSync(program, 0o755);
});
afterAll(async () => {
	await sandbox[Symbol.asyncDispose]();
	await Promise.all([slack[Symbol.asyncDispose](), mail.close()]);
});

/** Of somebody who knows where messages go to. */
const optionsOf = (name: string) => sandbox.options(name, {TEAM_WEBHOOK: slack.url});
const start = (name: string, ...args: readonly string[]) => sandbox.keep(startCockpit(args, optionsOf(name)));
const run = (name: string, ...args: readonly string[]) => runCockpit(args, optionsOf(name));

/** What the program was told: event and title, one line each, sorted. */
const byCommand = (): readonly string[] =>
	existsSync(commandSaid())
		? readFileSync(commandSaid(), 'utf8')
				.trimEnd()
				.split('\n')
				.map(line => line.split('|').slice(0, 2).join(': '))
				.sort()
		: [];

const posts = (): readonly string[] => slack.bodies.map(({body}) => (JSON.parse(body) as {text: string}).text);

/** Waits until each way has told of it. */
const told = async (title: string): Promise<void> => {
	await until(
		title,
		() =>
			[byCommand(), posts(), mail.texts.map(text => text.replaceAll('=\r\n', ''))].every(texts =>
				texts.some(text => text.includes(title)),
			),
		{within: 60_000, show: () => [...byCommand(), ...posts()].join('\n')},
	);
};

const isHealthy = ({type, isHealthy: found}: CockpitEvent): boolean => type === 'watch.health' && found === true;

test(
	'messages: a day on production is told by webhook, mail and a program, each thing once whoever looks, and nothing secret in it',
	{timeout: 400_000},
	async () => {
		const services = ['Ravi', 'Asha'].flatMap(name =>
			['preprod', 'production'].map(environment =>
				start(name, 'watch', '--env', environment, '--every', '10s', '--json'),
			),
		);
		await Promise.all(services.map(one => one.waitFor(isHealthy)));
		await told('has soaked on Pre-Prod (sandbox)');
		await told('The window of Production (sandbox) is open until');
		await sandbox.signAll('Ravi');
		await told('may go from Pre-Prod (sandbox) to Production (sandbox)');

		const deployed = await run('Ravi', ...deployBackend);
		expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({code: 0});
		await told('Done: Deploy backend');
		sandbox.trouble('production', 'fail\nlog SECRET-OF-THE-LOG');
		await told('API not 200 twice in a row');
		sandbox.calm('production');
		await told('no longer API not 200 twice in a row');
		const back = await run(
			'Asha',
			'rollback',
			'backend',
			'--env',
			'production',
			'--to',
			'previous',
			'--confirm',
			'ROLLBACK',
		);
		expect(back, back.stdout + back.stderr).toMatchObject({code: 0});
		await told('Done: Roll back backend');

		writeFileSync(join(sandbox.config, 'backend/BROKEN'), 'on purpose\n');
		await git(sandbox.config, 'add', '.');
		await git(sandbox.config, 'commit', '--quiet', '--message=Break it');
		const failed = await run(
			'Ravi',
			'deploy',
			'backend',
			'--env',
			'preprod',
			'--confirm',
			'yes',
			'--migrate',
			'run',
		);
		expect(failed.code).not.toBe(0);
		await told('Failed: Deploy backend');

		for (const {child} of services) child.kill('SIGTERM');
		const ended = await Promise.all(services.map(({finished}) => finished));
		expect(ended.map(({code}) => code)).toEqual([0, 0, 0, 0]);

		const titles = byCommand();
		expect(new Set(titles).size).toBe(titles.length);
		const counts = Object.fromEntries(
			[...Map.groupBy(titles, title => title.split(':')[0] ?? '')].map(([event, of]) => [event, of.length]),
		);
		expect(counts).toMatchObject({
			started: 3,
			done: 1,
			'rolled-back': 1,
			failed: 1,
			'soak-complete': 1,
			// Of Pre-Prod and of Production.
			'window-open': 2,
			'gates-met': 1,
		});
		const titlesBy = (texts: readonly string[]) => texts.map(text => text.split('\n')[0] ?? '').sort();
		expect(titlesBy(posts())).toEqual(titles.map(line => line.replace(/^[^:]+: /, '')).sort());
		expect(mail.texts).toHaveLength(titles.length);

		const envFile = readFileSync(join(sandbox.box, 'production/var/www/qsights/backend/.env'), 'utf8');
		const secrets = ['SECRET-OF-THE-LOG', slack.url, new URL(slack.url).pathname].concat(
			envFile.split('\n').flatMap(line => /(?:KEY|PASSWORD|SECRET)\w*=(.{8,})$/.exec(line)?.[1] ?? []),
		);
		expect(secrets.length).toBeGreaterThan(3);
		const everything = [
			readFileSync(commandSaid(), 'utf8'),
			...posts(),
			...mail.texts.map(text => text.replaceAll('=\r\n', '')),
		].join('\n');
		for (const secret of secrets) expect(everything).not.toContain(secret);
	},
);
