import {expect, test} from 'vitest';
import {askNames, parseNames} from '../../../src/commands/host/names-taken.ts';
import {askHostFacts, parseHostFacts} from '../../../src/commands/host/host-facts.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../host-directory.ts';

const odd = `it's $(touch pwned) "b" \\ *`;
const php = '#!/bin/sh\necho "PHP 8.1.2 (cli)"\n';
const composer = '#!/bin/sh\necho "Composer version 2.2.6"\n';
/** As the shim of host-directory.ts, but `sudo -l` knows what is denied. */
const sudo = `#!/bin/sh
case "$*" in *' -l '*) case "$*" in *"denied"*) exit 1 ;; esac; exit 0 ;; esac
while [ $# -gt 0 ]; do case $1 in -n) shift ;; -u) shift 2 ;; --) shift; break ;; *) break ;; esac; done
exec "$@"
`;

const ask = (host: HostDirectory, asRoot: readonly [string, ...string[]][] = []) =>
	askHostFacts({
		stateDirectory: `${odd}/state`,
		app: 'backend',
		layout: releaseLayout({path: `${host.root}/${odd}/app`}),
		backups: `${host.root}/${odd}/backups/not/there/yet`,
		target: {owner: me, services: [], shared: {files: ['.env'], directories: ['storage/app', 'a b']}},
		php: 'php',
		composer: 'composer',
		asRoot,
	});

const makeHost = async (host: HostDirectory): Promise<void> => {
	await host.sh(
		`mkdir -p "$1/.app/releases/one/storage" "$1/.app/shared/storage/app" "$1/state/manifests/backend" "$1/state/lock"
		echo KEY=1 >"$1/.app/shared/.env"; head -c 3000000 /dev/urandom >"$1/.app/shared/storage/app/big"
		cd "$1" && ln -s .app/releases/one app && ln -s ../../../shared/storage/app app/storage/app
		printf '100644 %064d a\\nb\\0' 0 >state/manifests/backend/one`,
		odd,
	);
};

test.concurrent('host facts: an adopted app below an odd path, and nothing is changed', async () => {
	await using host = createHostDirectory({php, composer, sudo});
	await makeHost(host);
	const before = listing(host, host.root);

	const facts = parseHostFacts(await host.ok(ask(host)));

	expect(facts).toMatchObject({
		layout: 'releases',
		live: 'one',
		php: 'PHP 8.1.2 (cli)',
		composer: 'Composer version 2.2.6',
		owner: 'ok',
		missingTools: [],
		denied: [],
		ownPaths: [],
		missingEnv: undefined,
		notWritable: undefined,
		lock: undefined,
		manifest: `100644 ${'0'.repeat(64)} a\nb\0`,
	});
	expect(facts.sharedKib).toBeGreaterThan(2900);
	expect(facts.liveKib).toBeLessThan(2900);
	for (const place of ['app', 'backups', 'state', 'tmp'] as const) {
		expect(facts.freeKib[place]).toBeGreaterThan(0);
		// What programs put aside may be on a file system of its own.
		expect(facts.device[place]).toBe(
			await host.sh(place === 'tmp' ? 'stat -c %d "${TMPDIR:-/tmp}"' : 'stat -c %d .'),
		);
	}
	expect(listing(host, host.root)).toBe(before);
});

test.concurrent('host facts: denied commands are named, words with spaces and globs included', async () => {
	await using host = createHostDirectory({php, composer, sudo});
	await makeHost(host);

	const asRoot: [string, ...string[]][] = [
		['nginx', '-t'],
		['mv', '*', 'a b', 'denied'],
		['systemctl', 'reload', 'x'],
	];
	expect(parseHostFacts(await host.ok(ask(host, asRoot))).denied).toEqual(['mv * a b denied']);
});

test.concurrent('host facts: a shared path that the release holds itself, a missing .env, a tool that is not there', async () => {
	await using host = createHostDirectory({composer, sudo, php: '#!/bin/sh\nexit 127\n'});
	await makeHost(host);
	await host.sh('mkdir "$1/app/a b" && echo x >"$1/app/.env" && rm "$1/.app/shared/.env"', odd);

	const facts = parseHostFacts(await host.ok(ask(host)));

	expect(facts.ownPaths).toEqual(['a b', '.env']);
	expect(facts.missingEnv).toBe(`${host.root}/${odd}/.app/shared/.env`);
	expect(facts.php).toBe('');
});

test.concurrent.each([
	{layout: 'none', make: 'true'},
	{layout: 'directory', make: 'mkdir -p "$1/app"'},
	{layout: 'other', make: 'mkdir -p "$1" && touch "$1/app"'},
	{layout: 'empty', make: 'mkdir -p "$1/.app/releases"'},
])('host facts: layout $layout', async ({layout, make}) => {
	await using host = createHostDirectory({php, composer, sudo});
	await host.sh(make, odd);

	expect(parseHostFacts(await host.ok(ask(host)))).toMatchObject({
		layout,
		live: undefined,
		manifest: '',
		lock: undefined,
	});
});

test.concurrent('host facts: an answer that was cut is not half believed', async () => {
	await using host = createHostDirectory({php, composer, sudo});
	const text = await host.ok(ask(host));

	for (const part of ['', text.slice(0, 20), text.slice(0, text.indexOf('\nmanifest'))])
		expect(() => parseHostFacts(part)).toThrow('is cut, or is no answer');
});

test.concurrent('names taken: the time there, and what is called by a date of these days, of whatever owner', async () => {
	await using host = createHostDirectory({php, composer, sudo});
	const [releases, backups] = [`${host.root}/${odd}/releases`, `${host.root}/${odd}/backups`];
	const now = Math.floor(Date.now() / 1000);
	await host.sh(
		'mkdir -p "$1" "$2"; cd "$1" && touch "$(date -u +%Y%m%d)T000000Z-7f3a9c2" && cd "$2" && touch backend_20200101_000000.tar.gz "backend_$(date -u -d tomorrow +%Y%m%d)_000000.tar.gz"',
		releases,
		backups,
	);

	const there = parseNames(await host.ok(askNames({owner: me, releases, backups})));
	expect(there.time / 1000 - now).toBeLessThan(600);
	expect(there.time / 1000).toBeGreaterThanOrEqual(now);
	expect(there.names.map(name => name.slice(-10)).toSorted()).toEqual(
		['000.tar.gz', 'Z-7f3a9c2'.padStart(10, '0')].toSorted(),
	);
	expect(parseNames(await host.ok(askNames({owner: me, releases: '/nowhere', backups: '/nowhere'}))).names).toEqual(
		[],
	);
});
