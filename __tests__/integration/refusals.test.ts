import {chmod, copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {runCockpit, type CockpitOptions, type Finished} from '../support/cockpit.ts';
import {git, makeSourceRepository, type SourceRepository} from '../support/real-host/make-source-repository.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {run} from '../support/real-host/run.ts';
import {startRealHost, type RealHost} from '../support/real-host/start-real-host.ts';
import {writeConfig} from '../support/real-host/write-config.ts';

const why = realHostUnavailable();
const live = '/var/www/qsights/backend';
const base = '/var/www/qsights/.backend';
const backups = '/home/ubuntu/backups/preprod';
const state = '/home/ubuntu/.cockpit';
const sudoers = '/etc/sudoers.d/90-cloud-init-users';
const deploy = ['deploy', 'backend', '--env', 'preprod', '--confirm', 'yes'] as const;
const secrets = ['s3cret-of-the-host', 's3cret-of-this-machine'] as const;

/** What must not change: where live points to, bytes, owners and modes below it, and which releases there are. */
const truthScript = `
readlink -- "$1"
cd -- "$1/" && find -L . -type f ! -path './storage/logs/*' ! -path './storage/framework/*' -printf '%P %m %u:%g\\n' | LC_ALL=C sort
find -L . -path ./vendor -prune -o -type f ! -path './storage/logs/*' ! -path './storage/framework/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
ls -A -- "$2/releases"
`;

/** Lines that only read. Everything else a refused run sent would be a change. */
const onlyReads = (line: string): boolean =>
	/ (?:ask-the-host|ask-for-the-status|read-the-ledger|ask-for-the-keys|ask-which-migrations-ran|ask-for-room) /.test(
		line,
	) || line.startsWith('readlink -f -- ');

type Expected = {
	readonly exit: number;
	readonly why: RegExp;
	readonly next: RegExp;
	/** Whether the refused run came as far as the host and may have changed something there. */
	readonly began?: boolean;
	/** The host or, where there is none yet, what it is about; default the environment. */
	readonly names?: RegExp;
};

describe.skipIf(why !== undefined)(`refusals on a real host${why === undefined ? '' : ` (${why})`}`, () => {
	let host: RealHost;
	let home: string;
	let repository: SourceRepository;
	let before: string;
	const undo: (() => Promise<unknown>)[] = [];

	const sh = async (script: string, ...args: string[]): Promise<string> => {
		const {code, stdout, stderr} = await host.exec(['bash', '-ec', script, 'sh', ...args]);
		if (code !== 0) throw new Error(`${script}: ${code}\n${stderr}`);
		return stdout.trim();
	};
	/** Does something to the host that the end of the test undoes. */
	const fault = async (breaks: string, mends: string): Promise<void> => {
		undo.push(() => sh(mends));
		await sh(breaks);
	};
	const hide = (file: string): Promise<void> => fault(`mv ${file} ${file}.hidden`, `mv ${file}.hidden ${file}`);
	const truth = (): Promise<string> => sh(truthScript, live, base);
	const options = (config = repository.directory): CockpitOptions => ({
		config,
		home,
		environment: {DB_PASSWORD: secrets[1], TOKEN: secrets[1]},
	});
	const cockpit = (...args: string[]): Promise<Finished> => runCockpit(args, options());
	/** The same environment with some of its keys changed, in a set of its own. */
	const variant = async (name: string, overrides: Parameters<typeof writeConfig>[2] = {}): Promise<string> => {
		const directory = join(home, `set-${name}`);
		await mkdir(directory, {recursive: true});
		const {apps, ...rest} = overrides as {apps?: {backend?: object}};
		const backend = {source: repository.backend, ...apps?.backend};
		await writeConfig(directory, host, {...rest, apps: {backend}});
		return directory;
	};
	const target = (changes: object) => ({
		name: host.name,
		address: host.ip,
		port: host.sshPort,
		user: 'ubuntu',
		identityFile: host.keyFile,
		knownHostsFile: host.knownHosts,
		...changes,
	});

	const expectForm = ({code, stdout, stderr}: Finished, {exit, why, next, names = /preprod/}: Expected): void => {
		expect({code, stderr}).toEqual({code: exit, stderr: expect.stringMatching(why) as string});
		expect(stderr).toMatch(/^✖ [^\n]+\n {2}Why {3}\S[\s\S]*\n {2}Now {3}\S[\s\S]*\n {2}Next {2}\S/);
		expect(stderr.slice(stderr.indexOf('\n  Next'))).toMatch(next);
		expect(stderr).toMatch(names);
		expect(stderr).not.toMatch(/\n\s+at .*\.m?[jt]s:\d+/);
		for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
	};
	/** Runs it with --json, which still tells people on stderr; both say the same, and nothing has changed. */
	const expectRefused = async (
		args: readonly string[],
		expected: Expected,
		config = repository.directory,
	): Promise<void> => {
		const finished = await runCockpit([...args, '--json'], options(config));
		expectForm(finished, expected);
		const {stdout, events} = finished;
		const last = events.at(-1);
		const error = last?.type === 'run.finished' ? {...(last['error'] as object), exitCode: last['exitCode']} : last;
		const filled = expect.stringMatching(/\S/) as string;
		expect(error).toMatchObject({exitCode: expected.exit, what: filled, why: filled, now: filled, next: filled});
		expect(last).toMatchObject({schema: 1});
		expect(stdout.trimEnd().split('\n')).toHaveLength(events.length);
		if (expected.began === true) return;
		const lines = (await host.readRecord()).map(({line = ''}) => line);
		expect(lines.filter(line => !onlyReads(line))).toEqual([]);
	};

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), 'cockpit-refusals-'));
		host = await startRealHost({name: 'web-preprod'});
		repository = await makeSourceRepository(join(home, 'project'), 'v2');
		await writeConfig(repository.directory, host);
		await sh(`printf 'API_TOKEN=%s\\n' ${secrets[0]} >>${live}/.env`);
	});
	afterAll(async () => {
		await host.stop();
		await rm(home, {recursive: true, force: true});
	});

	test('not adopted: exit 2 and the command that takes the host over', async () => {
		const expected = {exit: 2, why: /plain directory/, next: /cockpit adopt --env preprod/};
		await expectRefused(deploy, expected);
		expectForm(await cockpit(...deploy), expected);
		expect(await sh(`stat -c %F ${live}; cat ${live}/VERSION; ls -A ${state} 2>/dev/null || echo no state`)).toBe(
			'directory\nv1\nno state',
		);
	});

	describe('once adopted', () => {
		beforeAll(async () => {
			const {code, stderr} = await cockpit('adopt', '--env', 'preprod');
			expect({code, stderr}).toEqual({code: 0, stderr: ''});
			before = await truth();
		});
		beforeEach(() => host.clearRecord());
		afterEach(async () => {
			for (const mend of undo.splice(0).reverse()) await mend();
			expect(await truth()).toBe(before);
			expect(await sh(`ls -A ${state}/qsights/preprod/lock | grep -x backend || echo free`)).toBe('free');
		});

		describe('connection', () => {
			test('a changed host key stops hard', async () => {
				await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'other')]);
				const {stdout} = await run(['cat', join(home, 'other.pub')]);
				await writeFile(join(home, 'changed'), `[${host.ip}]:${host.sshPort} ${stdout}`);
				const config = await variant('changed', {hosts: [target({knownHostsFile: join(home, 'changed')})]});

				await expectRefused(deploy, {exit: 5, why: /key/, next: /\S/}, config);
				expect(await host.readRecord()).toEqual([]);
			});

			test('an unknown host key is not accepted without a person', async () => {
				await writeFile(join(home, 'empty'), '');
				const config = await variant('unknown', {hosts: [target({knownHostsFile: join(home, 'empty')})]});

				await expectRefused(deploy, {exit: 5, why: /SHA256:|not known|unknown/i, next: /\S/}, config);
				expect(await host.readRecord()).toEqual([]);
			});

			test('a key file others can read is refused with the chmod to run', async () => {
				await copyFile(host.keyFile, join(home, 'key with space'));
				await chmod(join(home, 'key with space'), 0o644);
				const config = await variant('mode', {hosts: [target({identityFile: join(home, 'key with space')})]});

				await expectRefused(deploy, {exit: 5, why: /644/, next: /chmod 600/, names: /key with space/}, config);
			});

			test('a key the host does not accept', async () => {
				await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'stranger')]);
				const config = await variant('stranger', {hosts: [target({identityFile: join(home, 'stranger')})]});

				await expectRefused(deploy, {exit: 5, why: /\S/, next: /\S/}, config);
			});

			test('a host that is down', async () => {
				const config = await variant('down', {hosts: [target({port: 1})]});

				await expectRefused(deploy, {exit: 5, why: /refused|ECONNREFUSED/, next: /\S/}, config);
				expect((await runCockpit(['status', '--env', 'preprod'], options(config))).code).toBe(5);
				const plan = await runCockpit([...deploy, '--plan'], options(config));
				expect({code: plan.code, stderr: plan.stderr}).toEqual({code: 0, stderr: ''});
			});
		});

		describe('words', () => {
			test('a word that is missing, wrong, with a space behind it, said twice, or empty', async () => {
				const args = ['deploy', 'backend', '--env', 'preprod'];
				const refuse = (reason: RegExp, ...words: string[]): Promise<void> =>
					expectRefused([...args, ...words], {
						exit: 1,
						why: reason,
						// What was missing is named; what was typed wrong is not handed out to be pasted.
						next: words.length === 0 ? /--confirm yes/ : /type exactly what is asked for\.$/m,
					});
				await Promise.all([
					refuse(/the word yes is missing/),
					refuse(/not exactly/, '--confirm', 'YES'),
					refuse(/not exactly/, '--confirm', 'yes '),
					refuse(/not exactly/, '--confirm', 'yes', '--confirm', 'yes'),
					refuse(/not exactly/, '--confirm', ''),
				]);
				expect(await host.readRecord()).toEqual([]);
			});

			test('production that is promoted from nothing is refused whatever is typed, before anything is connected to', async () => {
				const away = {name: 'away', address: '192.0.2.10', user: 'ubuntu'};
				const config = await variant('production', {tier: 'production', headless: 'allow', hosts: [away]});
				const words = ['--confirm', 'VERIFIED', '--confirm', 'DEPLOY-TO-PRODUCTION'];

				const args = ['deploy', 'backend', '--env', 'preprod'];
				await expectRefused(args, {exit: 1, why: /VERIFIED is missing/, next: /VERIFIED/}, config);
				const swapped = [...words].reverse().filter(word => word !== '--confirm');
				const wrong = swapped.flatMap(word => ['--confirm', word]);
				await expectRefused(
					[...args, ...wrong],
					{exit: 1, why: /not exactly/, next: /type exactly what is asked for/},
					config,
				);
				const names = /BLOCKED/;
				await expectRefused([...args, ...words], {exit: 1, why: /production/, next: /\S/, names}, config);
				expect(await host.readRecord()).toEqual([]);
			});

			test('an app that the environment does not have', async () => {
				const args = ['deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes'];
				await expectRefused(args, {exit: 2, why: /no frontend/, next: /apps\.frontend/, names: /frontend/});
			});
		});

		describe('usage', () => {
			const names = /\S/;

			test('an unknown environment, app, option or command, and one argument too many', async () => {
				const refuse = (reason: RegExp, ...args: string[]): Promise<void> =>
					expectRefused(args, {exit: 2, why: reason, next: /\S/, names});
				await Promise.all([
					refuse(/local, preprod/, 'deploy', 'backend', '--env', 'prepord', '--confirm', 'yes'),
					refuse(/backend or frontend/, 'deploy', 'worker', '--env', 'preprod'),
					refuse(/--force/, ...deploy, '--force'),
					refuse(/deplyo/, 'deplyo', 'backend'),
					refuse(/argument/, 'deploy', 'backend', 'frontend', '--env', 'preprod'),
				]);
				expect(await host.readRecord()).toEqual([]);
			});

			test('a missing --env, and no command at all', async () => {
				await expectRefused(['deploy', 'backend'], {exit: 2, why: /--env/, next: /\S/, names});
				expectForm(await cockpit(), {exit: 2, why: /needs a command|not one/, next: /deploy/, names});
			});

			test('an environment without hosts', async () => {
				const args = ['deploy', 'backend', '--env', 'local', '--confirm', 'yes'];
				await expectRefused(args, {exit: 2, why: /no backend|no hosts/, next: /local\.yaml/, names: /local/});
			});

			test('no configuration', async () => {
				const config = join(home, 'nowhere');
				await expectRefused(deploy, {exit: 2, why: /missing/, next: /\S/, names: /nowhere/}, config);
			});
		});

		describe('sources', () => {
			test('a missing folder', async () => {
				const config = await variant('folder', {apps: {backend: {source: '/nowhere/backend'}}});
				await expectRefused(deploy, {exit: 1, why: /\/nowhere\/backend/, next: /\S/, names: /BLOCKED/}, config);
			});

			test.each(['artisan', 'composer.json'])('%s missing', async file => {
				const directory = join(home, `without-${file}`);
				await mkdir(join(directory, 'backend'), {recursive: true});
				await git(directory, 'init', '--quiet');
				for (const name of ['artisan', 'composer.json', 'composer.lock'].filter(name => name !== file))
					await writeFile(join(directory, 'backend', name), '');
				await git(directory, 'add', '--all');
				await git(directory, 'commit', '--quiet', '--message=Half an app');
				const config = await variant(file, {apps: {backend: {source: join(directory, 'backend')}}});

				await expectRefused(deploy, {exit: 1, why: new RegExp(`missing: ${file} `), next: /Commit/}, config);
			});

			test('uncommitted changes', async () => {
				const file = join(repository.backend, 'half \u001B[31mdone.php');
				undo.push(() => rm(file));
				await writeFile(file, '');

				await expectRefused(deploy, {
					exit: 1,
					why: /1 uncommitted change .*done\.php/,
					next: /Commit or stash/,
				});
				expect((await cockpit(...deploy)).stderr).not.toContain('\u001B');
			});
		});

		describe('host', () => {
			test('sudo is not installed', async () => {
				await hide('/usr/bin/sudo');
				await expectRefused(deploy, {exit: 3, why: /missing on the host: sudo/, next: /Install sudo/});
			});

			test('sudo allows nothing', async () => {
				await fault(`cp -p ${sudoers} /root/kept; : >${sudoers}`, `cp -p /root/kept ${sudoers}`);
				await expectRefused(deploy, {exit: 3, why: /sudo to www-data does not work/, next: /NOPASSWD/});
			});

			test.each([
				['nginx -t', '/usr/sbin/nginx'],
				['systemctl reload php8.1-fpm', '/usr/bin/systemctl reload php8.1-fpm'],
				['systemctl start nginx', '/usr/bin/systemctl start nginx'],
				[`ln -sfn`, '/usr/bin/ln'],
			])('sudo denies only %s', async (denied, rule) => {
				await fault(
					`cp -p ${sudoers} /root/kept; echo 'ubuntu ALL=(ALL) NOPASSWD:ALL, !${rule}' >${sudoers}`,
					`cp -p /root/kept ${sudoers}`,
				);
				await expectRefused(deploy, {exit: 3, why: new RegExp(`sudo refuses .*${denied}`), next: /NOPASSWD/});
			});

			test('PHP and composer are missing', async () => {
				const config = await variant('php', {apps: {backend: {php: 'php9.9', composer: 'composer9'}}});
				await expectRefused(deploy, {exit: 3, why: /php9\.9, composer9/, next: /Install php9\.9/}, config);
			});

			test('.env is missing', async () => {
				await hide(`${base}/shared/.env`);
				await expectRefused(deploy, {exit: 3, why: /no \.env/, next: /\.backend|Put it there/});
			});

			test('the backup folder is not writable', async () => {
				await fault(`chown root: ${backups}`, `chown ubuntu: ${backups}`);
				await expectRefused(deploy, {exit: 3, why: /can't write to .*backups\/preprod/, next: /writable/});
			});

			test('a path is shared now that the live release holds itself', async () => {
				const directories = ['storage/app', 'storage/logs', 'public/uploads', 'resources'];
				const config = await variant('shared', {apps: {backend: {shared: {files: ['.env'], directories}}}});
				await expectRefused(
					deploy,
					{exit: 2, why: /held by the live release itself: resources/, next: /adopt/},
					config,
				);
			});
		});

		describe('disk', () => {
			const mount = (where: string, size: string): Promise<void> =>
				fault(
					`mount -t tmpfs -o size=${size},mode=755,uid=$(id -u ubuntu),gid=$(id -g ubuntu) tmpfs ${where}`,
					`umount -l ${where}`,
				);
			/** The app on a file system of its own with `room` to spare. */
			const moveApp = async (room: string): Promise<void> => {
				await sh('mkdir -p /root/app && mount --bind /var/www/qsights /root/app');
				undo.push(() => sh('umount -l /var/www/qsights; umount /root/app; rmdir /root/app'));
				await sh(`mount -t tmpfs -o size=${room},mode=755 tmpfs /var/www/qsights`);
				await sh('cp -a /root/app/. /var/www/qsights/; install -d -m 777 /var/www/qsights/.fill');
			};
			/** The tool fills a file system before it does its work, when its arguments hold `when`. */
			const fillsUp = (tool: string, when: string, where: string): Promise<void> =>
				fault(
					`printf '%s\\n' '#!/bin/sh' 'case "$*" in *${when}*) dd if=/dev/zero of=${where}/filler bs=1M 2>/dev/null ;; esac' 'exec /usr/bin/${tool} "$@"' >/usr/local/bin/${tool}; chmod 755 /usr/local/bin/${tool}`,
					`rm -f /usr/local/bin/${tool} ${where}/filler`,
				);

			test('the backup folder has no room', async () => {
				await mount(backups, '8m');
				await expectRefused(deploy, {
					exit: 3,
					why: /disk full: backups \(\/home\/ubuntu\/backups\/preprod\) has [78] MiB/,
					next: /Free space/,
				});
			});

			test('the state directory has no room', async () => {
				await mount(state, '8m');
				await expectRefused(deploy, {
					exit: 3,
					why: /disk full: state \(\.cockpit\) has [78] MiB/,
					next: /Free space/,
				});
				undo.push(() => sh(`mkdir -p ${state}`));
			});

			test('the app has no room', async () => {
				const used = Number(await sh('du -sm /var/www/qsights | cut -f 1'));
				await moveApp(`${used + 20}m`);
				await expectRefused(deploy, {exit: 3, why: /disk full: app \(\S+\) has \d+ MiB/, next: /Free space/});
			});

			test('/tmp is full: no tool is said to be missing', async () => {
				await mount('/tmp', '64k');
				await sh('chmod 1777 /tmp; dd if=/dev/zero of=/tmp/filler bs=4k 2>/dev/null || true');
				await expectRefused(deploy, {exit: 3, why: /No space left/, next: /Free space/});
			});

			test.each([
				['copying the live release', 'cp', '--reflink'],
				['unpacking the upload', 'tar', '--extract'],
			])('the app fills up while %s', async (_, tool, when) => {
				const used = Number(await sh('du -sm /var/www/qsights | cut -f 1'));
				await moveApp(`${used * 2 + 100}m`);
				await fillsUp(tool, when, '/var/www/qsights/.fill');
				await expectRefused(deploy, {exit: 3, why: /No space left/, next: /Free space/, began: true});
				expect(await truth()).toBe(before);
			});

			test('the backup folder fills up while the backup is written', async () => {
				const kept = await sh(`ls ${backups}`);
				await mount(backups, '300m');
				await sh(`install -d -m 777 ${backups}/.fill`);
				await fillsUp('gzip', '-1', `${backups}/.fill`);
				await expectRefused(deploy, {exit: 3, why: /No space left/, next: /Free space/, began: true});
				expect(await sh(`ls ${backups} | grep 'gz$' || echo none`)).toBe('none');
				expect(kept).toMatch(/backend_/);
			});
		});

		describe('services', () => {
			test('nginx -t fails: exit 3, live untouched, nothing reloaded', async () => {
				await fault('echo "broken {" >/etc/nginx/sites-enabled/broken', 'rm /etc/nginx/sites-enabled/broken');
				await sh(': >/var/log/systemctl.log');
				await expectRefused(deploy, {exit: 3, why: /nginx -t exited with 1/, next: /\S/, began: true});
				expect(await sh("grep -c 'reload' /var/log/systemctl.log || true")).toBe('0');
			});

			test('a value in .env that artisan cannot parse is not shown', async () => {
				await fault(
					`cp -p ${base}/shared/.env /root/env; printf 'DB_PASSWORD=two %s\\n' ${secrets[0]} >>${base}/shared/.env`,
					`cp -p /root/env ${base}/shared/.env`,
				);
				await expectRefused(deploy, {exit: 3, why: /dotenv|artisan/, next: /\S/, began: true});
			});

			test('no secret is in a journal or in what the host was asked to run', async () => {
				for (const secret of secrets) {
					expect((await run(['grep', '-rlF', secret, join(home, 'state')])).stdout).toBe('');
					expect(await sh(`grep -rlF "$1" ${state} ${backups} || true`, secret)).toBe('');
				}
			});
		});
	});

	/* Last, because it leaves a new release live. */
	test('php-fpm can not be reloaded after the swap: exit 4, its state is said, and the way back works', async () => {
		await sh('systemctl stop php8.1-fpm; touch /etc/real-host/fail-php8.1-fpm');
		const failed = await cockpit(...deploy);
		expectForm(failed, {exit: 4, why: /reload php8\.1-fpm exited with 1[\s\S]*failed/, next: /Go back with:/});
		expect(failed.stderr).toMatch(/Now {3}Live backend is the new release/);
		expect(await sh(`cat ${live}/VERSION`)).toBe('v2');

		await sh('rm /etc/real-host/fail-php8.1-fpm');
		const [, script = ''] = / sh (\S+rollback-backend\.sh)/.exec(failed.stderr) ?? [];
		const back = await host.exec(['sudo', '-u', 'ubuntu', 'sh', '-c', `cd && sh ${script}`]);
		expect(back).toMatchObject({code: 0, stdout: expect.stringMatching(/php8\.1-fpm active/) as string});
		expect(await sh(`cat ${live}/VERSION`)).toBe('v1');
	});

	test('php-fpm that was down is started again and the run still says so', async () => {
		await sh('systemctl stop php8.1-fpm');
		const {code, stderr} = await cockpit(...deploy);
		expect({code, stderr}).toEqual({code: 4, stderr: expect.stringMatching(/active/) as string});
		expect(await sh('systemctl is-active php8.1-fpm')).toBe('active');
	});
});
