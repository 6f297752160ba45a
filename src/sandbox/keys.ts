import {readFile, writeFile} from 'node:fs/promises';
import ssh2 from 'ssh2';

/** An ed25519 key as OpenSSH writes it. `public` is `ssh-ed25519 AAAA...`, without a comment. */
export type KeyPair = {readonly private: string; readonly public: string};

const publicOf = (privateKey: string): string => {
	const key = ssh2.utils.parseKey(privateKey);
	if (key instanceof Error) throw key;
	return `${key.type} ${key.getPublicSSH().toString('base64')}`;
};

export const generateKey = (): KeyPair => {
	const pair = ssh2.utils.generateKeyPairSync('ed25519');
	return {private: pair.private, public: publicOf(pair.private)};
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
