import {execa} from 'execa';
import {once} from 'node:events';
import {existsSync, globSync, readFileSync} from 'node:fs';
import {cp, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import {git, makeSourceRepository} from '../support/real-host/make-source-repository.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {startRealHost, type RealHost} from '../support/real-host/start-real-host.ts';
import {writeConfig} from '../support/real-host/write-config.ts';
import {until} from '../support/wait.ts';

const unavailable = realHostUnavailable();

const ssh = (host: RealHost, line: string, {input = '', port = host.sshPort} = {}) => {
	const options = {
		IdentitiesOnly: 'yes',
		UserKnownHostsFile: host.knownHosts,
		StrictHostKeyChecking: 'yes',
		HostKeyAlias: `[${host.ip}]:${host.sshPort}`,
	};
	const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
	const target = ['-i', host.keyFile, '-p', String(port), `ubuntu@${host.ip}`];
	return execa('ssh', ['-F', '/dev/null', ...settings, ...target, '--', line], {
		input,
		reject: false,
		stripFinalNewline: false,
	});
};

const health = async (host: RealHost) => {
	const answer = await fetch(`${host.url}/api/health`);
	const [, version] = /"version":"([^"]*)"/.exec(await answer.text()) ?? [];
	return {status: answer.status, version};
};

/** Files of /proc come and go while they are listed. */
const readIfThere = (file: string): string => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
};

/** Hides what two logins can't have in common: their ports, and the variable that marks the plain one. */
const tidy = (text: string): string => text.replaceAll(/(SSH_\w+)=.*/g, '$1').replace('PLAIN=1\n', '');

/** What of the real machine a careless fixture would change. */
const machine = () => ({
	users: readFileSync('/etc/passwd', 'utf8'),
	site: existsSync('/var/www/qsights'),
	home: existsSync('/home/ubuntu'),
	web: readIfThere('/etc/nginx/nginx.conf'),
	sshd: readIfThere('/etc/ssh/sshd_config'),
	systemctl: readIfThere('/usr/bin/systemctl'),
});

const lines = (text: string): string[] => text.trim().split('\n');

describe.skipIf(unavailable !== undefined)(`real host${unavailable ? ` (${unavailable})` : ''}`, () => {
	let host: RealHost;
	beforeAll(async () => {
		host = await startRealHost({name: 'web-1'});
	});
	afterAll(() => host.stop());
	beforeEach(() => host.clearRecord());

	test('a login over ssh is ubuntu and may use sudo without a password', async () => {
		const {exitCode, stdout} = await ssh(host, 'id -un; sudo -n id -un; sudo -n -u www-data id -un; hostname; pwd');

		expect(lines(stdout)).toEqual(['ubuntu', 'root', 'www-data', 'web-1', '/home/ubuntu']);
		expect(exitCode).toBe(0);
	});

	test('the site answers as version v1, uploads included', async () => {
		expect(await health(host)).toEqual({status: 200, version: 'v1'});
		expect(await (await fetch(`${host.url}/uploads/logo.svg`)).text()).toBe('<svg/>\n');
	});

	test('the app lies as the old scripts left it', async () => {
		const paths = ['.', '.env', 'artisan', 'vendor/autoload.php', 'storage/app/uploads/report.txt'];
		const {stdout} = await host.exec(['stat', '-c', '%F %a %U %n', ...paths], {cwd: '/var/www/qsights/backend'});

		expect(lines(stdout)).toEqual([
			'directory 755 www-data .',
			'regular file 640 www-data .env',
			'regular file 755 www-data artisan',
			'regular file 644 www-data vendor/autoload.php',
			'regular file 644 www-data storage/app/uploads/report.txt',
		]);
	});

	test.each([
		{name: 'backend_20260201_101500', version: 'v0'},
		{name: 'backend_20260208_114500', version: 'v1'},
	])('backup $name holds $version below backend/, without vendor and logs', async ({name, version}) => {
		const archive = `/home/ubuntu/backups/preprod/${name}.tar.gz`;
		const names = lines((await host.exec(['tar', '-tzf', archive])).stdout);

		expect((await host.exec(['tar', '-xzOf', archive, 'backend/VERSION'])).stdout).toBe(`${version}\n`);
		expect(names.filter(path => !path.startsWith('backend/'))).toEqual([]);
		expect(names.filter(path => /^backend\/(vendor|storage\/logs)\//.test(path))).toEqual([]);
		expect(names).toContain('backend/storage/app/uploads/report.txt');
		expect((await host.exec(['stat', '-c', '%U %a', archive])).stdout).toBe('root 644\n');
	});

	test('the live directory can be renamed and exchanged, as on one plain file system', async () => {
		const renameat2 = process.arch === 'arm64' ? 276 : 316;
		const exchange = `syscall(${renameat2}, -100, my $a = "backend", -100, my $b = "other", 2) == 0 or die $!`;
		const move = 'rename("other", "third") or die $!; rename("third", "other") or die $!';
		await host.exec(['mkdir', '/var/www/qsights/other']);
		const there = await host.exec(['perl', '-e', `${exchange}; ${move}`], {cwd: '/var/www/qsights'});
		const isMoved = existsSync(join(host.root, 'var/www/qsights/other/artisan'));
		const back = await host.exec(['perl', '-e', exchange], {cwd: '/var/www/qsights'});
		await host.exec(['rmdir', '/var/www/qsights/other']);

		expect({there: there.stderr, back: back.stderr, isMoved}).toEqual({there: '', back: '', isMoved: true});
		expect(await health(host)).toEqual({status: 200, version: 'v1'});
	});

	test.each([
		['config:clear'],
		['cache:clear'],
		['route:clear'],
		['view:clear'],
		['config:cache'],
		['route:cache'],
		['view:cache'],
		['migrate:status'],
		['migrate', '--pretend', '--force'],
		['queue:restart'],
	])('artisan %s works as the owner of the app', async (...args) => {
		const artisan = ['sudo', '-n', '-u', 'www-data', 'php', 'artisan', ...args] as const;

		expect(await host.exec([...artisan], {cwd: '/var/www/qsights/backend'})).toMatchObject({code: 0, stderr: ''});
	});

	test('the record holds every line to the byte, in order, with its time', async () => {
		const odd = [
			'true',
			' true  ',
			"printf '%s\\n' 'a b' \"c\\\"d\" $'\\t'",
			'true\ntrue\n\n# a comment\n',
			"sh -c 'exit 0' x 'it'\\''s' '*' '$HOME' '`id`'",
			'true "ü→\u{1f680}" \u0001\u007f\u001b[31m',
			`true ${'x'.repeat(100_000)}`,
		];
		const before = Date.now();
		for (const line of odd) expect((await ssh(host, line)).exitCode).toBe(0);
		const record = await host.readRecord();

		expect(record.map(({line}) => line)).toEqual(odd);
		const times = [before - 1, ...record.map(({startedAtMs}) => startedAtMs), Date.now() + 1];
		expect(times).toEqual(times.toSorted((a, b) => a - b));
	});

	test('the recorder passes input, both outputs and the exit code through', async () => {
		const input = '\u0000binary\r\n'.repeat(50_000);
		const result = await ssh(host, 'cat; echo trouble >&2; exit 37', {input});

		expect(result.stdout === input).toBe(true);
		expect({stderr: result.stderr, code: result.exitCode}).toEqual({stderr: 'trouble\n', code: 37});
	});

	test('a command behind the recorder finds what a plain sshd would give it', async () => {
		const port = host.sshPort === 65_535 ? host.sshPort - 1 : host.sshPort + 1;
		const plain = ['ForceCommand=none', 'SetEnv=PLAIN=1', `Port=${port}`, 'PidFile=/run/plain.pid'];
		const ownRc =
			'cat /home/ubuntu/.bashrc >/tmp/rc; (echo "echo read the rc file"; cat /tmp/rc) >/home/ubuntu/.bashrc';
		await host.exec(['sh', '-c', ownRc]);
		await host.exec(['/usr/sbin/sshd', '-p', String(port), ...plain.flatMap(option => ['-o', option])]);
		await until('the plain sshd', () => existsSync(join(host.root, 'run/plain.pid')));
		const show = 'echo $0 $- $PPID | sed "s/ [0-9]*$//"; env | sort; ulimit -a; umask; trap; ps -o stat= -p $$';

		const [recorded, expected] = [await ssh(host, show), await ssh(host, show, {port})];
		await host.exec(['sh', '-c', 'kill "$(cat /run/plain.pid)"; cat /tmp/rc >/home/ubuntu/.bashrc']);

		expect(expected.stdout).toContain('PLAIN=1');
		expect(lines(expected.stdout).filter(line => line === 'read the rc file')).toHaveLength(1);
		expect(tidy(recorded.stdout)).toBe(tidy(expected.stdout));
	});

	test('systemctl needs root, acts on the real daemon and notes who called', async () => {
		const pid = async () =>
			(await host.exec(['systemctl', 'show', '-p', 'MainPID', '--value', 'php8.1-fpm'])).stdout;
		const first = await pid();
		const refused = await ssh(host, 'systemctl restart php8.1-fpm');
		const afterRefusal = await pid();
		const allowed = await ssh(host, 'sudo -n systemctl restart php8.1-fpm && systemctl is-active php8.1-fpm nginx');

		expect(refused.exitCode).toBe(1);
		expect(refused.stderr).toContain('Interactive authentication required.');
		expect(afterRefusal).toBe(first);
		expect(allowed.stdout).toBe('active\nactive\n');
		expect(await pid()).not.toBe(first);
		expect(await health(host)).toEqual({status: 200, version: 'v1'});
		const log = await readFile(join(host.root, 'var/log/systemctl.log'), 'utf8');
		expect(log).toMatch(/^\d+\.\d+ uid=0 restart php8\.1-fpm$/m);
		expect(log).toMatch(/^\d+\.\d+ uid=[1-9]\d* restart php8\.1-fpm$/m);
	});

	test('systemctl reports a unit that is stopped, that failed or that nobody knows', async () => {
		const active = (unit: string) => host.exec(['systemctl', 'is-active', unit]);
		await host.exec(['systemctl', 'stop', 'php8.1-fpm']);
		expect(await active('php8.1-fpm')).toMatchObject({code: 3, stdout: 'inactive\n'});
		expect((await fetch(`${host.url}/api/health`)).status).toBe(502);

		await host.exec(['touch', '/etc/real-host/fail-php8.1-fpm']);
		const {code, stderr} = await host.exec(['systemctl', 'start', 'php8.1-fpm']);
		expect(code).toBe(1);
		expect(stderr).toMatch(
			/^Job for php8\.1-fpm\.service failed because the control process exited with error code\./,
		);
		expect(await active('php8.1-fpm')).toMatchObject({code: 3, stdout: 'failed\n'});

		await host.exec(['rm', '/etc/real-host/fail-php8.1-fpm']);
		expect(await host.exec(['systemctl', 'start', 'php8.1-fpm'])).toMatchObject({code: 0});
		expect(await host.exec(['systemctl', 'status', 'redis'])).toMatchObject({code: 4});
	});

	test('the live app answers from its new files once php-fpm is reloaded', async () => {
		const show = ['systemctl', 'show', '-p', 'ActiveState,MainPID', 'php8.1-fpm'] as const;
		const before = (await host.exec(show)).stdout;
		await host.exec(['sh', '-c', 'echo v9 >VERSION; chown www-data: VERSION'], {cwd: '/var/www/qsights/backend'});
		expect(await host.exec(['nginx', '-t'])).toMatchObject({code: 0});
		expect(await host.exec(['systemctl', 'reload', 'php8.1-fpm', 'nginx'])).toMatchObject({code: 0});

		const answers = await until(
			'the new files',
			async () => {
				const answer = await health(host);
				return answer.version === 'v9' && answer;
			},
			{show: () => 'an answer without v9'},
		);
		expect(answers).toEqual({status: 200, version: 'v9'});
		expect(before).toMatch(/^ActiveState=active\nMainPID=[1-9]/);
		expect((await host.exec(show)).stdout).toBe(before);
	});

	test('the health check of any release can be made sick', async () => {
		await host.exec(['sh', '-c', 'echo 503 >/etc/real-host/health-status']);
		expect((await health(host)).status).toBe(503);

		await host.exec(['rm', '/etc/real-host/health-status']);
		expect((await health(host)).status).toBe(200);
	});

	test('composer can be held at its end until the test lets it go', async () => {
		await host.exec(['mkfifo', '-m', '666', '/run/real-host/composer-gate']);
		const install = 'cd /var/www/qsights/backend && sudo -n -u www-data composer install --no-dev --no-interaction';
		const composer = ssh(host, install);
		// Opening a fifo for writing waits for its reader, which is composer's last script.
		const hold =
			'exec 3>/run/real-host/composer-gate; rm /run/real-host/composer-gate; pgrep -f "composer [i]nstall"';

		expect(await host.exec(['sh', '-c', hold])).toMatchObject({code: 0});
		expect((await composer).exitCode).toBe(0);
	});

	test('every version of the sample app runs on the host', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'cockpit-sources-'));
		const repository = await makeSourceRepository(directory, 'v1');
		const deploy = [
			'chown -R www-data: .',
			'sudo -u www-data composer install --no-dev --no-interaction --quiet',
			'sudo -u www-data php artisan migrate --force',
			'sudo -u www-data php artisan route:cache',
			'systemctl restart php8.1-fpm',
		];
		const answers: unknown[] = [];
		for (const version of ['v2', 'v3', 'unhealthy'] as const) {
			await repository.commit(version);
			await cp(repository.backend, join(host.root, 'var/www/qsights/backend'), {recursive: true});
			const done = await host.exec(['sh', '-ec', deploy.join('\n')], {cwd: '/var/www/qsights/backend'});
			answers.push({
				...(await health(host)),
				migrated: done.stdout.includes('create_reports_table'),
				stderr: done.stderr,
			});
		}
		await rm(directory, {recursive: true});

		expect(answers).toEqual([
			{status: 200, version: 'v2', migrated: false, stderr: ''},
			{status: 200, version: 'v3', migrated: true, stderr: ''},
			{status: 503, version: 'unhealthy', migrated: false, stderr: ''},
		]);
	});

	test('reset brings back the state of the old scripts, with the same keys and ports', async () => {
		const spoil =
			'rm -rf /var/www/qsights /home/ubuntu/backups; systemctl stop nginx; echo "Port 1" >/etc/ssh/sshd_config';
		await host.exec(['sh', '-c', spoil]);
		await host.reset();

		expect(await health(host)).toEqual({status: 200, version: 'v1'});
		const {stdout} = await ssh(host, 'ls backups/preprod; sudo -n systemctl is-active nginx');
		expect(lines(stdout)).toEqual(['backend_20260201_101500.tar.gz', 'backend_20260208_114500.tar.gz', 'active']);
		expect(await host.readRecord()).toHaveLength(1);
	});
});

describe.skipIf(unavailable !== undefined)(`end of a real host${unavailable ? ` (${unavailable})` : ''}`, () => {
	test('stop leaves no process, no mount and no file, and never touched the machine', async () => {
		const before = machine();
		const host = await startRealHost({name: 'web-2', ip: '127.0.0.3'});
		const state = join(host.keyFile, '..');
		await host.exec(['sh', '-c', 'setsid nohup sleep 1000 >/dev/null 2>&1 &']);
		// A process may be reused by its id, never by its id and start.
		const mounts = () => globSync('/proc/[0-9]*/mountinfo').filter(file => readIfThere(file).includes(state));
		const inside = mounts().map(file => file.replace('mountinfo', 'stat'));
		const starts = inside.map(file => readIfThere(file).split(' ')[21]);
		expect(inside.length).toBeGreaterThan(5);

		await host.stop();
		await host.stop();

		expect(inside.filter((file, at) => readIfThere(file).split(' ')[21] === starts[at])).toEqual([]);
		expect(mounts()).toEqual([]);
		expect(existsSync(state)).toBe(false);
		expect(machine()).toEqual(before);
	});

	test('a host ends with the process that started it, even when that is killed', async () => {
		const module = join(import.meta.dirname, '../support/real-host/start-real-host.ts');
		const script = `
			const {startRealHost} = await import(${JSON.stringify(module)});
			const host = await startRealHost({name: 'web-3', ip: '127.0.0.4'});
			process.stdout.write(host.root + '\\n' + host.keyFile + '\\n');`;
		const child = execa(process.execPath, ['--input-type=module', '--eval', script], {reject: false});
		const [root = '', keyFile = ''] = lines(String(await once(child.stdout, 'data')));
		expect(existsSync(join(root, 'run/sshd.pid'))).toBe(true);

		child.kill('SIGKILL');
		await child;

		await until(`${root} to go`, () => !existsSync(join(root, '..')));
		await rm(join(keyFile, '..'), {recursive: true});
	});
});

describe.skipIf(unavailable !== undefined)(`sources for a real host${unavailable ? ` (${unavailable})` : ''}`, () => {
	let directory: string;
	beforeAll(async () => {
		directory = await mkdtemp(join(tmpdir(), 'cockpit-sources-'));
	});
	afterAll(() => rm(directory, {recursive: true}));

	test('version v2 changes, adds and removes a file on main', async () => {
		const {backend} = await makeSourceRepository(join(directory, 'v2'), 'v2');

		expect(await git(backend, 'log', '--format=%s %D')).toBe('Release v2 HEAD -> main\nRelease v1 ');
		expect(await git(backend, 'diff', '--name-status', 'HEAD~1', '--relative')).toBe(
			[
				'M\tVERSION',
				'D\tapp/Http/Controllers/LegacyReportController.php',
				'A\tapp/Http/Controllers/SummaryController.php',
				'M\troutes/api.php',
			].join('\n'),
		);
		expect(await git(backend, 'ls-files', '--stage', 'artisan')).toMatch(/^100755 /);
	});

	test('a test commits a change of its own; the same history has the same ids', async () => {
		const one = await makeSourceRepository(join(directory, 'one'), 'v1');
		const two = await makeSourceRepository(join(directory, 'two'), 'v1');
		const id = await one.commit({'app/New.php': '<?php\n', VERSION: null}, 'Odd release');

		expect(await two.commit({'app/New.php': '<?php\n', VERSION: null}, 'Odd release')).toBe(id);
		expect(existsSync(join(one.backend, 'VERSION'))).toBe(false);
		expect(await git(one.directory, 'status', '--porcelain')).toBe('');
	});

	test('the written configuration loads, and can be overridden key by key', async () => {
		const {directory: config, backend} = await makeSourceRepository(join(directory, 'config'), 'v1');
		const host = {
			name: 'web-1',
			environment: 'preprod',
			ip: '127.0.0.2',
			sshPort: 2222,
			url: 'http://127.0.0.2:8080',
			keyFile: '/keys/client',
			knownHosts: '/keys/known_hosts',
		};
		await writeConfig(config, host, {
			apps: {backend: {keepReleases: 7, health: {within: '2s'}}},
			promotedFrom: undefined,
		});
		const {environments} = await loadEnvironments(config, {home: '/root'});
		const preprod = environments.find(({name}) => name === 'preprod');

		expect(environments.map(({name}) => name).toSorted()).toEqual(['local', 'preprod']);
		expect(preprod?.promotedFrom).toBeUndefined();
		expect(preprod?.hosts).toMatchObject([{address: '127.0.0.2', port: 2222, identityFile: '/keys/client'}]);
		expect(preprod?.apps.backend).toMatchObject({source: backend, keepReleases: 7});
		expect(preprod?.apps.backend?.health).toMatchObject({stableForMs: 300, withinMs: 2000, passes: 3});
		expect(await git(config, 'status', '--porcelain')).toBe('');
	});
});
