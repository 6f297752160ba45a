import {cpSync, statSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {archive, makeApp} from '../../commands/backups/archives.ts';
import {createHostDirectory, type HostDirectory} from '../../commands/host-directory.ts';
import {objectsIn, printedTerminal} from '../../support/printed-terminal.ts';

const environmentOf = (host: HostDirectory): Environment =>
	({
		project: 'qsights',
		name: 'preprod',
		tier: 'preprod',
		timeZone: 'Asia/Kolkata',
		hosts: [{name: 'preprod-1', address: '127.0.0.1'}],
		stateDirectory: `${host.root}/state`,
		backups: {directory: `${host.root}/backups`, policy: 'before-swap', keep: 1},
		apps: {
			backend: {
				path: `${host.root}/backend`,
				owner: userInfo().username,
				shared: {files: ['.env'], directories: []},
			},
			frontend: {path: `${host.root}/frontend`, owner: userInfo().username, shared: {files: [], directories: []}},
		},
		file: '/configuration/environments/preprod.yaml',
	}) as unknown as Environment;

/** Runs the command line with the host directory in place of a host: what a session would send, a real sh executes. */
const cockpit = async (host: HostDirectory, ...args: readonly string[]) => {
	const {printed, terminal} = printedTerminal();
	const services = {
		sessions: {
			session: () => ({
				exec: async (line: string) =>
					Promise.resolve({...(await host.run({argv: ['sh', '-c', line], label: 'exec'})), durationMs: 1}),
			}),
		},
		actorFor: () => Promise.resolve({name: 'Ravi', machine: 'ravi-thinkpad'}),
	} as unknown as AppServices;
	const context = {
		version: '0',
		terminal,
		open: () => Promise.resolve({environments: [environmentOf(host)], services, close: () => Promise.resolve()}),
	} as unknown as CliContext;
	const code = await runCli(context, args);
	return {code, ...printed, objects: () => objectsIn(printed.out)};
};

const on = ['--env', 'preprod'] as const;

/** Three good archives, one cut short, one empty, and a name nobody should obey. */
const fill = async (host: HostDirectory): Promise<void> => {
	await archive(host, 'frontend', {root: '', members: ['.next', 'public', 'package.json'], stamp: '20260204_110000'});
	await archive(host, 'backend', {root: 'backend/', stamp: '20260203_110000'});
	const backend = (day: string): string => `${host.root}/backups/backend_2026${day}_110000.tar.gz`;
	cpSync(backend('0203'), backend('0202'), {preserveTimestamps: true});
	cpSync(backend('0203'), backend('0201'));
	truncateSync(backend('0201'), statSync(backend('0201')).size - 200);
	writeFileSync(backend('0131'), '');
	writeFileSync(`${host.root}/backups/x\n\u001B[31m$(touch pwned)\u009B.tar.gz`, 'x');
	makeApp('backend', `${host.root}/.backend/releases/r1`);
	symlinkSync('.backend/releases/r1', `${host.root}/backend`);
};

test('backups list: newest first, states in words, a hostile name escaped', async () => {
	await using host = createHostDirectory();
	await fill(host);

	const {code, out} = await cockpit(host, 'backups', 'list', ...on);

	expect(code).toBe(0);
	expect(out).toMatch(/^preprod {2}6 backups, .* free\n/);
	const lines = out.split('\n').slice(2, -1);
	const [hostile, ...rest] = lines.toSorted((a, b) => Number(b.includes('pwned')) - Number(a.includes('pwned')));
	expect(hostile).toContain(String.raw`x\n\u001b[31m$(touch pwned)\u009b.tar.gz`);
	expect(hostile).toContain('✗ not restorable: name');
	expect(
		rest
			.map(line => line.trim().split(/ {2,}/))
			.map(([name, , , release, why, state]) => [name, release, why, state]),
	).toEqual([
		['frontend_20260204_110000', 'unknown', 'old script', '? unchecked'],
		['backend_20260203_110000', 'unknown', 'old script', '? unchecked'],
		['backend_20260202_110000', 'unknown', 'old script', '? unchecked'],
		['backend_20260201_110000', 'unknown', 'old script', '? unchecked'],
		['backend_20260131_110000', 'unknown', 'old script', '✗ bad: empty'],
	]);
	expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
	expect(await host.sh('find . -name "pwned*"')).toBe('');
});

test('backups list --json: one object per backup, names as they are, nothing a terminal obeys', async () => {
	await using host = createHostDirectory();
	await fill(host);

	const {code, out, objects} = await cockpit(host, 'backups', 'list', ...on, '--app', 'frontend', '--json');

	expect(code).toBe(0);
	expect(objects()).toMatchObject([
		{schema: 1, type: 'backup', file: 'x\n\u001B[31m$(touch pwned)\u009B.tar.gz', isRestorable: false},
		{
			schema: 1,
			type: 'backup',
			environment: 'preprod',
			name: 'frontend_20260204_110000',
			app: 'frontend',
			state: 'unchecked',
			isLive: false,
		},
	]);
	expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
});

test('backups list: none yet', async () => {
	await using host = createHostDirectory();

	expect(await cockpit(host, 'backups', 'list', ...on)).toMatchObject({
		code: 0,
		out: expect.stringContaining('no backups in'),
	});
});

test('backups verify --all: reads each, writes down what it found, exits 7 for a bad one', async () => {
	await using host = createHostDirectory();
	await fill(host);

	const {code, out} = await cockpit(host, 'backups', 'verify', ...on, '--all');

	expect(code).toBe(7);
	expect(out).toMatch(/^frontend_20260204_110000 {2}✓ verified .* entries, sha256 [\da-f]{12}, build build-7$/m);
	expect(out).toMatch(/^backend_20260203_110000 {2}✓ verified /m);
	expect(out).toContain('backend_20260201_110000  ✗ bad: cut short: gzip says unexpected end of file\n');
	expect(out).toContain('backend_20260131_110000  ✗ bad: empty\n');
	const after = await cockpit(host, 'backups', 'list', ...on, '--json', '--app', 'backend');
	expect(
		after
			.objects()
			.map(({name, state, verifiedBy}) => [name, state, verifiedBy])
			.slice(1),
	).toEqual([
		['backend_20260203_110000', 'verified', 'Ravi'],
		['backend_20260202_110000', 'verified', 'Ravi'],
		['backend_20260201_110000', 'bad', undefined],
		['backend_20260131_110000', 'bad', undefined],
	]);
});

test.each(['backend_20260203_110000', 'backend_20260203_110000.tar.gz'])('backups verify %s: exits 0', async name => {
	await using host = createHostDirectory();
	await fill(host);

	const {code, objects} = await cockpit(host, 'backups', 'verify', name, ...on, '--json');

	expect(code).toBe(0);
	expect(objects()).toMatchObject([
		{type: 'backup', name: 'backend_20260203_110000', state: 'verified', found: {strip: 1}},
	]);
});

test('backups verify: a verdict that can not be written down is told, and is none the less one', async () => {
	await using host = createHostDirectory({
		sed: '#!/bin/sh\ncase $* in *verdict*) exit 1 ;; esac\nexec /bin/sed "$@"\n',
		mv: '#!/bin/sh\necho "mv: No space left on device" >&2; exit 1\n',
	});
	await fill(host);

	const {code, out} = await cockpit(host, 'backups', 'verify', 'backend_20260203_110000', ...on);

	expect(code).toBe(0);
	expect(out).toContain('▲ the verdict could not be written down: mv: No space left on device');
});

test.each([
	{args: ['verify', 'backend_20250101_000000'], says: /no file has that name/},
	{args: ['verify', '../../etc/passwd'], says: /a backup is called/},
	{args: ['pin', 'x'], says: /a backup is called/},
])('backups $args: a name that is not there lists those that are, exit 2', async ({args, says}) => {
	await using host = createHostDirectory();
	await fill(host);

	const {code, err} = await cockpit(host, 'backups', ...args, ...on);

	expect(code).toBe(2);
	expect(err).toMatch(says);
	expect(err).toContain('  backend_20260203_110000\n');
	expect(err).not.toContain('pwned');
});

test.each([
	[['backups'], 'a command is missing at its end'],
	[['backups', 'lst', ...on], "unknown command 'lst'"],
	[['backups', 'verify', ...on], 'neither a name nor --all was given'],
	[['backups', 'verify', 'backend_20260203_110000', '--all', ...on], 'a name and --all were given'],
	[['backups', 'list', ...on, '--app', 'api'], 'Allowed choices are backend, frontend'],
	[['backups', 'list', '--env', 'prod'], 'there are: preprod'],
])('%j: exit 2', async (args, why) => {
	await using host = createHostDirectory();

	const {code, err} = await cockpit(host, ...args);

	expect(code).toBe(2);
	expect(err).toContain(why);
});

test('backups pin and prune: what is pinned stays; --plan removes nothing; only verified ones count', async () => {
	await using host = createHostDirectory();
	await fill(host);
	const plan = await cockpit(host, 'backups', 'prune', ...on, '--old-scripts', '--plan');
	expect(plan.out).toContain('nothing to remove; preprod keeps the 1 newest verified of each app');
	expect(plan.out).toContain('4 unchecked: only verified ones count as kept');
	await cockpit(host, 'backups', 'verify', ...on, '--all');
	expect(await cockpit(host, 'backups', 'pin', 'backend_20260202_110000', ...on)).toMatchObject({
		code: 0,
		out: expect.stringContaining('is pinned'),
	});

	expect((await cockpit(host, 'backups', 'prune', ...on)).out).toContain('nothing to remove');
	const planned = await cockpit(host, 'backups', 'prune', ...on, '--old-scripts', '--plan');
	expect(planned.out).toMatch(
		/would remove backend_20260201_110000 .*\nwould remove backend_20260131_110000 .*\nwould remove 2, /,
	);
	expect(await host.sh('ls backups | wc -l')).not.toBe('0');
	const done = await cockpit(host, 'backups', 'prune', ...on, '--old-scripts', '--json');

	expect(done.objects().map(({name, isRemoved}) => [name, isRemoved])).toEqual([
		['backend_20260201_110000', true],
		['backend_20260131_110000', true],
	]);
	expect((await host.sh('cd backups && ls | grep -v pwned | grep -v "^x"')).split('\n')).toEqual([
		'backend_20260202_110000.json',
		'backend_20260202_110000.pin',
		'backend_20260202_110000.tar.gz',
		'backend_20260203_110000.json',
		'backend_20260203_110000.tar.gz',
		'frontend_20260204_110000.json',
		'frontend_20260204_110000.tar.gz',
	]);
	await cockpit(host, 'backups', 'pin', 'backend_20260202_110000', '--undo', ...on);
	await host.sh(
		'mkdir -p state/lock state/jobs/n; printf "n 1 1\\n%s\\n" \'{"since":"x","name":"Meera","machine":"m"}\' >state/lock/frontend',
	);

	const locked = await cockpit(host, 'backups', 'prune', ...on, '--old-scripts');
	expect(locked).toMatchObject({code: 6, err: expect.stringContaining('Meera on m holds the lock')});
	expect(await host.sh('ls backups')).toContain('backend_20260202_110000.tar.gz');
});

test('backups verify: what nobody recorded is not accepted with all others, only by its name', async () => {
	await using host = createHostDirectory();
	await archive(host, 'backend', {root: 'backend/', stamp: '20260203_110000'});
	const name = 'backend_20260203_110000';
	await host.sh(
		`mkdir state && echo '{"seq":1,"time":"2026-02-01T00:00:00Z","type":"adopt.finished","data":{"app":"backend"}}' >state/ledger.jsonl`,
	);

	const all = await cockpit(host, 'backups', 'verify', ...on, '--all');
	const listed = await cockpit(host, 'backups', 'list', ...on);

	expect(all.out).toBe(
		`${name}  ? unknown: nobody recorded how it came here. To accept it: cockpit backups verify ${name} --env preprod\n`,
	);
	expect(all.code).toBe(7);
	expect(await host.sh('ls backups')).toBe(`${name}.tar.gz`);
	expect(listed.out).toContain('unknown  ✗ not restorable: nobody recorded how it came here\n');

	const named = await cockpit(host, 'backups', 'verify', name, ...on);
	const after = await cockpit(host, 'backups', 'list', ...on, '--json');

	expect(named.code).toBe(0);
	expect(after.objects()).toMatchObject([
		{origin: 'unknown', state: 'verified', verifiedBy: 'Ravi', isRestorable: true},
	]);
	expect((await cockpit(host, 'backups', 'verify', ...on, '--all')).code).toBe(0);
});
