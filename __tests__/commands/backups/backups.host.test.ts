import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {rmSync, utimesSync, writeFileSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import {archiveRelease, backUpLiveRelease, removeUnfinished} from '../../../src/commands/backups/archive/backup.ts';
import {parseBackups} from '../../../src/commands/backups/list/backup-listing.ts';
import {pinBackup, removeBackups, unpinBackup} from '../../../src/commands/backups/prune/prune-backups.ts';
import {
	parseVerification,
	recordVerdict,
	verifyBackup,
} from '../../../src/commands/backups/verify/backup-verification.ts';
import {lookBack, parseWaysBack} from '../../../src/commands/rollback/ways-back.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import type {Backup} from '../../../src/domain/backups/backup.ts';
import {runProgram} from '../../support/run-program.ts';
import {until} from '../../support/wait.ts';
import {archive, list, makeApp, odd} from './archives.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

const only = async (host: HostDirectory): Promise<Backup | undefined> => {
	const {backups} = await list(host);
	expect(backups).toHaveLength(1);
	return backups[0];
};

const makeLive = async (host: HostDirectory, release = 'r1'): Promise<void> => {
	const layout = releaseLayout({path: `${host.root}/backend`});
	makeApp('backend', `${layout.releases}/${release}`);
	await host.sh(
		`mkdir -p -- "$2" state/releases/backend; ln -sfn -- ".backend/releases/$1" backend
		printf '{"release":"%s","at":"x","run":"n","actor":{"name":"\\\\"commit\\\\":\\\\"bad0000\\\\""},"build":{"commit":"%s","digest":"%s","subject":"s"}}\\n' "$1" ${'c'.repeat(40)} ${'d'.repeat(64)} >"state/releases/backend/$1.json"`,
		release,
		layout.shared,
	);
};

const backUpOptions = (host: HostDirectory, file: string) => ({
	layout: releaseLayout({path: `${host.root}/backend`}),
	target: {owner: me, excludes: ['vendor'], shared: {files: ['.env'], directories: []}},
	file: `${host.root}/backups/${file}`,
	stateDirectory: `${host.root}/state`,
	about: {app: 'backend', by: 'Ravi', why: 'before r2'},
});

test.concurrent('list: a backup of the cockpit is verified, and says what it holds', async () => {
	await using host = createHostDirectory();
	await makeLive(host);
	await host.sh('echo r0 >state/previous-backend');
	await host.ok(backUpLiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')));

	const {live, previous, freeBytes, backups} = await list(host);

	expect({live, previous}).toEqual({live: {backend: 'r1'}, previous: {backend: 'r0'}});
	expect(freeBytes).toBeGreaterThan(0);
	expect(backups).toMatchObject([
		{
			name: 'backend_20260210_112341',
			file: 'backend_20260210_112341.tar.gz',
			app: 'backend',
			state: 'verified',
			origin: 'cockpit',
			release: 'r1',
			commit: 'c'.repeat(40),
			digest: 'd'.repeat(64),
			by: 'Ravi',
			why: 'before r2',
			verifiedBy: 'Ravi',
			pinned: false,
			isRestorable: true,
		},
	]);
	expect(backups[0]?.sha256).toMatch(/^[\da-f]{64}$/);
});

test.concurrent('list: an archive of the old scripts is unchecked, and its time is that of its name', async () => {
	await using host = createHostDirectory();
	await archive(host, 'backend', {root: 'backend/', stamp: '20260203_113512'});

	expect(await only(host)).toMatchObject({
		state: 'unchecked',
		origin: 'old script',
		takenAt: Date.parse('2026-02-03T11:35:12+05:30'),
		isRestorable: true,
	});
});

test.concurrent('list: what is wrong is told without reading an archive', async () => {
	await using host = createHostDirectory();
	await host.sh(`mkdir backups && cd backups
		: >backend_20260201_110000.tar.gz
		echo x >backend_20260202_110000.tar.gz; echo '{"origin":"cockpit","sizeBytes":99,"sha256":"x"}' >backend_20260202_110000.json
		echo half >backend_20260203_110000.tar.gz.part; echo '{}' >backend_20260203_110000.json
		echo x >backend_20260204_110000.tar.gz; echo half >backend_20260204_110000.tar.gz.part
		ln -s /etc/passwd backend_20260205_110000.tar.gz
		echo '{"torn' >backend_20260206_110000.json; echo x >backend_20260206_110000.tar.gz
		mkdir kept backend_20260207_110000.tar.gz`);

	const states = (await list(host)).backups.map(
		({name, state, reason, isRestorable, notRestorable}) =>
			`${name} ${state} ${reason ?? notRestorable ?? isRestorable}`,
	);

	expect(states.toSorted()).toEqual([
		'backend_20260201_110000 bad empty',
		'backend_20260202_110000 bad not the size that was written down',
		'backend_20260203_110000 pending its writing ended before it was whole',
		'backend_20260204_110000 pending its writing ended before it was whole',
		'backend_20260205_110000 unchecked not a plain file',
		'backend_20260206_110000 unchecked true',
		'backend_20260207_110000 unchecked not a plain file',
	]);
});

test.concurrent('list: hostile names come as data, and are never restorable', async () => {
	await using host = createHostDirectory();
	const names = [
		'backend_20260203_113512.tar.gz\n',
		'backend_20260203_113512;touch pwned.tar.gz',
		'backend_20260203_113512$(touch pwned).tar.gz',
		'-rf',
		'--help.json',
		'\u001B[31mred.tar.gz',
		'pre_rollback_backend_20260203_113512.tar.gz',
		'a\tb\n\n',
		'*_*.json',
		'x_y.tar.gz.part',
		' ',
		'...',
		'%s%n_',
	];
	await host.sh('mkdir backups && cd backups && for name; do echo x >"./$name"; done', ...names);

	const {backups} = await list(host);

	expect(backups.map(({name}) => name).toSorted()).toEqual(names.toSorted());
	for (const {isRestorable, notRestorable, shown} of backups) {
		expect({isRestorable, notRestorable}).toEqual({isRestorable: false, notRestorable: 'name'});
		expect(shown).not.toMatch(/[\u0000-\u001F]/);
	}
	expect(await host.sh('find . -name "pwned*"')).toBe('');
});

test.concurrent('list: no directory yet is an empty list; a cut answer is an error', async () => {
	await using host = createHostDirectory();

	expect(await list(host)).toMatchObject({backups: [], freeBytes: undefined});
	expect(() => parseBackups('time\u00001\u0000', {timeZone: 'UTC'})).toThrow('cut');
});

test.concurrent('list: one behind a rollback is pending while it is written, then verified; nobody waits for it', async () => {
	const gate = `#!/bin/sh\ncase $* in -1) cat "$HOME/gate" >/dev/null ;; esac\nexec /usr/bin/gzip "$@"\n`;
	await using host = createHostDirectory({gzip: gate});
	await host.sh('mkfifo gate');
	await makeLive(host);

	expect(await host.ok(archiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')))).toContain('meanwhile');
	await makeLive(host, 'r2');

	expect(await only(host)).toMatchObject({state: 'pending', reason: 'being written', isRestorable: false});
	expect(
		await host.run(
			removeBackups({
				stateDirectory: 'state',
				directory: `${host.root}/backups`,
				claims: [],
				names: ['backend_20260210_112341'],
			}),
		),
	).toMatchObject({code: 0, stdout: ''});

	await host.sh('echo go >gate');
	// Its lock goes with the name it is written under: asked for too late, that name would be made anew.
	let found: Backup | undefined;
	const written = await until(
		'a backup that is verified',
		async () => {
			found = await only(host);
			return found?.state === 'verified' && found;
		},
		{show: () => found},
	);
	expect(written).toMatchObject({release: 'r1', by: 'Ravi'});
	expect(await host.sh('stat -c "%n %a" backups/*')).toBe(
		'backups/backend_20260210_112341.json 600\nbackups/backend_20260210_112341.tar.gz 600',
	);
});

test.concurrent('list: an archive that becomes whole while it is looked at is not kept from being whole', async () => {
	await using host = createHostDirectory({
		flock: '#!/bin/sh\nfor part in *.part; do mv -- "$part" "${part%.part}"; done\nexec /usr/bin/flock "$@"\n',
	});
	await host.sh('mkdir backups; echo x >backups/backend_20260210_112341.tar.gz.part');

	await list(host);

	expect(await host.sh('ls backups')).toBe('backend_20260210_112341.tar.gz');
});

test.concurrent('list: one behind a rollback that fails takes no room and is never chosen', async () => {
	await using host = createHostDirectory({
		gzip: '#!/bin/sh\ncase $* in -1) cat "$HOME/gate"; head -c 100; exit 1 ;; esac\nexec /usr/bin/gzip "$@"\n',
	});
	await host.sh('mkfifo gate');
	await makeLive(host);
	await host.ok(archiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')));

	await host.sh('exec 7<backups/backend_20260210_112341.tar.gz.part; echo go >gate; flock 7');

	expect(await only(host)).toMatchObject({
		state: 'pending',
		reason: 'its writing ended before it was whole',
		isRestorable: false,
	});
	expect(await host.sh('stat -c "%n %s" backups/*')).toBe('backups/backend_20260210_112341.failed 0');
});

const canMount = (await runProgram(['sh', '-c', 'unshare --mount true'])).code === 0;

test.skipIf(!canMount).each(['at once', 'behind'])(
	'a full disk of backups: nothing half written is left, %s',
	async when => {
		await using host = createHostDirectory();
		await makeLive(host);
		await host.sh(`head -c 300k /dev/urandom >.backend/releases/r1/big
		mkdir backups && mount -t tmpfs -o size=64k,nr_inodes=20 none backups`);
		const options = backUpOptions(host, 'backend_20260210_112341.tar.gz');
		try {
			if (when === 'behind') {
				await host.ok(archiveRelease(options));
				await until(
					'the archive that failed',
					async () => (await host.sh('ls backups')) === 'backend_20260210_112341.failed',
				);
			} else expect((await host.run(backUpLiveRelease(options))).code).not.toBe(0);
			expect(await host.sh('ls backups | grep part || true')).toBe('');
		} finally {
			await host.sh('umount -l backups');
		}
	},
);

test.concurrent('what a killed writer left goes with the next archive of its app, never what is written still', async () => {
	await using host = createHostDirectory();
	await makeLive(host);
	await host.sh(`mkdir backups; cd backups
		for day in 1 2; do for end in tar.gz.part json.part; do echo x >"backend_2026020\${day}_110000.$end"; done; done
		touch frontend_20260201_110000.tar.gz.part backend_20260203_110000.json.part backend_20260204_110000.json.part
		touch -d '2 minutes ago' ./*.json.part; touch backend_20260204_110000.json.part`);
	const next = renderCommand(backUpLiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')));

	await host.sh('flock backups/backend_20260202_110000.tar.gz.part sh -c "$1"', next);

	expect(await host.sh('ls backups | grep part')).toBe(
		[
			'backend_20260202_110000.json.part',
			'backend_20260202_110000.tar.gz.part',
			'backend_20260204_110000.json.part',
			'frontend_20260201_110000.tar.gz.part',
		].join('\n'),
	);
});

test.concurrent('the archive of a run that was stopped is taken away, but not while it is written', async () => {
	await using host = createHostDirectory();
	const file = `${host.root}/backups/backend_20260210_112341.tar.gz`;
	await host.sh('mkdir backups; echo x >"$1.part"; echo x >"${1%.tar.gz}.json.part"', file);
	const remove = renderCommand(removeUnfinished(file));

	await host.sh('flock "$1.part" sh -c "$2"', file, remove);
	expect(await host.sh('ls backups | wc -l')).toBe('2');
	await host.sh('sh -c "$1"; sh -c "$1"', remove);
	expect(await host.sh('ls backups')).toBe('');
});

test.concurrent('backup: a file that changed while it was read is noted, not a failure', async () => {
	await using host = createHostDirectory({
		tar: '#!/bin/sh\n/usr/bin/tar "$@"; code=$?; case $1 in --create) exit 1 ;; esac; exit $code\n',
	});
	await makeLive(host);

	await host.ok(backUpLiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')));

	expect(JSON.parse(await host.sh('cat backups/*.json'))).toMatchObject({changedWhileRead: true});
	expect(await only(host)).toMatchObject({state: 'verified'});
});

test.concurrent.each([
	{root: 'backend/', strip: 1},
	{root: './', strip: 1},
	{root: '', strip: 0},
	{root: 'var/www/qsights/backend/', strip: 4},
	{root: './backend/', strip: 2},
])('verify: finds the app at the inner root $root', async ({root, strip}) => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root});

	const found = parseVerification(await host.ok(verifyBackup({file, app: 'backend'})));

	expect(found).toEqual({
		entries: Number(await host.sh('tar -tzf "$1" | wc -l', file)),
		bytes: Number(await host.sh('stat -c %s "$1"', file)),
		unpackedBytes: Number(
			await host.sh('find packed -type f -links 1 -printf "%s\\n" | awk \'{n += $1} END {print n + 6}\''),
		),
		modified: Number(await host.sh('stat -c %Y "$1"', file)),
		sha256: await host.sh('sha256sum <"$1" | cut -c 1-64', file),
		root,
		strip,
		has: expect.arrayContaining(['composer.lock']),
		isWhole: true,
	});
});

test.concurrent('verify: of a frontend says which build it is, and whether it is a build alone', async () => {
	await using host = createHostDirectory();
	const build = await archive(host, 'frontend', {
		root: '',
		members: ['.next', 'public', 'package.json'],
		stamp: '20260203_113512',
	});
	const whole = await archive(host, 'frontend', {root: `${odd}/`, stamp: '20260204_113512'});
	await host.sh(
		'mkdir "packed/$2pages"; echo x >"packed/$2pages/a"; cd packed; tar -czf "$1" -- "$2"',
		whole,
		`${odd}/`,
	);

	expect(parseVerification(await host.ok(verifyBackup({file: build, app: 'frontend'})))).toMatchObject({
		buildId: 'build-7',
		isWhole: false,
		has: ['package.json', 'public/', '.next/BUILD_ID'],
	});
	expect(parseVerification(await host.ok(verifyBackup({file: whole, app: 'frontend'})))).toMatchObject({
		buildId: 'build-7',
		isWhole: true,
	});
});

test.concurrent.each([
	{bad: 'empty', spoil: ': >"$1"', code: 1, says: 'empty'},
	{
		bad: 'cut in the middle',
		spoil: 'truncate -s -200 "$1"',
		code: 1,
		says: 'cut short: gzip says unexpected end of file',
	},
	{
		bad: 'cut to a few bytes',
		spoil: 'truncate -s 5 "$1"',
		code: 1,
		says: 'cut short: gzip says unexpected end of file',
	},
	{bad: 'no gzip', spoil: 'echo hello >"$1"', code: 1, says: 'damaged: gzip says not in gzip format'},
	{
		bad: 'flipped',
		spoil: 'printf "\\377\\377\\377" | dd of="$1" bs=1 seek=200 conv=notrunc status=none',
		code: 1,
		says: /^damaged: (gzip|tar) says /,
	},
	{
		bad: 'a tar cut before it was packed',
		spoil: 'cd packed; tar --sort=name -cf - backend | head -c 1500 | gzip >"$1"',
		code: 1,
		says: 'damaged: tar says Unexpected EOF in archive',
	},
	{bad: 'of nothing', spoil: 'tar -czf "$1" -T /dev/null', code: 1, says: 'holds nothing'},
	{
		bad: 'of the other app',
		spoil: 'cd packed && rm backend/artisan && rm -r backend/vendor && tar -czf "$1" backend',
		code: 1,
		says: 'no artisan in it',
	},
	{
		bad: 'with an absolute member',
		spoil: 'tar -czPf "$1" "$PWD/packed/backend"',
		code: 1,
		says: /^member leads out of the archive: \//,
	},
	{
		bad: 'with a member above it',
		spoil: `cd packed/backend && echo s >../sec"
"ret && tar -czPf "$1" . "../sec
ret"`,
		code: 1,
		says: String.raw`member leads out of the archive: ../sec\nret`,
	},
	{
		bad: 'with a hard link to above it',
		spoil: 'cd packed/backend && echo s >../secret && ln ../secret mine && tar -czPf "$1" --transform="flags=h;s,^,../,;" . ../secret mine; tar -czPf "$1" ../secret mine artisan --transform="flags=r;s,^../secret,secret," ',
		code: 1,
		says: /^member leads out of the archive: mine link to /,
	},
	{bad: 'not there', spoil: 'rm "$1"', code: 2, says: 'not there'},
	{bad: 'a symlink', spoil: 'mv "$1" real; ln -s ../real "$1"', code: 2, says: 'not a plain file'},
	{
		bad: 'not the one that was written down',
		spoil: 'printf \'{"origin":"cockpit","sha256":"%s"}\' "$(echo other | sha256sum | cut -c 1-64)" >"${1%.tar.gz}.json"',
		code: 1,
		says: 'sha256 differs from the one recorded',
	},
])('verify: an archive $bad: the reason comes first', async ({spoil, code, says}) => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/'});
	await host.sh(spoil, file);

	const result = await host.run(verifyBackup({file, app: 'backend'}));

	expect(result.code).toBe(code);
	if (typeof says === 'string') expect(result.stderr.split('\n')[0]).toBe(says);
	else expect(result.stderr.split('\n')[0]).toMatch(says);
	expect(result.stdout).toBe('');
});

test.concurrent('verify: an archive that can not be read is no verdict on it', async () => {
	const cat =
		'#!/bin/sh\ncase ${AS_ROOT-} in 1) exec /bin/cat "$@" ;; esac\ncase $2 in *.tar.gz) echo "cat: Permission denied" >&2; exit 1 ;; esac\nexec /bin/cat "$@"\n';
	await using host = createHostDirectory({cat});
	const file = await archive(host, 'backend', {root: 'backend/'});

	expect(await host.run(verifyBackup({file, app: 'backend'}))).toMatchObject({
		code: 2,
		stderr: "can't be read to its end: Permission denied\n",
	});
});

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)('verify: works where nothing can be written', async () => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/'});
	const script = `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && mount -t tmpfs -o size=4k none /tmp && head -c 4096 /dev/zero >/tmp/full 2>/dev/null; ! echo x >/tmp/more 2>/dev/null; shift; exec sh -c "$1"`;
	const line = renderCommand(verifyBackup({file, app: 'backend'}));
	await host.sh('mkdir -p /var/tmp/cockpit-verify && cp "$1" /var/tmp/cockpit-verify/', file);
	onTestFinished(() => rmSync('/var/tmp/cockpit-verify', {recursive: true}));

	const moved = line.replaceAll(`${host.root}/backups`, '/var/tmp/cockpit-verify');
	expect(await host.sh(`unshare -m sh -ec '${script}' sh /var/tmp/cockpit-verify "$1"`, moved)).toMatch(
		/^entries \d+$/m,
	);
});

const verdictOf = async (host: HostDirectory, file: string, by = 'Ravi') => {
	const {sizeBytes: size, modified} = (await list(host)).backups.find(one => file.endsWith(one.file)) ?? {
		sizeBytes: 0,
		modified: 0,
	};
	const {code, stdout, stderr} = await host.run(verifyBackup({file, app: 'backend'}));
	const found = code === 0 ? parseVerification(stdout) : undefined;
	return recordVerdict({
		file,
		size,
		modified,
		by,
		verdict: code === 0 && found ? {found} : {reason: stderr.split('\n')[0] ?? ''},
	});
};

test.concurrent('verdict: makes an old archive verified, for as long as it is the same file', async () => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/'});

	await host.ok(await verdictOf(host, file, 'Ra{v}i ","ok":false'));

	const checked = await only(host);
	expect(checked).toMatchObject({state: 'verified', origin: 'old script', verifiedBy: 'Ra{v}i ","ok":false'});
	expect(checked?.entries).toBeGreaterThan(5);
	expect(checked?.verifiedAt).toBeGreaterThan(0);
	expect(await host.sh('stat -c %a "$1"', file.replace('.tar.gz', '.json'))).toBe('600');

	utimesSync(file, 5, 5);
	expect(await only(host)).toMatchObject({state: 'unchecked'});
	await host.ok(await verdictOf(host, file));
	expect(await only(host)).toMatchObject({state: 'verified', verifiedBy: 'Ravi'});
	expect(await host.sh('grep -o verdict "$1" | wc -l', file.replace('.tar.gz', '.json'))).toBe('1');
});

test.concurrent('verdict: keeps every field that is there, and turns a good one bad', async () => {
	await using host = createHostDirectory();
	await makeLive(host);
	const file = `${host.root}/backups/backend_20260210_112341.tar.gz`;
	await host.ok(backUpLiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')));
	const before = JSON.parse(await host.sh('cat backups/*.json')) as Record<string, unknown>;
	await host.ok(await verdictOf(host, file));
	expect(await only(host)).toMatchObject({state: 'verified', release: 'r1', origin: 'cockpit'});

	const {mtimeSeconds} = {mtimeSeconds: Number(await host.sh('stat -c %Y "$1"', file))};
	await host.sh('printf "\\377\\377\\377" | dd of="$1" bs=1 seek=300 conv=notrunc status=none', file);
	utimesSync(file, mtimeSeconds, mtimeSeconds);
	await host.ok(await verdictOf(host, file));

	expect(await only(host)).toMatchObject({state: 'bad', isRestorable: false, release: 'r1'});
	const {verdict, ...rest} = JSON.parse(await host.sh('cat backups/*.json')) as Record<string, unknown>;
	expect(rest).toEqual(before);
	expect(verdict).toMatchObject({ok: false, by: 'Ravi'});
});

test.concurrent('verdict: is not written about a file that changed meanwhile', async () => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/'});
	const verdict = await verdictOf(host, file);
	writeFileSync(file, 'other');

	expect(await host.run(verdict)).toMatchObject({code: 1, stderr: 'it was changed meanwhile\n'});
	expect(await host.sh('ls backups')).toBe('backend_20260203_113512.tar.gz');
});

test.concurrent('pin: survives a verdict, and comes off again', async () => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/'});
	await host.ok(pinBackup(file));
	await host.ok(await verdictOf(host, file));

	expect(await only(host)).toMatchObject({pinned: true, state: 'verified'});
	await host.ok(unpinBackup(file));
	expect(await only(host)).toMatchObject({pinned: false});
	expect(await host.run(pinBackup(file.replace('2026', '2025')))).toMatchObject({code: 1});
});

test.concurrent('a writer that holds the lock of its part is seen as writing by others', async () => {
	await using host = createHostDirectory();
	await host.sh('mkdir backups; echo x >backups/backend_20260210_112341.tar.gz.part');
	const script = 'exec flock "$1" sh -c "echo on; read line"';
	const writer = spawn('sh', ['-c', script, 'sh', `${host.root}/backups/backend_20260210_112341.tar.gz.part`], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	await once(writer.stdout, 'data');

	expect(await only(host)).toMatchObject({reason: 'being written'});
	writer.stdin.end();
	await once(writer, 'close');
	expect(await only(host)).toMatchObject({reason: 'its writing ended before it was whole'});
});

const adoptedOn = (host: HostDirectory, time: string): Promise<string> =>
	host.sh(
		`mkdir -p state && printf '{"seq":1,"time":"%s","prev":"","type":"adopt.started","data":{"app":"backend","note":"\\"time\\":\\"2020-01-01T00:00:00Z\\""}}\\n' "$1" >state/ledger.jsonl`,
		time,
	);

const look = async (host: HostDirectory) =>
	parseWaysBack(
		await host.ok(
			lookBack({
				stateDirectory: 'state',
				app: 'backend',
				layout: releaseLayout({path: `${host.root}/backend`}),
				backups: `${host.root}/backups`,
			}),
		),
	);

const old = new Date('2026-02-03T11:35:12+05:30');
const later = new Date('2026-02-05T00:00:00Z');

test.concurrent.each([
	{name: 'both before the adoption', stamp: '20260203_113512', changed: old, origin: 'old script'},
	{name: 'a name from after it', stamp: '20260206_000000', changed: old, origin: 'unknown'},
	{name: 'a file from after it', stamp: '20260203_113512', changed: later, origin: 'unknown'},
])('list: an archive without a note, $name, is of $origin', async ({stamp, changed, origin}) => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/', stamp});
	utimesSync(file, changed, changed);
	expect(await only(host)).toMatchObject({origin: 'old script', isRestorable: true});
	await adoptedOn(host, '2026-02-04T10:00:00Z');

	expect(await only(host)).toMatchObject({
		state: 'unchecked',
		origin,
		...(origin === 'unknown'
			? {isRestorable: false, notRestorable: 'nobody recorded how it came here'}
			: {isRestorable: true}),
	});
	const ways = await look(host);
	expect(ways.adoptedAt).toBe(Date.parse('2026-02-04T10:00:00Z'));
	expect(ways.backups).toMatchObject([{isNoted: false, modified: changed.getTime() / 1000}]);
});

test.concurrent('list: without an adoption in the ledger the oldest release that is written down tells', async () => {
	await using host = createHostDirectory();
	await archive(host, 'backend', {root: 'backend/', stamp: '20260203_113512'});
	await host.sh('mkdir -p state/manifests/backend && : >state/manifests/backend/20260201T000000Z-7f3a9c2');

	expect(await only(host)).toMatchObject({origin: 'unknown', isRestorable: false});
	expect((await look(host)).adoptedAt).toBe(Date.parse('2026-02-01T00:00:00Z'));
});

test.concurrent('list: a backup of the cockpit whose note is gone is of unknown origin, until somebody accepts this very file', async () => {
	await using host = createHostDirectory();
	await makeLive(host);
	await adoptedOn(host, '2026-02-04T10:00:00Z');
	const file = `${host.root}/backups/backend_20260210_112341.tar.gz`;
	await host.ok(backUpLiveRelease(backUpOptions(host, 'backend_20260210_112341.tar.gz')));
	expect(await only(host)).toMatchObject({origin: 'cockpit', isRestorable: true});
	expect((await look(host)).backups.find(one => one.file.endsWith('.gz'))?.isNoted).toBe(true);
	await host.sh('rm -- backups/*.json');
	expect(await only(host)).toMatchObject({origin: 'unknown', isRestorable: false});

	const found = parseVerification(await host.ok(verifyBackup({file, app: 'backend'})));
	if (!found) throw new Error('not verified');
	const {bytes: size, modified} = found;
	await host.ok(recordVerdict({file, size, modified, by: 'Asha', origin: 'unknown', verdict: {found}}));

	expect(await only(host)).toMatchObject({
		origin: 'unknown',
		state: 'verified',
		verifiedBy: 'Asha',
		isRestorable: true,
	});
	expect((await look(host)).backups.find(one => one.file.endsWith('.gz'))?.isNoted).toBe(true);
	utimesSync(file, later, later);
	expect(await only(host)).toMatchObject({origin: 'unknown', state: 'unchecked', isRestorable: false});
	expect((await look(host)).backups.find(one => one.file.endsWith('.gz'))?.isNoted).toBe(false);
});

test.concurrent('list: one that was found bad is not accepted by that', async () => {
	await using host = createHostDirectory();
	await archive(host, 'backend', {root: 'backend/', stamp: '20260210_112341'});
	await adoptedOn(host, '2026-02-04T10:00:00Z');
	const file = `${host.root}/backups/backend_20260210_112341.tar.gz`;
	const [size = 0, modified = 0] = (await host.sh('stat -c "%s %Y" "$1"', file)).split(' ').map(Number);
	await host.ok(recordVerdict({file, size, modified, by: 'Asha', verdict: {reason: 'no artisan'}}));

	expect(await only(host)).toMatchObject({state: 'bad', origin: 'unknown', isRestorable: false});
	expect((await look(host)).backups.find(one => one.file.endsWith('.gz'))?.isNoted).toBe(false);
});
