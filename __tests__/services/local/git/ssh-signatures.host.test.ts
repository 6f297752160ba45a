import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, onTestFinished, test, vi} from 'vitest';
import {sshSignatures} from '../../../../src/services/local/git/ssh-signatures.ts';
import {hasSshd, makeKey, makeKeyWithKeygen, type TestKey} from '../../../support/real-sshd.ts';
import {outputOf} from '../../../support/run-program.ts';
import {startAgent} from '../../../support/ssh-agent.ts';

const text = '{"type":"checklist.signed","actor":{"name":"Asha"},"data":{}}';

/** Text of allowed signers with these people in it. */
const allowed = (people: Readonly<Record<string, TestKey>>): string =>
	Object.entries(people)
		.map(([name, {publicKey}]) => `"${name}" ${publicKey}\n`)
		.join('');

/** From now on the key wants a passphrase that nobody is there to type. */
const lock = async ({path}: TestKey): Promise<void> => {
	await outputOf(['ssh-keygen', '-q', '-p', '-a', '1', '-P', '', '-N', 'secret words', '-f', path]);
};

const useAgent = async (keys: readonly TestKey[]): Promise<void> => {
	const agent = await startAgent(keys);
	onTestFinished(() => agent.stop());
	vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
};

afterEach(() => {
	vi.unstubAllEnvs();
});

describe.skipIf(!hasSshd)('signatures by a real ssh-keygen (skipped without /usr/sbin/sshd)', () => {
	test('what was signed is proved, by the name its key stands for and by no other', async () => {
		const [asha, ravi] = [makeKey(), await makeKeyWithKeygen({type: 'ecdsa'})];
		const allowedSigners = allowed({'Asha Rao': asha, Ravi: ravi});
		vi.stubEnv('SSH_AUTH_SOCK', '/nonexistent/agent');
		const signature = (await sshSignatures.sign(text, asha.path)) ?? '';
		const proves = (changes: Partial<Parameters<typeof sshSignatures.verify>[0]>) =>
			sshSignatures.verify({text, signature, name: 'Asha Rao', allowedSigners, ...changes});

		expect(signature).toMatch(/^[A-Za-z0-9+/]+=*$/);
		expect(await proves({})).toBe(true);
		expect(await proves({text: text.replace('Asha', 'Ravi')})).toBe(false);
		expect(await proves({name: 'Ravi'})).toBe(false);
		expect(await proves({name: 'Somebody'})).toBe(false);
		expect(await proves({signature: signature.replace(/.{8}=*$/, 'AAAAAAAA')})).toBe(false);
		expect(await proves({signature: 'no signature'})).toBe(false);
		expect(await proves({allowedSigners: allowed({'Asha Rao': ravi})})).toBe(false);
		expect(await proves({allowedSigners: ''})).toBe(false);
	});

	test('a check that was ended, or never began, is no verdict', async () => {
		const asha = makeKey();
		const signature = (await sshSignatures.sign(text, asha.path)) ?? '';
		const check = () =>
			sshSignatures.verify({text, signature, name: 'Asha', allowedSigners: allowed({Asha: asha})});
		const bin = mkdtempSync(join(tmpdir(), 'cockpit-bin-'));
		onTestFinished(() => rmSync(bin, {recursive: true, force: true}));
		writeFileSync(join(bin, 'ssh-keygen'), '#!/bin/sh\nkill -9 $$\n', {mode: 0o755});

		vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
		expect(await check()).toBeUndefined();
		vi.stubEnv('PATH', '/nonexistent');
		expect(await check()).toBeUndefined();
		vi.unstubAllEnvs();
		expect(await check()).toBe(true);
	});

	test('a signature made for something else proves nothing here', async () => {
		const asha = makeKey();
		const sign = ['ssh-keygen', '-Y', 'sign', '-q', '-n', 'git', '-f', asha.path] as const;
		const armoured = await outputOf([...sign], {input: text});
		const signature = armoured.replaceAll(/-----[^-]+-----|\s/g, '');

		expect(await sshSignatures.verify({text, signature, name: 'Asha', allowedSigners: allowed({Asha: asha})})).toBe(
			false,
		);
	});

	test('agent: it signs for a key whose file is locked, or of which only the public half is here', async () => {
		const [locked, away] = [makeKey(), makeKey()];
		await useAgent([locked, away]);
		await lock(locked);
		rmSync(away.path);
		const allowedSigners = allowed({Asha: locked, Ravi: away});

		for (const [name, {path}] of [
			['Asha', locked],
			['Ravi', away],
		] as const) {
			const signature = (await sshSignatures.sign(text, path)) ?? '';
			expect(await sshSignatures.verify({text, signature, name, allowedSigners})).toBe(true);
		}
	});

	test('agent: without it, or with one that does not hold the key, a locked key signs nothing and nobody is asked', async () => {
		const locked = makeKey();
		await lock(locked);
		vi.stubEnv('SSH_AUTH_SOCK', '/nonexistent/agent');
		expect(await sshSignatures.sign(text, locked.path)).toBeUndefined();
		await useAgent([makeKey()]);
		expect(await sshSignatures.sign(text, locked.path)).toBeUndefined();
		expect(await sshSignatures.sign(text, '/nonexistent/key')).toBeUndefined();
	});
});
