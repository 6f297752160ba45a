import {mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {keepWayBack, pruneReleases, recordRelease} from '../../../src/commands/releases/release-record.ts';
import {releaseLayout, type ReleaseLayout} from '../../../src/commands/release-layout.ts';
import {liveMovedExit, parseLiveMoved, rememberPrevious, requireLive} from '../../../src/commands/live/live-moved.ts';
import {prepareLink, swapLink} from '../../../src/commands/releases/swap.ts';
import {claimOn, mark} from '../lock/claims.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

const odd = `it's $(touch pwned) "b" \\ *`;
const state = {directory: 'state dir', app: 'backend', run: 'run'};
const services = [
	{unit: 'php8.1-fpm', after: 'reload'},
	{unit: 'nginx', after: 'restart'},
	{unit: 'cron', after: 'nothing'},
] as const;
/** As `artisan config:cache` and `queue:restart` do. */
const php = `#!/bin/sh
echo "php $2" >>"$HOME/calls"
case $2 in config:cache) cat "\${1%/*}/.env" >"$APP_CONFIG_CACHE" ;; esac
`;
const target = {recipe: 'laravel', owner: me, services, php: 'php', restartQueue: true} as const;
const put = (file: string): void => {
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, '');
};
const systemctl = '#!/bin/sh\necho "$@" >>"$HOME/calls"\ncase $1 in is-active) echo active ;; esac\n';

const makeHost = (host: HostDirectory, releases: readonly string[], live: string) => {
	const layout = releaseLayout({path: `${host.root}/${odd}`});
	for (const directory of ['jobs/run', 'manifests/backend', 'pinned-backend'])
		mkdirSync(join(host.root, 'state dir', directory), {recursive: true});
	for (const release of releases) {
		mkdirSync(join(layout.releases, release), {recursive: true});
		for (const needed of ['artisan', 'vendor/autoload.php', 'public/index.php', 'bootstrap/cache/config.php'])
			put(join(layout.releases, release, needed));
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

test.concurrent('prune: the newest by what the host wrote down, whatever clock gave the names', async () => {
	await using host = createHostDirectory();
	const [ahead, behind, last] = ['20260301T000000Z-aaaaaaa', '20260101T000000Z-bbbbbbb', '20260209T000000Z-ccccccc'];
	makeHost(host, [ahead, behind, last, '20260208T000000Z-ddddddd'], last);
	const wrote = (release: string, at: string): string => `{"release":"${release}","at":"${at}","why":"x"}`;
	await host.sh(
		'mkdir -p "state dir/releases/backend"; echo "$1" >"state dir/releases/backend/$2.json"; echo "$3" >"state dir/releases/backend/$4.json"',
		wrote(ahead, '2026-02-01T10:00:00Z'),
		ahead,
		wrote(behind, '2026-02-08T12:00:00Z'),
		behind,
	);

	await prune(host, 2);

	expect(left(host)).toEqual([behind, last]);
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
		says: '/releases/2026-4\n',
	},
	{what: 'put aside', mv: '#!/bin/sh\nexit 1\n', says: 'noted: could not put aside what release 2026-4 holds'},
])('prune: what can not be $what is said and does not fail the run', async ({mv, says}) => {
	await using host = createHostDirectory({mv});
	makeHost(host, many, '2026-6');

	expect(await prune(host, 2)).toContain(says);
	expect(left(host)).toEqual(many);
});

test.concurrent('way back: is there before the swap, and goes back to what was live, without the cockpit', async () => {
	await using host = createHostDirectory({systemctl, php});
	const layout = makeHost(host, ['one', 'two'], 'one');
	await host.ok(rememberPrevious(layout, state));
	await host.ok(keepWayBack(state, {claim: claimIn(layout), target}));
	await host.ok(prepareLink(layout, 'two'));
	const claim = claimIn(layout);
	await mark(host, claim);
	await host.ok(swapLink(claim));
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('two');

	const said = await host.sh('cd /; sh "$HOME/state dir/rollback-backend.sh"');

	expect(await host.sh('cat "$1/id"', layout.live)).toBe('one');
	expect(said).toContain('php8.1-fpm active\nnginx active');
	expect(await host.sh('cat calls')).toBe(
		'reload php8.1-fpm\nis-active php8.1-fpm\nrestart nginx\nis-active nginx\nphp queue:restart',
	);
	expect(await host.sh('stat -c %a "state dir/rollback-backend.sh"')).toBe('700');
	expect(await host.sh('COCKPIT_RELEASE=two sh "state dir/rollback-backend.sh"; cat "$1/id"', layout.live)).toMatch(
		/two$/,
	);
	expect(await host.sh('find . -name pwned')).toBe('');
});

test.concurrent.each(['gone', '', '.', '..', '../one', '/etc'])(
	'way back: a release %j is refused and live stays',
	async memory => {
		await using host = createHostDirectory({systemctl, php});
		const layout = makeHost(host, ['one', 'two'], 'two');
		await host.ok(keepWayBack(state, {claim: claimIn(layout), target}));
		await host.sh('printf %s "$1" >"state dir/previous-backend"', memory);

		expect(await host.sh('sh "state dir/rollback-backend.sh" 2>&1 || echo refused')).toMatch(/refused$/);
		expect(await host.sh('cat "$1/id"; ls calls 2>/dev/null || echo none', layout.live)).toBe('two\nnone');
	},
);

test.concurrent("way back: leaves what has become somebody else's alone, and says how to go on all the same", async () => {
	await using host = createHostDirectory({systemctl, php});
	const layout = makeHost(host, ['one', 'two'], 'two');
	await host.ok(keepWayBack(state, {claim: claimIn(layout), target}));
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
	await using host = createHostDirectory({php, systemctl: `${systemctl}case $1 in reload) exit 1 ;; esac\n`});
	const layout = makeHost(host, ['one', 'two'], 'two');
	await host.ok(keepWayBack(state, {claim: claimIn(layout), target}));
	await host.sh('echo one >"state dir/previous-backend"; sh "state dir/rollback-backend.sh"');

	expect(await host.sh('grep start calls')).toBe('start php8.1-fpm\nrestart nginx\nphp queue:restart');
	expect(await host.sh('cat "$1/id"', layout.live)).toBe('one');
});

test.concurrent('swap: refused where live is not what it was when the run began, and nothing is written', async () => {
	await using host = createHostDirectory();
	const layout = makeHost(host, ['one', 'two', 'three'], 'two');
	const claim = claimIn(layout);
	await mark(host, claim);
	await host.sh(
		'cd "state dir"; echo one >jobs/run/live; mkdir by-hand; echo "two one 2026-02-10T06:02:00Z ubuntu" >by-hand/backend',
	);
	await host.ok(prepareLink(layout, 'three'));

	for (const command of [
		rememberPrevious(layout, state),
		rememberPrevious(layout, state, 'urgent'),
		swapLink(claim, 'run'),
	]) {
		const {code, stdout} = await host.run(command);
		expect(code, command.label).toBe(liveMovedExit);
		expect(parseLiveMoved(stdout)).toEqual({
			was: 'found',
			from: 'one',
			to: 'two',
			hand: {at: '2026-02-10T06:02:00Z', by: 'ubuntu'},
		});
	}
	expect(await host.sh('cat "$1/id"; ls "state dir/jobs/run"', layout.live)).toBe('two\nlive');

	await host.sh('echo two >"state dir/jobs/run/live"');
	await host.ok(rememberPrevious(layout, state));
	await host.ok(swapLink(claim, 'run'));
	expect(await host.sh('cat "$1/id" "state dir/jobs/run/previous"', layout.live)).toBe('three\ntwo');
	await host.ok(requireLive(layout, state, 'three'));
	const {code, stdout} = await host.run(requireLive(layout, state, 'four'));
	expect([code, parseLiveMoved(stdout)]).toEqual([liveMovedExit, {was: 'made', from: 'four', to: 'three'}]);
});

/** A host on which `two` is live, and came in the place of `one`. */
const swapped = async (host: HostDirectory) => {
	const layout = makeHost(host, ['one', 'two'], 'two');
	await host.ok(keepWayBack(state, {claim: claimIn(layout), target}));
	await host.sh('echo one >"state dir/previous-backend"');
	return {
		live: () => host.sh('cat "$1/id"', layout.live),
		goBack: (before = '') => host.sh(`${before} sh "state dir/rollback-backend.sh" 2>&1 || echo "exit $?"`),
	};
};

test.concurrent('way back: says from what to what, writes that down, and a second time changes nothing', async () => {
	await using host = createHostDirectory({systemctl, php});
	const {live, goBack} = await swapped(host);

	const said = await goBack();
	expect(said.indexOf('the backend goes from two to one')).toBeLessThan(said.indexOf('live is now'));
	expect(await host.sh('cat "state dir/by-hand/backend"')).toMatch(/^one two \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S+$/);
	expect(await host.sh('cat "state dir/previous-backend" "state dir/failed/backend/two"')).toMatch(/^two\n.*by hand/);
	await host.sh('rm calls');

	const again = await goBack();
	expect(again).toMatch(/^live is one, the release before already: two was gone back from\. Nothing was changed\n/);
	expect(again).toContain('COCKPIT_RELEASE=two sh ');
	expect(again).not.toContain('exit');
	expect(await goBack('COCKPIT_RELEASE=one')).toBe('live is one already: nothing was changed');
	expect(await host.sh('ls calls 2>/dev/null || echo none')).toBe('none');
	expect(await live()).toBe('one');
});

test.concurrent.each([
	['an empty directory', 'rm -r "$1/one" && mkdir "$1/one"', 'one is not whole, artisan is missing'],
	['one without its packages', 'rm -r "$1/one/vendor"', 'one is not whole, vendor/autoload.php is missing'],
])('way back: %s is refused, and live stays', async (_, harm, says) => {
	await using host = createHostDirectory({systemctl, php});
	const {live, goBack} = await swapped(host);
	await host.sh(harm, `${host.root}/.${odd}/releases`);

	expect(await goBack()).toMatch(new RegExp(`${says}; live is two\\n[^]*exit 1$`));
	expect(await live()).toBe('two');
});

test.concurrent.each([
	{what: 'newer', env: 'new', age: '', php, caches: 'new', says: 'cached anew'},
	{what: 'older', env: 'new', age: '-d 2020-01-01', php, caches: 'old', says: ''},
	{
		what: 'newer, and not to be cached',
		env: 'secret',
		age: '',
		php: '#!/bin/sh\necho "Failed to parse dotenv file at [secret]"; exit 1\n',
		caches: 'old',
		says: 'could not be cached anew',
	},
])('way back: a configuration cached before .env, which is $what', async ({env, age, php: own, caches, says}) => {
	await using host = createHostDirectory({systemctl, php: own});
	const {live, goBack} = await swapped(host);
	await host.sh(
		`cd "$1/one"; echo old >bootstrap/cache/config.php; touch -d 2021-01-01 bootstrap/cache/config.php; echo ${env} >.env; touch ${age} .env`,
		`${host.root}/.${odd}/releases`,
	);

	const said = await goBack();

	expect(said).toContain(says);
	expect(said).not.toContain('secret');
	expect(await live()).toBe('one');
	expect(
		await host.sh(
			'cat "$1/one/bootstrap/cache/config.php"; ls "$1/one/bootstrap/cache"',
			`${host.root}/.${odd}/releases`,
		),
	).toBe(`${caches}\nconfig.php`);
});

test.concurrent('way back: a live job of a run refuses and says how to end it, a dead run is told and passed', async () => {
	await using host = createHostDirectory({systemctl, php});
	const {live, goBack} = await swapped(host);
	await host.sh(
		`cd "state dir"; mkdir -p lock jobs/r/swap; printf 'r 1 1\\n{"since":"2026-02-10T05:53:41Z","name":"Asha","machine":"desk"}\\n' >lock/backend; : >lock/backend.flock; : >jobs/r/swap/lock; echo '4711 99' >jobs/r/swap/group; echo one >jobs/r/live; echo '{"kind":"deploy"}' >jobs/r/run.json`,
	);

	const refused = await goBack('exec 8>"state dir/jobs/r/swap/lock"; flock 8;');
	expect(refused).toContain('run r holds the lock of the backend: Asha on desk, since 2026-02-10T05:53:41Z');
	expect(refused).toContain('its job swap runs on this host now. End it here: sudo kill -- -4711');
	expect(refused).toMatch(/live is two[^]*exit 95$/);
	expect(await live()).toBe('two');

	await host.sh('echo two >"state dir/jobs/r/live"');
	expect(await goBack()).toMatch(/that deploy has not made its release live: live is two[^]*exit 1$/);
	expect(await live()).toBe('two');

	await host.sh('echo one >"state dir/jobs/r/live"');
	expect(await goBack()).toContain('no job of it runs on this host: going on');
	expect(await live()).toBe('one');
});

test.concurrent('record: keeps the manifest of the run under the name of the release', async () => {
	await using host = createHostDirectory();
	makeHost(host, ['one'], 'one');
	await host.sh('printf manifest >"state dir/jobs/run/manifest"');

	await host.ok(recordRelease(state, 'two'));

	expect(await host.sh('cat "state dir/manifests/backend/two"')).toBe('manifest');
});
