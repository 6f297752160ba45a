import {execFileSync} from 'node:child_process';
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readlinkSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as YAML from 'yaml';
import type {AppName} from '../../../src/domain/environments/environment.ts';
import {spawnLine} from '../../../src/sandbox/host/host-shell.ts';
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.ts';
import {startCockpit, type Finished, type RunningCockpit} from '../cockpit.ts';
import {outputOf} from '../run-program.ts';
import {until} from '../wait.ts';
import {askTruth, type Truth} from './truth.ts';

/** What a host keeps apart, each on a file system of its own that can be full, out of inodes, or read-only. */
export const disks = ['releases', 'state', 'backups', 'here'] as const;
export type Disk = (typeof disks)[number];

/** Tools whose calls are counted, and can be made to wait, fail, hang or die. Those of the system come behind a gate. */
const tools = ['tar', 'ln', 'cp', 'gzip', 'systemctl', 'nginx', 'php', 'composer', 'npm', 'pm2'] as const;

/** What a tool does at the call it is armed for. */
export type ToolAct = 'fail' | 'kill' | 'hang' | 'wait';

/** Text that no sink may hold: each stands where a secret stands. */
export const canaries = {
	environmentFile: 'canary-of-the-env-file-7f3a',
	toolOutput: 'canary-in-the-url-of-composer-91bd',
	variable: 'canary-in-a-variable-55c0',
} as const;

export type World = {
	readonly app: AppName;
	readonly sandbox: Sandbox;
	readonly directory: string;
	/** Root of the pre-prod host. */
	readonly root: string;
	/** State of one engineer's machine. */
	homeOf(name: string): string;
	/** Starts the product as that engineer. */
	start(name: string, ...args: readonly string[]): RunningCockpit;
	run(name: string, ...args: readonly string[]): Promise<Finished>;
	truth(): Promise<Truth>;
	/** Another build to deploy, with a migration of its own. */
	commit(): Promise<void>;
	/** Where a disk is mounted. */
	diskOf(disk: Disk): string;
	/** Gates of tools: counts begin anew. `call`: `tar 2`, absent: only count. */
	arm(call?: string, act?: ToolAct): void;
	/** Calls since it was armed. */
	calls(): readonly string[];
	/** Resolves once the armed call is there. */
	reached(): Promise<void>;
	/** Whether the armed call has come. */
	wasReached(): boolean;
	/** Lets a call that waits go on, and counts no more. */
	disarm(): Promise<void>;
	stop(): Promise<void>;
};

/** Runs a script on the pre-prod host as its user would by hand. */
export const onHost = async ({hosts}: Sandbox, script: string): Promise<void> => {
	const host = hosts.find(({environment}) => environment === 'preprod');
	if (!host) throw new TypeError('no pre-prod');
	const child = spawnLine({root: host.root, user: host.user, token: 'by-hand'}, script);
	child.stdin.end();
	child.stdout.resume();
	child.stderr.resume();
	await new Promise(resolve => child.once('close', resolve));
};

/** Mounts are made in a namespace of these tests, never in that of the machine. */
export const faultsUnavailable = (): string | undefined => {
	if (process.platform !== 'linux') return 'needs Linux';
	if (process.getuid?.() !== 0) return 'needs root';
	const [own, first] = ['self', '1'].map(id => {
		try {
			return readlinkSync(`/proc/${id}/ns/mnt`);
		} catch {
			return '';
		}
	});
	return own === first ? 'needs a mount namespace of its own: run it by npm run test:faults' : undefined;
};

const gateText = readFileSync(new URL('gate.sh', import.meta.url), 'utf8');

const gateTools = (root: string, gate: string): void => {
	mkdirSync(gate, {recursive: true});
	execFileSync('mkfifo', [join(gate, 'go')]);
	for (const tool of tools) {
		const file = join(root, 'shims', tool);
		let real = `/usr/bin/${tool}`;
		if (existsSync(file)) {
			real = join(root, 'shims/.programs', `${tool}.behind-the-gate`);
			renameSync(file, real);
		} else if (!existsSync(real)) real = `/bin/${tool}`;
		const text = gateText
			.replaceAll('@gate@', gate)
			.replaceAll('@tool@', tool)
			.replaceAll('@real@', real)
			.replaceAll('@canary@', canaries.toolOutput)
			.replaceAll('@password@', canaries.environmentFile);
		writeFileSync(file, `#!/bin/sh\n${text}`);
		chmodSync(file, 0o755);
	}
};

const mount = (directory: string, size: string, inodes: number): void => {
	mkdirSync(directory, {recursive: true});
	const kept = `${directory}.kept`;
	cpSync(directory, kept, {recursive: true, preserveTimestamps: true, verbatimSymlinks: true});
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},nr_inodes=${inodes},mode=0755`, 'tmpfs', directory]);
	execFileSync('cp', ['-a', `${kept}/.`, directory]);
	rmSync(kept, {recursive: true});
};

/** Health decides within seconds, and hooks and maintenance are part of each deploy. */
const shorten = (config: string): void => {
	const file = join(config, 'environments/preprod.yaml');
	const environment = YAML.parse(readFileSync(file, 'utf8')) as {
		backups: {keep: number};
		apps: Record<string, {health: Record<string, unknown>; hooks?: unknown; maintenance?: string}>;
	};
	for (const app of Object.values(environment.apps))
		app.health = {...app.health, within: '6s', passes: 2, stableFor: '300ms', every: '100ms'};
	environment.backups.keep = 200;
	const {backend} = environment.apps;
	if (backend) {
		backend.maintenance = 'migrations';
		backend.hooks = {
			beforeMigrate: [{id: 'snapshot', run: ['true']}],
			afterDeploy: [{id: 'smoke', run: ['true'], where: 'host'}],
		};
	}
	writeFileSync(file, YAML.stringify(environment));
};

const migration = (step: number): string => `<?php

use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('steps_${step}', function (Blueprint $table) {
            $table->id();
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('steps_${step}');
    }
};
`;

/** A sandbox whose pre-prod has two builds behind it, on disks of its own, with gates before its tools. */
export const startWorld = async (app: AppName): Promise<World> => {
	const directory = mkdtempSync(join(tmpdir(), `cockpit-faults-${app}-`));
	mount(directory, '900m', 80_000);
	const box = join(directory, 'box');
	const sandbox = await startSandbox({directory: box});
	const root = join(box, 'preprod');
	const gate = join(directory, 'gate');
	shorten(sandbox.config);
	const homeOf = (name: string): string => join(directory, 'homes', name);
	const diskOf = (disk: Disk): string =>
		({
			releases: join(root, 'var/www/qsights'),
			state: join(root, 'home/ubuntu/.cockpit'),
			backups: join(root, 'home/ubuntu/backups/preprod'),
			here: join(homeOf('Ravi'), 'state'),
		})[disk];
	mount(diskOf('releases'), '700m', 60_000);
	mount(diskOf('state'), '128m', 6000);
	mount(diskOf('backups'), '256m', 2000);
	mount(diskOf('here'), '128m', 4000);
	// They were started in the directory that is mounted over.
	await onHost(sandbox, 'pm2 restart all');
	gateTools(root, gate);
	for (const name of ['Ravi', 'Asha']) mkdirSync(homeOf(name), {recursive: true});
	const environmentFile = join(root, 'var/www/qsights/backend/.env');
	writeFileSync(environmentFile, `${readFileSync(environmentFile, 'utf8')}DB_PASSWORD=${canaries.environmentFile}\n`);

	let builds = 0;
	let inputs = 0;
	const start: World['start'] = (name, ...args) =>
		startCockpit(args, {
			config: sandbox.config,
			home: homeOf(name),
			environment: {COCKPIT_ACTOR: name, QUEUE_SECRET: canaries.variable},
			// Only what asks for a value reads it.
			input: `value-${(inputs += 1)}.example\n`,
		});
	const run: World['run'] = (name, ...args) => start(name, ...args).finished;
	const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
	return {
		app,
		sandbox,
		directory,
		root,
		homeOf,
		start,
		run,
		truth: () =>
			askTruth(
				root,
				app,
				`${sandbox.urls.preprod[app === 'backend' ? 'api' : 'site']}${app === 'backend' ? '/health' : '/'}`,
			),
		commit: async () => {
			builds += 1;
			const git = (...words: readonly string[]): Promise<string> =>
				outputOf(['git', '-C', sandbox.config, '-c', 'user.name=Ravi', '-c', 'user.email=r@x', ...words]);
			const file =
				app === 'backend'
					? `backend/database/migrations/2026_03_01_${String(builds).padStart(6, '0')}_step_${builds}.php`
					: 'frontend/public/build.txt';
			writeFileSync(join(sandbox.config, file), app === 'backend' ? migration(builds) : `build ${builds}\n`);
			await git('add', '-A');
			await git('commit', '-qm', `Build ${builds}`);
		},
		diskOf,
		arm: (call = '', act = 'wait') => {
			for (const name of [...tools, 'calls', 'reached']) rmSync(join(gate, name), {force: true});
			writeFileSync(join(gate, 'act'), act);
			writeFileSync(join(gate, 'armed'), `${call}\n`);
		},
		calls: () => read(join(gate, 'calls')).split('\n').filter(Boolean),
		reached: async () =>
			void (await until('the armed call', () => existsSync(join(gate, 'reached')), {within: 60_000})),
		wasReached: () => existsSync(join(gate, 'reached')),
		disarm: async () => {
			rmSync(join(gate, 'armed'), {force: true});
			// Nobody may be waiting: opened for both, the other end is always there.
			execFileSync('sh', ['-c', ': 1<>"$1"', 'sh', join(gate, 'go')]);
		},
		stop: async () => {
			await sandbox.close();
			for (const disk of ['here', 'backups', 'state', 'releases'] as const)
				execFileSync('umount', ['--lazy', diskOf(disk)]);
			execFileSync('umount', ['--lazy', directory]);
			await rm(directory, {recursive: true, force: true});
		},
	};
};
