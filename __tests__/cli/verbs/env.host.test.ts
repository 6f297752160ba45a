import {execFileSync} from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {createEnvFiles} from '../../../src/services/local/env/env-files.ts';
import {createHostDirectory, me, type HostDirectory} from '../../commands/host-directory.ts';
import {createTemporaryRepository} from '../../services/local/temporary-repository.ts';
import {ledgerEntry, ledgerReading} from '../../support/ledger.ts';
import {printedTerminal} from '../../support/printed-terminal.ts';

type Repository = ReturnType<typeof createTemporaryRepository>;

const hostSecret = 'geheim-of-the-host';

const template = (name: string): string =>
	[
		'APP_NAME=QSights',
		`APP_ENV=${name}`,
		`APP_URL=https://${name}.qsights.test`,
		'MAIL_TIMEOUT=30',
		`DB_PASSWORD=\${secret:${name}/db-password}`,
		'',
		`NEXT_PUBLIC_API_URL=https://${name}.qsights.test/api`,
		'',
	].join('\n');

const byHand =
	'APP_NAME=QSights\nAPP_ENV=local\nAPP_URL=https://local.qsights.test\nDB_PASSWORD="mine to keep"\nOWN=1\n';

/** A repository with templates and both apps, and the hosts of two environments in a directory of this machine. */
const makeWorld = async (host: HostDirectory, repository: Repository) => {
	await repository.commit({
		...Object.fromEntries(
			['local', 'preprod', 'production'].map(name => [`environments/.env.${name}`, template(name)]),
		),
		'backend/.gitignore': '/.env\n',
		'backend/config/mail.php': "<?php\nreturn ['timeout' => env('MAIL_TIMEOUT', 5)];\n",
		'frontend/.gitignore': '.env*.local\n',
		'frontend/lib/api.js': 'fetch(process.env.NEXT_PUBLIC_API_URL);\n',
	});
	const app = (name: string, recipe: string, environment: string, files: readonly string[]) => ({
		recipe,
		source: join(repository.path, name),
		path: `${host.root}/${environment}/${name}`,
		owner: me,
		shared: {files, directories: []},
	});
	const environments = (['local', 'preprod', 'production'] as const).map(
		name =>
			({
				name,
				title: {local: 'Local', preprod: 'Pre-Prod', production: 'Production'}[name],
				tier: name,
				timeZone: 'Asia/Kolkata',
				hosts: name === 'local' ? [] : [{name: `${name}-1`, address: '127.0.0.1'}],
				file: join(repository.path, `environments/${name}.yaml`),
				apps: {
					backend: app('backend', 'laravel', name, ['.env']),
					frontend: {
						...app('frontend', 'nextjs', name, []),
						buildEnvironment: {NEXT_PUBLIC_API_URL: `https://${name}.qsights.test/api`},
					},
				},
			}) as unknown as Environment,
	);
	for (const name of ['preprod', 'production']) {
		mkdirSync(`${host.root}/${name}/.backend/shared`, {recursive: true});
		const text = template(name)
			.replace(/\$\{secret.*/, `${hostSecret}-${name}`)
			.replace(/^NEXT.*\n/m, '');
		writeFileSync(`${host.root}/${name}/.backend/shared/.env`, text, {mode: 0o640});
	}
	return environments;
};

const world = async () => {
	const host = createHostDirectory();
	const repository = createTemporaryRepository();
	const environments = await makeWorld(host, repository);
	const file = (path: string): string => join(repository.path, path);
	const state = {now: Date.parse('2026-02-10T05:50:00Z'), silent: [] as readonly string[]};
	const services = {
		sessions: {
			session: ({name}: {readonly name: string}) => ({
				exec: async (line: string) => {
					if (state.silent.includes(name))
						throw new DeployError({
							code: 'unreachable',
							what: '',
							why: 'timed out after 15 s',
							now: '',
							next: '',
						});
					return {...(await host.run({argv: ['sh', '-c', line]})), durationMs: 1};
				},
			}),
		},
		ledgers: {
			read: async ({name}: Environment) =>
				ledgerReading(
					name === 'preprod'
						? [
								ledgerEntry(1, '2026-02-09T06:00:00Z', 'env.set', {
									who: 'Ravi',
									data: {run: 'r', app: 'backend', key: 'MAIL_TIMEOUT'},
								}),
							]
						: [],
				),
		},
		clock: {now: () => (state.now += 1000)},
		envFiles: createEnvFiles(),
	} as unknown as AppServices;
	const cockpit = async (args: string, typed?: string, input?: string) => {
		const {printed, terminal} = printedTerminal();
		const context = {
			version: '0',
			terminal: {
				...terminal,
				isInteractive: typed !== undefined,
				ask: () => Promise.resolve(typed),
				readHidden: () => Promise.resolve(input === undefined ? undefined : Buffer.from(input)),
			},
			open: () => Promise.resolve({environments, services, close: () => Promise.resolve()}),
		} as unknown as CliContext;
		return {code: await runCli(context, ['env', ...args.split(' ')]), ...printed};
	};
	return {
		host,
		state,
		cockpit,
		git: repository.git,
		file,
		text: (path: string): string => readFileSync(file(path), 'utf8'),
		names: (path: string): readonly string[] =>
			readdirSync(file(path))
				.filter(name => name.startsWith('.env'))
				.sort(),
		[Symbol.asyncDispose]: async () => {
			repository[Symbol.dispose]();
			await host[Symbol.asyncDispose]();
		},
	};
};

const values = (text: string): string => text.replace(/^# cockpit env use .*\n/, '');

test.concurrent('env use: there and back, with a file that a hand wrote kept, and nothing for git to take', async () => {
	await using at = await world();
	writeFileSync(at.file('backend/.env'), byHand, {mode: 0o644});

	const there = await at.cockpit('use preprod');
	expect(there).toMatchObject({code: 0, err: ''});
	expect(there.out).toContain('left empty, yours to fill in: DB_PASSWORD');
	expect(there.out).toContain('kept before: backend/.env.kept-local-20260210_055001.local');
	const [kept, file] = [at.file('backend/.env.kept-local-20260210_055001.local'), at.file('backend/.env')];
	expect(there.out).toContain(`To go back:\n  cp -p -- ${kept} ${file}\n  rm -- ${at.file('frontend/.env.local')}\n`);
	expect(values(at.text('backend/.env'))).toBe(
		'APP_NAME=QSights\nAPP_ENV=preprod\nAPP_URL=https://preprod.qsights.test\nMAIL_TIMEOUT=30\nDB_PASSWORD=\n',
	);
	expect(values(at.text('frontend/.env.local'))).toBe('NEXT_PUBLIC_API_URL=https://preprod.qsights.test/api\n');
	expect(at.text('backend/.env.kept-local-20260210_055001.local')).toBe(byHand);
	for (const path of ['backend/.env', 'frontend/.env.local', 'backend/.env.kept-local-20260210_055001.local'])
		expect(statSync(at.file(path)).mode & 0o777).toBe(0o600);
	expect(await at.git('status', '--porcelain')).toBe('');

	const again = await at.cockpit('use preprod');
	expect(again.out).toContain('The working copy is already Pre-Prod');
	expect(at.names('backend')).toHaveLength(2);

	const back = await at.cockpit('use local');
	expect(back.out).toContain('filled from backend/.env.kept-local-20260210_055001.local: DB_PASSWORD');
	expect(at.text('backend/.env')).toContain('DB_PASSWORD="mine to keep"\n');
	expect(at.names('backend')).toHaveLength(3);
	expect((await at.cockpit('diff --app backend')).out).toContain(
		'backend/.env         Local, from .env.local, unchanged since Tue 10 Feb\n',
	);

	const own = `${at.text('backend/.env')}OWN=2\n`;
	writeFileSync(at.file('backend/.env'), own);
	const edited = await at.cockpit('use local');
	expect(edited.out).toContain('only in what is kept: OWN');
	execFileSync('sh', ['-c', edited.out.slice(edited.out.indexOf('To go back:') + 'To go back:'.length)]);
	expect(at.text('backend/.env')).toBe(own);
	expect(at.names('backend')).toHaveLength(4);
	expect(await at.git('status', '--porcelain')).toBe('');
});

test.concurrent('env use: what git already takes into commits is said', async () => {
	await using at = await world();
	writeFileSync(at.file('backend/.env'), byHand);
	await at.git('add', '--force', 'backend/.env');

	expect((await at.cockpit('use preprod')).out).toContain('git would take backend/.env into a commit');
});

test.concurrent('env use: secrets of production come by their word alone, and are shown nowhere', async () => {
	await using at = await world();
	writeFileSync(at.file('backend/.env'), byHand);
	const refused = await Promise.all([
		at.cockpit('use production --from-host'),
		at.cockpit('use production --from-host --confirm production-secrets'),
		at.cockpit('use production --from-host --json'),
		at.cockpit('use production --from-host', 'PRODUCTION-SECRETS '),
		at.cockpit('use production --from-host', ''),
	]);

	for (const {code, err} of refused) {
		expect(code).toBe(1);
		expect(err).toContain('SWITCH BLOCKED: secrets of production on this machine');
	}
	expect(at.text('backend/.env')).toBe(byHand);
	expect(at.names('backend')).toEqual(['.env']);

	const asked = await at.cockpit('use production --from-host', 'PRODUCTION-SECRETS');
	expect(asked.code).toBe(0);
	expect(asked.out).toContain('Secrets of PRODUCTION come to this machine: DB_PASSWORD\n');
	expect(at.text('backend/.env')).toContain(`DB_PASSWORD=${hostSecret}-production\n`);
	await at.cockpit('use local');
	const kept = await at.cockpit('use production');
	expect(kept.code).toBe(1);
	const json = await at.cockpit('use production --confirm PRODUCTION-SECRETS --json');
	expect(json.code).toBe(0);
	for (const {out, err} of [...refused, asked, kept, json]) expect(out + err).not.toContain('geheim');
});

test.concurrent('env use: both files or neither', async () => {
	await using at = await world();
	writeFileSync(at.file('backend/.env'), byHand);
	const before = at.names('backend');
	mkdirSync(at.file('frontend/.env.local'));
	expect(await at.cockpit('use preprod')).toMatchObject({
		code: 1,
		err: expect.stringContaining('it is no plain file'),
	});
	rmSync(at.file('frontend/.env.local'), {recursive: true});
	symlinkSync('elsewhere', at.file('frontend/.env.local'));
	expect(await at.cockpit('use preprod')).toMatchObject({
		code: 1,
		err: expect.stringContaining('.env.local is a symlink'),
	});
	rmSync(at.file('frontend/.env.local'));
	renameSync(at.file('frontend'), at.file('moved'));
	expect(await at.cockpit('use preprod')).toMatchObject({
		code: 1,
		err: expect.stringContaining('frontend is not there'),
	});
	symlinkSync('moved', at.file('frontend'));
	expect(await at.cockpit('use preprod')).toMatchObject({
		code: 1,
		err: expect.stringContaining('frontend is a symlink'),
	});

	expect(at.names('backend')).toEqual(before);
	expect(at.text('backend/.env')).toBe(byHand);
	expect(existsSync(at.file('moved/.env.local'))).toBe(false);
});

test.concurrent('env set --env local: the file of the working copy, at once, with the old one kept from git', async () => {
	await using at = await world();
	writeFileSync(at.file('backend/.env'), byHand, {mode: 0o644});

	const set = await at.cockpit('set DB_PASSWORD --env local', undefined, `${hostSecret}\n`);
	expect(set).toMatchObject({code: 0, err: ''});
	expect(set.out).toContain(
		'✓ DB_PASSWORD is set in backend/.env\n  kept before: backend/.env.kept-local-20260210_055001',
	);
	expect(set.out).toMatch(/git leaves out what is kept, in this copy alone: .*exclude\n/);
	expect(at.text('backend/.env')).toBe(byHand.replace('mine to keep', hostSecret));
	expect(at.text('backend/.env.kept-local-20260210_055001.local')).toBe(byHand);
	for (const name of at.names('backend')) expect(statSync(at.file(`backend/${name}`)).mode & 0o777).toBe(0o600);
	expect(at.names('backend')).toHaveLength(2);
	expect(await at.git('status', '--porcelain')).toBe('');

	const same = await at.cockpit('set DB_PASSWORD --env local', undefined, hostSecret);
	expect(same).toMatchObject({code: 0, out: expect.stringContaining('on Local already: nothing to change.')});
	const gone = await at.cockpit('set OWN --env local --remove --json');
	expect(JSON.parse(gone.out)).toMatchObject({
		type: 'env.changed',
		verb: 'remove',
		file: 'backend/.env',
		tracked: [],
	});
	const plan = await at.cockpit('set OWN --env local --plan');
	expect(plan.out).toContain('set OWN in backend/.env of this working copy: no host, no run, no word');
	expect(at.text('backend/.env')).not.toContain('OWN');
	const missing = await at.cockpit('set API --env local --app frontend', undefined, '1');
	expect(missing).toMatchObject({code: 2, err: expect.stringContaining('there is no frontend/.env.local')});
	await at.cockpit('use preprod');
	const other = await at.cockpit('set MAIL_TIMEOUT --env local', undefined, '9');
	expect(other.out).toContain('▲ backend/.env has the values of Pre-Prod now');
	expect((await at.cockpit('diff --app backend')).out).toContain(
		'backend/.env         Pre-Prod, from .env.preprod, changed since\n',
	);
	for (const {out, err} of [set, same, gone, missing, other]) expect(out + err).not.toContain('geheim');
});

test.concurrent('env set --env local: a file that is no plain UTF-8 file stays as it is, and no other one comes', async () => {
	await using at = await world();
	writeFileSync(at.file('backend/.env'), Buffer.from([0x41, 0x3d, 0xff, 0x0a]));
	expect((await at.cockpit('set A --env local', undefined, '1')).err).toContain('it is not UTF-8');
	expect(readFileSync(at.file('backend/.env'))).toEqual(Buffer.from([0x41, 0x3d, 0xff, 0x0a]));
	writeFileSync(at.file('elsewhere'), 'A=1\n');
	rmSync(at.file('backend/.env'));
	symlinkSync('../elsewhere', at.file('backend/.env'));
	const {code, err} = await at.cockpit('set A --env local', undefined, '2');

	expect([code, err]).toEqual([1, expect.stringMatching(/could not be changed[^]*backend\/\.env is a symlink/)]);
	expect(at.text('elsewhere')).toBe('A=1\n');
	expect(at.names('backend')).toEqual(['.env']);
});

test.concurrent('env diff: by finding, with who asks and who set it; exit 7', async () => {
	await using at = await world();
	await at.host.sh(
		'sed -i /MAIL_TIMEOUT/d production/.backend/shared/.env; echo APP_NAME=QSights >>preprod/.backend/shared/.env; chmod 644 preprod/.backend/shared/.env',
	);
	writeFileSync(at.file('backend/.env'), byHand, {mode: 0o600});

	const {code, out} = await at.cockpit('diff --app backend');
	expect(code).toBe(7);
	expect(out).toContain('6 keys, 1 missing, 1 extra, 1 given more than once\n');
	expect(out).toMatch(/ {2}Pre-Prod {2,}\S.*, read \d s ago\n/);
	expect(out).toMatch(
		/✗ MAIL_TIMEOUT +30 +missing +30 +missing\n {6}missing on Local\n {6}missing on Production\n {6}asked for by config\/mail\.php:2\n {6}set on Pre-Prod by Ravi, Mon 9 Feb 11:30 IST\n/,
	);
	expect(out).toMatch(/▲ APP_NAME +QSights +QSights +QSights, QSights +QSights\n/);
	expect(out).toMatch(/everybody on that machine may read .*\/preprod\/\.backend\/shared\/\.env \(mode 0644\)/);
	expect(out).toMatch(/✓ DB_PASSWORD +secret +\*{4} [\da-f]{4} +\*{4} [\da-f]{4} +\*{4} [\da-f]{4}\n/);
	expect(out).toContain('backend/.env         written by hand, looks like Local\n');
	const json = await at.cockpit('diff --json');
	expect(out + json.out).not.toMatch(/geheim|mine to keep/);
	expect((await at.cockpit('diff --app backend --only-trouble')).out).not.toContain('DB_PASSWORD');
	expect((await at.cockpit('show --env preprod --app frontend')).code).toBe(0);
});

test.concurrent('env diff: a silent host is a column with its problem; exit 5 only when nothing could be read', async () => {
	await using at = await world();
	await at.cockpit('use local');
	at.state.silent = ['production-1'];
	const one = await at.cockpit('diff --app backend');
	expect(one).toMatchObject({code: 0, out: expect.stringContaining('✗ timed out after 15 s')});
	expect(one.out).toMatch(/APP_NAME +QSights +QSights +QSights +\?/);
	expect((await at.cockpit('show --env production --app backend')).code).toBe(5);
	rmSync(at.file('backend/.env'));
	at.state.silent = ['preprod-1', 'production-1'];
	expect((await at.cockpit('diff --app backend')).code).toBe(5);
});
