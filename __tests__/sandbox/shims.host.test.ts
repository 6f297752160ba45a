import {readFileSync, writeFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {currentAccount} from '../../src/sandbox/host/host-account.ts';
import type {HostLayout} from '../../src/sandbox/host/host-layout.ts';
import {writeShims} from '../../src/sandbox/shims/write-shims.ts';
import {bareHost, readLog, runOn, writeSample} from './support.ts';

let layout: HostLayout;
let app: string;
const {username} = userInfo();

beforeEach(async () => {
	layout = await bareHost();
	app = layout.backend;
});

const run = (line: string) => runOn(layout, line);

/** Puts the sample backend where the live one is. */
const installSample = async (version?: string): Promise<void> => {
	await writeSample('backend', app, version);
	await writeFile(join(app, '.env'), 'APP_ENV=production\nAPP_KEY=base64:abc\n');
};
const composerInstall = () =>
	run(`composer install --no-dev --optimize-autoloader --no-interaction --working-dir='${app}'`);
const artisan = (words: string) => run(`php '${app}/artisan' ${words}`);

describe('sandbox sudo', () => {
	test.each([
		{line: 'sudo -n true', code: 0},
		{line: 'sudo -n -u root -- true', code: 0},
		{line: `sudo -n -u ${username} -- sh -c 'exit 9'`, code: 9},
		{line: 'sudo -n -l', code: 0},
		{line: 'sudo -n -l -- systemctl reload nginx', code: 0},
		{line: 'sudo -n -l -- no-such-program', code: 1, stderr: 'sudo: no-such-program: command not found'},
		{line: 'sudo -n no-such-program', code: 1, stderr: 'sudo: no-such-program: command not found'},
		{line: 'sudo -n cd /', code: 1, stderr: 'sudo: cd: command not found'},
		{line: 'sudo -n -u no-such-user true', code: 1, stderr: 'sudo: unknown user no-such-user'},
		{line: 'sudo -u daemon id', code: 1, stderr: 'is not allowed to execute'},
		{line: 'sudo --frobnicate true', code: 1, stderr: "sudo: unrecognized option '--frobnicate'"},
		{line: 'sudo -x true', code: 1, stderr: "sudo: invalid option -- 'x'"},
		{line: 'sudo -n', code: 1, stderr: 'usage: sudo'},
	])('$line exits with $code', async ({line, code, stderr = ''}) => {
		const answer = await run(line);

		expect(answer.code).toBe(code);
		expect(answer.stderr).toContain(stderr);
	});

	test('resets the environment, hands standard input on and keeps odd arguments whole', async () => {
		const {stdout} = await run(
			`export SECRET=x; printf data | sudo -n -u ${username} -- sh -c 'cat; echo ":\${SECRET-unset}:$1"' sh 'a "b\\" $HOME'`,
		);

		expect(stdout).toBe('data:unset:a "b\\" $HOME\n');
		const [call] = await readLog(join(layout.log, 'shims.jsonl'));
		expect(call).toMatchObject({shim: 'sudo', as: 'login'});
		expect(call?.argv?.at(-1)).toBe('a "b\\" $HOME');
	});
});

describe('sandbox systemctl', () => {
	test('refuses to change a unit without sudo, as polkit does', async () => {
		for (const verb of ['start', 'stop', 'restart', 'reload']) {
			const {code, stderr} = await run(`systemctl ${verb} nginx`);
			expect({code, stderr}).toMatchObject({
				code: 1,
				stderr: expect.stringContaining(
					`Failed to ${verb} nginx.service: Interactive authentication required.`,
				),
			});
		}
	});

	test('starts, reports and stops a unit', async () => {
		expect(await run('systemctl is-active nginx')).toMatchObject({code: 3, stdout: 'inactive\n'});
		expect((await run('sudo -n systemctl reload nginx')).code).toBe(1);
		expect((await run('sudo -n systemctl start nginx.service')).code).toBe(0);
		expect(await run('systemctl is-active nginx')).toMatchObject({code: 0, stdout: 'active\n'});
		expect((await run('systemctl status nginx')).stdout).toContain('Active: active (running) since');
		const shown = await run('systemctl show nginx -p ActiveState,SubState --property=LoadState');
		expect(shown.stdout).toBe('ActiveState=active\nSubState=running\nLoadState=loaded\n');
		expect((await run('sudo -n systemctl stop nginx')).code).toBe(0);
		expect((await run('systemctl status nginx')).code).toBe(3);
	});

	test('cat, is-enabled and show --value answer for a script', async () => {
		expect((await run('systemctl cat php8.1-fpm')).stdout).toContain('ExecReload=/bin/kill -USR2 $MAINPID\n');
		expect(await run('systemctl cat mysql')).toMatchObject({
			code: 1,
			stderr: 'No files found for mysql.service.\n',
		});
		expect((await run('systemctl is-enabled nginx')).stdout).toBe('enabled\n');
		expect((await run('systemctl show -p ActiveState --value php8.1-fpm')).stdout).toBe('inactive\n');
	});

	test('a start that fails says so and leaves the unit failed', async () => {
		writeFileSync(join(layout.units, 'php8.1-fpm.fails'), '');

		const {code, stderr} = await run('sudo -n systemctl restart php8.1-fpm');

		expect(code).toBe(1);
		expect(stderr).toContain('Job for php8.1-fpm.service failed');
		expect((await run('systemctl is-active php8.1-fpm')).stdout).toBe('failed\n');
	});

	test.each([
		{line: 'systemctl frobnicate nginx', code: 1, stderr: 'Unknown command verb frobnicate.'},
		{line: 'systemctl is-active', code: 1, stderr: 'Too few arguments.'},
		{line: 'systemctl --frobnicate is-active nginx', code: 1, stderr: "unrecognized option '--frobnicate'"},
		{line: 'sudo systemctl restart mysql', code: 5, stderr: 'Unit mysql.service not found.'},
		{line: 'systemctl status mysql', code: 4, stderr: 'Unit mysql.service could not be found.'},
	])('$line exits with $code', async ({line, code, stderr}) => {
		const answer = await run(line);

		expect(answer.code).toBe(code);
		expect(answer.stderr).toContain(stderr);
	});
});

describe('sandbox nginx', () => {
	test('-t passes as root only, and names the line of a directive it does not know', async () => {
		expect((await run('nginx -t')).stderr).toContain('Permission denied');
		expect(await run('sudo -n nginx -t')).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('test is successful'),
		});

		writeFileSync(layout.nginxConfiguration, 'events {\n}\nservre {\n}\n');

		const {code, stderr} = await run('sudo -n nginx -t');
		expect(code).toBe(1);
		expect(stderr).toContain(`unknown directive "servre" in ${layout.nginxConfiguration}:3`);
		expect((await run('sudo -n nginx -z')).code).toBe(1);
	});
});

describe('sandbox composer', () => {
	test('makes the same vendor every time and says what composer says', async () => {
		await installSample();
		const first = await composerInstall();
		const digest = () =>
			run(`cd '${app}/vendor' && find . -type f | sort | xargs sha256sum`).then(({stdout}) => stdout);
		const before = await digest();
		const again = await composerInstall();

		expect(first.code).toBe(0);
		expect(first.stderr).toContain('Package operations: 12 installs, 0 updates, 0 removals');
		expect(first.stderr).toContain('  - Installing laravel/framework (v8.83.27): Extracting archive');
		expect(again.stderr).toContain('Nothing to install, update or remove');
		expect(await digest()).toBe(before);
		const installed = JSON.parse(readFileSync(join(app, 'vendor/composer/installed.json'), 'utf8'));
		expect(installed.packages.map(({name}: {name: string}) => name)).not.toContain('phpunit/phpunit');
	});

	test('removes what the lock file no longer has', async () => {
		await installSample();
		await composerInstall();
		const lock = JSON.parse(readFileSync(join(app, 'composer.lock'), 'utf8'));
		lock.packages = lock.packages.filter(({name}: {name: string}) => name !== 'monolog/monolog');
		writeFileSync(join(app, 'composer.lock'), JSON.stringify(lock));

		expect((await composerInstall()).stderr).toContain('  - Removing monolog/monolog (2.9.1)');
		expect((await run(`ls '${app}/vendor/monolog/monolog'`)).code).not.toBe(0);
	});

	test.each([
		{
			name: 'an unknown option',
			line: 'composer install --frobnicate',
			code: 1,
			stderr: 'The "--frobnicate" option does not exist.',
		},
		{
			name: 'an unknown command',
			line: 'composer frobnicate',
			code: 1,
			stderr: 'Command "frobnicate" is not defined.',
		},
		{
			name: 'a directory that is not there',
			line: 'composer install --working-dir=/no/such',
			code: 1,
			stderr: '/no/such does not exist.',
		},
		{
			name: 'a directory without composer.json',
			line: 'composer install',
			code: 1,
			stderr: 'could not find a composer.json',
		},
	])('refuses $name', async ({line, code, stderr}) => {
		const answer = await run(line);

		expect(answer.code).toBe(code);
		expect(answer.stderr).toContain(stderr);
	});

	test('refuses a package that the lock file does not have', async () => {
		await installSample();
		const file = join(app, 'composer.json');
		const json = JSON.parse(readFileSync(file, 'utf8'));
		json.require['acme/new'] = '^1.0';
		writeFileSync(file, JSON.stringify(json));

		const {code, stderr} = await composerInstall();

		expect(code).toBe(4);
		expect(stderr).toContain('Required package "acme/new" is not present in the lock file.');
	});

	test('check-platform-reqs and --version answer on standard output', async () => {
		await installSample();

		expect((await run('composer --version --no-ansi')).stdout).toMatch(/^Composer version 2\./);
		expect(await run(`composer check-platform-reqs --no-dev --working-dir='${app}'`)).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/^php +8\.1\.2 +success/),
		});
	});
});

describe('sandbox php', () => {
	test('answers -v and lints, and refuses other code', async () => {
		writeFileSync(join(layout.home, 'good.php'), '<?php echo 1;\n');
		writeFileSync(join(layout.home, 'bad.php'), '<?php\n<?php syntax error\n');

		expect((await run('php -v')).stdout).toMatch(/^PHP 8\.1\./);
		expect((await run('php -l good.php')).code).toBe(0);
		expect(await run('php -l bad.php')).toMatchObject({
			code: 255,
			stderr: expect.stringContaining('bad.php on line 2'),
		});
		expect((await run(`php -r 'phpinfo();'`)).code).toBe(64);
		expect((await run('php good.php')).code).toBe(64);
		expect((await run('php no-such-file')).code).toBe(1);
	});

	test('artisan fails without vendor, as the require in it does', async () => {
		await installSample();

		expect(await artisan('config:cache')).toMatchObject({
			code: 255,
			stderr: expect.stringContaining('vendor/autoload.php): Failed to open stream'),
		});
	});

	test("artisan writes caches that hold the release's own path, and clears them", async () => {
		await installSample();
		await composerInstall();

		for (const name of ['config:cache', 'route:cache', 'view:cache', 'event:cache', 'queue:restart', 'cache:clear'])
			expect(await artisan(name)).toMatchObject({code: 0, stderr: ''});

		const cache = (name: string) => readFileSync(join(app, 'bootstrap/cache', name), 'utf8');
		expect(cache('config.php')).toContain(`'base_path' => '${app}'`);
		await writeFile(join(app, '.env'), 'APP_ENV="production"\r\nAPP_KEY=base64:crlf\r\n');
		await artisan('config:cache');
		expect(cache('config.php')).toContain(`'app_key' => 'base64:crlf'`);
		expect(cache('routes-v7.php')).toContain(`'/api/health'`);
		const views = await run(`grep -l 'PATH ${app}/resources/views' '${app}'/storage/framework/views/*.php | wc -l`);
		expect(Number(views.stdout)).toBe(9);

		for (const name of ['config:clear', 'route:clear', 'view:clear', 'event:clear'])
			expect((await artisan(name)).code).toBe(0);
		expect((await run(`ls '${app}/bootstrap/cache' '${app}/storage/framework/views'`)).stdout).not.toMatch(
			/config|routes|events|[0-9a-f]{40}/,
		);
	});

	test('artisan stops at a file PHP cannot parse', async () => {
		await installSample();
		await composerInstall();
		writeFileSync(join(app, 'app/Models/User.php'), '<?php syntax error\n');

		expect(await artisan('config:cache')).toMatchObject({
			code: 255,
			stderr: expect.stringContaining(`${app}/app/Models/User.php on line 1`),
		});
	});

	test('artisan migrate asks in production, runs what is pending once, and migrate:status tells', async () => {
		await installSample();
		await composerInstall();
		expect((await artisan('migrate')).code).toBe(1);
		expect((await artisan('migrate --force')).stdout).toContain(
			'Migrated:  2025_11_03_090000_create_users_table (12.04ms)\n',
		);
		expect((await artisan('migrate --force')).stdout).toBe('Nothing to migrate.\n');
		await installSample('2.5.1');

		const pretended = await artisan('migrate --pretend --force --no-interaction');
		const before = await artisan('migrate:status');
		const migrated = await artisan('migrate --force --no-interaction');
		const elsewhere = await artisan('migrate:status --realpath --path=/nowhere');
		const after = await artisan('migrate:status');

		expect(pretended.stdout).toBe(
			[
				"2026_01_27_090001_create_reminders_table: create table `reminders` (`id` bigint unsigned not null auto_increment primary key, `evaluation_id` bigint unsigned not null, `sent_at` varchar(255) not null, `created_at` timestamp null, `updated_at` timestamp null) default character set utf8mb4 collate 'utf8mb4_unicode_ci'\n",
				'AddDecimalsToReportsTable: alter table `reports` add `decimals` varchar(255) null\n',
			].join(''),
		);
		expect(before.stdout.split('\n').slice(0, 3)).toEqual([
			'+------+-----------------------------------------------------+-------+',
			'| Ran? | Migration                                           | Batch |',
			'+------+-----------------------------------------------------+-------+',
		]);
		expect(before.stdout).toContain('| Yes  | 2025_11_03_090000_create_users_table                | 1     |\n');
		expect(before.stdout).toContain('| No   | 2026_02_05_093000_add_decimals_to_reports_table     |       |\n');
		expect(migrated.stdout.split('\n')[0]).toBe('Migrating: 2026_01_27_090001_create_reminders_table');
		expect(after.stdout).toContain('| Yes  | 2026_02_05_093000_add_decimals_to_reports_table     | 2     |\n');
		expect(after.stdout).not.toContain('| No');
		expect(elsewhere.stderr).toContain('No migrations found');
	});

	test('artisan migrate:rollback asks in production, shows its SQL without running it, and takes back what is meant', async () => {
		await installSample();
		await composerInstall();
		await artisan('migrate --force');
		await installSample('2.5.1');
		await artisan('migrate --force');
		const [reminders, decimals] = [
			'2026_01_27_090001_create_reminders_table',
			'2026_02_05_093000_add_decimals_to_reports_table',
		];
		const before = await artisan('migrate:status');
		expect((await artisan('migrate:rollback --step=1')).code).toBe(1);
		expect((await artisan('migrate:rollback --step=1 --pretend --force')).stdout).toBe(
			`Rolling back: ${decimals}\nAddDecimalsToReportsTable: alter table \`reports\` drop \`decimals\`\n`,
		);
		expect((await artisan('migrate:rollback --pretend --force')).stdout).toContain(`Rolling back: ${reminders}`);
		expect(await artisan('migrate:status')).toEqual(before);

		const path = `database/migrations/${reminders}.php`;
		expect((await artisan(`migrate:rollback --step=2 --path=${path} --force`)).stdout).toBe(
			`Migration not found: ${decimals}\nRolling back: ${reminders}\nRolled back:  ${reminders} (12.04ms)\n`,
		);
		const {stdout} = await artisan('migrate:status');
		expect(stdout).toContain(`| Yes  | ${decimals}     | 2     |`);
		expect(stdout).toContain(`| No   | ${reminders}            |       |`);
	});

	test('artisan down and up: once each, and what else there is says so', async () => {
		await installSample();
		await composerInstall();
		const said = [];
		for (const words of ['down --retry=60', 'down', 'up', 'up']) said.push((await artisan(words)).stdout.trim());

		expect(said).toEqual([
			'Application is now in maintenance mode.',
			'Application is already down.',
			'Application is now live.',
			'Application is already up.',
		]);
	});

	test('a migration that throws stops there: what came before is recorded, it is not', async () => {
		await installSample('2.5.1');
		await composerInstall();
		const name = '2026_02_05_093000_add_decimals_to_reports_table';
		const file = join(app, `database/migrations/${name}.php`);
		writeFileSync(
			file,
			readFileSync(file, 'utf8').replace(
				'Schema::table(',
				"throw new \\RuntimeException('Table is full');\n        Schema::table(",
			),
		);

		const {code, stdout, stderr} = await artisan('migrate --force');

		expect({code, last: stdout.trim().split('\n').at(-1)}).toEqual({code: 1, last: `Migrating: ${name}`});
		expect(stderr).toContain('SQLSTATE[HY000]: General error: Table is full');
		const status = await artisan('migrate:status');
		expect(status.stdout).toContain('| Yes  | 2026_01_27_090001_create_reminders_table            | 1     |');
		expect(status.stdout).toContain(`| No   | ${name}     |       |`);
	});

	test.each([
		{words: 'frobnicate', stderr: 'Command "frobnicate" is not defined.'},
		{words: 'config:cache --frobnicate', stderr: 'The "--frobnicate" option does not exist.'},
		{words: 'config:cache extra', stderr: 'No arguments expected for "config:cache" command, got "extra".'},
	])('artisan $words is refused', async ({words, stderr}) => {
		await installSample();
		await composerInstall();

		const answer = await artisan(words);

		expect(answer.code).toBe(1);
		expect(answer.stderr).toContain(stderr);
	});
});

describe('sandbox date', () => {
	test('is ahead by the offset in whatever form it is asked, and answers for another time as it is', async () => {
		const offset = 86_400 * 30 + 77;
		await writeShims({layout, account: currentAccount(), node: process.execPath, clockOffset: offset});
		const before = Math.floor(Date.now() / 1000) + offset;

		const seconds = Number((await run('date -u +%s')).stdout);
		const stamp = Date.parse((await run('date -u +%Y-%m-%dT%H:%M:%SZ')).stdout.trim()) / 1000;
		const after = Math.floor(Date.now() / 1000) + offset;

		for (const answer of [seconds, stamp]) {
			expect(answer).toBeGreaterThanOrEqual(before);
			expect(answer).toBeLessThanOrEqual(after);
		}
		expect((await run('date -u -d @0 +%Y')).stdout).toBe('1970\n');
		expect((await run('sudo -n date +%Y')).stdout).toMatch(/^\d{4}\n$/);
	});
});
