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
	sentManifest,
} from '../../src/commands/nextjs.ts';
import {releaseLayout} from '../../src/commands/release-layout.ts';
import {createHostDirectory, listing, me, type HostDirectory} from './host-directory.ts';

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

const setUp = () => {
	const host = createHostDirectory({npm});
	const layout = releaseLayout({path: join(host.root, odd, 'site')});
	host.sh('mkdir -p "$1/.site/releases/one/.next" "$1/state/jobs/run" "$1/state/manifests/frontend"', odd);
	host.sh('cd "$1" && ln -s .site/releases/one site', odd);
	const bin = host.sh('cat .bin/npm').replaceAll('$ORIGIN', host.root);
	host.sh('printf "%s" "$1" >.bin/npm', bin);
	return {host, layout, live: layout.live, candidate: `${layout.releases}/two`};
};

const inRelease = (host: HostDirectory, release: string, script: string): string =>
	host.sh(`cd -- "$1/.site/releases/$2" && ${script}`, odd, release);

/** A manifest as the host keeps it, of paths only. */
const manifest = (host: HostDirectory, file: string, paths: readonly string[]): void => {
	host.sh(
		'file=$1; shift; mkdir -p "$(dirname "$file")"; : >"$file"; for path; do printf "100644 %064d %s\\0" 0 "$path" >>"$file"; done',
		file,
		...paths,
	);
};

test('copy of live: everything but caches; packages are shared by hard link, and live stays as it was', async () => {
	const {host, live, candidate} = setUp();
	await using _ = host;
	inRelease(
		host,
		'one',
		'mkdir -p .next/cache node_modules/a && touch .next/cache/x .env node_modules/a/i && echo 1 >.next/BUILD_ID',
	);
	const before = listing(host, odd);

	host.ok(copyLiveFrontend({live, candidate, owner: me}));

	expect(host.sh('cd "$1" && find . ! -type d | sort', candidate)).toBe(
		'./.env\n./.next/BUILD_ID\n./node_modules/a/i',
	);
	const [one, two] = [live, candidate].map(root => statSync(join(root, 'node_modules/a/i')).ino);
	expect(two).toBe(one);
	expect(statSync(join(candidate, '.env')).ino).not.toBe(statSync(join(live, '.env')).ino);
	host.sh('rm -rf -- "$1"', candidate);
	expect(listing(host, odd)).toBe(before);
});

test('copy of live: a link to packages stays a link; with nothing live the candidate is empty', async () => {
	const {host, live, candidate} = setUp();
	await using _ = host;
	inRelease(host, 'one', 'ln -s /opt/modules node_modules');
	host.ok(copyLiveFrontend({live, candidate, owner: me}));
	expect(host.sh('readlink -- "$1/node_modules"', candidate)).toBe('/opt/modules');

	host.sh('rm -rf -- "$1" "$2"', candidate, live);
	host.ok(copyLiveFrontend({live, candidate, owner: me}));
	expect(host.sh('ls -A -- "$1"', candidate)).toBe('');
});

test.each([
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
	const {host, layout, live, candidate} = setUp();
	await using _ = host;
	inRelease(host, 'one', `mkdir node_modules && echo old >node_modules/mark && { ${prepare}; }`);
	host.ok(copyLiveFrontend({live, candidate, owner: me}));
	inRelease(host, 'two', mine);

	const output = host.ok(installPackages({layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}}));

	expect(output).toMatch(says);
	const asked = host.sh('[ -e npm ] && cut -d" " -f1 npm | tr "\\n" " "; true').trim();
	expect(asked).toBe(calls);
	expect(inRelease(host, 'one', 'cat node_modules/mark')).toBe('old');
	expect(inRelease(host, 'two', 'cat node_modules/mark')).toBe(calls.includes('ci') ? 'new' : 'old');
	if (calls.includes('ci'))
		expect(host.sh('cat npm')).toContain(`ci --omit=dev --no-audit --no-fund in ${candidate}`);
});

test('packages: a link is replaced, never followed', async () => {
	const {host, layout, live, candidate} = setUp();
	await using _ = host;
	host.sh('mkdir modules && echo shared >modules/mark');
	inRelease(host, 'one', 'ln -s "$HOME/modules" node_modules && echo 1 >package-lock.json');
	host.ok(copyLiveFrontend({live, candidate, owner: me}));
	inRelease(host, 'two', 'echo 2 >package-lock.json');

	host.ok(installPackages({layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}}));

	expect(host.sh('cat modules/mark')).toBe('shared');
	expect(inRelease(host, 'two', '[ ! -L node_modules ] && cat node_modules/mark')).toBe('new');
});

test('packages: nothing to install from and nothing installed is a refusal', async () => {
	const {host, layout, live, candidate} = setUp();
	await using _ = host;
	host.ok(copyLiveFrontend({live, candidate, owner: me}));

	const {code, stderr} = host.run(
		installPackages({layout, candidate, target: {owner: me, npm: 'npm', node: 'node'}}),
	);

	expect(code).toBe(1);
	expect(stderr).toContain('neither package-lock.json in the build nor node_modules on the host');
});

const chunksOf = (host: HostDirectory): string =>
	inRelease(host, 'two', 'cd .next/static && find . -type f | LC_ALL=C sort | tr "\\n" " "').trim();

test('chunks: of live and of the release before it stay, older ones go, what the build brings is not touched', async () => {
	const {host, live, candidate} = setUp();
	await using _ = host;
	const names = ['new', 'same', 'live', 'before', 'older', 'it is $(odd)'];
	inRelease(
		host,
		'one',
		`mkdir .next/static && cd .next/static && for n in same live before older "it is \\$(odd)"; do echo old >"$n"; done`,
	);
	host.sh(
		'mkdir -p -- "$1/.next/static/deep/er" && cd "$1/.next/static" && echo new >new && echo new >same && touch deep/er/x',
		candidate,
	);
	host.sh('echo zero >"$1/state/previous-frontend"', odd);
	const static_ = (...wanted: readonly string[]): readonly string[] => [
		'app.js',
		...wanted.map(name => `.next/static/${name}`),
	];
	manifest(host, sentManifest(state), static_('new', 'same'));
	manifest(host, keptManifest(state, 'one'), static_('same', 'live', names[5] ?? ''));
	manifest(host, keptManifest(state, 'zero'), static_('before'));

	const output = host.ok(carryOverChunks(state, {live, candidate, owner: me}));

	expect(chunksOf(host)).toBe('./before ./it is $(odd) ./live ./new ./same');
	expect(inRelease(host, 'two', 'cat .next/static/same')).toBe('new');
	expect(output).toBe('2 files of earlier builds stay for pages that are open\n');
	expect(inRelease(host, 'one', 'ls .next/static | wc -l')).toBe('5');
});

test('chunks: without a manifest of live all of them stay; with nothing live there are none', async () => {
	const {host, live, candidate} = setUp();
	await using _ = host;
	inRelease(host, 'one', 'mkdir .next/static && touch .next/static/a .next/static/b');
	host.sh('mkdir -p -- "$1/.next/static" && touch "$1/.next/static/c"', candidate);
	manifest(host, sentManifest(state), ['.next/static/c']);

	expect(host.ok(carryOverChunks(state, {live, candidate, owner: me}))).toMatch(/^2 files/);
	expect(chunksOf(host)).toBe('./a ./b ./c');
	host.sh('rm -- "$1"', live);
	expect(host.ok(carryOverChunks(state, {live, candidate, owner: me}))).toMatch(/nothing is live/);
});

const makeBuild = (host: HostDirectory, id: string): void => {
	inRelease(host, 'one', `mkdir -p .next/static/${id} && printf ${id} >.next/BUILD_ID`);
	inRelease(
		host,
		'one',
		`printf '{"config":{"x":1,"deploymentId":"dpl-7"},"y":"z"}' >.next/required-server-files.json`,
	);
};

test('BUILD_ID: read with the deployment, and compared with the build that was sent', async () => {
	const {host, layout} = setUp();
	await using _ = host;
	makeBuild(host, 'abc');
	const check = checkBuildId({directory: layout.live, owner: me, manifest: sentManifest(state)});

	expect(parseBuildId(host.ok(readBuildId({directory: layout.live, owner: me})))).toEqual({
		buildId: 'abc',
		deploymentId: 'dpl-7',
	});
	expect(host.ok(check)).toContain('no manifest');
	host.sh(
		'printf "100644 %s .next/BUILD_ID\\0" "$(printf abc | sha256sum | cut -c 1-64)" >"$1"',
		sentManifest(state),
	);
	expect(parseBuildId(`before\n${host.ok(check)}`)).toEqual({buildId: 'abc', deploymentId: 'dpl-7'});

	makeBuild(host, 'other');
	expect(host.run(check)).toMatchObject({code: 1, stderr: expect.stringContaining('is not the one') as string});
});

test.each([
	{case: 'empty', make: ': >.next/BUILD_ID', why: /is empty/},
	{case: 'without static files', make: 'echo x >.next/BUILD_ID', why: /static\/x is missing/},
	{case: 'missing', make: ':', why: /No such file/},
])('BUILD_ID: $case is no build', async ({make, why}) => {
	const {host, layout} = setUp();
	await using _ = host;
	inRelease(host, 'one', make);

	const {code, stderr} = host.run(readBuildId({directory: layout.live, owner: me}));

	expect(code).not.toBe(0);
	expect(stderr).toMatch(why);
	expect(parseBuildId('')).toBeUndefined();
});
