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

test('actor name: the login name where git has none, or is missing', async () => {
	gitSays('  ');
	expect(await actorName()).toBe(userInfo().username);

	vi.stubEnv('PATH', '/nowhere');
	expect(await actorName()).toBe(userInfo().username);
});
