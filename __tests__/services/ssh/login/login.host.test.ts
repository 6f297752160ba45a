import {execFile} from 'node:child_process';
import {chmodSync, chownSync, existsSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ExecOptions} from '../../../../src/domain/ports.ts';
import {hasSshd, makeDirectory, makeKey, makeKeyWithKeygen, type TestKey} from '../../../support/real-sshd.ts';
import {startAgent} from '../../../support/ssh-agent.ts';
import {type SshLab, startSshLab} from '../../../support/ssh-lab.ts';

const run: ExecOptions = {lane: 'run'};
const isRoot = process.getuid?.() === 0;

const wrongPassphrase = async (): Promise<string> => Promise.resolve('hunter2 hunter2');

describe.skipIf(!hasSshd)('login at a real sshd (skipped without /usr/sbin/sshd)', () => {
	let lab: SshLab;
	let keys: Readonly<Record<'ed25519' | 'rsa' | 'ecdsa' | 'pem' | 'locked' | 'lockedPem', TestKey>>;
	beforeAll(async () => {
		const passphrase = 'open sesame';
		const [ed25519, rsa, ecdsa, pem, locked, lockedPem] = await Promise.all([
			makeKeyWithKeygen({type: 'ed25519'}),
			makeKeyWithKeygen({type: 'rsa'}),
			makeKeyWithKeygen({type: 'ecdsa'}),
			makeKeyWithKeygen({type: 'rsa', format: 'PEM'}),
			makeKeyWithKeygen({type: 'ed25519', passphrase}),
			makeKeyWithKeygen({type: 'rsa', format: 'PEM', passphrase}),
		]);
		keys = {ed25519, rsa, ecdsa, pem, locked, lockedPem};
		lab = await startSshLab({authorized: Object.values(keys)});
	});
	afterAll(async () => lab.stop());

	test.each([
		{kind: 'Ed25519', name: 'ed25519'},
		{kind: 'RSA in OpenSSH format', name: 'rsa'},
		{kind: 'ECDSA', name: 'ecdsa'},
		{kind: 'RSA in PEM format', name: 'pem'},
	] as const)('key file: $kind logs in', async ({name}) => {
		const key = keys[name];
		const session = lab.session({identityFile: key.path});
		await session.connect();

		expect(session.keyFingerprint).toBe(key.fingerprint);
	});

	test('key file: a symlink is followed', async () => {
		const link = join(lab.directory, 'link');
		symlinkSync(lab.key.path, link);

		await expect(lab.session({identityFile: link}).connect()).resolves.toBeUndefined();
	});

	test('login: a key the host does not take is auth-failed, and names user and key', async () => {
		const wrong = makeKey();

		await expect(lab.session({identityFile: wrong.path}).connect()).rejects.toMatchObject({
			code: 'auth-failed',
			what: `web-1 refused the login of ${lab.sshd.user}`,
			why: `Keys tried: ${wrong.path} ${wrong.fingerprint}.`,
			now: 'Nothing was changed.',
		});
	});

	test('login: with no key at all it says so', async () => {
		const session = lab.session({identityFile: undefined});

		await expect(session.connect()).rejects.toMatchObject({code: 'auth-failed', why: 'There was no key to try.'});
	});

	test.each([0o644, 0o640, 0o604, 0o660])(
		'key file: mode %o is refused with the command that repairs it',
		async mode => {
			const key = makeKey();
			chmodSync(key.path, mode);

			await expect(lab.session({identityFile: key.path}).connect()).rejects.toMatchObject({
				code: 'key-file',
				why: `Its mode is ${mode.toString(8)}: others on this machine can read it.`,
				next: `Run: chmod 600 ${key.path}`,
			});
		},
	);

	test('key file: mode 400 is fine', async () => {
		chmodSync(lab.key.path, 0o400);

		await expect(lab.session().connect()).resolves.toBeUndefined();
		chmodSync(lab.key.path, 0o600);
	});

	test.skipIf(!isRoot)('key file: of another owner it is refused (skipped unless root)', async () => {
		const key = makeKey();
		chownSync(key.path, 65_534, 65_534);

		await expect(lab.session({identityFile: key.path}).connect()).rejects.toMatchObject({
			code: 'key-file',
			why: 'It belongs to user id 65534, and you are 0.',
		});
	});

	test.each([
		{what: 'a missing file', make: () => '/nonexistent/key', why: /no such file/},
		{what: 'a directory', make: () => makeDirectory(), why: /not a file/},
		{what: 'a public key', make: () => privateCopy(`${makeKey().path}.pub`), why: /public key/},
		{what: 'rubbish', make: () => rubbish(), why: /not a key this program can read/},
	])('key file: $what is refused', async ({make, why}) => {
		await expect(lab.session({identityFile: make()}).connect()).rejects.toMatchObject({
			code: 'key-file',
			why: expect.stringMatching(why),
		});
	});

	test.each([
		{format: 'OpenSSH', name: 'locked'},
		{format: 'PEM', name: 'lockedPem'},
	] as const)('encrypted key, $format: without a passphrase it names ssh-add', async ({name}) => {
		const key = keys[name];

		await expect(lab.session({identityFile: key.path}).connect()).rejects.toMatchObject({
			code: 'key-file',
			why: 'It is encrypted and needs a passphrase.',
			next: `Add it to your agent: ssh-add ${key.path}`,
		});
	});

	test.each([
		{format: 'OpenSSH', name: 'locked'},
		{format: 'PEM', name: 'lockedPem'},
	] as const)('encrypted key, $format: asks, and asks again after a wrong passphrase', async ({name}) => {
		const key = keys[name];
		const answers = ['wrong', 'open sesame'];
		const asked: unknown[] = [];
		const askPassphrase = async (facts: unknown) => {
			asked.push(facts);
			return Promise.resolve(answers.shift());
		};
		const session = lab.session({identityFile: key.path}, {askPassphrase});
		await session.connect();

		expect(asked).toEqual([
			{host: 'web-1', path: key.path},
			{host: 'web-1', path: key.path},
		]);
		expect(session.keyFingerprint).toBe(key.fingerprint);
	});

	test('encrypted key: gives up after three wrong passphrases', async () => {
		let count = 0;
		const askPassphrase = async () => {
			count += 1;
			return Promise.resolve('wrong');
		};

		await expect(lab.session({identityFile: keys.locked.path}, {askPassphrase}).connect()).rejects.toMatchObject({
			code: 'key-file',
			why: 'It is encrypted, and no passphrase given opens it.',
		});
		expect(count).toBe(3);
	});

	test('agent: its keys log in, and the accepted one is known', async () => {
		const agent = await startAgent([makeKey(), lab.key]);
		const session = lab.session(
			{identityFile: undefined},
			{environment: {...process.env, SSH_AUTH_SOCK: agent.socket}},
		);
		await session.connect();
		agent.stop();

		expect(session.keyFingerprint).toBe(lab.key.fingerprint);
	});

	test('agent: an RSA key signs with a hash the host takes', async () => {
		const agent = await startAgent([keys.rsa]);
		const session = lab.session(
			{identityFile: undefined},
			{environment: {...process.env, SSH_AUTH_SOCK: agent.socket}},
		);
		await session.connect();
		agent.stop();

		expect(session.keyFingerprint).toBe(keys.rsa.fingerprint);
	});

	test('agent: keys the host does not take are all named', async () => {
		const keys = [makeKey(), makeKey()];
		const agent = await startAgent(keys);
		const session = lab.session(
			{identityFile: undefined},
			{environment: {...process.env, SSH_AUTH_SOCK: agent.socket}},
		);
		const error: unknown = await session.connect().catch((caught: unknown) => caught);
		agent.stop();

		expect(error).toMatchObject({code: 'auth-failed'});
		for (const {fingerprint} of keys) expect(String(error)).toContain(`${fingerprint} (agent)`);
	});

	test('agent: beyond MaxAuthTries the host stops, and that is auth-failed too', async () => {
		const agent = await startAgent(Array.from({length: 8}, () => makeKey()));
		const session = lab.session(
			{identityFile: undefined},
			{environment: {...process.env, SSH_AUTH_SOCK: agent.socket}},
		);

		await expect(session.connect()).rejects.toMatchObject({
			code: 'auth-failed',
			why: expect.stringMatching(/The host stopped after \d keys/),
		});
		agent.stop();
	});

	test('agent: an explicit key file is the only one offered, even with an agent full of others', async () => {
		const agent = await startAgent(Array.from({length: 8}, () => makeKey()));
		const session = lab.session({}, {environment: {...process.env, SSH_AUTH_SOCK: agent.socket}});
		await session.connect();
		agent.stop();

		expect(session.keyFingerprint).toBe(lab.key.fingerprint);
	});

	test('agent: an encrypted key file is used through the agent that holds it', async () => {
		const held = makeKey({directory: makeDirectory()});
		const agent = await startAgent([held]);
		const own = await startSshLab({authorized: [held]});
		await promisify(execFile)('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret words', '-f', held.path]);
		const session = own.session(
			{identityFile: held.path},
			{environment: {...process.env, SSH_AUTH_SOCK: agent.socket}},
		);
		await session.connect();
		agent.stop();
		await own.stop();

		expect(session.keyFingerprint).toBe(held.fingerprint);
	});

	test('agent: one that does not answer is said, and key files are tried', async () => {
		const config = lab.sshConfig(`IdentityFile ${lab.key.path}`);
		const session = lab.session(
			{identityFile: undefined},
			{sshConfigFile: config, environment: {...process.env, SSH_AUTH_SOCK: '/nonexistent/agent'}},
		);
		await session.connect();

		expect(session.keyFingerprint).toBe(lab.key.fingerprint);
	});

	test('ssh configuration: Host alias gives address, port, user and key', async () => {
		const config = lab.sshConfig(
			`Host shop\n HostName 127.0.0.1\n Port ${lab.sshd.port}\n User ${lab.sshd.user}\n IdentityFile ${lab.key.path}`,
		);
		const alias = {name: 'web-1', address: 'shop', hostKeys: lab.sshd.hostPublicKeys};
		const session = lab.session(
			{...alias, port: undefined, user: undefined, identityFile: undefined},
			{sshConfigFile: config},
		);

		expect((await session.exec('echo $SSH_CONNECTION', run)).stdout.trim()).toMatch(
			new RegExp(` ${lab.sshd.port}$`),
		);
	});

	test('ssh configuration: a configured key with an open mode is passed over and said', async () => {
		const key = makeKey();
		chmodSync(key.path, 0o644);
		const config = lab.sshConfig(`IdentityFile ${key.path}`);

		await expect(lab.session({identityFile: undefined}, {sshConfigFile: config}).connect()).rejects.toMatchObject({
			code: 'auth-failed',
			why: expect.stringContaining(`chmod 600 ${key.path}`),
		});
	});

	test('secrets: neither passphrase nor key reaches an error', async () => {
		const error: unknown = await lab
			.session({identityFile: keys.locked.path}, {askPassphrase: wrongPassphrase})
			.connect()
			.catch((caught: unknown) => caught);

		expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
		expect(existsSync(keys.locked.path)).toBe(true);
	});
});

const privateCopy = (path: string): string => {
	const copy = join(makeDirectory(), 'copy');
	writeFileSync(copy, readFileSync(path), {mode: 0o600});
	return copy;
};

const rubbish = (): string => {
	const path = join(makeDirectory(), 'rubbish');
	writeFileSync(path, 'not a key', {mode: 0o600});
	return path;
};
