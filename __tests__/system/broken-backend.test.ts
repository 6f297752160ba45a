import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {atDepth} from '../support/depth.ts';
import type {Changes} from '../support/real-host/make-source-repository.ts';
import {observeBackend, observeLeftovers, observeLedger, sh, type Backend} from './observe.ts';
import {writeConfig} from '../support/real-host/write-config.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const controller = 'app/Http/Controllers/HealthController.php';

/** A health check with a statement before its answer. */
const health = (statement: string): string => `<?php
namespace App\\Http\\Controllers;
class HealthController
{
	public function __invoke()
	{
		${statement}
		return response()->json(['status' => 'ok']);
	}
}
`;

const migration = `<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;
return new class extends Migration {
	public function up() { Schema::create('programs', function (Blueprint $t) { $t->id(); }); }
	public function down() {}
};
`;

/** Makes a table outside of any transaction, then fails. */
const halfway = `<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;
return new class extends Migration {
	public $withinTransaction = false;
	public function up() { Schema::create('half_made', function (Blueprint $t) { $t->id(); }); throw new \\RuntimeException('on its way'); }
	public function down() {}
};
`;
const hasTable = `echo (new PDO('sqlite:/var/lib/qsights/db.sqlite'))->query("select count(*) from sqlite_master where name = 'half_made'")->fetchColumn();`;

/** What came out first: the reason must stand where people look. */
const head = (stderr: string): string => stderr.split('\n').slice(0, 8).join('\n');

const overrides = {
	apps: {
		backend: {
			services: [
				{unit: 'php8.1-fpm', after: 'restart'},
				{unit: 'nginx', after: 'reload', test: ['nginx', '-t']},
			],
			health: {within: '4s'},
		},
	},
};

describe.skipIf(systemUnavailable() !== undefined)(titled('backend: broken versions on a real host'), () => {
	let lab: Lab;
	let good: Backend;
	const truth = (): Promise<Backend> => observeBackend(lab.preprod);
	const deploy = (...more: string[]) =>
		lab.cockpit('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', ...more);
	/** Deploys a commit with the changes; the next one starts from the good version again. */
	const deployChanged = async (changes: Changes, ...more: string[]) => {
		const before: Record<string, string | null> = {};
		for (const path of Object.keys(changes))
			before[path] = await readFile(join(lab.repository.backend, path), 'utf8').catch(() => null);
		await lab.repository.commit(changes);
		const finished = await deploy(...more);
		await lab.repository.commit(before);
		return finished;
	};
	const nothingIsLeft = async (): Promise<void> => {
		expect(await observeLeftovers(lab.preprod)).toEqual([]);
		expect((await observeLedger(lab.preprod)).isChain).toBe(true);
	};

	beforeAll(async () => {
		lab = await startLab({overrides});
		await lab.done('adopt', '--env', 'preprod');
		await lab.repository.commit('v2');
		await lab.done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
		good = await truth();
	});
	afterAll(() => lab.stop());

	const refused = atDepth<{
		what: string;
		deep?: true;
		changes: () => Promise<Changes> | Changes;
		more?: string[];
		why: RegExp;
	}>([
		{
			what: 'PHP syntax error',
			changes: () => ({'routes/api.php': '<?php\nRoute::get(;\n'}),
			why: /syntax error, unexpected token ";"/,
		},
		{
			what: 'syntax error in a controller',
			deep: true,
			changes: () => ({[controller]: '<?php\nnamespace App\\Http\\Controllers;\nclass HealthController {\n'}),
			why: /HealthController\.php line \d+:\n +Unclosed '\{'/,
		},
		{
			what: 'failing migration',
			changes: () => ({'database/migrations/2026_03_01_090000_break.php': migration}),
			more: ['--migrate', 'run'],
			why: /table "programs" already exists/,
		},
		{
			what: 'composer failure',
			deep: true,
			changes: async () => {
				const text = await readFile(join(lab.repository.backend, 'composer.json'), 'utf8');
				const composer = JSON.parse(text) as {readonly scripts: Record<string, unknown>};
				composer.scripts['post-autoload-dump'] = ["sh -c 'echo the packages do not fit >&2; exit 7'"];
				return {'composer.json': JSON.stringify(composer, undefined, '\t')};
			},
			why: /the packages do not fit|returned with error code 7/,
		},
		{
			what: 'lock mismatch',
			deep: true,
			changes: async () => {
				const text = await readFile(join(lab.repository.backend, 'composer.json'), 'utf8');
				return {'composer.json': text.replace('"require": {', '"require": {\n\t\t"acme/absent": "1.0.0",')};
			},
			why: /acme\/absent|lock file is not up to date/,
		},
	]);
	test.each(refused)('$what: exit 3, its own words first, live as it was', async ({changes, more = [], why}) => {
		const {code, stdout, stderr} = await deployChanged(await changes(), ...more);

		expect({code, stderr}, stdout).toMatchObject({code: 3});
		expect(head(stderr)).toMatch(why);
		expect(stderr).toMatch(/Now +Live backend is untouched/);
		expect(stderr).toContain('The API answers 200.');
		expect(await truth()).toEqual(good);
		await nothingIsLeft();
	});

	test('a migration that fails half-way: its table stands, and the error says so', async () => {
		const {code, stdout, stderr} = await deployChanged(
			{'database/migrations/2026_03_01_100000_half.php': halfway},
			'--migrate',
			'run',
		);

		expect({code, stderr}, stdout).toMatchObject({code: 3});
		expect(await truth()).toEqual(good);
		expect(await sh(lab.preprod, 'php -r "$1"', hasTable)).toBe('1');
		const plain = stderr.replaceAll(/\s+/g, ' ');
		expect(plain).toContain('2026_03_01_100000_half failed on its way');
		expect(plain).toContain('Live is the code from before, which does not expect that.');
		expect(plain).toMatch(/Which have run: ssh .*artisan migrate:status/);
		expect(plain).toMatch(
			/laravel\.log says of this release: \S+ \S+ error on its way .*\/storage\/logs\/laravel\.log/,
		);
		await nothingIsLeft();
	});

	const broken = atDepth<{what: string; deep?: true; changes: Changes; why: RegExp; words?: RegExp}>([
		{
			what: 'health 500',
			changes: {[controller]: health("throw new \\RuntimeException('no');")},
			why: /500/,
			words: /laravel\.log says since the swap:\n +\d\d:\d\d:\d\d \S+ error no\n +at app\/Http\/Controllers\/HealthController\.php:7\n[^]*same error \d+ times?(?: or more)? above\n +\/var\/www\/qsights\/backend\/storage\/logs\/laravel\.log\n/,
		},
		{
			what: 'slow health',
			deep: true,
			changes: {[controller]: health('sleep(20);')},
			why: /no answer|timed? ?out|did not answer|within/i,
		},
	]);
	test.each(broken)('$what: exit 4, what is live by name, and the way back', async ({changes, why, words = why}) => {
		const {code, stdout, stderr} = await deployChanged(changes);

		expect({code, stderr}, stdout).toMatchObject({code: 4});
		expect(head(stderr)).toMatch(why);
		expect(stderr).toMatch(words);
		const broken = await truth();
		expect(broken.release).not.toBe(good.release);
		expect(stderr).toContain(broken.release);
		expect(`${stdout}${stderr}`).toContain('cockpit rollback backend --env preprod --to previous');
		await nothingIsLeft();

		await lab.done('rollback', 'backend', '--env', 'preprod', '--to', 'previous', '--confirm', 'ROLLBACK');
		expect(await truth()).toMatchObject({release: good.release, tree: good.tree, kept: good.kept, health: 200});
	});

	test('php-fpm that does not start: exit 4, systemd its words, and after the repair the way back works', async () => {
		await sh(lab.preprod, 'touch /etc/real-host/fail-php8.1-fpm');
		const {code, stdout, stderr} = await deployChanged({VERSION: 'v9\n'});

		expect({code, stderr}, stdout).toMatchObject({code: 4});
		expect(head(stderr)).toMatch(/php8\.1-fpm/);
		expect(stderr).toMatch(/control process exited|failed/);
		expect(await truth()).toMatchObject({version: 'v9', units: {'php8.1-fpm': 'failed', nginx: 'active'}});
		expect(stderr).toContain('The API answers 502. php8.1-fpm is failed, nginx is active.');
		expect(stderr).toMatch(/Start php8\.1-fpm: ssh .*systemctl start php8\.1-fpm/);

		await sh(lab.preprod, 'rm /etc/real-host/fail-php8.1-fpm');
		await lab.done('rollback', 'backend', '--env', 'preprod', '--to', 'previous', '--confirm', 'ROLLBACK');
		expect(await truth()).toMatchObject({release: good.release, units: good.units, health: 200});
	});

	test('going back with a php-fpm that does not start: live is the one before, and that is what is said', async () => {
		await writeConfig(lab.repository.directory, lab.preprod, {...overrides, onFailure: 'rollback'});
		await sh(lab.preprod, 'touch /etc/real-host/fail-php8.1-fpm');
		const {code, stdout, stderr} = await deployChanged({VERSION: 'v10\n'});

		expect({code, stderr}, stdout).toMatchObject({code: 4});
		expect(await truth()).toMatchObject({release: good.release, units: {'php8.1-fpm': 'failed'}, health: 502});
		const plain = stderr.replaceAll(/\s+/g, ' ');
		expect(plain).toContain(`Going back did not end well, but live backend on`);
		expect(plain).toContain(`is ${good.release ?? ''} again, as before.`);
		expect(plain).toContain('The API answers 502. php8.1-fpm is failed');
		expect(plain).toContain('a rollback would change nothing');
		expect(plain).not.toContain('--to previous');

		await sh(lab.preprod, 'rm /etc/real-host/fail-php8.1-fpm && systemctl start php8.1-fpm');
		expect(await truth()).toMatchObject({release: good.release, units: good.units, health: 200});
	});
});
