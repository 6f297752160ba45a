import {readFileSync, rmSync, statSync, utimesSync, writeFileSync, chmodSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import type {PolicySet} from '../src/domain/ports.ts';
import {openPolicy, personalDirectory} from '../src/open-policy.ts';
import {validFiles} from './config/configuration-fixture.ts';
import {createTemporaryDirectory, createTemporaryRepository} from './services/local/temporary-repository.ts';

const file = 'environments/preprod.yaml';
const strong = validFiles[file] ?? '';
/** What somebody would like to be asked: as long as what they are asked, to the byte. */
const weak = strong.replace('soakHours: 24', 'soakHours: 00');
const open = (directory: string, personal?: string) =>
	openPolicy(directory, {home: '/home/ravi', ...(personal === undefined ? {} : {personal})});
const soakOf = ({environments}: PolicySet): number | undefined =>
	environments.find(({name}) => name === 'preprod')?.soakHours;

type Repository = ReturnType<typeof createTemporaryRepository>;

const committed = async (): Promise<Repository> => {
	const repository = createTemporaryRepository();
	await repository.commit({...validFiles, 'laravel/artisan': 'run\n', 'nextjs/package.json': '{}'});
	return repository;
};

describe('a work tree that says something else', () => {
	/** Puts the weaker file there so that its time, size and inode are as before. */
	const unnoticed = ({path}: Repository): void => {
		const {atime, mtime} = statSync(join(path, file));
		writeFileSync(join(path, file), weak);
		utimesSync(join(path, file), atime, mtime);
	};
	test.each<{how: string; act: (repository: Repository) => unknown; isSeen?: boolean}>([
		{how: 'is edited', act: ({write}) => write(file, weak)},
		{
			how: 'is in the index as well',
			act: async ({write, git}) => {
				write(file, weak);
				await git('add', '--all');
			},
		},
		{
			how: 'is told to be left alone (skip-worktree)',
			act: async ({write, git}) => {
				await git('update-index', '--skip-worktree', file);
				write(file, weak);
			},
		},
		{
			how: 'is taken for unchanged (assume-unchanged)',
			act: async ({write, git}) => {
				await git('update-index', '--assume-unchanged', file);
				write(file, weak);
			},
		},
		{
			how: 'has the time and size it had',
			act: async repository => {
				await repository.git('config', 'core.trustctime', 'false');
				await repository.git('status');
				unnoticed(repository);
			},
		},
		{
			how: 'is replaced for git (git replace)',
			act: async ({path, git}) => {
				const blob = await git('rev-parse', `HEAD:${file}`);
				writeFileSync(join(path, 'weak'), weak);
				await git('replace', blob, await git('hash-object', '-w', 'weak'));
			},
			isSeen: false,
		},
		{
			how: 'has another commit in the place of its own (git replace)',
			act: async ({git, write, path}) => {
				const head = await git('rev-parse', 'HEAD');
				write(file, weak);
				await git('add', '--all');
				await git('replace', head, await git('commit-tree', '-m', 'x', await git('write-tree')));
				writeFileSync(join(path, file), strong);
				await git('reset', '--mixed', '--quiet');
			},
			isSeen: false,
		},
		{
			how: 'is filtered on the way in and out',
			act: async ({path, git, write}) => {
				await git('config', 'filter.soften.smudge', 'sed s/24/00/');
				await git('config', 'filter.soften.clean', 'sed s/00/24/');
				mkdirSync(join(path, '.git/info'));
				writeFileSync(join(path, '.git/info/attributes'), '*.yaml filter=soften\n');
				write(file, weak);
			},
		},
		{how: 'lacks the file', act: ({path}) => rmSync(join(path, file))},
		{
			how: 'has a repository of its own in that folder',
			act: async ({path, git, write}) => {
				write(file, weak);
				mkdirSync(join(path, 'environments/.git/objects'), {recursive: true});
				mkdirSync(join(path, 'environments/.git/refs/heads'), {recursive: true});
				writeFileSync(join(path, 'environments/.git/HEAD'), 'ref: refs/heads/main\n');
				await git('-C', join(path, 'environments'), 'add', 'preprod.yaml');
				await git('-C', join(path, 'environments'), 'commit', '-qm', 'weak');
			},
		},
	])('policy: what is committed counts when it $how', async ({act, isSeen = true}) => {
		using repository = await committed();
		await act(repository);

		const {set, differs, port} = await open(repository.path);

		expect(soakOf(set)).toBe(24);
		const counted = await port.read(set);
		expect(soakOf(counted)).toBe(24);
		expect(counted.commit).toMatch(/^[\da-f]{40}$/);
		expect([differs.includes(file), counted.differs.includes(file)]).toEqual([isSeen, isSeen]);
	});

	test('policy: a file put back behind the look at it makes no difference', async () => {
		using repository = await committed();
		repository.write(file, weak);
		const {set, port} = await open(repository.path);
		repository.write(file, strong);
		expect(soakOf(set)).toBe(24);
		expect(await port.read(set)).toMatchObject({differs: []});
		repository.write(file, weak);
		expect(soakOf(await port.read(set))).toBe(24);
	});

	test('policy: an environment that is not committed does not exist, ignored or not', async () => {
		using repository = await committed();
		repository.write('environments/staging.yaml', strong.replaceAll('preprod', 'staging'));
		repository.write('environments/.env.staging', validFiles['environments/.env.preprod'] ?? '');
		await repository.git('config', 'core.excludesFile', '/dev/null');
		mkdirSync(join(repository.path, '.git/info'));
		writeFileSync(join(repository.path, '.git/info/exclude'), 'environments/staging.yaml\n');

		const {set, differs} = await open(repository.path);

		expect(set.environments.map(({name}) => name)).toEqual(['local', 'preprod']);
		expect(differs).toEqual(['environments/staging.yaml']);
	});

	test('policy: a checklist item taken out here is still asked for', async () => {
		using repository = createTemporaryRepository();
		const lists = readFileSync(new URL('../checklists/90-after-production.yaml', import.meta.url), 'utf8');
		await repository.commit({...validFiles, 'checklists/10-after.yaml': lists});
		rmSync(join(repository.path, 'checklists/10-after.yaml'));

		const {set, differs} = await open(repository.path);

		expect(set.checklists.files.map(({file: name}) => name)).toEqual(['checklists/10-after.yaml']);
		expect(differs).toEqual(['checklists/10-after.yaml']);
	});

	test.each(['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_WORK_TREE', 'GIT_NAMESPACE'])(
		'policy: %s of whoever starts the cockpit leads nowhere else',
		async name => {
			using repository = await committed();
			using other = createTemporaryRepository();
			await other.commit({...validFiles, [file]: weak});
			vi.stubEnv(name, name === 'GIT_WORK_TREE' ? other.path : join(other.path, '.git'));
			try {
				const {set} = await open(repository.path);
				expect(soakOf(set)).toBe(24);
			} finally {
				vi.unstubAllEnvs();
			}
		},
	);
});

describe('a commit', () => {
	test('policy: counts from when it is made, for a cockpit that is open', async () => {
		using repository = await committed();
		const {set, port} = await open(repository.path);
		const first = await port.read(set);
		const commit = await repository.commit({[file]: weak});

		const second = await port.read(set);

		expect([soakOf(set), soakOf(first), soakOf(second)]).toEqual([24, 24, 0]);
		expect(second.commit).toBe(commit);
		expect(
			await Promise.all([first.commit ?? '', commit, 'f'.repeat(40), 'HEAD'].map(one => port.hasCommit(one))),
		).toEqual([true, true, false, false]);
	});

	test('policy: one that can not be used is said with its place, and what is open stays closed until it is mended', async () => {
		using repository = await committed();
		const {set, port} = await open(repository.path);
		await repository.commit({[file]: strong.replace('soakHours: 24', 'soakHours: soon')});

		const broken = {code: 'configuration', why: expect.stringContaining(`${file}:`) as string};
		await expect(port.read(set)).rejects.toMatchObject(broken);
		await expect(open(repository.path)).rejects.toMatchObject(broken);
		await repository.commit({[file]: strong});
		expect(soakOf(await port.read(set))).toBe(24);
	});

	test('policy: a symlink in it is refused, as what it leads to is not in the commit', async () => {
		using repository = await committed();
		repository.write('weak.yaml', weak);
		await repository.commit({[file]: {link: '../weak.yaml'}});

		await expect(open(repository.path)).rejects.toMatchObject({
			code: 'configuration',
			why: expect.stringContaining(`${file} is a symlink`) as string,
		});
	});

	test('policy: in a folder below the root, and in another work tree of the repository', async () => {
		using repository = createTemporaryRepository();
		const below = Object.fromEntries(
			Object.entries(validFiles).map(([name, content]) => [`deploy/${name}`, content]),
		);
		await repository.commit({
			...below,
			'deploy/laravel/artisan': '',
			'deploy/nextjs/x': '',
			[file]: 'not: this one',
		});
		repository.write(`deploy/${file}`, weak);
		await repository.git('worktree', 'add', '-q', join(repository.path, 'second'));

		for (const directory of ['deploy', 'second/deploy']) {
			const {set, port} = await open(join(repository.path, directory));
			expect(soakOf(set)).toBe(24);
			expect((await port.read(set)).elsewhere).toEqual([]);
		}
	});

	test('policy: templates of .env may be left out of it', async () => {
		using repository = createTemporaryRepository();
		repository.write('.gitignore', '.env*\n');
		for (const [name, content] of Object.entries(validFiles)) repository.write(name, content);
		await repository.git('add', '.');
		await repository.git('commit', '-qm', 'without templates');

		const {set, differs} = await open(repository.path);

		expect(set.environments).toHaveLength(2);
		expect(differs).toEqual([]);
	});
});

describe('where nothing is committed', () => {
	test.each<{where: string; make: (repository: Repository) => unknown}>([
		{where: 'a repository without a commit', make: () => undefined},
		{where: 'a repository that has other things', make: ({git}) => git('commit', '-q', '--allow-empty', '-m', 'x')},
		{where: 'no repository', make: ({path}) => rmSync(join(path, '.git'), {recursive: true})},
	])('policy: what lies there is shown, and is nobody’s: $where', async ({make}) => {
		using repository = createTemporaryRepository();
		for (const [name, content] of Object.entries(validFiles)) repository.write(name, content);
		await make(repository);

		const {set, port} = await open(repository.path);

		expect(soakOf(set)).toBe(24);
		expect(await port.read(set)).toMatchObject({commit: undefined, differs: []});
	});

	test('policy: a repository that is damaged still shows what lies there, to roll back by; no gate goes by it', async () => {
		using repository = await committed();
		const blob = await repository.git('rev-parse', `HEAD:${file}`);
		const object = join(repository.path, '.git/objects', blob.slice(0, 2), blob.slice(2));
		chmodSync(object, 0o644);
		writeFileSync(object, readFileSync(join(repository.path, '.git/objects', await otherObject(repository))));

		const {set, port} = await open(repository.path);

		expect(soakOf(set)).toBe(24);
		await expect(port.read(set)).rejects.toMatchObject({
			code: 'blocked',
			why: expect.stringContaining(blob) as string,
		});
	});
	const otherObject = async ({git}: Repository): Promise<string> => {
		const blob = await git('rev-parse', 'HEAD:laravel/artisan');
		return join(blob.slice(0, 2), blob.slice(2));
	};
});

test('policy: sources of apps in another repository are named', async () => {
	using repository = createTemporaryRepository();
	using other = createTemporaryRepository();
	await other.commit({artisan: ''});
	const moved = strong.replace('source: laravel', `source: ${other.path}`);
	await repository.commit({...validFiles, [file]: moved, 'laravel/artisan': '', 'nextjs/package.json': '{}'});

	const {set, port} = await open(repository.path);

	expect((await port.read(set)).elsewhere).toEqual([other.path]);
});

test('policy: who may sign is read from the commit', async () => {
	using repository = await committed();
	await repository.commit({'environments/allowed_signers': 'Asha ssh-ed25519 AAAA\n'});
	repository.write('environments/allowed_signers', 'Mallory ssh-ed25519 BBBB\n');
	const {set, port} = await open(repository.path);
	expect(await port.read(set)).toMatchObject({
		allowedSigners: 'Asha ssh-ed25519 AAAA\n',
		differs: ['environments/allowed_signers'],
	});
});

describe('one person’s own way to the hosts', () => {
	const personal = (text: string) => {
		const directory = createTemporaryDirectory();
		writeFileSync(join(directory.path, 'shop.yaml'), text);
		return directory;
	};

	test('policy: key, user, port and jump host come from their own file, and nothing else does', async () => {
		using repository = await committed();
		using mine = personal(
			'hosts:\n  web-1: {identityFile: ~/.ssh/mine, user: ravi, port: 2222, proxyJump: bastion}\n',
		);
		const {set} = await open(repository.path, mine.path);
		expect(set.environments.find(({name}) => name === 'preprod')?.hosts).toEqual([
			{
				name: 'web-1',
				address: '192.0.2.1',
				port: 2222,
				user: 'ravi',
				identityFile: '/home/ravi/.ssh/mine',
				proxyJump: 'bastion',
			},
		]);
		expect((await open(repository.path, join(mine.path, 'none'))).set.environments[1]?.hosts[0]?.port).toBe(22);
	});

	test.each<{what: string; text: string; why: string}>([
		{what: 'another address', text: 'hosts:\n  web-1: {address: 127.0.0.1}\n', why: 'shop.yaml:2:'},
		{what: 'another host key', text: 'hosts:\n  web-1: {hostKeys: []}\n', why: 'shop.yaml:2:'},
		{what: 'a host that is not there', text: 'hosts:\n  web-9: {port: 22}\n', why: 'no host "web-9"'},
		{what: 'a policy', text: 'soakHours: 0\nhosts: {}\n', why: 'soakHours'},
		{what: 'no YAML', text: 'hosts: [', why: 'shop.yaml:1:'},
	])('policy: it may not hold $what', async ({text, why}) => {
		using repository = await committed();
		using mine = personal(text);
		await expect(open(repository.path, mine.path)).rejects.toMatchObject({
			code: 'configuration',
			why: expect.stringContaining(why) as string,
		});
	});

	test('policy: it lies where people keep configuration', () => {
		expect(personalDirectory({}, '/home/ravi')).toBe('/home/ravi/.config/cockpit');
		expect(personalDirectory({XDG_CONFIG_HOME: '/etc/ravi'}, '/home/ravi')).toBe('/etc/ravi/cockpit');
	});
});
