import {readFile, writeFile} from 'node:fs/promises';
import ssh2 from 'ssh2';

/** An ed25519 key as OpenSSH writes it. `public` is `ssh-ed25519 AAAA...`, without a comment. */
export type KeyPair = {readonly private: string; readonly public: string};

const publicOf = (privateKey: string): string => {
	const key = ssh2.utils.parseKey(privateKey);
	if (key instanceof Error) throw key;
	return `${key.type} ${key.getPublicSSH().toString('base64')}`;
};

/** "ssh-ed25519" and 32 bytes, each with its length before it. */
const publicBytes = 4 + 11 + 4 + 32;

/**
 * A new key pair. One in 256 is thrown away: ssh2 1.17 drops leading zero bytes of the public half, and what it then
 * writes nobody can read.
 */
export const generateKey = (): KeyPair => {
	for (;;) {
		const {private: privateKey} = ssh2.utils.generateKeyPairSync('ed25519');
		const key = ssh2.utils.parseKey(privateKey);
		if (!(key instanceof Error) && key.getPublicSSH().length === publicBytes)
			return {private: privateKey, public: publicOf(privateKey)};
	}
};

/** The key in `file`, made there with mode 0600 (and `.pub` beside it) when the file is missing. */
export const keyIn = async (file: string): Promise<KeyPair> => {
	const known = await readFile(file, 'utf8').catch(() => undefined);
	if (known !== undefined) return {private: known, public: publicOf(known)};
	const key = generateKey();
	await writeFile(file, key.private, {mode: 0o600});
	await writeFile(`${file}.pub`, `${key.public} cockpit-sandbox\n`);
	return key;
};
