import {expect, test} from 'vitest';
import {envFileOf, prepareEnvChange, requireFile, requireKey, requireValue} from '../../../src/app/env/set-env.ts';
import type {NamingServices} from '../../../src/app/runs/run-record.ts';
import type {EnvChange} from '../../../src/domain/environments/env-edit.ts';
import type {AppName} from '../../../src/domain/environments/environment.ts';
import {changeWord} from '../../../src/domain/runs/confirm.ts';
import {preprod, production} from '../../recipes/pipelines.ts';

const change = (key: string): EnvChange => ({key, verb: 'set'});
const asked = (app: AppName, key = 'MAIL_HOST') => ({environment: preprod, app, change: change(key)});

test.each([
	['MAIL HOST', 'a key has letters'],
	['MAIL_HOST=hushed', 'the value does not stand on the command line'],
	['--', 'a key has letters'],
])('env set: %j is no key, and nothing behind = is repeated', (key, why) => {
	expect(() => requireKey(key)).toThrow(
		expect.objectContaining({code: 'usage', why: expect.stringContaining(why) as string}),
	);
	expect(() => requireKey(key)).not.toThrow('hushed');
});

test('env set: an empty value is one only where that is said', () => {
	expect(() => requireValue({...asked('backend'), value: ''}, false)).toThrow(
		expect.objectContaining({code: 'usage'}),
	);
	expect(() => requireValue({...asked('backend'), value: ''}, true)).not.toThrow();
});

test('env set: what can not be written is refused without a part of it', () => {
	const refuse = () => requireValue({...asked('backend'), value: 'hushed\u0007'}, false);

	expect(refuse).toThrow(
		expect.objectContaining({code: 'usage', why: 'it holds a control character other than a line break'}),
	);
	expect(refuse).not.toThrow('hushed');
});

test('env set: a value of the frontend is changed where it is compiled in', () => {
	expect(() => requireFile(asked('frontend', 'NEXT_PUBLIC_API_URL'))).toThrow(
		expect.objectContaining({
			code: 'usage',
			why: 'values of the frontend are compiled into its build',
			next: expect.stringMatching(
				/buildEnvironment in .*, commit it, and deploy: cockpit deploy frontend --env preprod/,
			) as string,
		}),
	);
	expect(() => requireFile(asked('backend'))).not.toThrow();
});

test('env set: a frontend that shares a .env is one that can be changed, but for what is compiled in', () => {
	const {frontend} = preprod.apps;
	if (!frontend) throw new TypeError('no frontend');
	const shared = {...frontend.shared, files: ['.env']};
	const environment = {...preprod, apps: {...preprod.apps, frontend: {...frontend, shared}}};

	expect(() => requireFile({...asked('frontend', 'SMTP_HOST'), environment})).not.toThrow();
	expect(() => requireFile({...asked('frontend', 'NEXT_PUBLIC_X'), environment})).toThrow(
		expect.objectContaining({code: 'usage'}),
	);
});

test('env set: the run names key, file and server, and knows the value only where it is streamed', async () => {
	const services = {
		clock: {now: () => Date.parse('2026-02-10T05:53:41Z'), wait: () => Promise.resolve()},
		nonce: () => '9b1d',
		actorFor: () => Promise.resolve({name: 'Ravi', machine: 'laptop-1'}),
		sessions: {session: () => ({status: {state: 'idle', since: 0}})},
		ledgers: {remembered: () => undefined},
	} as unknown as NamingServices;
	const pipeline = await prepareEnvChange(services, {...asked('backend'), value: 'hushed'});

	expect(pipeline.record).toMatchObject({kind: 'set-env', app: 'backend', env: {key: 'MAIL_HOST', verb: 'set'}});
	expect(JSON.stringify(pipeline)).not.toContain('hushed');
	expect(envFileOf(preprod, 'backend')).toBe('/var/www/qsights/.backend/shared/.env');
});

test('env set: the words of the tiers', () => {
	expect([changeWord(preprod), changeWord(production)]).toEqual(['yes', 'DEPLOY-TO-PRODUCTION']);
});
