import {mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {keepWayBack, pruneReleases, recordRelease} from '../../../src/commands/releases/release-record.ts';
import {releaseLayout, type ReleaseLayout} from '../../../src/commands/release-layout.ts';
import {prepareLink, rememberPrevious, swapLink} from '../../../src/commands/releases/swap.ts';
import {claimOn, mark} from '../lock/claims.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

const odd = `it's $(touch pwned) "b" \\ *`;
const state = {directory: 'state dir', app: 'backend', run: 'run'};
const services = [
	{unit: 'php8.1-fpm', after: 'reload'},
	{unit: 'nginx', after: 'restart'},
	{unit: 'cron', after: 'nothing'},
] as const;
const systemctl = '#!/bin/sh\necho "$@" >>"$HOME/calls"\ncase $1 in is-active) echo active ;; esac\n';

const makeHost = (host: HostDirectory, releases: readonly string[], live: string) => {
	const layout = releaseLayout({path: `${host.root}/${odd}`});
	for (const directory of ['jobs/run', 'manifests/backend', 'pinned-backend'])
		mkdirSync(join(host.root, 'state dir', directory), {recursive: true});
	for (const release of releases) {
		mkdirSync(join(layout.releases, release), {recursive: true});
		writeFileSync(join(layout.releases, release, 'id'), `${release}\n`);
		writeFileSync(join(host.root, 'state dir/manifests/backend', release), '');
	}
	symlinkSync(`.${odd}/releases/${live}`, layout.live);
	return layout;
};
const claimIn = (layout: ReleaseLayout) => claimOn(layout, {stateDirectory: state.directory});
const prune = (host: HostDirectory, keep: number): Promise<string> =>
	host.ok(
		pruneReleases(state, {
			keep,
			target: {
				recipe: 'laravel',
				owner: me,
				path: `${host.root}/${odd}`,
				shared: {files: ['.env'], directories: []},
			},
		}),
	);
const left = (host: HostDirectory): string[] => readdirSync(join(host.root, `.${odd}/releases`)).toSorted();

const many = ['2026-1', '2026-2', '2026-3', '2026-4', '2026-5', '2026-6'];

test.concurrent.each([
	{keep: 2, live: '2026-6', previous: '2026-5', kept: ['2026-5', '2026-6']},
	{keep: 3, live: '2026-6', previous: '2026-5', kept: ['2026-4', '2026-5', '2026-6']},
	{keep: 4, live: '2026-6', previous: '2026-5', kept: ['2026-3', '2026-4', '2026-5', '2026-6']},
	{keep: 3, live: '2026-2', previous: '2026-1', kept: ['2026-1', '2026-2', '2026-6']},
	{keep: 2, live: '2026-2', previous: '2026-1', kept: ['2026-1', '2026-2']},
	{keep: 3, live: '2026-6', previous: '2026-6', kept: ['2026-4', '2026-5', '2026-6']},
	{keep: 3, live: '2026-6', previous: 'gone', kept: ['2026-4', '2026-5', '2026-6']},
	{keep: 3, live: '2026-6', previous: undefined, kept: ['2026-4', '2026-5', '2026-6']},
	{keep: 9, live: '2026-6', previous: '2026-5', kept: many},
])('prune: keeps $keep, live $live, previous $previous', async ({keep, live, previous, kept}) => {
	await using host = createHostDirectory();
	makeHost(host, many, live);
	if (previous !== undefined) writeFileSync(join(host.root, 'state dir/previous-backend'), `${previous}\n`);

	await prune(host, keep);

	expect(left(host)).toEqual(kept);
	expect(readdirSync(join(host.root, 'state dir/manifests/backend')).toSorted()).toEqual(kept);
	expect(await host.sh('find . -name pwned')).toBe('');
});

test.concurrent('prune: never a pinned release, one it did not record, or anything that is not a release', async () => {
	await using host = createHostDirectory();
	const layout = makeHost(host, many, '2026-6');
	await host.sh('echo 2026-5 >"state dir/previous-backend"; touch "state dir/pinned-backend/2026-1"');
	await host.sh('mkdir -- "$1/0000-by-hand" "$1/-rf" "$1/x y" && touch "$1/a file"', layout.releases);

	await prune(host, 2);

	expect(left(host).sort()).toEqual(['-rf', '0000-by-hand', '2026-1', '2026-5', '2026-6', 'a file', 'x y'].sort());
});

test.concurrent.each([
	{
		what: 'removed',
		mv: '#!/bin/sh\ncase $* in */trash/*) exit 1 ;; esac\nexec /bin/mv "$@"\n',
		says: 'could not remove 2026-4',
	},
	{what: 'put aside', mv: '#!/bin/sh\nexit 1\n', says: 'noted: could not put aside what release 2026-4 holds'},
])('prune: what can not be $what is said and does not fail the run', async ({mv, says}) => {
	await using host = createHostDirectory({mv});
	makeHost(host, many, '2026-6');

	expect(await prune(host, 2)).toContain(says);
	expect(left(host)).toEqual(many);
});

test.concurrent('way back: is there before the swap, and goes back to what was live, without the cockpit', async () => {
	await using host = createHostDirectory({systemctl});
	const layout = makeHost(host, ['one', 'two'], 'one');
	await host.ok(rememberPrevious(layout, state));
	await host.ok(keepWayBack(state, {claim: claimIn(layout), services}));
	await host.ok(prepareLink(layout, 'two'));
	const claim = claimIn(layout);
	await mark(host, claim);
	await host.ok(swapLink(claim));
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('two');

	const said = await host.sh('cd /; sh "$HOME/state dir/rollback-backend.sh"');

	expect(await host.sh('cat "$1/id"', layout.live)).toBe('one');
	expect(said).toContain('php8.1-fpm active\nnginx active');
	expect(await host.sh('cat calls')).toBe('reload php8.1-fpm\nis-active php8.1-fpm\nrestart nginx\nis-active nginx');
	expect(await host.sh('stat -c %a "state dir/rollback-backend.sh"')).toBe('700');
	expect(await host.sh('COCKPIT_RELEASE=two sh "state dir/rollback-backend.sh"; cat "$1/id"', layout.live)).toMatch(
		/two$/,
	);
	expect(await host.sh('find . -name pwned')).toBe('');
});

test.concurrent.each(['gone', '', '.', '..', '../one', '/etc'])(
	'way back: a release %j is refused and live stays',
	async memory => {
		await using host = createHostDirectory({systemctl});
		const layout = makeHost(host, ['one', 'two'], 'two');
		await host.ok(keepWayBack(state, {claim: claimIn(layout), services}));
		await host.sh('printf %s "$1" >"state dir/previous-backend"', memory);

		expect(await host.sh('sh "state dir/rollback-backend.sh" 2>&1 || echo refused')).toMatch(/refused$/);
		expect(await host.sh('cat "$1/id"; ls calls 2>/dev/null || echo none', layout.live)).toBe('two\nnone');
	},
);

test.concurrent("way back: leaves what has become somebody else's alone, and says how to go on all the same", async () => {
	await using host = createHostDirectory({systemctl});
	const layout = makeHost(host, ['one', 'two'], 'two');
	await host.ok(keepWayBack(state, {claim: claimIn(layout), services}));
	await host.sh('echo one >"state dir/previous-backend"');
	const goBack = (): Promise<string> => host.sh('sh "state dir/rollback-backend.sh" 2>&1 || echo "exit $?"');

	await mark(host, {...claimIn(layout), environment: 'staging'});
	expect(await goBack()).toMatch(/environment staging\n[^]*COCKPIT_ANYWAY=1 sh this-script\nexit 93$/);
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('two');
	await mark(host, claimIn(layout));
	expect(await goBack()).not.toContain('exit');
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('one');
	await mark(host, {...claimIn(layout), environment: 'staging'});
	await host.sh('COCKPIT_ANYWAY=1 COCKPIT_RELEASE=two sh "state dir/rollback-backend.sh"');
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('two');
});

test.concurrent('way back: a service that can not be reloaded is started', async () => {
	await using host = createHostDirectory({systemctl: `${systemctl}case $1 in reload) exit 1 ;; esac\n`});
	const layout = makeHost(host, ['one', 'two'], 'two');
	await host.ok(keepWayBack(state, {claim: claimIn(layout), services}));
	await host.sh('echo one >"state dir/previous-backend"; sh "state dir/rollback-backend.sh"');

	expect(await host.sh('grep start calls')).toBe('start php8.1-fpm\nrestart nginx');
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('one');
});

test.concurrent('record: keeps the manifest of the run under the name of the release', async () => {
	await using host = createHostDirectory();
	makeHost(host, ['one'], 'one');
	await host.sh('printf manifest >"state dir/jobs/run/manifest"');

	await host.ok(recordRelease(state, 'two'));

	expect(await host.sh('cat "state dir/manifests/backend/two"')).toBe('manifest');
});
