import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {createRedactor, secretValuesOf, withoutSecrets} from '../../../src/domain/logs/mask.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {leakingLines} from './leaking-lines.ts';

const harmless = readFileSync(`${import.meta.dirname}/../../fixtures/output/harmless.txt`, 'utf8')
	.trimEnd()
	.split('\n');

test.each(harmless)('redactor: what composer, npm, artisan, PM2, nginx and git say every day stays: %s', line => {
	expect(withoutSecrets(line)).toBe(line);
});

test.each(leakingLines)('redactor: %s', (line, ...secrets) => {
	const shown = withoutSecrets(line);
	for (const secret of secrets) expect(shown).not.toContain(secret);
	expect(shown).toContain('***');
	expect(withoutSecrets(shown)).toBe(shown);
});

test('redactor: what is secret over several lines, wherever its first line stands, and the line behind it', () => {
	const lines = [
		'key: -----BEGIN RSA PRIVATE KEY-----',
		'Proc-Type: 4,ENCRYPTED',
		'',
		'MIIEowIBAAKCAQEA',
		'-----END RSA PRIVATE KEY----- ok',
		'goes on',
		'  "github-oauth": {',
		'    "github.com": "0123abcdef0123"',
		'  },',
		'  "name": "value"',
		'-----BEGIN PRIVATE KEY-----',
		'a line that is none of a key',
	];
	const {line} = createRedactor();
	expect(lines.map(line)).toEqual([
		'key: -----BEGIN RSA PRIVATE KEY-----',
		'***',
		'',
		'***',
		'***-----END RSA PRIVATE KEY----- ok',
		'goes on',
		'  "github-oauth": {',
		'    "github.com": "***"',
		'  },',
		'  "name": "value"',
		'-----BEGIN PRIVATE KEY-----',
		'a line that is none of a key',
	]);
});

test('redactor: values that are known, however they are written, and never a word of a setting', () => {
	const values = secretValuesOf({
		MAIL_PASSWORD: 'sword fish/1',
		APP_KEY: 'base64:QUJDREVGR0g=',
		DATABASE_URL: 'mysql://app:pw-of-db@10.0.0.1/x',
		JWT_SECRET: 'production',
		API_TOKEN: 'abc',
		NEXT_PUBLIC_MAP_KEY: 'shown-to-everybody',
		PWD: '/home/ravi/work',
		SSH_AUTH_SOCK: '/tmp/agent.12',
	});
	const {text} = createRedactor(values);
	expect(text('a sword fish/1 b sword%20fish%2F1 c sword fish\\/1 d QUJDREVGR0g= e pw-of-db')).toBe(
		'a *** b *** c *** d *** e ***',
	);
	const other = 'production abc shown-to-everybody /home/ravi/work /tmp/agent.12';
	expect(text(other)).toBe(other);
});

test('errors: no word of one holds a secret, whoever made it', () => {
	const {message, what, why, next} = new DeployError({
		code: 'step-failed',
		what: 'git fetch https://bob:pw12@host/x failed',
		why: 'Authorization: Bearer abcdef123',
		now: '',
		next: 'Run it with --token abcdef123',
	});
	expect([message, what, why, next].join('\n')).not.toMatch(/pw12|abcdef123/);
});
