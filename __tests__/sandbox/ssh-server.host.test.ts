import {createHash, randomBytes} from 'node:crypto';
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {createConnection} from 'node:net';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import ssh2, {type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions} from 'ssh2';
import {describe, expect, test} from 'vitest';
import {generateKey} from '../../src/sandbox/keys.ts';
import {
	connect,
	exec,
	processesOf,
	readLog,
	readText,
	runningServer,
	start,
	startedWith,
	temporaryDirectory,
} from './support.ts';
import {until} from '../support/wait.ts';

const refusesConnections = (port: number): Promise<boolean> =>
	new Promise(resolve => {
		createConnection({host: '127.0.0.1', port})
			.once('connect', () => resolve(false))
			.once('error', () => resolve(true));
	});

test('sandbox ssh: a line runs in sh, in the login directory, with its exit code and both outputs', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);

	expect(await exec(client, 'pwd; echo "$HOME $USER"; echo trouble >&2; exit 7')).toEqual({
		code: 7,
		stdout: `${server.root}/home/ubuntu\n${server.root}/home/ubuntu ${userInfo().username}\n`,
		stderr: 'trouble\n',
	});
	expect(await readLog(join(server.root, 'log/commands.jsonl'))).toMatchObject([
		{connection: 1, line: 'pwd; echo "$HOME $USER"; echo trouble >&2; exit 7'},
	]);
});

test('sandbox ssh: nothing of the environment of the sandbox itself gets in', async () => {
	process.env['COCKPIT_TEST_LEAK'] = 'leaked';
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	const {stdout} = await exec(client, 'env');
	delete process.env['COCKPIT_TEST_LEAK'];

	const names = stdout
		.split('\n')
		.filter(Boolean)
		.map(line => line.split('=')[0] ?? '');
	expect(names.toSorted()).toEqual(
		['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'SANDBOX_TOKEN', 'SHELL', 'SSH_CONNECTION', 'USER'].toSorted(),
	);
	expect(stdout).toContain(`PATH=${server.root}/shims:`);
});

test('sandbox ssh: of what a client wants in the environment only its locale is taken', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);

	const stdout = await new Promise((resolve, reject) => {
		let text = '';
		client.exec(
			'echo "$LC_TIME:$PATH_EXTRA"',
			{env: {LC_TIME: 'en_IN.UTF-8', PATH_EXTRA: 'x'}},
			(error, channel) => {
				if (error) return reject(error);
				channel.on('data', (chunk: Buffer) => (text += chunk.toString())).once('close', () => resolve(text));
			},
		);
	});

	expect(stdout).toBe('en_IN.UTF-8:\n');
});

test('sandbox ssh: a command that cannot start ends with 255', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	await rm(join(server.root, 'home'), {recursive: true});

	expect((await exec(client, 'true')).code).toBe(255);
});

test('sandbox ssh: input of many windows arrives byte for byte, and output comes back the same', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	// A channel's window is 2 MB on either side, a pipe holds 64 kB.
	const input = randomBytes(9 * 1024 * 1024 + 1);
	const digest = createHash('sha256').update(input).digest('hex');

	const {stdout, code} = await exec(client, 'tee copy | sha256sum', input);
	expect({stdout, code}).toEqual({stdout: `${digest}  -\n`, code: 0});

	const hash = createHash('sha256');
	await new Promise((resolve, reject) => {
		client.exec('cat copy', (error, channel) => {
			if (error) return reject(error);
			channel.on('data', (chunk: Buffer) => hash.update(chunk)).once('close', resolve);
		});
	});
	expect(hash.digest('hex')).toBe(digest);
});

test('sandbox ssh: a command that does not read its input ends all the same', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);

	const {code} = await exec(client, 'exit 3', randomBytes(3 * 1024 * 1024));

	expect(code).toBe(3);
});

test.each(['TERM', 'KILL', 'HUP'])('sandbox ssh: a command killed by SIG%s ends without a code', async name => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);

	const {code, signal} = await exec(client, `kill -${name} $$`);

	expect({code, signal}).toEqual({code: null, signal: `SIG${name}`});
});

test('sandbox ssh: a signal sent over the channel reaches the whole process group', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	const {channel, answer} = await startedWith(client, 'sleep 600 & sleep 601 & echo started; wait');

	channel.signal('TERM');

	expect((await answer).signal).toBe('SIGTERM');
	let left: readonly number[] = [];
	await until('both sleeps to end', async () => (left = await processesOf(server.root)).length === 0, {
		show: () => left,
	});
});

test('sandbox ssh: ten sessions run at once, the eleventh is refused, and the connection stays usable', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	const started = await Promise.all(
		Array.from({length: 10}, (_, index) => start(client, `read line; exit ${index}`)),
	);

	await expect(start(client, 'true')).rejects.toMatchObject({reason: 2});
	for (const {channel} of started) channel.end('go\n');

	expect((await Promise.all(started.map(({answer}) => answer))).map(({code}) => code)).toEqual([
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	]);
	expect((await exec(client, 'echo still here')).stdout).toBe('still here\n');
});

test('sandbox ssh: two hundred commands one after the other are never refused', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	const run = async () => {
		for (let count = 0; count < 20; count += 1) expect((await exec(client, 'true')).code).toBe(0);
	};

	await Promise.all(Array.from({length: 10}, run));
});

test('sandbox ssh: a client that is gone gets its commands a HUP; what detached itself runs on', async () => {
	const {server, key} = await runningServer();
	const home = join(server.root, 'home/ubuntu');
	const client = await connect(server, key.private);
	const detached = `setsid sh -c 'echo $$ >detached; while [ ! -e stop ]; do sleep 0.05; done; echo done >outcome' </dev/null >/dev/null 2>&1 &`;
	await startedWith(client, `trap 'echo HUP >got; exit 1' HUP; ${detached} echo ready; sleep 600 & wait`);
	await until('the detached job', async () => (await readText(join(home, 'detached'))) || undefined);

	client.destroy();

	expect(await until('the HUP', async () => (await readText(join(home, 'got'))) || undefined)).toBe('HUP\n');
	await until('the group to end', async () => {
		const left = await processesOf(server.root);
		const job = Number(await readText(join(home, 'detached')));
		return left.includes(job) && left.length <= 2;
	});
	await writeFile(join(home, 'stop'), '');
	expect(await until('the outcome', async () => (await readText(join(home, 'outcome'))) || undefined)).toBe('done\n');
});

test('sandbox ssh: closing the server ends detached jobs too, and its port', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	client.removeAllListeners('error').on('error', () => {});
	await exec(
		client,
		`setsid sh -c 'trap "" TERM; sleep 600; sleep 600' </dev/null >/dev/null 2>&1 & sudo -n true; echo ok`,
	);
	expect((await processesOf(server.root)).length).toBeGreaterThan(0);

	await server.close();

	expect(await processesOf(server.root)).toEqual([]);
	expect(await refusesConnections(server.port)).toBe(true);
	expect(server.connections()).toBe(0);
});

const parsed = (key: string): ParsedKey => {
	const answer = ssh2.utils.parseKey(key);
	if (answer instanceof Error) throw answer;
	return answer;
};

/** Offers a public key that is not its own, and signs with one that is. */
class Forger extends ssh2.BaseAgent<ParsedKey> {
	readonly #offered: ParsedKey;

	constructor(offered: string) {
		super();
		this.#offered = parsed(offered);
	}

	override getIdentities(done: IdentityCallback<ParsedKey>): void {
		done(undefined, [this.#offered]);
	}

	override sign(
		_key: ParsedKey,
		data: Buffer,
		options: SigningRequestOptions | SignCallback,
		done: SignCallback = () => {},
	): void {
		const signature = parsed(generateKey().private).sign(data);
		(typeof options === 'function' ? options : done)(undefined, signature);
	}
}

describe('sandbox ssh: logging in', () => {
	test('another key is refused', async () => {
		const {server} = await runningServer();

		await expect(connect(server, generateKey().private)).rejects.toMatchObject({level: 'client-authentication'});
	});

	test('another user is refused', async () => {
		const {server, key} = await runningServer();

		await expect(connect({port: server.port, user: 'nobody-else'}, key.private)).rejects.toMatchObject({
			level: 'client-authentication',
		});
	});

	test('the right public key without its private half is refused', async () => {
		const {server, key} = await runningServer();
		const client = new ssh2.Client();
		const login = new Promise((resolve, reject) => {
			client.once('ready', () => resolve(undefined)).on('error', reject);
		});
		client.connect({host: '127.0.0.1', port: server.port, username: server.user, agent: new Forger(key.public)});

		await expect(login).rejects.toMatchObject({level: 'client-authentication'});
	});

	test('the right key is refused while refuseAuth is set', async () => {
		const {server, key} = await runningServer();
		server.faults.refuseAuth = true;
		await expect(connect(server, key.private)).rejects.toMatchObject({level: 'client-authentication'});

		server.faults.refuseAuth = false;
		await expect(connect(server, key.private)).resolves.toBeDefined();
	});

	test('connections are cut before the handshake while dropNew is set', async () => {
		const {server, key} = await runningServer();
		server.faults.dropNew = true;

		await expect(connect(server, key.private)).rejects.toThrow();
	});
});

test('sandbox ssh: dropConnections ends a command without an exit code', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	client.removeAllListeners('error').on('error', () => {});
	const {answer} = await startedWith(client, 'echo started; sleep 600');

	server.dropConnections();

	expect((await answer).code).toBeUndefined();
});

test('sandbox ssh: shells, terminals, sftp and forwarding are refused', async () => {
	const {server, key} = await runningServer();
	const client = await connect(server, key.private);
	const asks: ((done: (error: Error | undefined) => void) => void)[] = [
		done => client.shell(error => done(error)),
		done => client.exec('true', {pty: true}, error => done(error)),
		done => client.sftp(error => done(error)),
		done => client.forwardOut('127.0.0.1', 1, '127.0.0.1', server.port, error => done(error)),
	];

	for (const ask of asks) expect(await new Promise(resolve => ask(resolve))).toBeInstanceOf(Error);
});

const sshBinary = '/usr/bin/ssh';

type Outcome = {readonly code: number; readonly stdout: string; readonly stderr: string};

const ssh = (args: readonly string[]): Promise<Outcome> =>
	promisify(execFile)(sshBinary, ['-F', '/dev/null', '-o', 'BatchMode=yes', ...args]).then(
		({stdout, stderr}) => ({code: 0, stdout, stderr}),
		({code, stdout, stderr}: Outcome) => ({code, stdout, stderr}),
	);

describe.skipIf(!existsSync(sshBinary))('sandbox ssh with the OpenSSH client (skipped without /usr/bin/ssh)', () => {
	test('runs a line and reports its exit code; a known host key is accepted, a wrong key refused', async () => {
		const {server, key} = await runningServer();
		const directory = temporaryDirectory();
		await writeFile(join(directory, 'key'), key.private, {mode: 0o600});
		await writeFile(join(directory, 'wrong'), generateKey().private, {mode: 0o600});
		await writeFile(join(directory, 'known_hosts'), `${server.knownHost}\n`);
		const settings = [
			`UserKnownHostsFile=${join(directory, 'known_hosts')}`,
			'StrictHostKeyChecking=yes',
			'IdentitiesOnly=yes',
			'IdentityAgent=none',
			`Port=${server.port}`,
			`User=${server.user}`,
		].flatMap(setting => ['-o', setting]);

		const good = await ssh([...settings, '-i', join(directory, 'key'), '127.0.0.1', 'echo hello; exit 5']);
		expect(good).toMatchObject({code: 5, stdout: 'hello\n'});
		const bad = await ssh([...settings, '-i', join(directory, 'wrong'), '127.0.0.1', 'echo hello']);
		expect(bad).toMatchObject({code: 255, stdout: ''});
		expect(bad.stderr).toContain('Permission denied (publickey)');
	});
});
