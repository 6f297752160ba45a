import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {rebuildConfig} from '../../../src/commands/laravel/laravel.ts';
import {createHostDirectory, me} from '../host-directory.ts';

/** Stands in for PHP: writes what `config:cache` would where it is told to, and shows what a request sees meanwhile. */
const php = (script: string): Record<string, string> => ({php: `#!/bin/sh\n${script}\n`});
const name = 'bootstrap/cache/config.php';
/** A list of what was made, with this digest of the cache. */
const listWith = (digest: string): string =>
	[`100644 ${digest} ${name}`, `100644 ${'b'.repeat(64)} vendor/x.php`].map(record => `${record}\0`).join('');

const prepare = (script: string, cached = true) => {
	const host = createHostDirectory(php(script));
	const release = join(host.root, 'releases/r1');
	const live = join(host.root, 'live');
	const lists = join(host.root, 'state/manifests/backend');
	for (const directory of [join(release, 'bootstrap/cache'), lists]) mkdirSync(directory, {recursive: true});
	symlinkSync('releases/r1', live);
	if (cached) writeFileSync(join(release, name), 'old', {mode: 0o640});
	writeFileSync(join(lists, 'r1.made'), listWith('0'.repeat(64)));
	const layout = {live, releases: join(host.root, 'releases')};
	const state = {directory: join(host.root, 'state'), app: 'backend', run: 'run-1'} as const;
	return {
		host,
		command: rebuildConfig('live', state, {layout, target: {owner: me, php: 'php'}}),
		settled: rebuildConfig('settled', state, {layout, target: {owner: me, php: 'php'}}),
		others: rebuildConfig('others', state, {layout, target: {owner: me, php: 'php'}}),
		cache: () => readFileSync(join(release, name), 'utf8'),
		beside: () => readdirSync(join(release, 'bootstrap/cache')),
		list: () => readFileSync(join(lists, 'r1.made'), 'utf8'),
	};
};

test('cached configuration: made beside the one in use, renamed, and named as made', async () => {
	const {host, command, cache, beside, list} = prepare(
		'cat "${1%/artisan}/bootstrap/cache/config.php"; printf new >"$APP_CONFIG_CACHE"',
	);
	await using _ = host;

	expect(await host.ok(command)).toContain('old');
	expect(cache()).toBe('new');
	expect(beside()).toEqual(['config.php']);
	const digest = createHash('sha256').update('new').digest('hex');
	expect(list()).toBe(listWith(digest));
});

test('cached configuration: one that can not be made leaves the old one, and shows no value', async () => {
	const {host, command, cache, beside, list} = prepare(
		'printf half >"$APP_CONFIG_CACHE"; echo "Failed to parse dotenv file. Encountered unexpected whitespace at [hushed words]." >&2; exit 1',
	);
	await using _ = host;
	const listed = list();

	const {code, stdout} = await host.run(command);

	expect(code).toBe(1);
	expect(stdout).toContain('at [...]');
	expect(stdout).not.toContain('hushed');
	expect([cache(), beside(), list()]).toEqual(['old', ['config.php'], listed]);
});

test('cached configuration: an app that has none gets none', async () => {
	const {host, command, beside} = prepare('exit 9', false);
	await using _ = host;

	expect(await host.ok(command)).toContain('not cached');
	expect(beside()).toEqual([]);
});

test('cached configuration: releases that can be gone back to get the new values too, or read the file themselves', async () => {
	const {host, others, cache, beside} = prepare('case $1 in */r0/*) exit 1 ;; esac; printf new >"$APP_CONFIG_CACHE"');
	await using _ = host;
	await host.sh(
		'cp -R releases/r1 releases/r0; cp -R releases/r1 releases/r2; mkdir releases/r3; cp state/manifests/backend/r1.made state/manifests/backend/r0.made',
	);

	expect(await host.ok(others)).toBe(
		'noted: release r0 could not cache its configuration: should it be gone back to, it reads .env itself\n',
	);
	expect(
		await host.sh('cat releases/r2/bootstrap/cache/config.php; ls releases/r0/bootstrap/cache releases/r3'),
	).toBe('newreleases/r0/bootstrap/cache:\n\nreleases/r3:');
	expect(await host.sh('tr "\\0" "\\n" <state/manifests/backend/r0.made')).toMatch(/^100644 b+ vendor\/x\.php$/);
	expect([cache(), beside()]).toEqual(['old', ['config.php']]);
});

test.each([
	{
		what: 'newer',
		script: 'printf new >"$APP_CONFIG_CACHE"',
		age: '2026-02-10',
		says: 'cached anew: .env is newer',
		is: 'new',
	},
	{what: 'older', script: 'exit 9', age: '2020-01-01', says: 'as new as .env', is: 'old'},
	{
		what: 'newer, and not to be read',
		script: 'echo "Failed to parse dotenv file at [hushed words]."; printf half >"$APP_CONFIG_CACHE"; exit 1',
		age: '2026-02-10',
		says: 'noted: .env is newer than the cached configuration of release r1, which could not be cached anew: it goes live with the old values',
		is: 'old',
	},
])('cached configuration: of what a rollback goes to, where .env is $what', async ({script, age, says, is}) => {
	const {host, settled, cache, beside, list} = prepare(script);
	await using _ = host;
	const listed = list();
	await host.sh(
		`mkdir -p state/jobs/run-1; echo r1 >state/jobs/run-1/target; touch -d 2021-01-01 releases/r1/${name}; touch -d ${age} releases/r1/.env`,
	);

	const said = await host.ok(settled);

	expect(said).toContain(says);
	expect(said).not.toContain('hushed');
	expect([cache(), beside()]).toEqual([is, ['config.php']]);
	expect(list() === listed).toBe(is === 'old');
});
