import {describe, expect, test} from 'vitest';
import {copyLiveRelease, linkShared, receiveFiles, removeCandidate} from '../../src/commands/candidate.ts';
import {prepareLink, readLive, rememberPrevious, swapLink} from '../../src/commands/swap.ts';
import {releaseLayout} from '../../src/commands/release-layout.ts';
import {createHostDirectory, listing, me, type HostDirectory} from './host-directory.ts';

const odd = `it's $(touch pwned) "b" \\ *`;

/** A live release `one` with an app in it, its shared files, and a state directory with one run. */
const makeHost = async (host: HostDirectory, name = odd) => {
	const layout = releaseLayout({path: `${host.root}/${name}`});
	await host.sh(
		`mkdir -p -- "$1/one/bootstrap/cache" "$1/one/app" "$2/storage/app" "$3/jobs/run"
		echo baked >"$1/one/bootstrap/cache/config.php"; echo code >"$1/one/app/A.php"; ln -s A.php "$1/one/app/link"
		echo upload >"$2/storage/app/upload"; echo KEY=1 >"$2/.env"`,
		layout.releases,
		layout.shared,
		`${host.root}/state`,
	);
	await host.sh('cd "$1" && ln -s "$2" "$3"', host.root, `.${name}/releases/one`, layout.live);
	return {layout, candidate: `${layout.releases}/two`};
};

const expectNothingRan = async (host: HostDirectory): Promise<void> =>
	expect(await host.sh('find . -name pwned')).toBe('');

test('candidate: a copy of live without what was baked, and live is as it was', async () => {
	await using host = createHostDirectory();
	const {layout, candidate} = await makeHost(host);
	const before = listing(host, `${layout.releases}/one`);
	const copy = copyLiveRelease({
		live: layout.live,
		candidate,
		owner: me,
		baked: ['bootstrap/cache/config.php', '-rf'],
	});

	await host.ok(copy);

	expect(listing(host, `${layout.releases}/one`)).toBe(before);
	expect(await host.sh('cd "$1" && find . ! -type d | sort', candidate)).toBe('./app/A.php\n./app/link');
	expect((await host.run(copy)).code, 'a candidate that is there is never written over').not.toBe(0);
	await expectNothingRan(host);
});

test('candidate: starts empty where nothing is live', async () => {
	await using host = createHostDirectory();
	await host.sh('mkdir -p .app/releases');
	const live = `${host.root}/app`;

	await host.ok(copyLiveRelease({live, candidate: `${host.root}/.app/releases/one`, owner: me, baked: ['x']}));

	expect(await host.sh('ls -A .app/releases/one')).toBe('');
});

test('shared: links replace what the build brings, for any name, and nothing shared is lost', async () => {
	await using host = createHostDirectory();
	const {layout, candidate} = await makeHost(host);
	const shared = {files: ['.env'], directories: ['storage/app', `public/${odd}`]};
	await host.sh('mkdir -p "$1/storage/app" && touch "$1/storage/app/.gitignore" "$1/.env"', candidate);
	const link = linkShared({
		base: layout.base,
		candidate,
		owner: me,
		directoryMode: 0o750,
		shared,
		own: ['bootstrap/cache'],
	});

	await host.ok(link);
	await host.ok(link);

	expect(await host.sh('cat "$1/.env" "$1/storage/app/upload"', candidate)).toBe('KEY=1\nupload');
	expect(await host.sh('stat -c %a "$1"', candidate)).toBe('750');
	expect(await host.sh('test -d "$1" && readlink "$1"', `${candidate}/public/${odd}`)).toBe(
		`../../../shared/public/${odd}`,
	);
	expect(await host.sh('ls -A "$1"', `${layout.shared}/storage/app`)).toBe('upload');
	await expectNothingRan(host);
});

test('remove candidate: refuses what is live, by any path that leads there', async () => {
	await using host = createHostDirectory();
	const {layout, candidate} = await makeHost(host);
	await host.sh('mkdir "$1" "$1.part" && ln -s one "$2/alias"', candidate, layout.releases);

	for (const live of ['one', 'alias', '../releases/one', './one/']) {
		const {code, stderr} = await host.run(
			removeCandidate({live: layout.live, candidate: `${layout.releases}/${live}`, owner: me}),
		);
		expect({live, code, stderr}).toEqual({live, code: 1, stderr: expect.stringContaining('is live') as string});
	}
	expect(await host.sh('cat "$1/app/A.php"', layout.live)).toBe('code');

	await host.ok(removeCandidate({live: layout.live, candidate, owner: me}));
	expect(await host.sh('ls "$1"', layout.releases)).toBe('alias\none');
});

describe('receive', () => {
	const receive = (host: HostDirectory, candidate: string) =>
		receiveFiles({stateDirectory: `${host.root}/state`, run: 'run', owner: me, candidate});
	/** The stream the runner sends: header, manifest, deletions, tar of a directory. */
	const stream = async (host: HostDirectory, directory: string, remove: readonly string[]): Promise<Buffer> => {
		const manifest = 'a manifest\n$(touch pwned)';
		const deletions = remove.map(path => `${path}\0`).join('');
		await host.sh(
			'cd -- "$1" && tar -cf "$2/stream.tar" -- * || tar -cf "$2/stream.tar" -T /dev/null',
			directory,
			host.root,
		);
		const header = `none ${Buffer.byteLength(manifest)} ${Buffer.byteLength(deletions)}\n`;
		const tar = Buffer.from(await host.sh('base64 -w 0 stream.tar'), 'base64');
		return Buffer.concat([Buffer.from(header + manifest + deletions), tar]);
	};

	test('a file becomes a directory, a directory a file, a link a directory; odd names go', async () => {
		await using host = createHostDirectory();
		const {layout, candidate} = await makeHost(host);
		const names = ['-rf', 'x\ny', odd, ' ', '*', 'dir/in/deep'];
		await host.sh(
			`mkdir -p "$1/dir/in" "$1/was-dir/sub" new/was-file new/was-link outside && cd "$1"
			touch -- -rf 'x
y' ' ' '*' dir/in/deep keep was-file was-dir/sub/f "$2"
			ln -s ../../../outside was-link
			cd "$3" && echo kept >outside/file && echo new >new/was-file/a && echo new >new/was-dir && echo new >new/was-link/a`,
			candidate,
			odd,
			host.root,
		);

		await host.ok(
			receive(host, candidate),
			await stream(host, `${host.root}/new`, [...names, 'was-file', 'was-dir/sub/f', 'was-link']),
		);

		expect(await host.sh('cd "$1" && find . -type f | sort', candidate)).toBe(
			'./keep\n./was-dir\n./was-file/a\n./was-link/a',
		);
		expect(await host.sh('ls outside; cat state/jobs/run/manifest')).toBe('file\na manifest\n$(touch pwned)');
		expect(await host.sh('ls "$1"', layout.live)).toBe('app\nbootstrap');
		await expectNothingRan(host);
	});

	test('a stream that ends too early fails, and the next one succeeds', async () => {
		await using host = createHostDirectory();
		const {candidate} = await makeHost(host);
		await host.sh('mkdir -p "$1" new && head -c 100000 /dev/urandom >new/big && echo x >new/small', candidate);
		const whole = await stream(host, `${host.root}/new`, []);

		expect((await host.run(receive(host, candidate), whole.subarray(0, 60_000))).code).not.toBe(0);
		expect((await host.run(receive(host, candidate), whole.subarray(0, 3))).code).not.toBe(0);
		await host.ok(receive(host, candidate), whole);
		expect(await host.sh('cmp new/big "$1/big" && cat "$1/small"', candidate)).toBe('x');
	});
});

test('swap: remembers the old release, replaces the link in one step, and never a directory', async () => {
	await using host = createHostDirectory();
	const {layout, candidate} = await makeHost(host);
	await host.sh('mkdir "$1"', candidate);

	await host.ok(rememberPrevious(layout, `${host.root}/state`, 'run'));
	await host.ok(prepareLink(layout, 'two'));
	await host.ok(prepareLink(layout, 'two'));
	await host.ok(swapLink(layout));

	expect((await host.ok(readLive(layout))).trim()).toBe(candidate);
	expect(await host.sh('cat state/jobs/run/previous')).toBe('one');
	await host.sh('rm "$1" && mkdir "$1"', layout.live);
	await host.ok(prepareLink(layout, 'one'));
	expect((await host.run(swapLink(layout))).code).not.toBe(0);
	await expectNothingRan(host);
});
