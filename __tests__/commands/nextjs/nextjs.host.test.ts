import {statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
	carryOverChunks,
	checkBuildId,
	copyLiveFrontend,
	installPackages,
	keptManifest,
	parseBuildId,
	readBuildId,
} from '../../../src/commands/nextjs/nextjs.ts';
import {sentManifest} from '../../../src/commands/candidate/made.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../host-directory.ts';

const odd = `it's a "b" \\ *`;
const state = {directory: `${odd}/state`, app: 'frontend', run: 'run'};

/** npm that notes what it is asked, installs a mark, and whose `ls` fails where a file says so. */
const npm = `#!/bin/sh
echo "$* in $PWD" >>"$ORIGIN/npm"
case $1 in
	ls) ! [ -e "$ORIGIN/npm-ls-fails" ] ;;
	ci) [ ! -e node_modules ] || exit 9; mkdir node_modules && echo new >node_modules/mark ;;
esac
`;

const setUp = async () => {
	const host = createHostDirectory({npm});
	const layout = releaseLayout({path: join(host.root, odd, 'site')});
	await host.sh('mkdir -p "$1/.site/releases/one/.next" "$1/state/jobs/run" "$1/state/manifests/frontend"', odd);
	await host.sh('cd "$1" && ln -s .site/releases/one site', odd);
	const bin = (await host.sh('cat .bin/npm')).replaceAll('$ORIGIN', host.root);
	await host.sh('printf "%s" "$1" >.bin/npm', bin);
	return {host, layout, live: layout.live, candidate: `${layout.releases}/two`};
};

const inRelease = (host: HostDirectory, release: string, script: string): Promise<string> =>
	host.sh(`cd -- "$1/.site/releases/$2" && ${script}`, odd, release);

/** A manifest as the host keeps it, of files that hold the line `old`. */
const manifest = async (host: HostDirectory, file: string, paths: readonly string[]): Promise<void> => {
	await host.sh(
		'file=$1; shift; mkdir -p "$(dirname "$file")"; : >"$file"; for path; do printf "100644 %s %s\\0" "$(echo old | sha256sum | cut -c 1-64)" "$path" >>"$file"; done',
		file,
		...paths,
	);
};

test.concurrent('copy of live: everything but caches; packages are shared by hard link, and live stays as it was', async () => {
	const {host, layout, live, candidate} = await setUp();
	await using _ = host;
	await inRelease(
		host,
		'one',
		'mkdir -p .next/cache node_modules/a && touch .next/cache/x .env node_modules/a/i && echo 1 >.next/BUILD_ID',
	);
	const before = listing(host, odd);

	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));

	expect(await host.sh('cd "$1" && find . ! -type d | sort', candidate)).toBe(
		'./.env\n./.next/BUILD_ID\n./node_modules/a/i',
	);
	const [one, two] = [live, candidate].map(root => statSync(join(root, 'node_modules/a/i')).ino);
	expect(two).toBe(one);
	expect(statSync(join(candidate, '.env')).ino).not.toBe(statSync(join(live, '.env')).ino);
	await host.sh('rm -rf -- "$1"', candidate);
	expect(listing(host, odd)).toBe(before);
});

test.concurrent('copy of live: a link to packages stays a link; with nothing live the candidate is empty', async () => {
	const {host, layout, live, candidate} = await setUp();
	await using _ = host;
	await inRelease(host, 'one', 'ln -s /opt/modules node_modules');
	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));
	expect(await host.sh('readlink -- "$1/node_modules"', candidate)).toBe('/opt/modules');

	await host.sh('rm -rf -- "$1" "$2"', candidate, live);
	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));
	expect(await host.sh('ls -A -- "$1"', candidate)).toBe('');
});

test.concurrent.each([
	{
		case: 'the lockfile is the same',
		live: 'echo 1 >package-lock.json',
		mine: 'echo 1 >package-lock.json',
		says: /keeps .*: package-lock\.json is the same/,
		calls: '',
	},
	{
		case: 'another lockfile',
		live: 'echo 1 >package-lock.json',
		mine: 'echo 2 >package-lock.json',
		says: /npm ci: package-lock\.json is another one/,
		calls: 'ci',
	},
	{
		case: 'live had no lockfile, npm is content',
		live: ':',
		mine: 'echo 2 >package-lock.json',
		says: /keeps .*: npm finds in it/,
		calls: 'ls',
	},
	{
		case: 'live had no lockfile, npm is not',
		live: 'touch "$HOME/npm-ls-fails"',
		mine: 'echo 2 >package-lock.json',
		says: /npm ci: the live release has no/,
		calls: 'ls ci',
	},
	{case: 'no lockfile at all', live: ':', mine: ':', says: /keeps .*: there is no package-lock\.json/, calls: ''},
])('packages: $case', async ({live: prepare, mine, says, calls}) => {
	const {host, layout, candidate} = await setUp();
	await using _ = host;
	await inRelease(host, 'one', `mkdir node_modules && echo old >node_modules/mark && { ${prepare}; }`);
	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));
	await inRelease(host, 'two', mine);

	const output = await host.ok(installPackages({layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}}));

	expect(output).toMatch(says);
	const asked = (await host.sh('[ -e npm ] && cut -d" " -f1 npm | tr "\\n" " "; true')).trim();
	expect(asked).toBe(calls);
	expect(await inRelease(host, 'one', 'cat node_modules/mark')).toBe('old');
	expect(await inRelease(host, 'two', 'cat node_modules/mark')).toBe(calls.includes('ci') ? 'new' : 'old');
	if (calls.includes('ci'))
		expect(await host.sh('cat npm')).toContain(`ci --omit=dev --no-audit --no-fund in ${candidate}`);
});

test.concurrent('packages that an adoption found are installed anew by a deploy, and kept by a rollback', async () => {
	const {host, layout, live, candidate} = await setUp();
	await using _ = host;
	await inRelease(host, 'one', 'mkdir node_modules && echo old >node_modules/mark && mv ../one ../one-adopted');
	await host.sh('ln -sfn .site/releases/one-adopted -- "$1"', live);
	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));
	await inRelease(host, 'two', 'echo 2 >package-lock.json');
	const options = {layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}};

	expect(await host.ok(installPackages(options, true))).toContain('keeps node_modules');
	expect(await host.ok(installPackages(options))).toContain('npm ci: the live release has no package-lock.json');
	expect(await inRelease(host, 'two', 'cat node_modules/mark')).toBe('new');
});

test.concurrent('packages: a link is replaced, never followed', async () => {
	const {host, layout, candidate} = await setUp();
	await using _ = host;
	await host.sh('mkdir modules && echo shared >modules/mark');
	await inRelease(host, 'one', 'ln -s "$HOME/modules" node_modules && echo 1 >package-lock.json');
	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));
	await inRelease(host, 'two', 'echo 2 >package-lock.json');

	await host.ok(installPackages({layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}}));

	expect(await host.sh('cat modules/mark')).toBe('shared');
	expect(await inRelease(host, 'two', '[ ! -L node_modules ] && cat node_modules/mark')).toBe('new');
});

test.concurrent('packages: nothing to install from and nothing installed is a refusal', async () => {
	const {host, layout, candidate} = await setUp();
	await using _ = host;
	await host.ok(copyLiveFrontend({layout, candidate, target: {owner: me}}));

	const {code, stderr} = await host.run(
		installPackages({layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}}),
	);

	expect(code).toBe(1);
	expect(stderr).toContain('neither package-lock.json in the build nor node_modules on the host');
});

const chunksOf = async (host: HostDirectory): Promise<string> =>
	(await inRelease(host, 'two', 'cd .next/static && find . -type f | LC_ALL=C sort | tr "\\n" " "')).trim();

test.concurrent('chunks: of live and of the release before it stay, older ones go, what the build brings is not touched', async () => {
	const {host, layout, candidate} = await setUp();
	await using _ = host;
	const names = ['new', 'same', 'live', 'before', 'older', 'it is $(odd)'];
	await inRelease(
		host,
		'one',
		`mkdir .next/static && cd .next/static && for n in same live before older other "it is \\$(odd)"; do echo old >"$n"; done; mkdir -p deep/er; touch deep/er/x`,
	);
	await host.sh(
		'mkdir -p -- "$1/.next/static" && cd "$1/.next/static" && echo new >new && echo new >same',
		candidate,
	);
	await host.sh('echo zero >"$1/state/previous-frontend"', odd);
	const static_ = (...wanted: readonly string[]): readonly string[] => [
		'app.js',
		...wanted.map(name => `.next/static/${name}`),
	];
	// What stands in the place of a chunk and is another one is none.
	await inRelease(host, 'one', 'echo tampered >.next/static/other');
	await manifest(host, keptManifest(state, 'one'), static_('same', 'live', 'other', names[5] ?? ''));
	await manifest(host, keptManifest(state, 'zero'), static_('before'));

	const output = await host.ok(carryOverChunks(state, {layout, candidate, target: {owner: me}}));

	expect(await chunksOf(host)).toBe('./before ./it is $(odd) ./live ./new ./same');
	expect(await inRelease(host, 'two', 'cat .next/static/same')).toBe('new');
	expect(output).toBe('3 files of earlier builds stay for pages that are open\n');
	expect(await inRelease(host, 'one', 'ls .next/static | wc -l')).toBe('7');
});

test.concurrent('chunks: without a manifest of live all of them stay; with nothing live there are none', async () => {
	const {host, layout, live, candidate} = await setUp();
	await using _ = host;
	await inRelease(host, 'one', 'mkdir .next/static && touch .next/static/a .next/static/b');
	await host.sh('mkdir -p -- "$1/.next/static" && touch "$1/.next/static/c"', candidate);

	expect(await host.ok(carryOverChunks(state, {layout, candidate, target: {owner: me}}))).toMatch(/^2 files/);
	expect(await chunksOf(host)).toBe('./a ./b ./c');
	await host.sh('rm -- "$1"', live);
	expect(await host.ok(carryOverChunks(state, {layout, candidate, target: {owner: me}}))).toMatch(/nothing is live/);
});

const makeBuild = async (host: HostDirectory, id: string): Promise<void> => {
	await inRelease(host, 'one', `mkdir -p .next/static/${id} && printf ${id} >.next/BUILD_ID`);
	await inRelease(
		host,
		'one',
		`printf '{"config":{"x":1,"deploymentId":"dpl-7"},"y":"z"}' >.next/required-server-files.json`,
	);
};

test.concurrent('BUILD_ID: read with the deployment, and compared with the build that was sent', async () => {
	const {host, layout} = await setUp();
	await using _ = host;
	await makeBuild(host, 'abc');
	const check = checkBuildId({directory: layout.live, owner: me, manifest: sentManifest(state)});

	expect(parseBuildId(await host.ok(readBuildId({directory: layout.live, owner: me})))).toEqual({
		buildId: 'abc',
		deploymentId: 'dpl-7',
	});
	expect(await host.ok(check)).toContain('no manifest');
	await host.sh(
		'printf "100644 %s .next/BUILD_ID\\0" "$(printf abc | sha256sum | cut -c 1-64)" >"$1"',
		sentManifest(state),
	);
	expect(parseBuildId(`before\n${await host.ok(check)}`)).toEqual({buildId: 'abc', deploymentId: 'dpl-7'});

	await makeBuild(host, 'other');
	expect(await host.run(check)).toMatchObject({code: 1, stderr: expect.stringContaining('is not the one') as string});
});

test.concurrent.each([
	{case: 'empty', make: ': >.next/BUILD_ID', why: /is empty/},
	{case: 'without static files', make: 'echo x >.next/BUILD_ID', why: /static\/x is missing/},
	{case: 'missing', make: ':', why: /No such file/},
])('BUILD_ID: $case is no build', async ({make, why}) => {
	const {host, layout} = await setUp();
	await using _ = host;
	await inRelease(host, 'one', make);

	const {code, stderr} = await host.run(readBuildId({directory: layout.live, owner: me}));

	expect(code).not.toBe(0);
	expect(stderr).toMatch(why);
	expect(parseBuildId('')).toBeUndefined();
});
