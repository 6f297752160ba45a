import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	cpSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {promisify} from 'node:util';
import type {Client} from 'ssh2';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import {sandboxReadyLine} from '../../src/sandbox/sandbox-ready-line.ts';
import {tuesday} from '../../src/sandbox/clock.ts';
import {type Sandbox, startSandbox} from '../../src/sandbox/start-sandbox.ts';
import {ledgerText, opened} from '../support/ledger.ts';
import {firstLine, outputOf, runProgram} from '../support/run-program.ts';
import {until} from '../support/wait.ts';
import {connect, exec, processesOf, readLog, temporaryDirectory} from './support.ts';

const git = async (directory: string, ...args: readonly string[]): Promise<string> =>
	(await outputOf(['git', '-C', directory, ...args])).trim();
const membersOf = async (archive: string): Promise<readonly string[]> =>
	(await outputOf(['tar', '-tzf', archive])).trim().split('\n');

const get = async (url: string): Promise<{status: number; body: string}> => {
	// A connection that is kept may be closed from the other side in the moment it is used again.
	const answer = await fetch(url, {headers: {connection: 'close'}});
	return {status: answer.status, body: await answer.text()};
};
const health = (sandbox: Sandbox, tier: 'preprod' | 'production' = 'preprod') =>
	get(`${sandbox.urls[tier].api}/health`);

/** One sandbox for all: what a test changes it leaves whole, and what is about starting starts this one again. */
let directory: string;
let sandbox: Sandbox;

/** Epoch milliseconds between which the sandbox began. */
let began: {readonly after: number; readonly before: number};
const start = async (): Promise<void> => {
	const after = Date.now();
	sandbox = await startSandbox({directory});
	began = {after, before: Date.now()};
};
beforeAll(async () => {
	directory = join(mkdtempSync(join(tmpdir(), 'cockpit-sandbox-')), 'box');
	await start();
});
afterAll(async () => {
	await sandbox.close();
	rmSync(join(directory, '..'), {recursive: true});
});

const rootOf = (tier: 'preprod' | 'production'): string => sandbox.servers[tier].root;
const liveBackend = (): string => join(rootOf('preprod'), 'var/www/qsights/backend');
const logIn = async (tier: 'preprod' | 'production'): Promise<Client> => {
	const client = await connect(sandbox.servers[tier], readFileSync(sandbox.keyFile, 'utf8'));
	// The server may close first.
	client.removeAllListeners('error').on('error', () => {});
	return client;
};

/** The clock of a host began at `start`, epoch milliseconds, when the sandbox did, and has run on since then. */
const expectClockFrom = async (tier: 'preprod' | 'production', start: number): Promise<void> => {
	const client = await logIn(tier);
	const asked = Date.now();
	const {stdout} = await exec(client, 'date -u +%s');
	const gone = Number(stdout) * 1000 - start;
	// It is told in whole seconds and begins at the next one.
	expect(gone).toBeGreaterThanOrEqual(asked - began.before - 1000);
	expect(gone).toBeLessThanOrEqual(Date.now() - began.after + 1000);
};

describe('sandbox: what a first start leaves', () => {
	test('the configuration loads, and names the hosts, keys and addresses of this start', async () => {
		const {environments} = await loadEnvironments(sandbox.config, {home: '/nowhere'});

		expect(environments.map(({name}) => name)).toEqual(['local', 'preprod', 'production']);
		for (const host of sandbox.hosts) {
			const environment = environments.find(({name}) => name === host.environment);
			expect(environment?.hosts).toEqual([
				{
					name: `${host.environment}-1`,
					address: '127.0.0.1',
					port: host.port,
					user: host.user,
					identityFile: sandbox.keyFile,
					hostKeys: [sandbox.servers[host.environment].hostKey],
					knownHostsFile: sandbox.knownHosts,
				},
			]);
			expect(environment?.urls).toEqual(sandbox.urls[host.environment]);
			expect(environment?.apps.backend?.source).toBe(join(sandbox.config, 'backend'));
			expect(environment?.apps.backend?.path).toBe(join(host.root, 'var/www/qsights/backend'));
			expect(environment?.apps.frontend).toMatchObject({
				recipe: 'nextjs',
				source: join(sandbox.config, 'frontend'),
				path: join(host.root, 'var/www/qsights/frontend'),
				excludes: ['node_modules', '.next/cache'],
				pm2Names:
					host.environment === 'production'
						? ['qsights-frontend', 'qsights-frontend-preprod']
						: ['qsights-frontend-preprod', 'qsights-frontend'],
				buildEnvironment: {
					NODE_ENV: 'production',
					NEXT_PUBLIC_API_URL: sandbox.urls[host.environment].api,
				},
			});
			expect(environment?.backups.directory).toBe(join(host.root, 'home/ubuntu/backups', host.environment));
		}
	});

	test('the project is a clean repository with the same source history on every machine', async () => {
		expect(await git(sandbox.config, 'status', '--porcelain')).toBe('');
		expect((await git(sandbox.config, 'log', '--reverse', '--format=%h %an %s')).split('\n')).toEqual([
			'7c64d98 Ravi Programs, evaluations and reports',
			'e2e3682 Asha Show competency trends in analytics',
			'710ebda Ravi Remind evaluators of open evaluations',
			'e8fd1c4 Asha Round averages in trends to one digit',
			expect.stringMatching(/^[0-9a-f]+ Asha Describe the environments$/),
		]);
		expect((await git(sandbox.config, 'ls-files', 'backend')).split('\n').length).toBeGreaterThan(140);
	});

	test('the clock of its hosts begins on Tuesday at 11:20', () => expectClockFrom('production', tuesday.getTime()));

	test('the key files are for their owner alone', () => {
		for (const name of ['client_ed25519', 'preprod_host_ed25519', 'production_host_ed25519'])
			expect(statSync(join(directory, 'keys', name)).mode & 0o777).toBe(0o600);
	});

	test('the ready line is one line of JSON', () => {
		const line = sandboxReadyLine(sandbox);

		expect(line.endsWith('\n')).toBe(true);
		expect(line.trim()).not.toContain('\n');
		expect(JSON.parse(line)).toEqual({
			config: sandbox.config,
			hosts: sandbox.hosts,
			urls: sandbox.urls,
			pid: process.pid,
		});
	});

	test("each host serves the version the old scripts left, with that version's routes", async () => {
		expect(await health(sandbox)).toEqual({status: 200, body: '{"status":"ok","version":"2.5.0"}'});
		expect(await health(sandbox, 'production')).toEqual({status: 200, body: '{"status":"ok","version":"2.4.0"}'});
		expect((await get(`${sandbox.urls.preprod.api}/reminders/7`)).status).toBe(200);
		expect((await get(`${sandbox.urls.production.api}/reminders/7`)).status).toBe(404);
		const home = await get(`${sandbox.urls.production.site}/`);
		expect(home.body).toContain('<meta name="backend-version" content="2.4.0">');
		expect(home.body).toContain('<meta name="frontend-version" content="2.4.0">');
		expect((await get(`${sandbox.urls.preprod.site}/uploads/programme-2026.txt`)).body).toBe(
			'Programme for 2026\n',
		);
		expect((await get(`${sandbox.urls.preprod.site}/uploads/%2e%2e/%2e%2e/.env`)).status).toBe(404);
	});

	test('each frontend runs under PM2 where its environment says, and was built for its own API', async () => {
		const environments = await loadEnvironments(sandbox.config, {home: '/nowhere'});
		for (const {root, environment} of sandbox.hosts) {
			const frontend = join(root, 'var/www/qsights/frontend');
			const client = await logIn(environment);
			const list: {readonly name: string; readonly pm2_env: object}[] = JSON.parse(
				(await exec(client, 'pm2 jlist')).stdout,
			);
			const isProduction = environment === 'production';
			const one = {
				name: isProduction ? 'qsights-frontend' : 'qsights-frontend-preprod',
				pm2_env: {
					status: 'online',
					exec_mode: isProduction ? 'cluster_mode' : 'fork_mode',
					pm_cwd: frontend,
					NODE_ENV: 'production',
					PORT: String(environments.byName(environment).apps.frontend?.port),
				},
			};
			expect(list).toMatchObject(isProduction ? [one, one] : [one]);
			const id = readFileSync(join(frontend, '.next/BUILD_ID'), 'utf8');
			const site = sandbox.urls[environment].site;
			expect((await get(`${site}/_next/static/${id}/_buildManifest.js`)).status).toBe(200);
			expect((await get(`${site}/login`)).body).toContain(`"buildId":"${id}"`);
			const chunks = join(frontend, '.next/static/chunks');
			const api = readdirSync(chunks).find(name => name.startsWith('lib-api-')) ?? '';
			expect(readFileSync(join(chunks, api), 'utf8')).toContain(sandbox.urls[environment].api);
		}
	});

	test('the backups of frontends have either inner root, and production has two bad ones of its backend', async () => {
		for (const {root, environment} of sandbox.hosts) {
			const backups = join(root, 'home/ubuntu/backups', environment);
			const [whole, build] = await Promise.all(
				readdirSync(backups)
					.filter(name => name.startsWith('frontend_'))
					.toSorted((a, b) => a.localeCompare(b))
					.map(name => membersOf(join(backups, name))),
			);
			expect(whole).toContain('frontend/.next/BUILD_ID');
			expect(whole?.every(member => member.startsWith('frontend/'))).toBe(true);
			expect(build).toContain('.next/BUILD_ID');
			expect(new Set(build?.map(member => member.split('/')[0]))).toEqual(new Set(['.next', 'package.json']));
			expect([...(whole ?? []), ...(build ?? [])].some(member => member.includes('.next/cache'))).toBe(false);
		}
		const backups = join(sandbox.hosts[1]?.root ?? '', 'home/ubuntu/backups/production');
		expect(statSync(join(backups, 'backend_20251230_111512.tar.gz')).size).toBe(0);
		expect(await runProgram(['gzip', '-t', join(backups, 'backend_20251209_111005.tar.gz')])).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('unexpected end of file'),
		});
	});

	test('each host is laid out as the old scripts left it', async () => {
		for (const {root, environment} of sandbox.hosts) {
			const backend = join(root, 'var/www/qsights/backend');
			expect(lstatSync(backend).isDirectory()).toBe(true);
			expect(statSync(join(backend, '.env')).mode & 0o777).toBe(0o640);
			for (const path of ['vendor/autoload.php', 'storage/logs/laravel.log', 'storage/app/public/report-17.csv'])
				expect(existsSync(join(backend, path))).toBe(true);

			const backups = join(root, 'home/ubuntu/backups', environment);
			const names = readdirSync(backups);
			expect(names.every(name => /^(backend|frontend)_\d{8}_\d{6}\.tar\.gz$/.test(name))).toBe(true);
			const sound = names.filter(name => name.startsWith('backend_2026'));
			expect(sound).toHaveLength(2);
			for (const name of sound) {
				const members = await membersOf(join(backups, name));
				expect(members.every(member => member.startsWith('backend/'))).toBe(true);
				expect(members).toContain('backend/.env');
				expect(members.some(member => /^backend\/(vendor|storage\/logs)/.test(member))).toBe(false);
			}
		}
	});
});

describe('sandbox: a release that cannot answer', () => {
	beforeEach(() => {
		const live = liveBackend();
		cpSync(live, `${live}.sound`, {recursive: true});
		return () => {
			rmSync(live, {recursive: true});
			renameSync(`${live}.sound`, live);
		};
	});

	test.each([
		{name: 'a file PHP cannot parse', line: `printf '<?php syntax error\\n' >app/Models/User.php`},
		{name: 'the marker BROKEN', line: 'touch BROKEN'},
		{name: 'no vendor', line: 'mv vendor vendor.gone'},
		{
			name: 'a configuration cached for a path that is gone',
			line: `sed -i "s,'base_path' => '[^']*',XX,; s,XX,'base_path' => '/no/such'," bootstrap/cache/config.php`,
		},
		{name: 'no key', line: 'mv .env env.gone; rm bootstrap/cache/config.php'},
	])('a release with $name answers 500 and logs why', async ({line}) => {
		expect(await health(sandbox)).toMatchObject({status: 200});
		const before = statSync(join(liveBackend(), 'storage/logs/laravel.log')).size;
		await outputOf(['sh', '-c', line], {cwd: liveBackend()});

		expect(await health(sandbox)).toEqual({status: 500, body: '{"message":"Server Error"}'});
		const log = readFileSync(join(liveBackend(), 'storage/logs/laravel.log'), 'utf8');
		expect(log.split('\n').at(-2)).toMatch(/^\[[\d-]+ [\d:]+\] (preprod|production)\.ERROR: /);
		expect(log.length).toBeGreaterThan(before);
	});
});

/** Files below `directory`, sorted: path, mode and content; `masks` takes out what must differ between two. */
const filesOf = (directory: string, masks: readonly (readonly [string | RegExp, string])[]): readonly string[] => {
	const mask = (text: string): string =>
		masks.reduce((masked, [found, name]) => masked.replaceAll(found, name), text);
	return readdirSync(directory, {recursive: true, withFileTypes: true})
		.filter(entry => entry.isFile())
		.map(({parentPath, name}) => {
			const file = join(parentPath, name);
			const mode = (statSync(file).mode & 0o777).toString(8);
			return `${mask(relative(directory, file))} ${mode} ${mask(readFileSync(file, 'utf8'))}`;
		})
		.sort();
};

describe('sandbox: a deploy by hand', () => {
	let client: Client;
	let root: string;
	let live: string;
	const run = async (line: string, input?: Buffer): Promise<string> => {
		const {code, stdout, stderr} = await exec(client, line, input);
		if (code !== 0) throw new Error(`${line}: ${code}: ${stderr}`);
		return stdout;
	};
	beforeEach(async () => {
		root = rootOf('preprod');
		live = liveBackend();
		client = await logIn('preprod');
	});

	/** Brings a commit of an app to `<base>/releases/<id>` as a client does: one tar stream. */
	const send = async (app: 'backend' | 'frontend', commit: string, id: string): Promise<string> => {
		const target = join(root, `var/www/qsights/.${app}/releases`, id);
		const argv = ['-C', sandbox.config, '-c', 'tar.umask=0022', 'archive', commit, app];
		const {stdout: archive} = await promisify(execFile)('git', argv, {encoding: 'buffer'});
		await run(`mkdir -p '${target}' && tar -x --strip-components=1 -C '${target}'`, archive);
		return target;
	};
	/** A backend with composer and caches. */
	const release = async (id: string, commit = 'HEAD'): Promise<string> => {
		const target = await send('backend', commit, id);
		await run(`cp -p '${live}/.env' '${target}/.env'`);
		await run(
			`sudo -n -u "$USER" -- composer install --no-dev --optimize-autoloader --no-interaction --working-dir='${target}'`,
		);
		for (const name of ['config:cache', 'route:cache', 'view:cache'])
			await run(`sudo -n -u "$USER" -- php '${target}/artisan' ${name}`);
		return target;
	};
	const pointTo = (target: string) => run(`ln -sfn '${target}' '${live}.next' && mv -fT '${live}.next' '${live}'`);
	/** Live as the sandbox was made: a deploy changes it. */
	const asMade = ':/Remind evaluators';

	test("a first start has left what the host's own tools make of the same sources", async () => {
		const hashes = [/\b[0-9a-f]{40}\.php/g, 'VIEW.php'] as const;
		const target = await release('by-hand', asMade);
		const isOfHost = (line: string): boolean =>
			/^(public\/uploads|storage\/app\/public|storage\/logs)\/\w/.test(line);
		expect(filesOf(live, [[live, 'APP'], hashes]).filter(line => !isOfHost(line))).toEqual(
			filesOf(target, [[target, 'APP'], hashes]),
		);

		const frontend = join(root, 'var/www/qsights/frontend');
		const built = await send('frontend', asMade, 'by-hand');
		await run(
			`cd '${built}' && NODE_ENV=production NEXT_PUBLIC_API_URL='${sandbox.urls.preprod.api}' npm run build`,
		);
		const [made, byHand] = [frontend, built].map(directory =>
			filesOf(directory, [
				[directory, 'APP'],
				[readFileSync(join(directory, '.next/BUILD_ID'), 'utf8'), 'BUILD'],
				[/"previewModeId":"[0-9a-f]{32}"/g, 'PREVIEW'],
			]).filter(line => !line.startsWith('node_modules/')),
		);
		expect(made).toEqual(byHand);
	});

	test('what HTTP serves changes with the reload, not with the swap', async () => {
		const first = await release('first');
		await run(`mv -T '${live}' '${live}.old'`);
		await pointTo(first);
		expect((await health(sandbox)).body).toContain('2.5.1');
		writeFileSync(join(sandbox.config, 'backend/VERSION'), '2.6.0\n');
		await git(sandbox.config, 'commit', '-qam', 'Version 2.6.0');
		await pointTo(await release('second'));
		expect((await health(sandbox)).body).toContain('2.5.1');

		await run('sudo -n nginx -t && sudo -n systemctl reload php8.1-fpm');

		expect((await health(sandbox)).body).toContain('2.6.0');
		const log = await readLog(join(root, 'log/commands.jsonl'));
		expect(log.at(-1)?.line).toBe('sudo -n nginx -t && sudo -n systemctl reload php8.1-fpm');
		const shims = await readLog(join(root, 'log/shims.jsonl'));
		expect(shims.slice(-4)).toMatchObject([
			{shim: 'sudo', as: 'login', argv: ['-n', 'nginx', '-t']},
			{shim: 'nginx', as: 'root', argv: ['-t']},
			{shim: 'sudo', as: 'login', argv: ['-n', 'systemctl', 'reload', 'php8.1-fpm']},
			{shim: 'systemctl', as: 'root', argv: ['reload', 'php8.1-fpm']},
		]);
	});

	test('with its frontend stopped the site is 502, its API goes on', async () => {
		await run('pm2 stop qsights-frontend-preprod');
		onTestFinished(async () => void (await run('pm2 start qsights-frontend-preprod')));

		expect(await get(`${sandbox.urls.preprod.site}/`)).toMatchObject({
			status: 502,
			body: expect.stringContaining('502 Bad Gateway'),
		});
		expect((await health(sandbox)).status).toBe(200);
	});

	test('a stopped php8.1-fpm answers 502, a stopped nginx not at all, started again both answer', async () => {
		await run('sudo -n systemctl stop php8.1-fpm');
		expect((await health(sandbox)).status).toBe(502);
		await run('sudo -n systemctl start php8.1-fpm');
		expect((await health(sandbox)).status).toBe(200);
		await run('sudo -n systemctl stop nginx');
		await expect(health(sandbox)).rejects.toThrow('fetch failed');
		await run('sudo -n systemctl restart nginx');
		expect((await health(sandbox)).status).toBe(200);
	});
});

describe('sandbox: starting again', () => {
	const startAgain = async (): Promise<Sandbox> => {
		await sandbox.close();
		await start();
		return sandbox;
	};

	test('a second sandbox in the same directory is refused, and the first goes on', async () => {
		await expect(startSandbox({directory})).rejects.toMatchObject({code: 'locked'});

		expect(await health(sandbox)).toMatchObject({status: 200});
	});

	test('goes on where it was, on the same ports and the same commit, on Tuesday at 11:20', async () => {
		const first = sandbox;
		const commit = await git(first.config, 'rev-parse', 'HEAD');
		const id = readFileSync(join(rootOf('preprod'), 'var/www/qsights/frontend/.next/BUILD_ID'), 'utf8');
		writeFileSync(join(liveBackend(), 'VERSION'), '2.5.0-hotfix\n');

		const second = await startAgain();

		expect(second.hosts).toEqual(first.hosts);
		expect(second.urls).toEqual(first.urls);
		expect(await git(second.config, 'rev-parse', 'HEAD')).toBe(commit);
		expect((await health(second)).body).toContain('2.5.0-hotfix');
		expect((await get(`${second.urls.preprod.site}/login`)).body).toContain(`"buildId":"${id}"`);
		expect((await get(`${second.urls.production.site}/login`)).status).toBe(200);
		await expectClockFrom('preprod', tuesday.getTime());
	});

	test('its clock begins behind what the ledgers say', async () => {
		const state = join(rootOf('preprod'), 'home/ubuntu/.cockpit/qsights/preprod');
		mkdirSync(state, {recursive: true});
		writeFileSync(
			join(state, 'ledger.jsonl'),
			ledgerText([
				{...opened(), time: '2026-02-10T05:40:00Z'},
				{type: 'deploy.finished', time: '2026-02-10T07:30:00Z'},
			]),
		);
		onTestFinished(() => rmSync(state, {recursive: true}));

		await startAgain();

		for (const tier of ['preprod', 'production'] as const)
			await expectClockFrom(tier, Date.parse('2026-02-10T07:30:01Z'));
	});

	test('where a port is taken it moves, commits the new port and keeps what its reader edited', async () => {
		const first = sandbox;
		await first.close();
		const file = join(first.config, 'environments/preprod.yaml');
		writeFileSync(file, readFileSync(file, 'utf8').replace('soakHours: 24', 'soakHours: 48'));
		await git(first.config, 'commit', '-qam', 'Soak for two days');
		const before = (await loadEnvironments(first.config, {home: '/nowhere'})).byName('preprod');
		for (const port of [first.hosts[0]?.port, before.apps.frontend?.port]) {
			const squatter = createServer().listen(port, '127.0.0.1');
			await once(squatter, 'listening');
			onTestFinished(() => {
				squatter.close();
			});
		}

		await start();

		const second = sandbox;
		expect(second.hosts[0]?.port).not.toBe(first.hosts[0]?.port);
		expect(second.hosts[1]?.port).toBe(first.hosts[1]?.port);
		expect(await git(second.config, 'status', '--porcelain')).toBe('');
		expect(await git(second.config, 'log', '-1', '--format=%s')).toBe('Follow the hosts to their new ports');
		const set = await loadEnvironments(second.config, {home: '/nowhere'});
		expect(set.byName('preprod').hosts[0]?.port).toBe(second.hosts[0]?.port);
		expect(set.byName('preprod').soakHours).toBe(48);
		expect(set.byName('preprod').apps.frontend?.port).not.toBe(before.apps.frontend?.port);
		expect((await get(`${second.urls.preprod.site}/login`)).status).toBe(200);
	});

	test('a host whose first start was cut is begun anew, the other goes on', async () => {
		const kept = join(rootOf('production'), 'home/ubuntu/kept');
		const cut = join(rootOf('preprod'), 'home/ubuntu/cut');
		for (const file of [kept, cut]) writeFileSync(file, '');
		rmSync(join(rootOf('preprod'), 'run/provisioned'));
		rmSync(join(liveBackend(), 'vendor'), {recursive: true});

		expect(await health(await startAgain())).toEqual({
			status: 200,
			body: '{"status":"ok","version":"2.5.0"}',
		});
		expect([kept, cut].map(existsSync)).toEqual([true, false]);
	});

	test('a directory with files of others is refused and left alone', async () => {
		const foreign = temporaryDirectory();
		mkdirSync(join(foreign, 'preprod'));
		writeFileSync(join(foreign, 'preprod/precious'), '');

		await expect(startSandbox({directory: foreign})).rejects.toMatchObject({code: 'usage'});

		expect(readdirSync(foreign)).toEqual(['preprod']);
		expect(existsSync(join(foreign, 'preprod/precious'))).toBe(true);
	});
});

describe('sandbox: in a process of its own', () => {
	const product = join(import.meta.dirname, '../../dist/cockpit.mjs');

	/** The same sandbox, served by the product. */
	const served = async () => {
		await sandbox.close();
		const child = spawn(process.execPath, [product, 'sandbox', '--serve', '--dir', directory], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const ready: Pick<Sandbox, 'hosts' | 'urls'> & {readonly pid: number} = JSON.parse(await firstLine(child));
		const running = async () => (await Promise.all(ready.hosts.map(({root}) => processesOf(root)))).flat();
		return {child, ready, running};
	};

	test('it ends by itself on SIGTERM, and leaves no process and no port', async () => {
		const {child, ready, running} = await served();
		expect(ready.pid).toBe(child.pid);
		const [host] = ready.hosts;
		if (!host) throw new Error('no host');
		const key = readFileSync(join(directory, 'keys/client_ed25519'), 'utf8');
		const client = await connect(host, key);
		client.removeAllListeners('error').on('error', () => {});
		await exec(
			client,
			`setsid sh -c 'trap "" HUP TERM; sleep 600; sleep 600' </dev/null >/dev/null 2>&1 & echo $!`,
		);
		expect((await processesOf(host.root)).length).toBeGreaterThan(0);

		child.kill('SIGTERM');
		const [code, signal]: (number | string | null)[] = await once(child, 'exit');

		expect({code, signal}).toEqual({code: 0, signal: null});
		expect(await running()).toEqual([]);
		await expect(get(`${ready.urls.preprod.api}/health`)).rejects.toThrow('fetch failed');
		await expect(connect(host, key)).rejects.toThrow('ECONNREFUSED');
	});

	test('when it is killed, its frontends leave by themselves, and the next start goes on', async () => {
		const {child, running} = await served();
		let found: readonly number[] = [];
		await until('three frontends', async () => (found = await running()).length === 3, {show: () => found});

		child.kill('SIGKILL');
		await once(child, 'exit');

		let left: readonly number[] = [];
		await until('the frontends to leave', async () => (left = await running()).length === 0, {show: () => left});
		await start();
		expect(await health(sandbox)).toMatchObject({status: 200});
	});
});
