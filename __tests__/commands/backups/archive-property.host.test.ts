import {readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync, lstatSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {pack, type Header} from 'tar-stream';
import {expect, test} from 'vitest';
import {restoreBackup} from '../../../src/commands/backups/restore/restore.ts';
import {
	parseVerification,
	recordVerdict,
	verifyBackup,
} from '../../../src/commands/backups/verify/backup-verification.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {randomFrom, type Random} from '../../domain/oracle/random.ts';
import {isDeep} from '../../support/depth.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

type Member = Partial<Header> & {readonly name: string} & {readonly content?: string};

const target = (host: HostDirectory) => ({
	path: `${host.root}/backend`,
	owner: me,
	fileMode: 0o644,
	directoryMode: 0o755,
	shared: {files: ['.env'], directories: ['storage/app']},
});

const layoutOf = (host: HostDirectory) => releaseLayout({path: `${host.root}/backend`});

const write = async (host: HostDirectory, members: readonly Member[]): Promise<string> => {
	const file = `${host.root}/backups/backend_20260203_113512.tar.gz`;
	const tar = pack();
	for (const {content, ...header} of members) tar.entry({mtime: new Date(0), ...header}, content ?? '');
	tar.finalize();
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, gzipSync(await buffer(tar)));
	return file;
};

const verify = (host: HostDirectory, file: string, isAccepted = false) =>
	host.run(verifyBackup({file, app: 'backend', target: target(host), isAccepted}));

const restore = (host: HostDirectory, file: string) => {
	mkdirSync(layoutOf(host).releases, {recursive: true});
	const candidate = `${layoutOf(host).releases}/new`;
	return host.run(restoreBackup({layout: layoutOf(host), candidate, target: target(host)}, {file, app: 'backend'}));
};

const releasesOf = (host: HostDirectory): readonly string[] => readdirSync(layoutOf(host).releases);

const app: readonly Member[] = [
	{name: 'backend/', type: 'directory', mode: 0o755},
	{name: 'backend/artisan', content: '<?php\n'},
];

/** Few names, so that they meet each other as files, directories and links. */
const names = [
	'a',
	'b',
	'A',
	'.env',
	'storage',
	'two\nlines',
	'x -> y',
	'x link to b',
	'"',
	'ü',
	'storage/app',
] as const;
const places = ['b', '../b', '/etc', '../../..', 'a/b', '.', 'storage/app', 'x"', 'y -> b'] as const;

const someMember = (random: Random): Member => {
	const depth = random.whole(1, 3);
	const name = ['backend', ...Array.from({length: depth}, () => random.pick(names))].join('/');
	const kind = random.pick([
		'file',
		'file',
		'file',
		'directory',
		'directory',
		'symlink',
		'link',
		'fifo',
		'odd',
	] as const);
	const modes = [0o644, 0o755, 0o4755, 0, 0o2755] as const;
	switch (kind) {
		case 'file':
			return {name, mode: random.pick(modes), content: 'x'.repeat(random.whole(0, 600))};
		case 'directory':
			return {name: `${name}/`, type: 'directory', mode: random.pick(modes)};
		case 'symlink':
			return {name, type: 'symlink', linkname: random.pick(places)};
		case 'link':
			return {
				name,
				type: 'link',
				linkname: random.pick([
					'backend/artisan',
					'backend/a',
					'backend/b',
					'/etc/passwd',
					'backend/.env',
				] as const),
			};
		case 'fifo':
			return {name, type: 'fifo'};
		case 'odd':
			return random.pick<Member>([
				{name, type: 'character-device', devmajor: 1, devminor: 3},
				{name: `${name}/../../../out`, content: 'x'},
				{name: `/${name}`, content: 'x'},
				{name: name.replace('backend/', 'backend//'), content: 'x'},
				{name: `./${name}`, content: 'x'},
				{name: `backend/${'n'.repeat(256)}`, content: 'x'},
				{name: `other/${name}`, type: 'character-device', devmajor: 1, devminor: 3},
			]);
	}
};

/** Everything below a directory, as it stands there, links not followed. */
const below = (directory: string): readonly string[] =>
	readdirSync(directory, {recursive: true, encoding: 'utf8'}).map(path => join(directory, path));

test('an archive that is called good is restored, with files, directories and links that stay inside; of any other, both say the same', async () => {
	await using host = createHostDirectory();
	const seed = Number(process.env['ORACLE_SEED'] ?? 15);
	const random = randomFrom(seed);
	const seen = {good: 0, bad: 0};

	for (let time = 0; time < (isDeep ? 1500 : 6); time++) {
		const members = [...app, ...Array.from({length: random.whole(1, 5)}, () => someMember(random))];
		const file = await write(host, members);
		const told = `seed ${seed}, archive ${time}: ${JSON.stringify(members)}`;

		const [said, done] = await Promise.all([verify(host, file), restore(host, file)]);

		expect(
			done.code === 0,
			`${told}\nverify ${said.code} ${said.stderr}\nrestore ${done.code} ${done.stderr}`,
		).toBe(said.code === 0);
		if (said.code !== 0) {
			seen.bad++;
			expect(done.stderr, told).toBe(said.stderr);
			expect(releasesOf(host), told).toEqual([]);
			continue;
		}
		seen.good++;
		expect(releasesOf(host), told).toEqual(['new']);
		const release = `${layoutOf(host).releases}/new`;
		expect(readFileSync(`${release}/artisan`, 'utf8'), told).toBe('<?php\n');
		for (const path of below(release)) {
			const stat = lstatSync(path);
			expect(stat.isFile() || stat.isDirectory() || stat.isSymbolicLink(), `${path}: ${told}`).toBe(true);
			expect(stat.mode & 0o7000, `${path}: ${told}`).toBe(0);
			if (stat.isSymbolicLink())
				expect(join(dirname(path), readlinkSync(path)), `${path}: ${told}`).toMatch(
					new RegExp(`^${release}(/|$)`),
				);
		}
		expect(readdirSync(host.root).toSorted(), told).toEqual(['.backend', '.bin', 'backups']);
		rmSync(release, {recursive: true});
	}
	expect(seen.good).toBeGreaterThan(1);
	expect(seen.bad).toBeGreaterThan(1);
});

const link = (name: string, linkname: string): Member => ({name, type: 'symlink', linkname});
const file = (name: string): Member => ({name, content: 'x\n'});

test.each<{bad: string; members: readonly Member[]; says: string | RegExp}>([
	{
		bad: 'with members below a link',
		members: [link('backend/storage', '/etc'), file('backend/storage/x')],
		says: 'member lies below a link: backend/storage/x',
	},
	{
		bad: 'with members below a link that stays inside, and comes later',
		members: [file('backend/a/b/x'), file('backend/c'), link('backend/a', 'c')],
		says: 'member lies below a link: backend/a/b/x',
	},
	{
		bad: 'with a link whose name pretends to be another',
		members: [link('backend/x', 'y -> z'), file('backend/x/file')],
		says: 'member lies below a link: backend/x/file',
	},
	{
		bad: 'with a member below a file',
		members: [file('backend/a'), file('backend/a/b')],
		says: /^member lies below what is no directory: backend\/a\/b/,
	},
	{
		bad: 'with a file, then a link of its name',
		members: [file('backend/a'), link('backend/a', 'artisan')],
		says: 'holds two things under one name: backend/a',
	},
	{
		bad: 'with a device',
		members: [{name: 'backend/public/null', type: 'character-device', devmajor: 1, devminor: 3}],
		says: 'holds a device: backend/public/null',
	},
	{
		bad: 'with a hard link to what comes after it',
		members: [{name: 'backend/b', type: 'link', linkname: 'backend/c'}, file('backend/c')],
		says: 'hard link to what is not in the archive before it: backend/b',
	},
	{
		bad: 'with a hard link to what is not restored',
		members: [file('backend/.env'), {name: 'backend/b', type: 'link', linkname: 'backend/.env'}],
		says: 'hard link to what is not restored: backend/b',
	},
	{
		bad: 'with a name that no directory can have',
		members: [file(`backend/${'n'.repeat(256)}`)],
		says: /^name that is too long to restore: backend\/n{50}/,
	},
	{bad: 'with names in two ways', members: [file('./backend/b')], says: /^members are named in two ways: /},
])('an archive $bad is told by name, and neither verified nor begun to be restored', async ({members, says}) => {
	await using host = createHostDirectory();
	const archive = await write(host, [...app, ...members]);

	const [said, done] = await Promise.all([verify(host, archive), restore(host, archive)]);

	expect(said.stderr.split('\n')[0]?.slice(0, typeof says === 'string' ? says.length : undefined)).toEqual(
		typeof says === 'string' ? says : expect.stringMatching(says),
	);
	expect(done).toMatchObject({code: 1, stderr: said.stderr});
	expect(releasesOf(host)).toEqual([]);
});

test('what would not come back as it was is said by verifying and by restoring', async () => {
	await using host = createHostDirectory();
	const uid = 4242;
	const archive = await write(host, [
		...app,
		{name: 'backend/pipe', type: 'fifo'},
		link('backend/out', '/etc'),
		link('backend/.env', '/etc/passwd'),
		link('backend/storage', '/etc'),
		{name: 'backend/run', mode: 0o4755, content: 'x', uid},
	]);

	const [said, done] = await Promise.all([verify(host, archive), restore(host, archive)]);

	expect(said.code, said.stderr).toBe(0);
	expect(said.stdout).toMatch(/^told left out when it is restored: (?:(?:pipe|out|storage)(?:, |$)){3}$/m);
	expect(said.stdout).toMatch(/^told setuid and setgid bits are dropped, of 1: run$/m);
	expect(said.stdout).toMatch(/^told 1 entries belong to others than /m);
	expect(done.code, done.stderr).toBe(0);
	expect(done.stdout).toMatch(/^noted: left out, .*storage/m);
	expect(done.stdout).toMatch(/^noted: setuid and setgid bits are dropped, of 1: run$/m);
	expect((await host.sh('ls -A "$1"', `${layoutOf(host).releases}/new`)).split('\n')).toEqual(['artisan', 'run']);
});

test('a huge sparse file is said to have no room, which is no verdict on the archive', async () => {
	await using host = createHostDirectory();
	const archive = await write(host, []);
	await host.sh(
		'mkdir backend && cd backend && echo x >artisan && truncate -s 8E huge || truncate -s 4T huge; cd .. && tar --sparse -czf "$1" backend',
		archive,
	);

	const said = await verify(host, archive);

	expect(said).toMatchObject({
		code: 2,
		stderr: expect.stringMatching(/^no room to restore it: needs [\d.]+ TB, [\d.]+ [GMT]B are free in \//),
	});
	expect(await restore(host, archive)).toMatchObject({code: 2, stderr: said.stderr});
});

test.each([
	{
		bad: 'with something behind its end',
		spoil: 'tar -cf t.tar backend; { cat t.tar; head -c 30000 /dev/urandom; } | gzip >"$1"',
		says: /^damaged: something follows the end of the tar/,
	},
	{
		bad: 'with something behind its gzip',
		spoil: 'tar -czf "$1" backend; echo garbage >>"$1"',
		says: /^damaged: gzip says/,
	},
	{
		bad: 'that was cut between two members before it was packed',
		spoil: 'tar -cf - backend | head -c 1536 | gzip >"$1"',
		says: /^cut short: the end of the tar is missing/,
	},
])('an archive $bad is refused by both', async ({spoil, says}) => {
	await using host = createHostDirectory();
	const archive = await write(host, []);
	await host.sh('mkdir backend; echo x >backend/artisan; echo y >backend/b');
	await host.sh(spoil, archive);

	const [said, done] = await Promise.all([verify(host, archive), restore(host, archive)]);

	expect(said).toMatchObject({code: 1, stderr: expect.stringMatching(says)});
	expect(done).toMatchObject({code: 1, stderr: said.stderr});
});

test('an archive of another project is refused by both, until somebody accepts it by its name: a project may be renamed', async () => {
	await using host = createHostDirectory();
	const archive = await write(host, []);
	await host.sh(
		`mkdir -p .backend/releases/r backend && ln -s .backend/releases/r live
		echo '{"require": {"name": "no/name"}, "name": "qsights/api"}' >live/composer.json; echo x >backend/artisan
		echo '{"name":"acme/shop"}' >backend/composer.json; tar -czf "$1" backend; rm -r backend; mv live backend`,
		archive,
	);
	const words = 'of another project: composer.json says acme/shop, the one here qsights/api';

	const [said, done] = await Promise.all([verify(host, archive), restore(host, archive)]);
	const accepted = await verify(host, archive, true);

	expect(said).toMatchObject({code: 1, stderr: expect.stringContaining(words)});
	expect(done).toMatchObject({code: 1, stderr: said.stderr});
	expect(accepted).toMatchObject({code: 0, stdout: expect.stringContaining(`told ${words}\n`)});
	const found = parseVerification(accepted.stdout);
	await host.ok(
		recordVerdict({file: archive, size: found.bytes, modified: found.modified, by: 'Ravi', verdict: {found}}),
	);
	expect(await restore(host, archive)).toMatchObject({code: 0, stdout: expect.stringContaining(`noted: ${words}\n`)});
});
