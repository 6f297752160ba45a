import {expect, test} from 'vitest';
import {backUpLiveRelease} from '../../../../src/commands/backups/archive/backup.ts';
import {releaseLayout} from '../../../../src/commands/release-layout.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../../host-directory.ts';

const odd = `it's $(touch pwned) "b" & , \\ *[x] ü`;
const shared = {files: ['.env'], directories: ['storage/app', `public/${odd}`]};

const makeHost = async (host: HostDirectory, name: string) => {
	const layout = releaseLayout({path: `${host.root}/${name}`});
	await host.sh(
		`mkdir -p -- "$1/one/storage" "$1/one/public" "$1/one/app" "$1/one/vendor" "$1/one/views/vendor" "$1/one/app/deep/secret" "$2/storage/app" "$2/public/$3"
		echo KEY=1 >"$2/.env"; chmod 640 "$2/.env"; echo upload >"$2/storage/app/up
load"; echo x >"$2/public/$3/$3"
		echo dependency >"$1/one/vendor/a"; echo view >"$1/one/views/vendor/a"; echo hidden >"$1/one/app/deep/secret/a"
		echo shared >"$1/one/app/shared"; ln -s ../shared "$1/one/app/link"; ln -s /etc/shared/x "$1/one/app/absolute"
		mkdir -p "$1/one/shared"; echo own >"$1/one/shared/own"
		echo code >"$1/one/app/-rf"; echo code >"$1/one/app/$3"; chmod 755 "$1/one/app/-rf"; ln "$1/one/app/-rf" "$1/one/app/same"
		touch -d '2001-02-03' "$1/one/app/-rf"
		cd "$1/one" && ln -s ../../../shared/storage/app storage/app && ln -s ../../shared/.env .env && ln -s "../../../shared/public/$3" "public/$3"`,
		layout.releases,
		layout.shared,
		odd,
	);
	await host.sh('cd "$1" && ln -s "$2" "$3"', host.root, `.${name}/releases/one`, layout.live);
	return layout;
};

const backUp = (host: HostDirectory, name: string, excludes: readonly string[], file = 'b.tar.gz') => {
	return backUpLiveRelease({
		layout: releaseLayout({path: `${host.root}/${name}`}),
		target: {owner: me, excludes, shared},
		file: `${host.root}/backups ${odd}/${file}`,
		stateDirectory: `${host.root}/state`,
		about: {by: `"Ravi" \\ '$(touch pwned)'\n\u001B[31m`, why: 'test'},
	});
};

test.concurrent.each(['backend', odd])(
	'backup of %j: unpacked, it is the app with what belongs to the environment',
	async name => {
		await using host = createHostDirectory();
		const layout = await makeHost(host, name);
		const before = listing(host, layout.base);

		await host.ok(backUp(host, name, ['vendor', '**/secret']));
		await host.sh('mkdir out && tar -xzpf "$1" -C out', `${host.root}/backups ${odd}/b.tar.gz`);

		expect(await host.sh('ls -A out')).toBe(name);
		await host.sh('mv -- "out/$1" restored', name);
		await host.sh(
			'cp -aL "$1/" wanted 2>/dev/null || true; rm -rf wanted; mkdir wanted; tar -C "$1/" -cf - . | tar -C wanted -xpf -',
			layout.live,
		);
		await host.sh(
			`cd wanted && rm -rf vendor app/deep/secret .env storage/app "public/$2"
		cp -a "$1/.env" .env; cp -a "$1/storage/app" storage/app; cp -a "$1/public/$2" "public/$2"`,
			layout.shared,
			odd,
		);
		expect(listing(host, 'restored')).toBe(listing(host, 'wanted'));
		expect(await host.sh('stat -c %i restored/app/-rf')).toBe(await host.sh('stat -c %i restored/app/same'));
		expect(listing(host, layout.base)).toBe(before);
		expect(await host.sh('find . -name pwned')).toBe('');
	},
);

test.concurrent('backup: file and .json are for the owner only, the .json is one valid line and true', async () => {
	await using host = createHostDirectory();
	await makeHost(host, 'backend');

	const said = await host.ok(backUp(host, 'backend', []));

	const about = JSON.parse(await host.sh('cat "$1"', `${host.root}/backups ${odd}/b.json`)) as Record<
		string,
		unknown
	>;
	expect(about).toMatchObject({
		file: 'b.tar.gz',
		release: 'one',
		changedWhileRead: false,
		by: `"Ravi" \\ '$(touch pwned)'\n\u001B[31m`,
		sha256: await host.sh('sha256sum <"$1" | cut -c 1-64', `${host.root}/backups ${odd}/b.tar.gz`),
		sizeBytes: Number(await host.sh('stat -c %s "$1"', `${host.root}/backups ${odd}/b.tar.gz`)),
	});
	expect(said).toContain(`verified ${String(about['entries'])} entries`);
	expect(await host.sh('cd "$1" && stat -c "%n %a" -- *', `${host.root}/backups ${odd}`)).toBe(
		'b.json 600\nb.tar.gz 600',
	);
	expect(await host.sh('find . -name pwned')).toBe('');
});

test.concurrent('backup: nothing live is no failure, and leaves no file', async () => {
	await using host = createHostDirectory();

	expect(await host.ok(backUp(host, 'backend', []))).toContain('nothing is live');
	expect(await host.sh('ls -A "$1"', `backups ${odd}`)).toBe('');
});

test.concurrent.each([
	{tool: 'tar', fails: 'the archive could not be written', text: 'echo "tar: No space left on device" >&2; exit 2'},
	{
		tool: 'gzip',
		fails: 'gzip ran out of space',
		text: 'head -c 10; echo "gzip: No space left on device" >&2; exit 1',
	},
	{tool: 'sync', fails: 'it could not be made durable', text: 'exit 1'},
])('backup: $fails: it fails and no file looks finished', async ({tool, text}) => {
	await using host = createHostDirectory({[tool]: `#!/bin/sh\n${text}\n`});
	await makeHost(host, 'backend');

	const {code} = await host.run(backUp(host, 'backend', []));

	expect(code).not.toBe(0);
	expect(await host.sh('find . -name "b.tar.gz" -o -name "b.json"')).toBe('');
});

test.concurrent('backup: a file that can not be read is a failure, not a smaller archive', async () => {
	await using host = createHostDirectory({
		tar: '#!/bin/sh\n/usr/bin/tar "$@"; case $1 in --create) exit 2 ;; esac\n',
	});
	await makeHost(host, 'backend');

	expect((await host.run(backUp(host, 'backend', []))).code).toBe(2);
	expect(await host.sh('find . -name "b.tar.gz"')).toBe('');
});

test.concurrent('backup: an archive cut short on its way to the disk is no backup', async () => {
	await using host = createHostDirectory({
		gzip: '#!/bin/sh\ncase $* in -1) /usr/bin/gzip "$@" | head -c 200 ;; *) exec /usr/bin/gzip "$@" ;; esac\n',
	});
	await makeHost(host, 'backend');

	const {code} = await host.run(backUp(host, 'backend', []));

	expect(code).toBeGreaterThan(0);
	expect(await host.sh('cd "$1" && ls | grep -v part || true', `${host.root}/backups ${odd}`)).toBe('');
});
