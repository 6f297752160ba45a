import {execFile} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, onTestFinished, test, vi} from 'vitest';
import type {Host} from '../../../../src/domain/environments/environment.ts';
import {pinnedKeys} from '../../../../src/services/ssh/login/verify-host-key.ts';
import {hasSshd, makeDirectory, makeKey, makeKeyWithKeygen, type TestKey} from '../../../support/real-sshd.ts';
import {type SshLab, startSshLab} from '../../../support/ssh-lab.ts';

test('pinned host keys: what is no key is refused', () => {
	const host: Host = {name: 'web-1', address: '127.0.0.1', hostKeys: ['ssh-ed25519 nonsense']};

	expect(() => pinnedKeys(host)).toThrow(TypeError);
});

/** A host judged by a known_hosts file of its own. */
const knownBy = (text: string): {hostKeys: undefined; knownHostsFile: string} => {
	const knownHostsFile = join(makeDirectory(), 'known_hosts');
	if (text !== '') writeFileSync(knownHostsFile, text);
	return {hostKeys: undefined, knownHostsFile};
};

const accept = async (): Promise<boolean> => Promise.resolve(true);
const decline = async (): Promise<boolean> => Promise.resolve(false);
const mustNotAsk = async (): Promise<boolean> => Promise.reject(new Error('asked'));

describe.skipIf(!hasSshd)('host keys of a real sshd (skipped without /usr/sbin/sshd)', () => {
	const ed25519 = makeKey();
	let rsa: TestKey;
	let ecdsa: TestKey;
	let lab: SshLab;
	let known: string;
	beforeAll(async () => {
		[rsa, ecdsa] = await Promise.all([makeKeyWithKeygen({type: 'rsa'}), makeKeyWithKeygen({type: 'ecdsa'})]);
		lab = await startSshLab({hostKeys: [ed25519, rsa, ecdsa]});
		known = `[127.0.0.1]:${lab.sshd.port}`;
	});
	afterAll(async () => lab.stop());

	test.each([
		{type: 'ed25519', key: () => ed25519},
		{type: 'rsa', key: () => rsa},
		{type: 'ecdsa', key: () => ecdsa},
	])('known by its $type key only: that key is asked for, and nobody is', async ({key}) => {
		const session = lab.session(knownBy(`${known} ${key().publicKey}\n`));

		await expect(session.connect()).resolves.toBeUndefined();
	});

	test('known by a hashed name: accepted', async () => {
		const host = knownBy(`${known} ${ed25519.publicKey}\n`);
		await promisify(execFile)('ssh-keygen', ['-q', '-H', '-f', host.knownHostsFile]);

		expect(readFileSync(host.knownHostsFile, 'utf8')).toMatch(/^\|1\|/);
		await expect(lab.session(host).connect()).resolves.toBeUndefined();
	});

	test('unknown, nobody to ask: refused with fingerprint and how to pin it', async () => {
		const error: unknown = await lab
			.session(knownBy(''))
			.connect()
			.catch((caught: unknown) => caught);

		expect(error).toMatchObject({
			code: 'host-key-unknown',
			what: 'The host key of web-1 is not known',
			why: `127.0.0.1:${lab.sshd.port} shows ssh-ed25519 ${ed25519.fingerprint}, and no one has accepted it.`,
			now: 'Nothing was changed. The connection was closed before the login.',
			next: expect.stringMatching(new RegExp(`ssh-keyscan -p ${lab.sshd.port} 127\\.0\\.0\\.1.*hostKeys`)),
		});
	});

	test('unknown: asked with the facts, and once accepted remembered', async () => {
		const host = knownBy('');
		const asked: unknown[] = [];
		const onUnknownHostKey = async (facts: unknown) => {
			asked.push(facts);
			return Promise.resolve(true);
		};
		await lab.session(host, {onUnknownHostKey}).connect();
		await lab.session(host).connect();

		expect(asked).toEqual([
			{
				host: 'web-1',
				address: `127.0.0.1:${lab.sshd.port}`,
				keyType: 'ssh-ed25519',
				fingerprint: ed25519.fingerprint,
			},
		]);
		expect(readFileSync(host.knownHostsFile, 'utf8')).toBe(`${known} ${ed25519.publicKey}\n`);
	});

	test('unknown: the time somebody takes to answer does not count', async () => {
		vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']});
		onTestFinished(() => void vi.useRealTimers());
		const onUnknownHostKey = async (): Promise<boolean> => {
			await vi.advanceTimersByTimeAsync(10 * 60_000);
			return true;
		};

		await expect(lab.session(knownBy(''), {onUnknownHostKey}).connect()).resolves.toBeUndefined();
	});

	test('unknown: declined is refused and not remembered', async () => {
		const host = knownBy('');

		await expect(lab.session(host, {onUnknownHostKey: decline}).connect()).rejects.toMatchObject({
			code: 'host-key-unknown',
		});
		expect(existsSync(host.knownHostsFile)).toBe(false);
	});

	test('unknown: accepted but not to be remembered is refused, and the file is named', async () => {
		const host = {...knownBy(''), knownHostsFile: '/dev/null/known_hosts'};

		await expect(lab.session(host, {onUnknownHostKey: accept}).connect()).rejects.toMatchObject({
			code: 'host-key-unknown',
			why: expect.stringContaining('/dev/null/known_hosts'),
		});
	});

	test('unknown, on a host that must be known: nobody is asked', async () => {
		const session = lab.session(knownBy(''), {
			onUnknownHostKey: mustNotAsk,
			requireKnown: ({name}) => name === 'web-1',
		});

		await expect(session.connect()).rejects.toMatchObject({code: 'host-key-unknown'});
	});

	test('unknown: an ssh configuration with HashKnownHosts gets a hashed line', async () => {
		const directory = makeDirectory();
		const file = join(directory, 'known_hosts');
		const config = lab.sshConfig(`UserKnownHostsFile ${file}\nHashKnownHosts yes`);
		await lab.session({hostKeys: undefined}, {sshConfigFile: config, onUnknownHostKey: accept}).connect();

		expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|\S+ ssh-ed25519 /);
		await lab.session({hostKeys: undefined}, {sshConfigFile: config}).connect();
	});

	test('changed: stops hard with both fingerprints, file and line, and nobody is asked', async () => {
		const other = makeKey();
		const host = knownBy(`# header\n${known} ${other.publicKey}\n`);
		const error: unknown = await lab
			.session(host, {onUnknownHostKey: mustNotAsk})
			.connect({patienceMs: 60_000})
			.catch((caught: unknown) => caught);

		expect(error).toMatchObject({code: 'host-key-changed', what: 'The host key of web-1 has changed'});
		for (const text of [other.fingerprint, ed25519.fingerprint, `${host.knownHostsFile} line 2`]) {
			expect(String(error)).toContain(text);
		}
	});

	test('revoked: stops hard, although the environment file pins that key', async () => {
		const host = knownBy(`@revoked * ${ed25519.publicKey}\n`);
		const session = lab.session({...host, hostKeys: [ed25519.publicKey]});

		await expect(session.connect()).rejects.toMatchObject({
			code: 'host-key-changed',
			what: 'The host key of web-1 is revoked',
			why: expect.stringContaining(`${host.knownHostsFile} line 1 marks @revoked`),
		});
	});

	test('an authority only: refused, and said to be unsupported', async () => {
		const host = knownBy(`@cert-authority * ${makeKey().publicKey}\n`);

		await expect(lab.session(host).connect()).rejects.toMatchObject({
			code: 'host-key-unknown',
			why: expect.stringContaining('@cert-authority for it, which is not supported'),
		});
	});

	test('pinned: known_hosts does not widen it', async () => {
		const host = knownBy(`${known} ${ed25519.publicKey}\n`);
		const other = makeKey();

		await expect(lab.session({...host, hostKeys: [other.publicKey]}).connect()).rejects.toMatchObject({
			code: 'host-key-changed',
			why: expect.stringContaining('`hostKeys` of web-1 in the environment file'),
		});
	});

	test('pinned: a pin of one type is enough, whatever the host prefers', async () => {
		await expect(lab.session({hostKeys: [rsa.publicKey]}).connect()).resolves.toBeUndefined();
	});
});
