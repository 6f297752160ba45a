import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {askStatus, parseHostStatus} from '../../../src/commands/host/host-status.ts';
import {renderScript, startOrAttachJob} from '../../../src/commands/job/job.ts';
import {closeRun, takeLock} from '../../../src/commands/lock/lock.ts';
import {whileDown} from '../../../src/commands/maintenance/maintenance.ts';
import {until} from '../../support/wait.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

/** Writes what Laravel writes; `migrate` waits for the test. */
const php = `#!/bin/sh
down=$(dirname -- "$1")/storage/framework/down
echo "$2" >>"$HOME/artisan.log"
case $2 in
	down) [ ! -e "$HOME/refuses" ] || { echo 'no such table'; exit 3; }; echo '{}' >"$down"; : >"\${down%down}maintenance.php" ;;
	up) [ ! -e "$HOME/up-fails" ] || exit 1; rm -f -- "$down" "\${down%down}maintenance.php" ;;
	migrate) [ -e "$down" ] && echo 'closed to visitors'; mkfifo "$HOME/go" 2>/dev/null; : >"$HOME/migrating"; read -r code <"$HOME/go"; exit "$code" ;;
esac
`;
const state = {directory: 'state', app: 'backend', run: 'run-1'};

const setUp = async (host: HostDirectory, app = state) => {
	const release = join(host.root, 'www/.api/releases/r1');
	mkdirSync(join(release, 'storage/framework'), {recursive: true});
	writeFileSync(join(release, 'artisan'), '');
	const live = join(host.root, 'www/api');
	await host.sh('ln -sfn -- "$1" "$2"', '.api/releases/r1', live);
	const take = (run: string, attempt = 1) =>
		host.ok(takeLock({...app, run}, {attempt, holder: {}, record: {}, entry: {type: 'deploy.started'}}));
	await take(app.run);
	const migrate = {argv: ['php', `${release}/artisan`, 'migrate'] as const, label: 'migrate'};
	const script = renderScript([whileDown(migrate, app, {job: 'migrate', live, target: {php: 'php', owner: me}})]);
	const begin = () => host.start(startOrAttachJob(app, {job: 'migrate', attempt: 1, offset: 0, script}));
	const start = async () => {
		const reader = begin();
		let text = '';
		reader.stdout.on('data', chunk => (text += String(chunk)));
		reader.stderr.on('data', chunk => (text += String(chunk)));
		const ended = new Promise<string>(resolve => reader.on('close', () => resolve(text)));
		reader.stdin.end(script);
		await Promise.race([until('the migration to begin', () => existsSync(join(host.root, 'migrating'))), ended]);
		return {ended, kill: () => reader.kill('SIGKILL')};
	};
	const isDown = (): boolean => existsSync(join(release, 'storage/framework/down'));
	const hasMark = (): boolean => existsSync(join(host.root, 'state/maintenance/backend'));
	const status = async () => {
		const text = await host.ok(askStatus({stateDirectory: 'state', apps: [{app: 'backend', live}], units: []}));
		return parseHostStatus(text).apps.backend?.maintenance;
	};
	return {release, live, take, start, isDown, hasMark, status};
};
/** Kills the process group of the job, and nobody else. */
const killGroup = 'read -r group _ <"state/jobs/run-1/migrate/group"; kill -s KILL -- "-$group"';
const answer = (host: HostDirectory, code: number) => host.sh('echo "$1" >go', String(code));

describe.concurrent('maintenance', () => {
	test.each([
		[0, 'J exit 0'],
		[3, 'J exit 3'],
	])('migrate exits with %i: down meanwhile, up behind it, its exit code kept', async (code, expected) => {
		await using host = createHostDirectory({php});
		const {start, isDown, hasMark, status} = await setUp(host);
		const {ended} = await start();

		expect(isDown()).toBe(true);
		expect(await status()).toEqual({run: 'run-1', since: expect.stringMatching(/^\d{4}-.*Z$/), isLeft: false});
		await answer(host, code);
		expect(await ended).toMatch(
			new RegExp(`maintenance from \\S+Z\\nclosed to visitors\\nmaintenance until \\S+Z\\n[^]*${expected} `),
		);
		expect([isDown(), hasMark(), await status()]).toEqual([false, false, undefined]);
		expect(await host.sh('cat artisan.log')).toBe('down\nmigrate\nup');
	});

	test('kill -9 of the group, and of whoever reads: the guard brings it up, with no mark left', async () => {
		await using host = createHostDirectory({php});
		const {start, isDown, hasMark} = await setUp(host);
		const {kill} = await start();
		kill();
		await host.sh(killGroup);

		await until('the app to be up', () => !isDown() && !hasMark());
		expect(await host.sh('cat artisan.log')).toBe('down\nmigrate\nup');
	});

	test('artisan up fails: the files go all the same', async () => {
		await using host = createHostDirectory({php});
		const {start, isDown, release} = await setUp(host);
		writeFileSync(join(host.root, 'up-fails'), '');
		const {ended} = await start();
		await answer(host, 0);

		expect(await ended).toContain('J exit 0');
		expect([isDown(), existsSync(join(release, 'storage/framework/maintenance.php'))]).toEqual([false, false]);
	});

	test('somebody else has taken it down: it is migrated, and stays down', async () => {
		await using host = createHostDirectory({php});
		const {start, isDown, hasMark, release} = await setUp(host);
		writeFileSync(join(release, 'storage/framework/down'), '{"secret":"theirs"}');
		const {ended} = await start();
		await answer(host, 0);

		expect(await ended).toContain('noted: the app is in maintenance already, and not by a run: it stays so');
		expect([isDown(), hasMark()]).toEqual([true, false]);
		expect(await host.sh('cat artisan.log')).toBe('migrate');
	});

	test('artisan down fails: nothing is migrated, its words are told', async () => {
		await using host = createHostDirectory({php});
		const {start, hasMark} = await setUp(host);
		writeFileSync(join(host.root, 'refuses'), '');
		const {ended} = await start();

		expect(await ended).toMatch(/no such table[^]*artisan down exited with 3: nothing was migrated[^]*J exit 3/);
		expect(hasMark()).toBe(false);
		expect(await host.sh('cat artisan.log')).not.toContain('migrate');
	});

	test('nothing is live: it is migrated', async () => {
		await using host = createHostDirectory({php});
		const {start, live} = await setUp(host);
		await host.sh('rm -- "$1"', live);
		const {ended} = await start();
		await answer(host, 0);

		expect(await ended).toMatch(/nothing is live that could be taken down[^]*J exit 0/);
	});

	/** As a reboot leaves it: the mark and the file, and no process. */
	const leave = async (host: HostDirectory) => {
		const all = await setUp(host);
		mkdirSync(join(host.root, 'state/maintenance'));
		mkdirSync(join(host.root, 'state/jobs/run-1/migrate'), {recursive: true});
		writeFileSync(join(host.root, 'state/jobs/run-1/migrate/lock'), '');
		writeFileSync(
			join(host.root, 'state/maintenance/backend'),
			`run-1 migrate 2026-02-10T05:58:00Z\n${all.release}\n${me}\nphp\n`,
		);
		writeFileSync(join(all.release, 'storage/framework/down'), '{}');
		expect(await all.status()).toEqual({run: 'run-1', since: '2026-02-10T05:58:00Z', isLeft: true});
		return all;
	};

	test('after a reboot: whoever resumes the run brings it up', async () => {
		await using host = createHostDirectory({php});
		const {take, isDown, hasMark} = await leave(host);
		expect(await take('run-1', 2)).toMatch(/token \d/);

		expect([isDown(), hasMark()]).toEqual([false, false]);
	});

	test('after a reboot: the end of the run brings it up, and so does the next one', async () => {
		await using host = createHostDirectory({php});
		const {take, isDown, release, hasMark} = await leave(host);
		await host.ok(closeRun(state, 'abandoned', {type: 'deploy.abandoned'}));
		expect([isDown(), hasMark()]).toEqual([false, false]);

		writeFileSync(join(release, 'storage/framework/down'), '{}');
		writeFileSync(
			join(host.root, 'state/maintenance/backend'),
			`run-1 migrate 2026-02-10T05:58:00Z\n${release}\n${me}\nphp\n`,
		);
		await take('run-2');
		expect([isDown(), hasMark()]).toEqual([false, false]);
	});

	test('a run that is taken over while it migrates stays in maintenance', async () => {
		await using host = createHostDirectory({php});
		const {take, start, isDown} = await setUp(host);
		const {ended} = await start();
		await take('run-1', 2);

		expect(isDown()).toBe(true);
		await answer(host, 0);
		await ended;
		expect(isDown()).toBe(false);
	});
});
