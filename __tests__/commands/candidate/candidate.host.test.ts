import {once} from 'node:events';
import {describe, expect, test} from 'vitest';
import {keepManifest} from '../../../src/commands/adoption/adoption.ts';
import {linkShared, receiveFiles, removeCandidate} from '../../../src/commands/candidate/candidate.ts';
import {haltJobs, startOrAttachJob} from '../../../src/commands/job/job.ts';
import {closeRun, takeLock} from '../../../src/commands/lock/lock.ts';
import {prepareLink, readLiveLink, rememberPrevious, swapLink} from '../../../src/commands/releases/swap.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {until} from '../../support/wait.ts';
import {claimOn, mark} from '../lock/claims.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

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

const stateIn = (host: HostDirectory) => ({directory: `${host.root}/state`, app: 'backend', run: 'run'});

/** An attempt of the run takes the lock. */
const take = (host: HostDirectory, attempt: number, name = 'Ravi'): Promise<string> =>
	host.ok(
		takeLock(stateIn(host), {
			attempt,
			holder: {name, machine: 'laptop'},
			record: {version: 1, run: 'run'},
			entry: {type: 'started', run: 'run'},
		}),
	);

const expectNothingRan = async (host: HostDirectory): Promise<void> =>
	expect(await host.sh('find . -name pwned')).toBe('');

test('shared: links replace what the build brings, for any name, and nothing shared is lost', async () => {
	await using host = createHostDirectory();
	const {layout, candidate} = await makeHost(host);
	const shared = {files: ['.env'], directories: ['storage/app', `public/${odd}`]};
	await host.sh('mkdir -p "$1/storage/app" && touch "$1/storage/app/.gitignore" "$1/.env"', candidate);
	const link = linkShared({layout, candidate, target: {owner: me, directoryMode: 0o750, shared}}, [
		'bootstrap/cache',
	]);

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
			removeCandidate({layout, candidate: `${layout.releases}/${live}`, target: {owner: me}}),
		);
		expect({live, code, stderr}).toEqual({live, code: 1, stderr: expect.stringContaining('is live') as string});
	}
	expect(await host.sh('cat "$1/app/A.php"', layout.live)).toBe('code');

	await host.ok(removeCandidate({layout, candidate, target: {owner: me}}));
	expect(await host.sh('ls "$1"', layout.releases)).toBe('alias\none');
});

describe('receive', () => {
	const receive = (host: HostDirectory, candidate: string, attempt = 1, live = `${host.root}/${odd}`) =>
		receiveFiles({...stateIn(host), attempt}, {owner: me, candidate, live});
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
		await take(host, 1);
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
		await take(host, 1);
		await host.sh('mkdir -p "$1" new && head -c 100000 /dev/urandom >new/big && echo x >new/small', candidate);
		const whole = await stream(host, `${host.root}/new`, []);

		expect((await host.run(receive(host, candidate), whole.subarray(0, 60_000))).code).not.toBe(0);
		expect((await host.run(receive(host, candidate), whole.subarray(0, 3))).code).not.toBe(0);
		await host.ok(receive(host, candidate), whole);
		expect(await host.sh('cmp new/big "$1/big" && cat "$1/small"', candidate)).toBe('x');
	});
});

describe('receive: the fence', () => {
	/** A host whose run is under way, with a file of live that no stream may touch, and a stream that would. */
	const openHost = async () => {
		const host = createHostDirectory();
		const {layout, candidate} = await makeHost(host, 'app');
		await host.sh(
			'mkdir -p "$1" new && echo of-live >"$1/file" && head -c 300000 /dev/urandom >new/file',
			candidate,
		);
		await take(host, 1);
		await host.sh('tar -C new -cf stream.tar file');
		const tar = Buffer.from(await host.sh('base64 -w 0 stream.tar'), 'base64');
		const whole = Buffer.concat([Buffer.from('none 1 0\nm'), tar]);
		const receive = (attempt: number, into = candidate) =>
			receiveFiles({...stateIn(host), attempt}, {owner: me, candidate: into, live: layout.live});
		/** A receiver that has written the first half, and waits for the rest. */
		const half = async () => {
			const child = host.start(receive(1));
			child.stdin.on('error', () => undefined);
			child.stdin.write(whole.subarray(0, 200_000));
			await until('the first half', async () => Number(await sizeOf()) > 50_000);
			const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
			return {child, ended, rest: whole.subarray(200_000)};
		};
		const sizeOf = (): Promise<string> => host.sh('stat -c %s "$1/file"', candidate);
		const text = (): Promise<string> => host.sh('cat "$1/file"', candidate);
		return {host, layout, candidate, whole, receive, half, text};
	};
	const seal = (host: HostDirectory, attempt: number) =>
		startOrAttachJob(stateIn(host), {job: 'swap', attempt, offset: 0, script: 'echo swapped', seals: true});

	test('a driver that was replaced, or whose run is over, writes nothing and learns by whom', async () => {
		const {host, whole, receive, text} = await openHost();
		await using _ = host;
		await take(host, 2, 'Asha');

		const late = await host.run(receive(1), whole);
		await host.ok(closeRun(stateIn(host), 'done', {type: 'finished'}));
		const later = [await host.run(receive(1), whole), await host.run(receive(2), whole)];

		expect([late, ...later].map(({code}) => code)).toEqual([97, 97, 97]);
		expect(late.stderr).toContain('"name":"Asha"');
		expect(await text()).toBe('of-live');
	});

	test('a release that is live takes no stream, nor one that is about to be, or was', async () => {
		const {host, layout, whole, receive, text} = await openHost();
		await using _ = host;
		const live = await host.run(receive(1, `${layout.releases}/one`), whole);
		const command = seal(host, 1);
		await host.ok(command, command.input);

		const sealed = await host.run(receive(1), whole);

		expect([live.code, sealed.code]).toEqual([98, 98]);
		expect(sealed.stderr).toContain('is live, or was');
		expect(await host.sh('ls "$1"', layout.live)).toBe('app\nbootstrap');
		expect(await text()).toBe('of-live');
	});

	test.each([
		{by: 'a takeover', end: (host: HostDirectory) => take(host, 2, 'Asha')},
		{
			by: 'whoever ends the run',
			end: (host: HostDirectory) => host.ok(haltJobs({...stateIn(host)}, {attempt: 1, jobs: []})),
		},
		{
			by: 'the job that makes the release live',
			end: (host: HostDirectory) => {
				const command = seal(host, 1);
				return host.ok(command, command.input);
			},
		},
	])('a stream that was stopped in the middle is ended by $by, and what comes then is not written', async ({end}) => {
		const {host, candidate, half} = await openHost();
		await using _ = host;
		const {child, ended, rest} = await half();

		await end(host);
		await host.sh('echo of-live >"$1/file"', candidate);
		child.stdin.end(rest);
		await ended;

		expect(await host.sh('cat "$1/file"', candidate)).toBe('of-live');
		expect(child.exitCode).not.toBe(0);
	});

	test('a later stream of the same driver ends the one before it', async () => {
		const {host, candidate, half, whole, receive} = await openHost();
		await using _ = host;
		const {child, ended} = await half();

		await host.ok(receive(1), whole);
		child.stdin.end('x'.repeat(100_000));
		await ended;

		expect(await host.sh('cmp new/file "$1/file" && echo same', candidate)).toBe('same');
	});

	test('a manifest is kept for the driver that has the lock alone, and for one that was stopped never', async () => {
		const {host} = await openHost();
		await using _ = host;
		const keep = (attempt: number) => keepManifest({...stateIn(host), attempt}, 'one');
		const child = host.start(keep(1));
		child.stdin.on('error', () => undefined);
		child.stdin.write('half');
		await until(
			'the first half',
			async () => (await host.sh('cat state/jobs/run/baseline.part || true')) === 'half',
		);
		const ended = once(child, 'close');

		await take(host, 2, 'Asha');
		child.stdin.end(' a manifest');
		await ended;

		expect((await host.run(keep(1), 'late')).code).toBe(97);
		expect(await host.sh('ls state/manifests/backend 2>/dev/null || echo none')).toBe('none');
		await host.ok(keep(2), 'a manifest');
		expect(await host.sh('cat state/manifests/backend/one')).toBe('a manifest');
	});
});

test('swap: remembers the old release, replaces the link in one step, and never a directory', async () => {
	await using host = createHostDirectory();
	const {layout, candidate} = await makeHost(host);
	await host.sh('mkdir "$1"', candidate);

	await host.ok(rememberPrevious(layout, {directory: `${host.root}/state`, app: 'backend', run: 'run'}));
	await host.ok(prepareLink(layout, 'two'));
	await host.ok(prepareLink(layout, 'two'));
	const claim = claimOn(layout, {stateDirectory: `${host.root}/state`});
	await mark(host, claim);
	await host.ok(swapLink(claim));

	expect((await host.ok(readLiveLink(layout))).trim()).toBe(candidate);
	expect(await host.sh('cat state/jobs/run/previous')).toBe('one');
	await host.sh('rm "$1" && mkdir "$1"', layout.live);
	await host.ok(prepareLink(layout, 'one'));
	expect((await host.run(swapLink(claim))).code).not.toBe(0);
	await expectNothingRan(host);
});
