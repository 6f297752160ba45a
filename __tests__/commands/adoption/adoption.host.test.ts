import {describe, expect, test} from 'vitest';
import {
	abandonAdoption,
	exchangeForDirectory,
	exchangeForLink,
	prepareFirstRelease,
	removeOldDirectory,
	removeReleases,
	takeInventory,
} from '../../../src/commands/adoption/adoption.ts';
import {notOwner} from '../../../src/commands/lock/marker/marker.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import type {Command} from '../../../src/domain/command.ts';
import {claimOn} from '../lock/claims.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../host-directory.ts';

/** chown to others needs root, and one rename that exchanges needs Linux. */
const canChown = process.platform === 'linux' && process.getuid?.() === 0;

const release = '20260210T055341Z-adopted';
const shared = {
	files: ['.env'],
	directories: ['storage/app', 'storage/logs', 'storage/framework/sessions', 'public/up loads'],
};

/** An app as the old scripts leave it, with what years of use leave in it. */
const makeApp = async (host: HostDirectory, name: string) => {
	const layout = releaseLayout({path: `${host.root}/${name}`});
	await host.sh(
		`mkdir -p -- "$1" && cd -- "$1"
		mkdir -p storage/app/2026 storage/framework/views storage/framework/sessions storage/logs 'public/up loads' bootstrap/cache
		printf 'KEY=1\\n' >.env; chmod 640 .env
		echo artisan >artisan; chmod 755 artisan
		echo one >storage/app/one; ln storage/app/one storage/app/2026/same
		ln -s one storage/app/relative; ln -s /nowhere storage/app/dangling
		mkfifo storage/app/fifo
		echo upload >'public/up loads/it'"'"'s a "logo".svg'
		mkdir storage/app/empty; chmod 2770 storage/app/empty
		ln -s ../storage/app public/storage
		chown 1234:2345 storage/app/one
		touch -d '2001-01-01' storage/app/one`,
		layout.live,
	);
	const target = {owner: me, group: me, directoryMode: 0o755, shared};
	await host.sh('mkdir -p state');
	const claim = claimOn(layout);
	return {claim, layout, release, target};
};

/** What stands at a path, through the links the layout makes. */
const through = (host: HostDirectory, directory: string): Promise<string> =>
	host.sh(
		`cd -- "$1/" && find -L . -type f -printf '%p %m %u:%g %i %T@\\n' -o -type p -printf '%p fifo %m\\n' -o -type d -printf '%p/ %m %u:%g\\n' | LC_ALL=C sort`,
		directory,
	);

describe.skipIf(!canChown).concurrent('adoption (skipped unless root on Linux)', () => {
	test('adoption: every file keeps inode, owner, mode and time, and --undo puts it all back, whatever the app is called', async () => {
		await using host = createHostDirectory();
		const name = "-n* it's a $(touch pwned) `b`";
		const app = await makeApp(host, name);
		const before = {all: listing(host, app.layout.live), reached: await through(host, app.layout.live)};

		await host.ok(prepareFirstRelease(app));
		expect(listing(host, app.layout.live)).toBe(before.all);
		await host.ok(exchangeForLink(app));
		await host.ok(removeOldDirectory(app));
		expect(await host.sh('readlink -- "$1"', app.layout.live)).toBe(`.${name}/releases/${release}`);
		expect(await through(host, app.layout.live)).toBe(before.reached);
		expect(await host.sh('ls -A -- "$1"', app.layout.base)).toBe('owner\nreleases\nshared');

		await host.ok(exchangeForDirectory(app));
		await host.ok(removeReleases(app));
		expect(listing(host, app.layout.live)).toBe(before.all);
		expect(await through(host, app.layout.live)).toBe(before.reached);
		expect((await host.sh('ls -A')).split('\n')).not.toContain('pwned');
		expect(await host.sh('test -e "$1" || echo gone', app.layout.base)).toBe('gone');
	});

	test('abandoned adoption: live was never touched and nothing is left', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		const before = listing(host, host.root);

		await host.ok(prepareFirstRelease(app));
		await host.ok(prepareFirstRelease(app));
		await host.ok(abandonAdoption(app.claim));

		expect(listing(host, host.root)).toBe(before);
		await host.ok(prepareFirstRelease(app));
		await host.ok(exchangeForLink(app));
		expect((await host.run(abandonAdoption(app.claim))).code).toBe(1);
		expect((await host.run(prepareFirstRelease(app))).code).toBe(1);
		expect(await host.sh('cat "$1/.env"', app.layout.live)).toBe('KEY=1');
	});

	test("a base that has somebody else's marker: nothing is prepared, exchanged, undone or removed", async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		const other = {...app, claim: {...app.claim, environment: 'staging'}};
		await host.ok(prepareFirstRelease(app));
		const prepared = listing(host, host.root);
		const refuse = async (...commands: readonly Command[]): Promise<void> => {
			for (const command of commands) expect((await host.run(command)).code, command.label).toBe(notOwner);
		};

		await refuse(
			prepareFirstRelease(other),
			exchangeForLink(other),
			abandonAdoption(other.claim),
			removeReleases(other),
		);
		await host.sh('rm -f -- "$1/next"', app.layout.base);
		expect(listing(host, host.root)).toBe(prepared);

		await host.ok(exchangeForLink(app));
		const link = await host.sh('readlink -- "$1"', app.layout.live);
		await refuse(exchangeForDirectory(other));
		expect(await host.sh('readlink -- "$1"; cat -- "$2/owner"', app.layout.live, app.layout.base)).toBe(
			`${link}\nproject qsights\nenvironment preprod\napp backend\nstate ${host.root}/state`,
		);
	});

	test('an exchange without the marker its preparation left is refused', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		await host.ok(prepareFirstRelease(app));
		expect(await host.sh('stat -c "%a %U" -- "$1/owner"', app.layout.base)).toBe(`644 ${me}`);
		await host.sh('rm -- "$1/owner"', app.layout.base);

		expect((await host.run(exchangeForLink(app))).code).toBe(notOwner);
		expect(await host.sh('test -L "$1" || echo plain', app.layout.live)).toBe('plain');
	});

	test('carry-over: what was written to the old place meanwhile wins by when it was written, not by its date', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		await host.sh('cd -- "$1/storage/app/2026" && echo rotated >log && echo older >log.1', app.layout.live);
		await host.ok(prepareFirstRelease(app));
		await host.sh(
			`cd -- "$1"
			mv storage/app/2026/log storage/app/2026/log.1; echo fresh >storage/app/2026/log
			echo 'KEY=2' >.env.new; chmod 640 .env.new; mv .env.new .env
			echo newer >x; touch -d '1999-01-01' x; mv x storage/app/one
			mkdir -p storage/app/2027/01; chown 1234:2345 storage/app/2027 storage/app/2027/01; chmod 2770 storage/app/2027/01
			echo late >"storage/app/2027/01/la
te"; chown 1234:2345 "storage/app/2027/01/la
te"
			echo appended >>'public/up loads/it'"'"'s a "logo".svg'
			ln -sfn elsewhere storage/app/dangling`,
			app.layout.live,
		);
		await host.ok(exchangeForLink(app));

		const {live} = app.layout;
		expect(await host.sh('cat "$1/storage/app/2026/log" "$1/storage/app/2026/log.1"', live)).toBe('fresh\nrotated');
		expect(await host.sh('cat "$1/.env" "$1/storage/app/one"', live)).toBe('KEY=2\nnewer');
		expect(await host.sh('stat -c "%u:%g %a" "$1"', `${live}/storage/app/2027/01`)).toBe('1234:2345 2770');
		expect(await host.sh('stat -c "%u:%g" "$1"/storage/app/2027/01/*', live)).toBe('1234:2345');
		expect(await host.sh('cat "$1/public/up loads/"*', live)).toBe('upload\nappended');
		expect(await host.sh('readlink "$1/storage/app/dangling"', live)).toBe('elsewhere');
		expect(await host.sh('find "$1/" -name "*.part"', app.layout.base)).toBe('');
	});

	test('carry-over: a file rewritten in the new place is never replaced by the older one', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		await host.ok(prepareFirstRelease(app));
		await host.sh('cd -- "$1" && echo old-place >x && mv x storage/app/one', app.layout.live);
		await host.ok(exchangeForLink(app));
		await host.sh(
			'cd -- "$1" && echo new-place >x && touch -d 1999-01-01 x && mv x storage/app/one',
			app.layout.live,
		);

		await host.ok(removeOldDirectory(app));

		expect(await host.sh('cat "$1/storage/app/one"', app.layout.live)).toBe('new-place');
	});

	test('carry-over: a worker with the old directory open loses nothing, in either direction', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		await host.ok(prepareFirstRelease(app));
		await host.ok(exchangeForLink(app));
		await host.sh('echo late >"$1/before-adoption/storage/app/late"', app.layout.base);
		await host.ok(removeOldDirectory(app));
		expect(await host.sh('cat "$1/storage/app/late"', app.layout.live)).toBe('late');

		await host.ok(exchangeForDirectory(app));
		await host.sh('echo later >"$1/releases/$2/storage/app/later"', app.layout.base, release);
		await host.ok(removeReleases(app));
		expect(await host.sh('cat "$1/storage/app/later"', app.layout.live)).toBe('later');
	});

	test('a shared directory that is a relative symlink still leads to the same place', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		await host.sh(
			'mkdir -p data && echo kept >data/file && cd "$1" && rm -r storage/logs 2>/dev/null || true',
			app.layout.live,
		);
		await host.sh('ln -s ../../data "$1/storage/logs"', app.layout.live);
		await host.ok(prepareFirstRelease(app));
		await host.ok(exchangeForLink(app));
		await host.ok(removeOldDirectory(app));
		expect(await host.sh('cat "$1/storage/logs/file"', app.layout.live)).toBe('kept');
		await host.ok(exchangeForDirectory(app));
		await host.ok(removeReleases(app));
		expect(await host.sh('cat "$1/storage/logs/file"', app.layout.live)).toBe('kept');
	});

	test('inventory: names relative symlinks that lead out of the app, and no others', async () => {
		await using host = createHostDirectory();
		const app = await makeApp(host, 'backend');
		await host.sh(
			'cd "$1" && ln -s ../data out && ln -s .. up && ln -s ../../x public/out2 && ln -s ../artisan public/in',
			app.layout.live,
		);

		const text = await host.ok(
			takeInventory({app: 'backend', layout: app.layout, target: app.target, backups: `${host.root}/none`}),
		);

		expect(
			text
				.split('\n')
				.filter(line => line.startsWith('escape'))
				.sort(),
		).toEqual(['escape\tout', 'escape\tpublic/out2', 'escape\tup']);
		expect(text).toContain('layout\tdirectory\n');
	});
});
