import {execFileSync} from 'node:child_process';
import {existsSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

let directory: string;
let sandbox: Sandbox;
let host: string;
const live = (): string => join(host, 'var/www/qsights/backend');

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-planted-'));
	mkdirSync(join(directory, 'home'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	host = join(directory, 'box/production');
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true});
});

const cockpit = (...args: readonly string[]): Promise<Finished> =>
	runCockpit([...args, '--env', 'production'], {config: sandbox.config, home: join(directory, 'home')});

/** An archive of the committed app with what nobody tested in it, under the name of a backup. */
const plant = (name: string): void =>
	void execFileSync(
		'sh',
		[
			'-ec',
			`mkdir "$2" && git -C "$1" archive HEAD backend | tar -xC "$2" && cd "$2"
			echo '<?php' >backend/public/shell.php; ln -s /etc backend/public/etc; mkfifo backend/public/fifo
			rm -rf backend/storage backend/.env; ln -s /etc backend/storage; ln -s /etc/passwd backend/.env
			tar -czf "$3" backend`,
			'plant',
			sandbox.config,
			join(directory, name),
			join(host, 'home/ubuntu/backups/production', `${name}.tar.gz`),
		],
		{stdio: 'pipe'},
	);

test('an archive that nobody recorded is not gone back to, until somebody accepts it by its name', async () => {
	const name = 'backend_20261130_235959';
	plant(name);
	const before = readlinkSync(live());
	const back = (): Promise<Finished> => cockpit('rollback', 'backend', '--to', name, '--confirm', 'ROLLBACK');

	const refused = await back();

	expect(refused.stderr + refused.stdout).toMatch(
		/Why +nobody recorded how it came here: backend_20261130_235959 has no note/,
	);
	expect(refused.stderr + refused.stdout).toMatch(
		/Next +.*cockpit backups verify backend_20261130_235959 --env production/,
	);
	expect(refused.code).toBe(1);
	expect(readlinkSync(live())).toBe(before);
	expect((await cockpit('backups', 'list')).stdout).toMatch(
		/^ +backend_20261130_235959 .* unknown +✗ not restorable: nobody recorded how it came here$/m,
	);
	expect((await cockpit('backups', 'verify', '--all')).stdout).toMatch(/^backend_20261130_235959 .*nobody recorded/m);
	expect((await back()).code).toBe(1);

	const verified = await cockpit('backups', 'verify', name);
	expect(verified.code).toBe(0);
	expect(verified.stdout).toMatch(
		/left out when it is restored: (?:(?:public\/etc|public\/fifo|storage)(?:, |$)){3}/m,
	);
	const done = await back();

	expect(done.code, done.stderr + done.stdout).toBe(0);
	expect(readlinkSync(live())).toContain(`from-${name}`);
	expect(done.stdout).toMatch(
		/left out, for they lead out of the app or are no files: (?:(?:public\/etc|public\/fifo|storage)(?:, |\. )){3}/,
	);
	expect(lstatSync(join(live(), 'storage')).isDirectory()).toBe(true);
	expect(readlinkSync(join(live(), '.env'))).toContain('shared/.env');
	expect(existsSync(join(live(), 'public/shell.php'))).toBe(true);
	for (const path of ['public/etc', 'public/fifo'])
		expect(() => lstatSync(join(live(), path)), path).toThrow('ENOENT');
});

/** Whoever is not root can't make a device, but can write an archive that says so. */
const plantDevice = async (name: string): Promise<void> => {
	const tar = pack();
	tar.entry({name: 'backend/artisan'}, '<?php\n');
	tar.entry({name: 'backend/public/null', type: 'character-device', devmajor: 1, devminor: 3});
	tar.finalize();
	const file = join(host, 'home/ubuntu/backups/production', `${name}.tar.gz`);
	writeFileSync(file, gzipSync(await buffer(tar)));
	// As old as those of the scripts, which nobody has to accept.
	utimesSync(file, new Date('2026-01-05T06:00:00Z'), new Date('2026-01-05T06:00:00Z'));
};

test('an archive with a device is neither verified nor gone back to, in the same words', async () => {
	const name = 'backend_20260105_113000';
	await plantDevice(name);
	const before = readlinkSync(live());

	const back = await cockpit('rollback', 'backend', '--to', name, '--confirm', 'ROLLBACK');
	const verified = await cockpit('backups', 'verify', name);

	expect(back.code).not.toBe(0);
	expect(back.stdout + back.stderr).toContain('holds a device: backend/public/null');
	expect(verified.code).toBe(7);
	expect(verified.stdout).toContain('✗ bad: holds a device: backend/public/null');
	expect(readlinkSync(live())).toBe(before);
});

test('without a terminal an adoption of production takes its word, and its undoing the other one', async () => {
	const before = readlinkSync(live());

	const unsaid = await cockpit('adopt', '--undo');
	const wrong = await cockpit('adopt', '--undo', '--confirm', 'adopt');

	expect(unsaid.code).toBe(wrong.code);
	expect(unsaid.stderr).toMatch(/ADOPTION BLOCKED: Undo the adoption of backend and frontend on Production/);
	expect(unsaid.stderr).toMatch(/Next +Confirm with: --confirm undo/);
	expect(wrong.stderr).toMatch(/the words typed are not exactly: undo/);
	expect(readlinkSync(live())).toBe(before);
});

test('an archive of the old scripts is gone back to without a word more', async () => {
	const {stdout} = await cockpit('backups', 'list', '--json');
	const [old] = stdout
		.split('\n')
		.filter(Boolean)
		.map(line => JSON.parse(line) as {name: string; app?: string; origin: string; isRestorable: boolean})
		.filter(({app, origin, isRestorable}) => app === 'backend' && origin === 'old script' && isRestorable);

	const done = await cockpit('rollback', 'backend', '--to', old?.name ?? 'none', '--confirm', 'ROLLBACK');

	expect(done.code, done.stderr + done.stdout).toBe(0);
	expect(readlinkSync(live())).toContain(`from-${old?.name}`);
});
