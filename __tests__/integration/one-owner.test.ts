import {execFileSync} from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

let directory: string;
let sandbox: Sandbox;
let host: string;
const www = (): string => join(host, 'var/www/qsights');
const owner = (app: string): string => readFileSync(join(www(), `.${app}/owner`), 'utf8');
const live = (): readonly string[] => ['backend', 'frontend'].map(app => readlinkSync(join(www(), app)));

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-one-owner-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	host = join(directory, 'box/production');
	symlinkSync('www', join(host, 'var/web'));
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true});
});

type Edit = readonly [from: RegExp, to: string];

/** A second engineer's project, in which production's file was copied and changed, and committed. */
const projectWith = (name: string, edits: readonly Edit[], {every = []}: {readonly every?: readonly Edit[]} = {}) => {
	const config = join(directory, `project ${name}`);
	cpSync(sandbox.config, config, {recursive: true});
	const environments = join(config, 'environments');
	const apply = (text: string, some: readonly Edit[]): string =>
		some.reduce((before, [from, to]) => before.replace(from, to), text);
	writeFileSync(
		join(environments, 'staging.yaml'),
		apply(readFileSync(join(environments, 'production.yaml'), 'utf8'), [
			[/^name: .*$/m, 'name: staging'],
			[/^title: .*$/m, 'title: Staging'],
			[/^tier: .*$/m, 'tier: preprod'],
			[/^promotedFrom: .*\n/m, ''],
			[/^window:\n(?: .*\n)+/m, ''],
			[/^stateDirectory: .*$/m, 'stateDirectory: .cockpit/qsights/staging'],
			...edits,
		]),
	);
	cpSync(join(environments, '.env.production'), join(environments, '.env.staging'));
	for (const file of readdirSync(environments).filter(one => one.endsWith('.yaml') && !one.startsWith('holidays'))) {
		const path = join(environments, file);
		writeFileSync(path, apply(readFileSync(path, 'utf8'), every));
	}
	execFileSync('git', ['-C', config, 'add', '-A']);
	execFileSync('git', ['-C', config, '-c', 'user.name=T', '-c', 'user.email=t@example.test', 'commit', '-qm', 'x']);
	const home = join(directory, `home ${name}`);
	mkdirSync(home);
	return (...args: readonly string[]): Promise<Finished> => runCockpit(args, {config, home});
};

const localhost: Edit = [/address: 127\.0\.0\.1/, 'address: localhost'];

test.each<{name: string; app?: 'backend' | 'frontend'; edits: readonly Edit[]; every?: readonly Edit[]; is?: string}>([
	{name: 'another name for the same machine', edits: [localhost]},
	{
		name: 'a live path through a symlinked parent',
		edits: [localhost, [/\/var\/www\/qsights\/(?=backend|frontend)/g, '/var/web/qsights/']],
	},
	{
		name: 'another project',
		edits: [localhost],
		every: [[/^project: .*$/m, 'project: other']],
		is: 'other staging',
	},
])(
	'one owner: $name deploys, adopts, goes back and holds nothing of production',
	async ({name, edits, every = [], is = 'qsights staging'}) => {
		const before = {
			live: live(),
			owners: ['backend', 'frontend'].map(owner),
			ledger: readFileSync(join(host, 'home/ubuntu/.cockpit/qsights/production/ledger.jsonl'), 'utf8'),
		};
		const cockpit = projectWith(name, edits, {every});
		const [backup = ''] = readdirSync(join(host, 'home/ubuntu/backups/production')).filter(file =>
			/^backend_.*\.tar\.gz$/.test(file),
		);

		const refused = [
			await cockpit('deploy', 'backend', '--env', 'staging', '--confirm', 'yes', '--migrate', 'skip'),
			await cockpit('adopt', '--env', 'staging'),
			await cockpit('adopt', '--env', 'staging', '--undo'),
			await cockpit('rollback', 'backend', '--env', 'staging', '--to', backup, '--confirm', 'ROLLBACK'),
			await cockpit('hold', '--env', 'staging', '--reason', 'load test', '--for', '1h'),
		];
		const status = await cockpit('status', '--env', 'staging');

		for (const {code, stderr, stdout} of refused) {
			expect(stderr + stdout).toMatch(
				/Why +.*belongs to qsights production \((?:backend|frontend), state directory .*\/production\)/,
			);
			expect(stderr + stdout).toContain(`not to ${is} (`);
			expect(stderr + stdout).toMatch(/Now +Nothing was changed\.\n +Next +Use that environment/);
			expect(code).toBe(1);
		}
		expect(status.code).toBe(7);
		expect(status.stdout).toMatch(/live is 2026\S+, which the ledger of staging does not know/);
		expect({
			live: live(),
			owners: ['backend', 'frontend'].map(owner),
			ledger: readFileSync(join(host, 'home/ubuntu/.cockpit/qsights/production/ledger.jsonl'), 'utf8'),
		}).toEqual(before);
		const own = join(host, 'home/ubuntu/.cockpit/qsights/staging');
		expect(
			['lock/backend', 'lock/frontend', 'lock/backend.hold', 'ledger.jsonl', 'jobs'].filter(path =>
				existsSync(join(own, path)),
			),
		).toEqual([]);
	},
);

test('one owner: the same names with another state directory are another owner, and production itself goes on', async () => {
	const stranger = projectWith(
		'of another machine',
		[[/^hosts:\n(?:  .*\n)+/m, 'hosts:\n  - name: nowhere\n    address: 192.0.2.1\n']],
		{
			every: [[/^stateDirectory: .cockpit\/qsights\/production$/m, 'stateDirectory: .cockpit/mine']],
		},
	);
	const refused = await stranger('adopt', '--env', 'production', '--undo');
	expect(refused.stderr + refused.stdout).toMatch(
		/belongs to qsights production .*not to qsights production \(backend, state directory .*\.cockpit\/mine\)/,
	);
	expect(refused.code).toBe(1);
	const [before] = live();

	const home = join(directory, 'home');
	mkdirSync(home);
	const done = await runCockpit(
		['rollback', 'backend', '--env', 'production', '--to', 'previous', '--confirm', 'ROLLBACK'],
		{config: sandbox.config, home},
	);

	expect(done.stderr).toBe('');
	expect(done.code).toBe(0);
	expect(live()[0]).not.toBe(before);
	expect((await runCockpit(['status', '--env', 'production'], {config: sandbox.config, home})).code).toBe(0);
});

/** Every path below production's apps, with what it is and when it was changed. */
const tree = (): string =>
	execFileSync('find', [www(), join(host, 'var/www'), '-printf', '%p %y %m %i %l %T@\\n'], {encoding: 'utf8'});

test.each([
	{name: 'in it', at: () => '/var/www/qsights/backend/app'},
	{name: 'in it through a symlinked parent', at: () => '/var/web/qsights/backend/app'},
	{
		name: 'the release behind it',
		at: () => `/var/www/qsights/${readlinkSync(join(www(), 'backend'))}`,
	},
	{name: 'the directory above it', at: () => '/var/www/qsights'},
	{name: 'what it shares', at: () => '/var/www/qsights/.backend/shared/storage/app'},
])('one owner: a path that is $name is not taken over, held or deployed to', async ({name, at}) => {
	const path = at();
	const before = tree();
	const cockpit = projectWith(name, [
		localhost,
		[/\/var\/www\/qsights\/backend$/m, path],
		[/\/var\/www\/qsights\/frontend$/m, '/var/www/other/frontend'],
	]);

	const refused = [
		await cockpit('adopt', '--env', 'staging'),
		await cockpit('hold', '--env', 'staging', '--reason', 'load test', '--for', '1h'),
	];
	const deployed = await cockpit('deploy', 'backend', '--env', 'staging', '--confirm', 'yes', '--migrate', 'skip');

	for (const {code, stderr, stdout} of refused) {
		expect(stderr + stdout).toMatch(
			/Why +\S+ (?:lies in|lies behind|holds) \S+, which belongs to qsights production \((?:backend|frontend), state directory .*\/production\)/,
		);
		expect(stderr + stdout).toContain('Give staging a path of its own: apps.backend.path');
		expect(code).toBe(1);
	}
	expect(deployed.code).not.toBe(0);
	expect(tree()).toBe(before);
});

test('one owner: who holds the environment, until when and why, is told to whoever would undo its adoption', async () => {
	const by = (name: string, ...args: readonly string[]): Promise<Finished> => {
		const home = join(directory, `home of ${name}`);
		mkdirSync(home, {recursive: true});
		return runCockpit([...args, '--env', 'production'], {
			config: sandbox.config,
			home,
			environment: {COCKPIT_ACTOR: name},
		});
	};
	const before = live();
	expect((await by('Asha', 'hold', '--reason', 'audit of uploads', '--for', '2h')).code).toBe(0);

	const {code, stderr} = await by('Ravi', 'adopt', '--undo', '--confirm', 'undo');

	expect(stderr).toMatch(
		/production backend on production-1 is locked\n +Why +Asha on \S+ holds it until .*\d\d:\d\d.*: audit of uploads\n +Now +Nothing was changed\.\n +Next +Ask Asha, or end it: cockpit unlock --env production --reason/,
	);
	expect(code).toBe(6);
	expect(live()).toEqual(before);
	expect((await by('Asha', 'unlock', '--reason', 'done')).code).toBe(0);
});
