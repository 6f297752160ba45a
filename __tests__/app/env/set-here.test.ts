import {expect, test} from 'vitest';
import {fileHere, setHere, type HereRequest} from '../../../src/app/env/set-here.ts';
import {sha256} from '../../../src/app/sha256.ts';
import type {AppName, Environment} from '../../../src/domain/environments/environment.ts';
import {marked} from '../../../src/domain/environments/working-values.ts';
import {memoryEnvFiles} from '../../support/memory-env-files.ts';
import {preprod, production} from '../../recipes/pipelines.ts';

const inSources = (environment: Environment, name: string): Environment => {
	const {backend, frontend} = environment.apps;
	return {
		...environment,
		file: `/p/environments/${name}.yaml`,
		apps: {
			...(backend && {backend: {...backend, source: '/p/backend'}}),
			...(frontend && {frontend: {...frontend, source: '/p/frontend'}}),
		},
	};
};

const local = inSources({...preprod, name: 'local', title: 'Local', tier: 'local', hosts: []}, 'local');
const environments = [local, inSources(preprod, 'preprod'), inSources(production, 'production')];
const clock = {now: () => Date.parse('2026-02-10T05:53:41Z'), wait: () => Promise.resolve()};

const set = (key: string, value: string, app: AppName = 'backend'): HereRequest => ({
	environments,
	environment: local,
	app,
	change: {key, verb: 'set'},
	value,
});
const remove = (key: string): HereRequest => ({...set(key, ''), change: {key, verb: 'remove'}, value: undefined});

const env = '/p/backend/.env';

test('env set here: one value of the file, every other byte as it was, and the old file kept beside it', async () => {
	const before = '# mine\r\nAPP_ENV=local\r\nMAIL_HOST="old" # the box\r\n';
	const envFiles = memoryEnvFiles({[env]: before, '/p/environments/.env.local': 'APP_ENV=local\nX=1\n'});
	const changed = await setHere({envFiles, clock}, set('MAIL_HOST', 'new $box'));

	expect(changed).toEqual({
		file: 'backend/.env',
		isChanged: true,
		kept: 'backend/.env.kept-other-20260210_055341.local',
		others: undefined,
		tracked: [],
		leftOutBy: undefined,
	});
	expect((await envFiles.read(env))?.text).toBe('# mine\r\nAPP_ENV=local\r\nMAIL_HOST="new \\$box" # the box\r\n');
	expect((await envFiles.read('/p/backend/.env.kept-other-20260210_055341.local'))?.text).toBe(before);
});

test('env set here: what is kept is named after the set it is of, and another set than was asked for is said', async () => {
	const at = clock.now();
	const text = (environment: string): string => marked('A=1\n', {environment, at, sha256});
	const ofLocal = await setHere({envFiles: memoryEnvFiles({[env]: text('local')}), clock}, set('A', '2'));
	const ofOther = await setHere({envFiles: memoryEnvFiles({[env]: text('preprod')}), clock}, remove('A'));

	expect(ofLocal).toMatchObject({kept: 'backend/.env.kept-local-20260210_055341.local', others: undefined});
	expect(ofOther).toMatchObject({kept: 'backend/.env.kept-preprod-20260210_055341.local', others: preprod.title});
});

test('env set here: twice in a second both files before are kept', async () => {
	const envFiles = memoryEnvFiles({[env]: 'A=1\n'});
	const names = [];
	for (const value of ['2', '3']) names.push((await setHere({envFiles, clock}, set('A', value))).kept);

	expect(names).toEqual([
		'backend/.env.kept-other-20260210_055341.local',
		'backend/.env.kept-other-20260210_055341_2.local',
	]);
	expect(await envFiles.names('/p/backend')).toHaveLength(3);
});

test.each([
	['the value it has', set('A', '1')],
	['a key to remove that is not there', remove('B')],
])('env set here: %s is nothing to change, and nothing is kept', async (_, request) => {
	const envFiles = memoryEnvFiles({[env]: 'A=1\n'});

	expect(await setHere({envFiles, clock}, request)).toMatchObject({isChanged: false, kept: undefined});
	expect(await envFiles.names('/p/backend')).toEqual(['.env']);
});

test('env set here: a value of the frontend that is compiled in on hosts is written into its .env.local', async () => {
	const envFiles = memoryEnvFiles({'/p/frontend/.env.local': 'NEXT_PUBLIC_API_URL=a\n'});
	const changed = await setHere({envFiles, clock}, set('NEXT_PUBLIC_API_URL', 'http://b', 'frontend'));

	expect(changed.file).toBe('frontend/.env.local');
	expect((await envFiles.read('/p/frontend/.env.local'))?.text).toBe('NEXT_PUBLIC_API_URL=http://b\n');
});

test('env set here: without a file it says how there will be one; --create makes it, and keeps nothing', async () => {
	const envFiles = memoryEnvFiles();
	await expect(setHere({envFiles, clock}, set('A', '1'))).rejects.toMatchObject({
		code: 'answer-needed',
		why: 'there is no backend/.env',
		next: expect.stringMatching(/cockpit env use local;.*--create/) as string,
	});
	await expect(setHere({envFiles, clock}, remove('A'))).rejects.toMatchObject({next: 'There is nothing to remove.'});
	const made = await setHere({envFiles, clock}, {...set('A', '1'), change: {key: 'A', verb: 'set', create: true}});

	expect(made).toMatchObject({isChanged: true, kept: undefined});
	expect((await envFiles.read(env))?.text).toBe('A=1\n');
});

test.each([
	['a key that is given twice', 'A=hushed\nA=2\n', set('A', 'hushed'), 'A is given 2 times, on lines 1, 2'],
	['a line nobody can read', 'A=1\nhushed\n', set('A', 'hushed'), 'line 2 is not KEY=value'],
	['a control character', 'A=1\n', set('A', 'hushed\u0007'), 'a control character'],
	['no key', 'A=1\n', set('A=hushed', ''), 'the value does not stand on the command line'],
])('env set here: %s is refused as on a host, without a part of a value', async (_, text, request, why) => {
	const envFiles = memoryEnvFiles({[env]: text});
	const refused: unknown = await setHere({envFiles, clock}, request).catch((error: unknown) => error);

	expect(refused).toMatchObject({why: expect.stringContaining(why) as string, now: 'Nothing was changed.'});
	expect(JSON.stringify(refused) + String(refused)).not.toContain('hushed');
	expect((await envFiles.read(env))?.text).toBe(text);
});

test('env set here: what Next could not read back is refused for the frontend alone', async () => {
	const files = {'/p/frontend/.env.local': 'A=1\n', [env]: 'A=1\n'};
	await expect(setHere({envFiles: memoryEnvFiles(files), clock}, set('A', 'a$b', 'frontend'))).rejects.toMatchObject({
		code: 'usage',
		why: expect.stringContaining('Next has no way') as string,
	});

	expect((await setHere({envFiles: memoryEnvFiles(files), clock}, set('A', 'a$b'))).isChanged).toBe(true);
});

test('env set here: an environment that names no app has the sources of the others', async () => {
	const bare = {...local, apps: {}};
	const envFiles = memoryEnvFiles({[env]: 'A=1\n'});
	const request = {...set('A', '2'), environments: [bare, ...environments.slice(1)], environment: bare};

	expect(await setHere({envFiles, clock}, request)).toMatchObject({file: 'backend/.env', isChanged: true});
});

test('env set here: an app that no environment has is a matter of the configuration', () => {
	const request = {...set('A', '1'), environments: [{...local, apps: {}}]};

	expect(() => fileHere(request)).toThrow(expect.objectContaining({code: 'configuration'}));
});
