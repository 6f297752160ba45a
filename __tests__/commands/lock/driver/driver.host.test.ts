import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, statSync, utimesSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {stayKnownAsDriver} from '../../../../src/commands/lock/driver/driver.ts';
import {isDead, lockHeld, parseLockHolder, takeLock} from '../../../../src/commands/lock/lock.ts';
import {renderCommand} from '../../../../src/commands/shell.ts';
import {runProgram} from '../../../support/run-program.ts';
import {until} from '../../../support/wait.ts';

let home: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'cockpit-driver-'));
});
afterEach(() => rmSync(home, {recursive: true, force: true}));

const state = {directory: 'state', app: 'backend', run: 'run-1'};
const file = (attempt = 1): string => join(home, `state/jobs/run-1/driver.${attempt}`);
const about = {holder: {name: 'Ravi', machine: 'laptop'}, record: {}, entry: {type: 'x', data: {}}};
const take = async (run: string, attempt: number, onlyDead = false) =>
	runProgram(['sh', '-c', renderCommand(takeLock({...state, run}, {...about, attempt, onlyDead}))], {cwd: home});
/** A cockpit that drives the run, as its host sees it. */
const drive = (attempt = 1) =>
	spawn('sh', ['-c', renderCommand(stayKnownAsDriver({...state, attempt}))], {
		cwd: home,
		stdio: ['pipe', 'ignore', 'pipe'],
	});
const isKnown = (): boolean => statSync(file()).mtimeMs === 0;
const holder = async () => parseLockHolder((await take('run-2', 1)).stdout.trimEnd());

test('driver: alive as long as its channel is open, dead once it ends, and only then taken over', async () => {
	expect((await take('run-1', 1)).code).toBe(0);
	expect(await holder()).toMatchObject({run: 'run-1', driver: 'here'});

	const driver = drive();
	driver.stdin.write('beat\n');
	await until('the driver is known', isKnown);
	expect(await holder()).toMatchObject({driver: 'here', running: []});
	const refused = await take('run-1', 2, true);
	expect([refused.code, parseLockHolder(refused.stdout.trimEnd())?.attempt]).toEqual([lockHeld, 1]);

	driver.stdin.end();
	await once(driver, 'close');
	const found = await holder();
	expect(found?.driver).toBe('gone');
	expect(found && isDead(found)).toBe(true);
	expect((await take('run-1', 2, true)).code).toBe(0);
});

test('driver: one that never came to make itself known is dead after a few seconds', async () => {
	await take('run-1', 1);
	const before = new Date(Date.now() - 6000);
	utimesSync(file(), before, before);

	expect((await holder())?.driver).toBe('gone');
});

test('driver: a run of a cockpit that does not make itself known is not called dead', async () => {
	await take('run-1', 1);
	rmSync(file());
	const found = await holder();

	expect(found?.run).toBe('run-1');
	expect(found && isDead(found)).toBe(false);
	expect((await take('run-1', 2, true)).code).toBe(lockHeld);
});

test('driver: one whose run was taken over is not known again', async () => {
	await take('run-1', 1);
	await take('run-1', 2);
	const late = drive(1);
	const [code] = (await once(late, 'close')) as [number];

	expect(code).toBe(97);
});
