import {statSync} from 'node:fs';
import {join} from 'node:path';
import ssh2 from 'ssh2';
import {expect, test} from 'vitest';
import {generateKey, keyIn} from '../../src/sandbox/keys.ts';
import {temporaryDirectory} from './support.ts';

test('sandbox keys: each of 2000 generated keys can be read again and holds its public half whole', () => {
	// One in 256 comes out of ssh2 damaged; 2000 sound ones by luck would be one chance in 2500.
	for (let count = 0; count < 2000; count += 1) {
		const {private: privateKey, public: publicKey} = generateKey();
		const key = ssh2.utils.parseKey(privateKey);
		if (key instanceof Error) throw key;
		expect(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')).toEqual(key.getPublicSSH());
		expect(key.getPublicSSH()).toHaveLength(51);
	}
});

test('sandbox keys: a key file is made once, for its owner alone', async () => {
	const file = join(temporaryDirectory(), 'key');

	const made = await keyIn(file);

	expect(await keyIn(file)).toEqual(made);
	expect(statSync(file).mode & 0o777).toBe(0o600);
});
