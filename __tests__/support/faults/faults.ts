import {execFileSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	readFileSync,
	renameSync,
	rmSync,
	statfsSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import type {RunningCockpit} from '../cockpit.ts';
import {until} from '../wait.ts';
import {processesOf} from '../../sandbox/support.ts';
import {deployArgs, words} from './pipelines.ts';
import {onHost, type Disk, type ToolAct, type World} from './world.ts';

/** Where a run is when something happens to it: before a line starts on the host, or at a call of a tool. */
export type Point = {readonly on: 'line' | 'tool'; readonly name: string};

export type Happening = {
	readonly world: World;
	readonly driver: RunningCockpit;
	/** What mends it later, last first. */
	readonly mendWith: (mend: () => Promise<void> | void) => void;
};

export type Fault = {
	readonly name: string;
	readonly on: readonly Point['on'][];
	/** What the tool itself does; absent: it waits while `strikes` happens, and goes on. */
	readonly act?: ToolAct;
	/** Answers with the line that starts in the place of the one that waits; undefined: that one. */
	readonly strikes?: (
		happening: Happening,
	) => Promise<string | undefined> | string | undefined | void | Promise<void>;
	/** Behind it, with everything let go. */
	readonly afterwards?: (happening: Happening) => Promise<void>;
	/** It damages the ledger itself, which is put back as it was. */
	readonly spoilsLedger?: true;
	/** Entries of its ledger are from another day by then: what comes behind it needs another world. */
	readonly spoilsWorld?: true;
	/** A rollback gets to its end although it is so from the beginning. */
	readonly rollbackWorks?: true;
};

/** A mount of this namespace, by the words of its command. */
const mount = (...args: readonly string[]): void => void execFileSync('mount', args, {stdio: 'pipe'});

/** Ballast that is in the way of everything that needs room, and is thrown out again. */
const fill =
	(disk: Disk): NonNullable<Fault['strikes']> =>
	({world, mendWith}) => {
		const ballast = join(world.diskOf(disk), 'ballast');
		const {bavail, bsize} = statfsSync(world.diskOf(disk));
		mendWith(() => rmSync(ballast, {force: true}));
		// To the last block, whoever else writes meanwhile.
		const most = Math.max(0, bavail * bsize - 1_048_576);
		execFileSync('sh', [
			'-c',
			'[ "$2" = 0 ] || fallocate -l "$2" "$1"; cat /dev/zero 2>/dev/null >>"$1" || :',
			'sh',
			ballast,
			String(most),
		]);
	};

const fillInodes =
	(disk: Disk): NonNullable<Fault['strikes']> =>
	({world, mendWith}) => {
		const ballast = join(world.diskOf(disk), 'many');
		mendWith(() => rmSync(ballast, {force: true, recursive: true}));
		execFileSync('sh', ['-c', 'mkdir "$1" && cd "$1" && seq 100000 | xargs touch 2>/dev/null', 'sh', ballast], {
			// It ends with the first file there is no inode for.
			stdio: 'ignore',
		});
	};
const tryFillInodes =
	(disk: Disk): NonNullable<Fault['strikes']> =>
	happening => {
		try {
			void fillInodes(disk)(happening);
		} catch {
			// xargs says so where a file could not be made, which is what was wanted.
		}
	};

const readOnly =
	(disk: Disk): NonNullable<Fault['strikes']> =>
	({world, mendWith}) => {
		const directory = world.diskOf(disk);
		mount('--bind', directory, directory);
		mendWith(() => void execFileSync('umount', ['--lazy', directory]));
		mount('-o', 'remount,bind,ro', directory);
	};

const shim = (world: World, name: string, text: string): (() => void) => {
	const file = join(world.root, 'shims', name);
	const kept = `${file}.kept`;
	const existed = existsSync(file);
	if (existed) renameSync(file, kept);
	writeFileSync(file, `#!/bin/sh\n${text}\n`);
	chmodSync(file, 0o755);
	return () => {
		rmSync(file);
		if (existed) renameSync(kept, file);
	};
};

const clock =
	(days: number): NonNullable<Fault['strikes']> =>
	({world, mendWith}) => {
		const file = join(world.root, 'shims/date');
		const before = readFileSync(file, 'utf8');
		mendWith(() => writeFileSync(file, before));
		writeFileSync(
			file,
			before.replace(/^offset=(-?\d+)$/m, (_, seconds: string) => `offset=${Number(seconds) + days * 86_400}`),
		);
	};

const pm2Names = 'pm2 resurrect';

/** Everything that ran is gone, what is enabled is started, and the kernel is another one. */
const reboot: NonNullable<Fault['strikes']> = async ({world, mendWith}) => {
	const {preprod} = world.sandbox.servers;
	preprod.faults.dropNew = true;
	preprod.dropConnections();
	for (const pid of await processesOf(world.root)) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It ended by itself.
		}
	}
	const id = join(world.directory, 'boot-id');
	const bootId = '/proc/sys/kernel/random/boot_id';
	writeFileSync(id, `${randomUUID()}\n`);
	mount('--bind', id, bootId);
	mendWith(() => void execFileSync('umount', ['--lazy', bootId]));
	await onHost(world.sandbox, `sudo -n systemctl restart php8.1-fpm; sudo -n systemctl restart nginx; ${pm2Names}`);
	preprod.faults.dropNew = false;
};

const cut: NonNullable<Fault['strikes']> = ({world}) => world.sandbox.servers.preprod.dropConnections();

const colleague =
	(name: string, args: (world: World) => readonly string[]): NonNullable<Fault['strikes']> =>
	async ({world}) => {
		await world.run(name, ...args(world));
	};

const env = ['--env', 'preprod'] as const;
const ledgerOf = (world: World): string => join(world.diskOf('state'), 'qsights/preprod/ledger.jsonl');
const rollbackDespite = new Set<Disk>(['state', 'backups', 'here']);
const title = {
	releases: 'the releases',
	state: 'the state on the host',
	backups: 'the backups',
	here: 'the state of this machine',
};
const despite = (disk: Disk): {readonly rollbackWorks?: true} =>
	rollbackDespite.has(disk) ? {rollbackWorks: true} : {};

export const faults: readonly Fault[] = [
	{name: 'a tool fails', on: ['tool'], act: 'fail'},
	{name: 'a tool is killed', on: ['tool'], act: 'kill'},
	{
		name: 'a tool hangs, Ctrl-C, and it is killed',
		on: ['tool'],
		act: 'hang',
		strikes: async ({world, driver}) => {
			// It says at once what becomes of it.
			const told = new Promise(resolve => driver.child.stderr?.once('data', resolve));
			driver.child.kill('SIGINT');
			await Promise.race([told, driver.finished]);
			await onHost(world.sandbox, 'pkill -9 -f "^sleep 900$"');
		},
	},
	{name: 'the cockpit is killed', on: ['line', 'tool'], strikes: ({driver}) => void driver.child.kill('SIGKILL')},
	{name: 'the link is cut', on: ['line', 'tool'], strikes: cut},
	{
		name: 'the link is cut for good, and the terminal is closed',
		on: ['line', 'tool'],
		strikes: async happening => {
			const {world, mendWith} = happening;
			const {preprod} = world.sandbox.servers;
			preprod.faults.dropNew = true;
			mendWith(() => void (preprod.faults.dropNew = false));
			preprod.dropConnections();
			await until('the end of every connection', () => preprod.connections() === 0);
		},
		afterwards: async ({driver}) => {
			driver.child.kill('SIGHUP');
			await driver.finished;
		},
	},
	{name: 'the host reboots', on: ['line', 'tool'], strikes: reboot},
	...(['releases', 'state', 'backups', 'here'] as const).map((disk): Fault => ({
		name: `no room for ${title[disk]}`,
		on: ['line', 'tool'],
		strikes: fill(disk),
		...despite(disk),
	})),
	...(['releases', 'state', 'backups', 'here'] as const).map((disk): Fault => ({
		name: `no inodes for ${title[disk]}`,
		on: ['line', 'tool'],
		strikes: tryFillInodes(disk),
		...despite(disk),
	})),
	...(['state', 'backups', 'here'] as const).map((disk): Fault => ({
		name: `${title[disk]} cannot be written`,
		on: ['line'],
		strikes: readOnly(disk),
		...despite(disk),
	})),
	{name: 'a second engineer deploys', on: ['line', 'tool'], strikes: colleague('Asha', ({app}) => deployArgs(app))},
	{
		name: 'a second engineer rolls back',
		on: ['line', 'tool'],
		strikes: colleague('Asha', ({app}) => ['rollback', app, ...env, '--to', 'previous', ...words.rollback]),
	},
	{
		name: 'a second engineer unlocks',
		on: ['line', 'tool'],
		strikes: colleague('Asha', () => ['unlock', ...env, '--reason', 'it takes too long']),
	},
	{
		name: 'the same person at a second terminal',
		on: ['line', 'tool'],
		strikes: colleague('Ravi', ({app}) => deployArgs(app)),
	},
	{
		name: 'backups are pruned beside it',
		on: ['line', 'tool'],
		strikes: colleague('Asha', () => ['backups', 'prune', ...env]),
	},
	{
		name: 'an old script runs beside it',
		on: ['line', 'tool'],
		strikes: async ({world}) =>
			onHost(
				world.sandbox,
				`cd ../../var/www/qsights/${world.app}/ && date >by-the-old-script.txt && tar -czf ../../../../home/ubuntu/backups/preprod/${world.app}_20260210_120000.tar.gz --exclude=vendor --exclude=node_modules . && sudo -n systemctl reload php8.1-fpm`,
			),
	},
	{
		name: 'the laptop sleeps, the link is gone, a colleague looks',
		on: ['line', 'tool'],
		strikes: async ({world, driver, mendWith}) => {
			driver.child.kill('SIGSTOP');
			mendWith(() => void driver.child.kill('SIGCONT'));
			world.sandbox.servers.preprod.dropConnections();
			await world.run('Asha', 'status');
		},
		afterwards: async ({driver}) => void driver.child.kill('SIGCONT'),
	},
	{
		name: 'the clock of the host jumps a day ahead',
		on: ['line', 'tool'],
		strikes: clock(1),
		rollbackWorks: true,
		spoilsWorld: true,
	},
	{
		name: 'the clock of the host jumps a day back',
		on: ['line', 'tool'],
		strikes: clock(-1),
		rollbackWorks: true,
		spoilsWorld: true,
	},
	{
		name: 'sudo is refused',
		on: ['line'],
		strikes: ({world, mendWith}) =>
			mendWith(shim(world, 'sudo', 'echo "sudo: a password is required" >&2; exit 1')),
	},
	{
		name: 'an answer is garbage',
		on: ['line'],
		strikes: () =>
			String.raw`printf '\000\377\033[2Jgarbage 99999999999999999999999999999999\n'; head -c 100000 /dev/zero | tr '\000' x`,
	},
	{name: 'an answer is empty', on: ['line'], strikes: () => 'true'},
	{
		name: 'the repository is gone',
		on: ['line'],
		strikes: ({world, mendWith}) => {
			const directory = join(world.sandbox.config, '.git');
			renameSync(directory, `${directory}.kept`);
			mendWith(() => renameSync(`${directory}.kept`, directory));
		},
		rollbackWorks: true,
	},
	{
		name: 'the ledger is torn',
		on: ['line', 'tool'],
		strikes: ({world}) => appendFileSync(ledgerOf(world), '{"seq":'),
		spoilsLedger: true,
		rollbackWorks: true,
	},
	{
		name: 'the ledger is gone',
		on: ['line', 'tool'],
		strikes: ({world}) => rmSync(ledgerOf(world)),
		spoilsLedger: true,
		rollbackWorks: true,
	},
];
