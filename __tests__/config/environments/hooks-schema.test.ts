import {expect, test} from 'vitest';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import {editIn, problemsOf, validFiles, writeConfiguration, type Files} from '../configuration-fixture.ts';

const preprod = 'environments/preprod.yaml';
const edit = editIn(validFiles);

const load = async (files: Files) => {
	using configuration = writeConfiguration({...validFiles, ...files});
	return await loadEnvironments(configuration.path, {home: '/home/asha'});
};
const problems = problemsOf(load);

/** Backend and frontend with these hooks, each on the line behind the keys that every app has. */
const withHooks = (backend: string, frontend = ''): Files => ({
	...edit(preprod, 'composer: composer', `composer: composer\n    ${backend}`),
	...(frontend === '' ? {} : edit(preprod, 'pm2Names: [web]', `pm2Names: [web]\n    ${frontend}`)),
});

test('hooks: what is left out is here, ten minutes, and stops the run', async () => {
	const set = await load(
		withHooks(
			'hooks: {beforeMigrate: [{id: rds-snapshot, run: [hooks/rds-snapshot, --wait], variables: [AWS_PROFILE]}], onFailure: [{id: page, run: [page], where: host, timeout: 5s}]}',
		),
	);

	expect(set.byName('preprod').apps.backend?.hooks).toEqual({
		beforeMigrate: [
			{
				id: 'rds-snapshot',
				run: ['hooks/rds-snapshot', '--wait'],
				where: 'here',
				timeoutMs: 600_000,
				fails: 'stop',
				variables: ['AWS_PROFILE'],
			},
		],
		onFailure: [{id: 'page', run: ['page'], where: 'host', timeoutMs: 5000, fails: 'go-on', variables: []}],
	});
});

test.each([
	[
		'two of one id in a moment',
		'hooks: {afterDeploy: [{id: a, run: [x]}, {id: a, run: [y]}]}',
		/afterDeploy\[1\]\.id: a is the id of two hooks\. Fix: give each its own/,
	],
	[
		'a policy that comes too late',
		'hooks: {afterRollback: [{id: a, run: [x], fails: stop}]}',
		/fails: text "stop" is not known here\. Fix: use go-on/,
	],
	[
		'a way out of the configuration',
		'hooks: {afterDeploy: [{id: a, run: [../x]}]}',
		/run\[0\]: "\.\.\/x" is no program/,
	],
	['a shell line', 'hooks: {afterDeploy: [{id: a, run: ["x && y"]}]}', /run\[0\]: "x && y" is no program/],
	[
		'variables of this machine on the host',
		'hooks: {afterDeploy: [{id: a, run: [x], where: host, variables: [TOKEN]}]}',
		/variables: names variables of this machine for a hook that runs on the host/,
	],
	[
		'a variable that is set anyway',
		'hooks: {afterDeploy: [{id: a, run: [x], variables: [COCKPIT_RUN]}]}',
		/variables\[0\]: COCKPIT_RUN is set for every hook/,
	],
	[
		'no time at all',
		'hooks: {afterDeploy: [{id: a, run: [x], timeout: 10ms}]}',
		/timeout: is no time a hook may take\. Fix: use 1s to 2h/,
	],
	[
		'an unknown moment',
		'hooks: {beforeMigration: [{id: a, run: [x]}]}',
		/beforeMigration: unknown key\. Fix: did you mean beforeMigrate\?/,
	],
	[
		'the key of earlier versions',
		'beforeMigrate: [snapshot]',
		/^environments\/preprod\.yaml:\d+:5 apps\.backend\.beforeMigrate: unknown key\. Fix: write hooks: \{beforeMigrate: \[\{id: database-snapshot, run: \[\.\.\.\], where: host\}\]\}/,
	],
])('hooks: %s is found at its place', async (_, backend, expected) => {
	const found = await problems(withHooks(backend));

	expect(found).toHaveLength(1);
	expect(found[0]).toMatch(expected);
});

test('hooks: a frontend has no migrations, and an archive written behind the run is waited for by nobody', async () => {
	const hooks = 'hooks: {beforeMigrate: [{id: a, run: [x]}]}';
	expect(await problems(withHooks('restart: x', hooks))).toContainEqual(
		expect.stringMatching(/apps\.frontend\.hooks\.beforeMigrate: a frontend has no migrations/),
	);
	const [text] = Object.values(edit(preprod, 'policy: before-swap', 'policy: after-deploy'));
	const late = String(text).replace(
		'composer: composer',
		'composer: composer\n    hooks: {afterBackup: [{id: a, run: [x]}]}',
	);
	expect((await problems({[preprod]: late}))[0]).toMatch(
		/afterBackup: by backups\.policy after-deploy the archive is written behind the run/,
	);
});
