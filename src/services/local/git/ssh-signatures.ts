import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {systemFault} from '../../../domain/system-faults.ts';
import type {SignaturePort} from '../../../domain/ports.ts';

/** What a signature is for: one made for git or for files does not count here. Source: PROTOCOL.sshsig, namespace. */
const namespace = 'release-cockpit';

const begin = '-----BEGIN SSH SIGNATURE-----';
const end = '-----END SSH SIGNATURE-----';

/** The armoured form as one line of base64, which a ledger can hold. */
const unarmoured = (text: string): string | undefined =>
	new RegExp(`${begin}([A-Za-z0-9+/=\\s]+)${end}`).exec(text)?.[1]?.replaceAll(/\s/g, '');

const armoured = (line: string): string => `${begin}\n${line.match(/.{1,70}/g)?.join('\n') ?? ''}\n${end}\n`;

const inDirectory = async <Result>(work: (directory: string) => Promise<Result>): Promise<Result> => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-signature-'));
	try {
		return await work(directory);
	} finally {
		await rm(directory, {recursive: true, force: true});
	}
};

/** A disk that can't be written to is no reason to call a signature false: it could not be checked. */
const unlessDiskFails = async <Result>(work: (directory: string) => Promise<Result>): Promise<Result | undefined> => {
	try {
		return await inDirectory(work);
	} catch (error) {
		if (systemFault(error) === undefined) throw error;
		return undefined;
	}
};

const keygen = async (args: readonly string[], input: string) => {
	const {execa} = await import('execa');
	return execa('ssh-keygen', args, {
		input,
		reject: false,
		timeout: 20_000,
		// A key that wants its passphrase, or a touch, may not wait for a terminal that a screen has taken.
		env: {SSH_ASKPASS_REQUIRE: 'never'},
	});
};

/**
 * Signatures by `ssh-keygen -Y` with the key people log in with, from its file or the agent. What can't be signed is
 * told as undefined. Source: design, "State", ledger.
 */
export const sshSignatures: SignaturePort = {
	sign: async (text, keyFile) => {
		const {exitCode, stdout} = await keygen(['-Y', 'sign', '-q', '-n', namespace, '-f', keyFile], text);
		return exitCode === 0 ? unarmoured(stdout) : undefined;
	},
	verify: async ({text, signature, name, allowedSigners}) =>
		unlessDiskFails(async directory => {
			const file = join(directory, 'signature');
			const signers = join(directory, 'allowed_signers');
			await writeFile(file, armoured(signature), {mode: 0o600});
			await writeFile(signers, allowedSigners, {mode: 0o600});
			const {exitCode} = await keygen(
				['-Y', 'verify', '-q', '-n', namespace, '-f', signers, '-I', name, '-s', file],
				text,
			);
			// Whatever ended without one, or never began, has not looked at it.
			return exitCode === undefined ? undefined : exitCode === 0;
		}),
};
