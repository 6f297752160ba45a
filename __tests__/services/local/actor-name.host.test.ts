import {userInfo} from 'node:os';
import {afterEach, expect, test, vi} from 'vitest';
import {actorName} from '../../../src/services/local/actor-name.ts';

afterEach(() => vi.unstubAllEnvs());

const gitSays = (name: string): void => {
	vi.stubEnv('GIT_CONFIG_COUNT', '1');
	vi.stubEnv('GIT_CONFIG_KEY_0', 'user.name');
	vi.stubEnv('GIT_CONFIG_VALUE_0', name);
};

test('actor name: what git signs commits with', async () => {
	gitSays('Asha "A" Ünal');

	expect(await actorName()).toBe('Asha "A" Ünal');
});

test('actor name: the one that is claimed goes first', async () => {
	gitSays('Asha');

	expect(await actorName(' Meera Ünal ')).toBe('Meera Ünal');
	expect(await actorName('  ')).toBe('Asha');
});

test.each(['two\nlines', 'red \u001B[31m', 'hidden \u200B', 'a'.repeat(101)])(
	'actor name: a claimed name that is more than one printable line is refused: %j',
	async name => {
		await expect(actorName(name)).rejects.toMatchObject({code: 'usage'});
	},
);

test('actor name: the login name where git has none, or is missing', async () => {
	gitSays('  ');
	expect(await actorName()).toBe(userInfo().username);

	vi.stubEnv('PATH', '/nowhere');
	expect(await actorName()).toBe(userInfo().username);
});
