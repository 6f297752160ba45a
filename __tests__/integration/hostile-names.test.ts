import {createHash} from 'node:crypto';
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {git, makeSourceRepository, type SourceRepository} from '../support/real-host/make-source-repository.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {startRealHost, type RealHost} from '../support/real-host/start-real-host.ts';
import {writeConfig} from '../support/real-host/write-config.ts';

const why = realHostUnavailable();
const parent = `/var/www/it's "q" $(touch pwned) \`touch pwned\``;
const live = `${parent}/back end *`;
const base = `${parent}/.back end *`;
const backups = `/home/ubuntu/backups/pre "prod" $(touch pwned) it's [a-z]*`;
const state = '/home/ubuntu/.cockpit/qsights/preprod';
const branch = 'it\'s/"$(touch${IFS}pwned)`touch${IFS}pwned`;ü';
const actor = `Ra"vi' \\ $(touch pwned)\n{"type":"forged"}\u001B]0;owned\u0007\u001B[2J\u009B31m ü`;
/* What a terminal would obey. */
const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;

/** Names a shell, tar, xargs, find, git or a terminal could take for something else. */
const names = [
	'with space',
	' leading',
	'trailing ',
	"it's",
	'"quoted"',
	'line\nbreak',
	'\n',
	'tab\there',
	'$(touch pwned)',
	'`touch pwned`',
	'-rf',
	'--checkpoint-action=exec=touch pwned',
	'--',
	'*',
	'?[a-z]',
	'back\\slash',
	'\\n',
	'umläut ☃ \u{1F600}',
	'e\u0301',
	'\u00E9',
	'\u001B[31mred',
	'%s%n',
	'a;touch pwned;',
	'&& touch pwned',
	'|',
	'>out',
	'{a,b}',
	'~',
	'#',
	':(top)x',
	'...',
	'n'.repeat(200),
];

type Node = {readonly file: string} | {readonly program: string} | {readonly link: string};
type Tree = Readonly<Record<string, Node>>;

const write = (root: string, tree: Tree): void => {
	for (const [path, node] of Object.entries(tree)) {
		const file = join(root, path);
		mkdirSync(dirname(file), {recursive: true});
		if ('link' in node) symlinkSync(node.link, file);
		else writeFileSync(file, 'file' in node ? node.file : node.program);
		if ('program' in node) chmodSync(file, 0o755);
	}
};

/** Everything below a directory that is not a directory, by Node alone. */
const read = (root: string, below = ''): Record<string, Node> => {
	const found: Record<string, Node> = {};
	for (const name of readdirSync(join(root, below))) {
		const path = below === '' ? name : `${below}/${name}`;
		const stats = lstatSync(join(root, path));
		if (stats.isDirectory()) Object.assign(found, read(root, path));
		else if (stats.isSymbolicLink()) found[path] = {link: readlinkSync(join(root, path))};
		else {
			const content = readFileSync(join(root, path), 'utf8');
			found[path] = (stats.mode & 0o100) === 0 ? {file: content} : {program: content};
		}
	}
	return found;
};

const first: Tree = {
	...Object.fromEntries(names.map((name, index) => [`odd/${name}`, {file: `1 ${index}`}])),
	...Object.fromEntries(names.map((name, index) => [`odd/dir ${name}/${name}/${name}`, {program: `1 ${index}`}])),
	...Object.fromEntries(names.map(name => [`links/${name}`, {link: `../odd/${name}`}])),
	'turns/file-to-directory': {file: 'was a file'},
	'turns/directory-to-file/a/b': {file: 'was deep'},
	'turns/link-to-directory': {link: '../odd'},
	'turns/directory-to-link/a': {file: 'was in a directory'},
	'turns/link-to-file': {link: 'file-to-directory'},
	'turns/file-to-link': {file: 'was a file'},
	'turns/program-to-file': {program: '#!/bin/sh'},
	'turns/file-to-program': {file: '#!/bin/sh'},
	'turns/link-moves': {link: 'a'},
	'turns/dangling': {link: '../nowhere/$(touch pwned)'},
};
/** Every other odd name goes, the rest change. */
const isKept = (name: string): boolean => names.indexOf(name) % 2 === 0;
const second: Tree = {
	...Object.fromEntries(names.filter(isKept).map((name, index) => [`odd/${name}`, {file: `2 ${index}`}])),
	...Object.fromEntries(names.filter(isKept).map(name => [`odd/dir ${name}/${name}`, {file: 'a file now'}])),
	...Object.fromEntries(names.filter(isKept).map(name => [`links/${name}`, {link: `../odd/${name}/`}])),
	'turns/file-to-directory/a/b': {file: 'in a directory'},
	'turns/directory-to-file': {file: 'a file'},
	'turns/link-to-directory/x': {file: 'must not reach odd/'},
	'turns/directory-to-link': {link: '../odd'},
	'turns/link-to-file': {file: 'a file'},
	'turns/file-to-link': {link: 'link-to-file'},
	'turns/program-to-file': {file: '#!/bin/sh'},
	'turns/file-to-program': {program: '#!/bin/sh'},
	'turns/link-moves': {link: 'b'},
	'turns/dangling': {link: '../nowhere/$(touch pwned)'},
};

describe.skipIf(why !== undefined)(`hostile names on a real host${why === undefined ? '' : ` (${why})`}`, () => {
	let host: RealHost;
	let home: string;
	let repository: SourceRepository;
	const cockpit = (...args: string[]): Promise<Finished> =>
		runCockpit(args, {config: repository.directory, home, environment: {GIT_CONFIG_VALUE_0: actor}});
	const deploy = (): Promise<Finished> => cockpit('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
	const sh = async (script: string, ...args: string[]): Promise<string> => {
		const {code, stdout, stderr} = await host.exec(['bash', '-ec', script, 'sh', ...args]);
		if (code !== 0) throw new Error(`${script}: ${code}\n${stderr}`);
		return stdout.trim();
	};
	const onDisk = (path: string): string => join(host.root, path);
	/** Replaces the odd part of the sources and commits it. */
	const commitTree = async (tree: Tree): Promise<void> => {
		for (const name of ['odd', 'links', 'turns'])
			rmSync(join(repository.backend, name), {recursive: true, force: true});
		write(repository.backend, tree);
		await repository.commit({}, `Odd "names" $(touch pwned) \u001B[31m`);
	};
	const released = (): Record<string, Node> => {
		const release = readlinkSync(onDisk(live)).split('/').at(-1) ?? '';
		return Object.assign(
			{},
			...['odd', 'links', 'turns'].map(top => {
				const below = read(onDisk(`${base}/releases/${release}/${top}`));
				return Object.fromEntries(Object.entries(below).map(([path, node]) => [`${top}/${path}`, node]));
			}),
		) as Record<string, Node>;
	};
	const expectQuiet = ({stdout, stderr}: Finished): void => {
		expect(stdout).not.toMatch(obeyed);
		expect(stderr).not.toMatch(obeyed);
	};

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), `cockpit it's "odd" `));
		host = await startRealHost({name: 'hostile'});
		await sh('mkdir -p "$1" && cp -a /var/www/qsights/backend "$2" && chown www-data: "$1"', parent, live);
		await sh('printf x >"$1"', `${live}/\u001B]0;owned\u0007 named by an upload`);
		await sh(
			`printf '%s\\n' '#!/bin/sh' 'printf "\\033]0;owned\\007\\033[2J\\033[31mred\\033[0m \\302\\23331m\\rover\\n\\b\\n" >&2' 'exec /usr/bin/composer "$@"' >/usr/local/bin/composer; chmod 755 /usr/local/bin/composer`,
		);
		repository = await makeSourceRepository(join(home, 'project $(touch pwned)'), 'v1');
		await writeConfig(repository.directory, host, {
			backups: {directory: backups},
			apps: {backend: {path: live}},
		});
		await git(repository.directory, 'checkout', '--quiet', '-b', branch);
	});
	afterAll(async () => {
		await host.stop();
		await rm(home, {recursive: true, force: true});
	});

	test('adopt: paths with spaces, quotes, $() and globs', async () => {
		const finished = await cockpit('adopt', '--env', 'preprod');

		expect({code: finished.code, stderr: finished.stderr}).toEqual({code: 0, stderr: ''});
		expectQuiet(finished);
		expect(readlinkSync(onDisk(live))).toMatch(/^\.back end \*\/releases\/\d{8}T\d{6}Z-adopted$/);
	});

	test('deploy: a tree full of odd names arrives as it is', async () => {
		await commitTree(first);
		await sh('mkdir -p "$1/storage/app/odd" && echo kept >"$1/storage/app/odd/$(printf "up\\nload")"', live);

		const finished = await deploy();

		expect({code: finished.code, stderr: finished.stderr}).toEqual({code: 0, stderr: ''});
		expectQuiet(finished);
		expect(finished.stdout).toContain('red');
		expect(released()).toEqual(first);
		expect(existsSync(onDisk(`${base}/shared/storage/app/odd/up\nload`))).toBe(true);
	});

	test('deploy: changes, deletions, and files, directories and links that become each other', async () => {
		await commitTree(second);
		await sh('echo mine >"$1/odd/by hand"', live);

		const finished = await deploy();

		expect({code: finished.code, stderr: finished.stderr}).toEqual({code: 0, stderr: ''});
		expectQuiet(finished);
		// Nobody deployed it, so it does not go along: what users leave belongs to the environment.
		expect(released()).toEqual(second);
		expect(finished.stdout).toContain('left out: 1 file that is not as deployed: added odd/by hand.');
		expect(await sh('cat "$1"/releases/*/odd/"by hand"', base)).toBe('mine');
	});

	test('deploy: the same again from the listing alone, without a manifest', async () => {
		await sh('rm -f -- "$1"/manifests/backend/*', state);
		await commitTree(first);

		const finished = await deploy();

		expect({code: finished.code, stderr: finished.stderr}).toEqual({code: 0, stderr: ''});
		expect(released()).toEqual(first);
	});

	test('a step that fails with escape sequences in its words shows none of them', async () => {
		await sh(
			`printf '%s\\n' 'printf "\\033]0;owned\\007\\033[31mbroken\\033[0m \\302\\23331m\\n" >&2; exit 9' >>/usr/local/bin/composer; sed -i /^exec/d /usr/local/bin/composer; sed -i 's/^exit/exit/' /usr/local/bin/composer`,
		);
		await sh(`sed -i '2i case "$*" in *--version*) exec /usr/bin/composer "$@" ;; esac' /usr/local/bin/composer`);

		const finished = await deploy();

		expect(finished.code).toBe(3);
		expect(finished.stderr).toContain('broken');
		expectQuiet(finished);
		expect(released()).toEqual(first);
	});

	test('a lock held by somebody with an odd name is told without obeying it', async () => {
		const holder = JSON.stringify({since: '2026-02-10T05:53:41Z', name: actor, machine: '\u001B[2Jvm\u009B1m'});
		const id = '20260210T055341Z-backend-9b1d';
		const record = JSON.stringify({version: 1, run: id, kind: 'deploy', app: 'backend', environment: 'preprod'});
		await sh(
			`mkdir -p "$1/jobs/$2"; printf '%s\\n' "$4" >"$1/jobs/$2/run.json"
			printf '%s 1 7\\n%s\\n' "$2" "$3" >"$1/lock/backend"; chown -R ubuntu: "$1"`,
			state,
			id,
			holder,
			record,
		);

		for (const finished of [await deploy(), await cockpit('status', '--env', 'preprod')]) {
			expect(finished.stdout + finished.stderr).toContain('Ra"vi');
			expectQuiet(finished);
		}
		await sh('rm "$1/lock/backend"', state);
	});

	test('ledger: one valid JSON object a line, hash-chained, the names as they are', async () => {
		const lines = readFileSync(onDisk(`${state}/ledger.jsonl`), 'utf8').split('\n');
		expect(lines.pop()).toBe('');
		const entries = lines.map(line => JSON.parse(line) as {seq: number; prev: string; actor?: {name: string}});
		const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

		expect(entries.map(({seq}) => seq)).toEqual(entries.map((_, index) => index + 1));
		expect(entries.map(({prev}) => prev)).toEqual(['', ...lines.slice(0, -1)].map(hash));
		// The first line tells whose ledger it is; nobody said it.
		expect(entries.map(by => by.actor?.name.trim())).toEqual([
			undefined,
			...entries.slice(1).map(() => actor.trim()),
		]);
	});

	test('backups: in the odd directory, their .json valid, restorable', async () => {
		const files = (await sh('cd "$1" && ls', backups)).split('\n');
		const archives = files.filter(name => name.endsWith('.tar.gz'));
		expect(archives.length).toBeGreaterThanOrEqual(3);
		for (const name of files.filter(name => name.endsWith('.json')))
			expect(JSON.parse(readFileSync(onDisk(`${backups}/${name}`), 'utf8'))).toMatchObject({by: actor.trim()});

		await sh('mkdir /root/restored && tar -xzf "$1/$2" -C /root/restored', backups, archives.at(-1) ?? '');
		const restored = read(onDisk('/root/restored/back end *'));
		const odd = Object.fromEntries(Object.entries(restored).filter(([path]) => /^(odd|links|turns)\//.test(path)));
		expect(odd).toEqual(first);
	});

	test('nothing that was only a name was ever run', async () => {
		expect(
			await sh(
				'find /home /var/www /root /tmp /run / -maxdepth 1 -name pwned; find /home /var/www /root -name pwned',
			),
		).toBe('');
		expect(existsSync(join(repository.directory, 'pwned'))).toBe(false);
		expect(existsSync('pwned')).toBe(false);
	});
});
