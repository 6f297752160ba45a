import {readFile, stat} from 'node:fs/promises';
import type {ParsedKey} from 'ssh2';
import {quote} from '../../../commands/shell.ts';
import {DeployError, failure, systemCode} from '../../../domain/errors.ts';
import {printable} from '../link/failures.ts';

/** A private key file that ssh would accept, not yet decrypted. */
export type KeyFile = {
	readonly path: string;
	readonly content: Buffer;
	readonly encrypted: boolean;
	/** Changes when the file does. */
	readonly version: string;
	/** Public key blob, where it can be read without a passphrase. */
	readonly publicKey?: Buffer;
};

const keyFileError = (path: string, why: string, next: string, cause?: unknown): DeployError =>
	failure('key-file')({
		what: `The private key ${printable(path)} cannot be used`,
		why,
		next,
		cause,
	});

const unreadable = (path: string, error: unknown): DeployError => {
	const code = systemCode(error);
	if (code === 'ENOENT')
		return keyFileError(path, 'There is no such file.', 'Correct `identityFile` in the environment file.', error);
	return keyFileError(path, `It cannot be read (${code}).`, `Make it readable to you: ls -l ${quote(path)}`, error);
};

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');

/** As ssh does it: a private key others can read is no longer private. Windows has no such bits. */
const checkOwnership = (path: string, {mode, uid}: {mode: number; uid: number}): void => {
	const me = process.getuid?.();
	if (me === undefined) return;
	if (uid !== me) {
		throw keyFileError(
			path,
			`It belongs to user id ${uid}, and you are ${me}.`,
			`Use a key of your own, or run: sudo chown ${me} ${quote(path)}`,
		);
	}
	if ((mode & 0o077) !== 0) {
		throw keyFileError(
			path,
			`Its mode is ${octal(mode)}: others on this machine can read it.`,
			`Run: chmod 600 ${quote(path)}`,
		);
	}
};

const openSshMagic = 'openssh-key-v1\0';

/** Cipher name and public key of the OpenSSH format, which keeps both in clear. Source: PROTOCOL.key of OpenSSH. */
const openSshHeader = (text: string): {cipher: string; publicKey: Buffer} | undefined => {
	const [, base64] = /-----BEGIN OPENSSH PRIVATE KEY-----([\w+/=\s]+)-----END/.exec(text) ?? [];
	const data = Buffer.from(base64 ?? '', 'base64');
	if (data.toString('latin1', 0, openSshMagic.length) !== openSshMagic) return undefined;
	let at = openSshMagic.length;
	const field = (): Buffer => {
		const start = at + 4;
		at = start + data.readUInt32BE(at);
		return data.subarray(start, at);
	};
	try {
		const cipher = field().toString('latin1');
		field();
		field();
		at += 4;
		return {cipher, publicKey: Buffer.from(field())};
	} catch {
		return undefined;
	}
};

/**
 * Reads a private key file and checks owner and mode, following symlinks.
 * Throws DeployError `key-file` with the command that repairs it.
 */
export const readKeyFile = async (path: string): Promise<KeyFile> => {
	try {
		const stats = await stat(path);
		if (!stats.isFile()) throw keyFileError(path, 'It is not a file.', 'Name the private key file itself.');
		checkOwnership(path, stats);
		const content = await readFile(path);
		const text = content.toString('latin1');
		const header = openSshHeader(text);
		return {
			path,
			content,
			encrypted: header ? header.cipher !== 'none' : /ENCRYPTED|^Encryption: (?!none)/m.test(text),
			version: `${path}:${stats.mtimeMs}:${stats.size}`,
			...(header ? {publicKey: header.publicKey} : {}),
		};
	} catch (error) {
		throw error instanceof DeployError ? error : unreadable(path, error);
	}
};

const parse = async ({path, content}: KeyFile, passphrase?: string): Promise<ParsedKey | Error> => {
	const {utils} = (await import('ssh2')).default;
	const key = utils.parseKey(content, passphrase);
	if (key instanceof Error || key.isPrivateKey()) return key;
	throw keyFileError(path, 'It holds a public key.', 'Name the private key file, without `.pub`.');
};

const tries = 3;

/**
 * The key inside, ready to sign. An encrypted one asks for its passphrase, at most 3 times.
 * Throws DeployError `key-file` when it cannot be decrypted or is of a kind ssh2 does not know.
 */
export const unlockKey = async (
	file: KeyFile,
	ask?: (facts: {readonly path: string}) => Promise<string | undefined>,
): Promise<ParsedKey> => {
	if (!file.encrypted) {
		const key = await parse(file);
		if (!(key instanceof Error)) return key;
		throw keyFileError(file.path, `It is not a key this program can read: ${printable(key.message)}`, unknownKind);
	}
	for (let attempt = 1; attempt <= tries; attempt += 1) {
		const passphrase = await ask?.({path: file.path});
		if (passphrase === undefined) break;
		const key = await parse(file, passphrase);
		if (!(key instanceof Error)) return key;
	}
	throw keyFileError(
		file.path,
		ask ? 'It is encrypted, and no passphrase given opens it.' : 'It is encrypted and needs a passphrase.',
		`Add it to your agent: ssh-add ${quote(file.path)}`,
	);
};

const unknownKind = 'Use an RSA, ECDSA or Ed25519 key in PEM or OpenSSH format, or a key in the agent.';
