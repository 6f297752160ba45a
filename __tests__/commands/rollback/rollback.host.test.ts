import {createHash} from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {askBetween, parseBetween} from '../../../src/commands/rollback/between-releases.ts';
import {keepFailedRelease} from '../../../src/commands/releases/failed-release.ts';
import {closeRun, takeLock} from '../../../src/commands/lock/lock.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {addChunksOfLive} from '../../../src/commands/rollback/compared.ts';
import {reuseModules, reusePackages} from '../../../src/commands/rollback/packages.ts';
import {letServicesRun, orStartAgain, startService, stopService} from '../../../src/commands/rollback/services.ts';
import {prepareLinkToTarget, rememberRollback, settleTarget} from '../../../src/commands/rollback/target.ts';
import {lookBack, parseWaysBack} from '../../../src/commands/rollback/ways-back.ts';
import {keepWayBack} from '../../../src/commands/releases/release-record.ts';
import {rememberPrevious} from '../../../src/commands/live/live-moved.ts';
import {swapBack} from '../../../src/commands/releases/swap.ts';
import {tolerate} from '../../../src/commands/tolerate.ts';
import {claimOn, mark} from '../lock/claims.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../host-directory.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const run = '20260210T060000Z-backend-9b1d';

/** Units as files: `start` and `stop` make and remove them; a unit called `broken` never starts. */
const systemctl = `#!/bin/sh
echo "$1 $2" >>"$HOME/systemctl.log"
case $1 in
	is-active) if [ -e "$HOME/unit-$2" ]; then echo active; else echo inactive; exit 3; fi ;;
	start) [ "$2" = broken ] && { echo 'Job for broken.service failed.' >&2; exit 1; }; : >"$HOME/unit-$2" ;;
	stop) rm -f -- "$HOME/unit-$2" ;;
esac
`;

const setUp = (host: HostDirectory, app: 'backend' | 'frontend' = 'backend') => {
	const layout = releaseLayout({path: join(host.root, 'www', app)});
	const state = {directory: 'state', app, run};
	const write = (path: string, text: string): void => {
		mkdirSync(dirname(join(host.root, path)), {recursive: true});
		writeFileSync(join(host.root, path), text);
	};
	const release = (id: string, files: Readonly<Record<string, string>>): void => {
		for (const [path, text] of Object.entries(files)) write(`www/.${app}/releases/${id}/${path}`, text);
	};
	const goLive = async (id: string): Promise<void> => {
		await host.sh('ln -sfn -- "$1" "$2"', `.${app}/releases/${id}`, layout.live);
	};
	mkdirSync(join(host.root, 'state/jobs', run), {recursive: true});
	return {layout, state, write, release, goLive};
};

describe('what there is to go back to', () => {
	test.concurrent('names of files stay data, whatever they are', async () => {
		await using host = createHostDirectory();
		const {layout, release, goLive, write} = setUp(host);
		release('r1', {artisan: ''});
		release('r2', {artisan: ''});
		await goLive('r2');
		write('state/previous-backend', 'r1\n');
		const names = [
			'backend_20260207_143000.tar.gz',
			'a\nlock\tforged',
			'-rf',
			'$(touch pwned).tar.gz',
			'\u001B[2J',
		];
		for (const name of names) write(`backups/${name}`, name);

		const ways = parseWaysBack(
			await host.ok(
				lookBack({stateDirectory: 'state', app: 'backend', layout, backups: join(host.root, 'backups')}),
			),
		);
		expect(ways).toMatchObject({
			layout: 'releases',
			live: 'r2',
			previous: 'r1',
			releases: ['r1', 'r2'],
			failed: [],
		});
		expect(ways.lock).toBeUndefined();
		expect(ways.backups.map(({file}) => file).toSorted()).toEqual(names.toSorted());
		expect(existsSync(join(host.root, 'pwned'))).toBe(false);
	});

	test.concurrent('rights that the swap will need are asked about, and nothing is written for it', async () => {
		const sudo = `#!/bin/sh
case "$*" in *' -l '*) case "$*" in *"stop php"*|*"mv -fT"*) exit 1 ;; esac; exit 0 ;; *'-u nobody'*) echo 'a password is required' >&2; exit 1 ;; esac
while [ $# -gt 0 ]; do case $1 in -n) shift ;; -u) shift 2 ;; --) shift; break ;; *) break ;; esac; done
exec "$@"
`;
		await using host = createHostDirectory({sudo});
		const {layout, goLive, release} = setUp(host);
		release('r2', {artisan: ''});
		await goLive('r2');
		const before = listing(host, host.root);
		const ask = async (owner: string) =>
			parseWaysBack(
				await host.ok(
					lookBack({
						stateDirectory: 'state',
						app: 'backend',
						layout,
						backups: '/nowhere',
						rights: {
							owner,
							asRoot: [
								['systemctl', 'stop', 'php8.1-fpm'],
								['systemctl', 'start', 'php8.1-fpm'],
								['mv', '-fT', '--', "a b's *", 'c'],
							],
						},
					}),
				),
			);

		const narrow = await ask('');
		expect(narrow.denied.toSorted()).toEqual(["mv -fT -- a b's * c", 'systemctl stop php8.1-fpm']);
		expect(narrow).toMatchObject({rights: undefined, live: 'r2', layout: 'releases'});
		expect(await ask(me)).toMatchObject({rights: undefined});
		expect(await ask('nobody')).toMatchObject({rights: 'a password is required', live: 'r2'});
		expect(listing(host, host.root)).toEqual(before);
	});

	test.concurrent('who holds the lock, and a host that was never adopted', async () => {
		await using host = createHostDirectory();
		const {layout, state} = setUp(host);
		mkdirSync(layout.live, {recursive: true});
		await host.ok(takeLock(state, {attempt: 1, holder: {name: 'Asha', machine: 'desk'}, record: {}, entry: {}}));
		// As if its driver had been known, and were gone: one that has just begun is waited for.
		utimesSync(join(host.root, `state/jobs/${run}/driver.1`), 0, 0);

		const ways = parseWaysBack(
			await host.ok(lookBack({stateDirectory: 'state', app: 'backend', layout, backups: '/nowhere'})),
		);
		expect(ways).toMatchObject({layout: 'directory', live: undefined, backups: []});
		expect(ways.lock).toMatchObject({run, name: 'Asha', machine: 'desk', driver: 'gone'});
	});
});

describe('settling the release to go back to', () => {
	const needed = ['artisan', 'vendor/autoload.php'];

	test.concurrent('what was settled stays settled, though "previous" means another release once it is live', async () => {
		await using host = createHostDirectory();
		const {layout, state, release, write} = setUp(host);
		release('r1', {artisan: 'a', 'vendor/autoload.php': ''});
		write('state/previous-backend', 'r1\n');
		const settle = settleTarget(state, {layout, release: 'previous', needed});

		expect(await host.ok(settle)).toBe('target r1\nfiles unknown\n');
		write('state/previous-backend', 'r2\n');
		expect(await host.ok(settle)).toContain('target r1\n');
	});

	test.concurrent('files that differ from what was deployed are counted and stop nothing', async () => {
		await using host = createHostDirectory();
		const {layout, state, release, write} = setUp(host);
		release('r1', {artisan: 'a', 'vendor/autoload.php': '', 'with space': 'changed', 'b\\c': 'x'});
		write(
			'state/manifests/backend/r1',
			[
				`100755 ${hash('a')} artisan`,
				`100644 ${hash('as sent')} with space`,
				`100644 ${hash('gone')} gone.php`,
				`120000 ${hash('target')} link`,
			]
				.map(line => `${line}\0`)
				.join(''),
		);

		expect(await host.ok(settleTarget(state, {layout, release: 'r1', needed}))).toBe(
			'target r1\nfiles 3 differ 2\n',
		);
	});

	test.concurrent.each([
		{case: 'no release is written down', release: 'previous', reason: 'no earlier release is written down'},
		{case: 'it is gone', release: 'r9', reason: 'release r9 is not on this host any more'},
		{case: 'a name that leads out', release: '../../etc', reason: 'not the name of a release'},
		{case: 'it is not whole', release: 'half', reason: 'release half is not whole: vendor/autoload.php is missing'},
	])('$case: refused with the reason, nothing is settled', async ({release: wanted, reason}) => {
		await using host = createHostDirectory();
		const {layout, state, release} = setUp(host);
		release('half', {artisan: 'a'});
		const {code, stderr} = await host.run(settleTarget(state, {layout, release: wanted, needed}));

		expect(code).toBe(1);
		expect(stderr).toContain(reason);
		expect(existsSync(join(host.root, 'state/jobs', run, 'target'))).toBe(false);
	});
});

describe('the swap of a rollback', () => {
	test.concurrent('the link leads to the settled release; what was live becomes what to go back to', async () => {
		await using host = createHostDirectory();
		const {layout, state, release, goLive, write} = setUp(host);
		release('r1', {artisan: ''});
		release('r2', {artisan: ''});
		await goLive('r2');
		write(`state/jobs/${run}/target`, 'r1\n');
		write(`state/jobs/${run}/previous`, 'r2\n');
		write('state/previous-backend', 'r1\n');
		write('state/failed/backend/r1', '{}');
		await host.ok(prepareLinkToTarget(state, layout));
		expect(readlinkSync(layout.nextLink)).toBe('.backend/releases/r1');

		await host.ok(rememberRollback(state, {layout, release: 'previous'}));
		expect(readFileSync(join(host.root, 'state/previous-backend'), 'utf8')).toBe('r2\n');
		// Who goes back to it by hand trusts it again.
		expect(existsSync(join(host.root, 'state/failed/backend/r1'))).toBe(false);
	});

	test.concurrent('whatever fails while a service is stopped, it is started again, and the failure stands', async () => {
		await using host = createHostDirectory({systemctl});
		await host.sh(': >unit-php8.1-fpm');
		await host.ok(stopService('php8.1-fpm'));
		const {code, stderr} = await host.run(
			orStartAgain(['php8.1-fpm'], {argv: ['sh', '-c', 'echo broken >&2; exit 5'], label: 'swap'}),
		);

		expect(code).toBe(5);
		expect(stderr).toBe('broken\nphp8.1-fpm active\n');
	});

	test.concurrent('what the swap has stopped is started again by whatever ends the run, or said with its line', async () => {
		await using host = createHostDirectory({systemctl});
		const {state, write} = setUp(host);
		await host.sh(': >unit-nginx');
		const letRun = letServicesRun(state, ['php8.1-fpm', 'nginx', 'broken']);

		expect(await host.ok(letRun)).toBe('');
		expect(existsSync(join(host.root, 'systemctl.log'))).toBe(false);
		write(`state/jobs/${run}/swap/started`, '');
		expect((await host.ok(letRun)).split('\n')).toEqual([
			'noted: php8.1-fpm was stopped, and is started again',
			'noted: broken is stopped and does not start; by hand: sudo systemctl start broken',
			'',
		]);
		expect(readFileSync(join(host.root, 'systemctl.log'), 'utf8')).not.toContain('start nginx');
	});

	test.concurrent('a service that does not start is asked twice, and its state is shown', async () => {
		await using host = createHostDirectory({systemctl});
		const {code, stdout, stderr} = await host.run(startService('broken'));

		expect(code).toBe(1);
		expect(stderr).toContain('once more');
		expect(stdout).toBe('inactive\n');
	});

	test.concurrent('a failed deploy goes back to what it has replaced, and says when that is gone', async () => {
		await using host = createHostDirectory();
		const {layout, release, goLive, write} = setUp(host);
		release('r1', {artisan: ''});
		release('r2', {artisan: ''});
		await goLive('r2');
		write(`state/jobs/${run}/previous`, 'r1\n');

		const claim = claimOn(layout);
		await mark(host, claim);
		expect(await host.ok(swapBack(claim, run))).toBe('live is r1 again\n');
		expect(existsSync(join(host.root, 'state/previous-backend'))).toBe(false);
		expect(readlinkSync(layout.live)).toBe('.backend/releases/r1');
		await host.sh('rm -rf www/.backend/releases/r1');
		expect((await host.run(swapBack(claim, run))).stderr).toContain('release r1 is not on this host any more');
	});

	test.concurrent.each([{before: 'r0\n'}, {before: undefined}])(
		'a deploy that goes back by itself leaves the release before live as it was: $before',
		async ({before}) => {
			await using host = createHostDirectory();
			const {layout, state, release, goLive, write} = setUp(host);
			for (const id of ['r0', 'r1', 'r2']) release(id, {artisan: ''});
			await goLive('r1');
			if (before !== undefined) write('state/previous-backend', before);
			const claim = claimOn(layout);
			await mark(host, claim);
			const previous = (): string | undefined => {
				const file = join(host.root, 'state/previous-backend');
				return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
			};

			await host.ok(rememberPrevious(layout, state));
			await host.ok(
				keepWayBack(state, {
					claim,
					target: {recipe: 'laravel', owner: me, services: [], php: 'php', restartQueue: false},
				}),
			);
			await goLive('r2');
			expect(previous()).toBe('r1\n');
			await host.ok(swapBack(claim, run));

			expect(readlinkSync(layout.live)).toBe('.backend/releases/r1');
			expect(previous()).toBe(before);
		},
	);

	test.concurrent('what was live is kept under the name of the old scripts, whole and where it is', async () => {
		await using host = createHostDirectory();
		const {layout, state, release, write} = setUp(host, 'frontend');
		release('r2', {'.next/BUILD_ID': 'b2'});
		write(`state/jobs/${run}/previous`, 'r2\n');
		await host.ok(
			keepFailedRelease(state, {
				layout,
				release: '',
				name: '.next_failed_20260210_113000',
				part: '/.next',
				why: 'rolled back',
			}),
		);

		const link = join(host.root, 'www/.next_failed_20260210_113000');
		expect(readlinkSync(link)).toBe('.frontend/releases/r2/.next');
		expect(readFileSync(join(link, 'BUILD_ID'), 'utf8')).toBe('b2');
		expect(JSON.parse(readFileSync(join(host.root, 'state/failed/frontend/r2'), 'utf8'))).toMatchObject({
			release: 'r2',
			why: 'rolled back',
		});
	});

	test.concurrent('what may fail is noted and stops nothing', async () => {
		await using host = createHostDirectory();
		const {code, stdout} = await host.run(tolerate({argv: ['sh', '-c', 'exit 4'], label: 'tell the queue'}));

		expect(code).toBe(0);
		expect(stdout).toContain('noted: tell-the-queue exited with 4');
	});
});

describe('packages without a registry', () => {
	test.concurrent('vendor of the newest release with the same lock file is taken over', async () => {
		await using host = createHostDirectory();
		const {layout, release} = setUp(host);
		release('r1', {'composer.lock': 'one', 'vendor/autoload.php': 'old'});
		release('r2', {'composer.lock': 'one', 'vendor/autoload.php': 'newer'});
		release('r3', {'composer.lock': 'two', 'vendor/autoload.php': 'other'});
		release('restored', {'composer.lock': 'one'});
		const candidate = join(layout.releases, 'restored');

		expect(await host.ok(reusePackages({layout, candidate, target: {owner: me}}))).toContain('packages as in r2');
		expect(readFileSync(join(candidate, 'vendor/autoload.php'), 'utf8')).toBe('newer');
	});

	test.concurrent('node_modules: of live when the lock is the same, of another release, else installed', async () => {
		await using host = createHostDirectory();
		const {layout, release, goLive} = setUp(host, 'frontend');
		release('r1', {'package-lock.json': 'one', 'node_modules/a': 'one'});
		release('r2', {'package-lock.json': 'two', 'node_modules/a': 'two'});
		await goLive('r2');
		const modulesFor = async (lock: string): Promise<string> => {
			release('restored', {'package-lock.json': lock, 'node_modules/a': 'of live'});
			const candidate = join(layout.releases, 'restored');
			const said = await host.ok(
				reuseModules({layout, candidate, target: {owner: me}}, {argv: ['echo', 'installs']}),
			);
			return `${said.trim()}: ${readFileSync(join(candidate, 'node_modules/a'), 'utf8')}`;
		};

		expect(await modulesFor('two')).toBe('packages as in live: nothing to fetch: of live');
		expect(await modulesFor('one')).toBe('packages as in r1: nothing to fetch: one');
		await host.sh('rm -rf www/.frontend/releases/restored');
		expect(await modulesFor('three')).toBe('installs: of live');
	});

	test.concurrent('static files of the build that goes are added to the one that comes, and replace nothing of it', async () => {
		await using host = createHostDirectory();
		const {layout, state, release, goLive} = setUp(host, 'frontend');
		release('r1', {'.next/static/chunks/same.js': 'r1', '.next/static/a/_buildManifest.js': ''});
		release('r2', {'.next/static/chunks/same.js': 'r2', '.next/static/chunks/new.js': 'n'});
		await goLive('r2');
		const target = {recipe: 'nextjs', owner: me, path: layout.live, shared: {files: [], directories: []}} as const;
		await host.ok(addChunksOfLive({state, target}, {layout, release: 'r1'}));

		const chunks = join(layout.releases, 'r1/.next/static/chunks');
		expect(readFileSync(join(chunks, 'same.js'), 'utf8')).toBe('r1');
		expect(readFileSync(join(chunks, 'new.js'), 'utf8')).toBe('n');
	});
});

describe('a ledger that cannot be written', () => {
	const urgent = {attempt: 1, holder: {}, record: {}, entry: {type: 'rollback.started'}, urgency: 'urgent'} as const;
	const usual = {attempt: 1, holder: {}, record: {}, entry: {type: 'deploy.started'}} as const;

	test.concurrent('stops no rollback: its entries wait, and are written by the next run that can', async () => {
		await using host = createHostDirectory();
		const {state} = setUp(host);
		await host.sh('mkdir -p state/ledger.jsonl');
		const taken = await host.ok(takeLock(state, urgent));
		const closed = await host.ok(closeRun(state, 'done', {type: 'rollback.finished'}, 'urgent'));
		expect(taken).toContain(`noted: the ledger can't be written; the entry waits in state/ledger.outbox`);
		expect(closed).toContain('noted: ');
		expect(existsSync(join(host.root, 'state/lock/backend'))).toBe(false);

		await host.sh('rmdir state/ledger.jsonl');
		await host.ok(takeLock({...state, run: 'next'}, usual));
		const types = (await host.sh('cat state/ledger.jsonl'))
			.split('\n')
			.map(line => JSON.parse(line) as {seq: number; type: string; late?: boolean; prev: string});
		expect(types.map(({seq, type, late}) => [seq, type, late])).toEqual([
			[1, 'deploy.started', undefined],
			[2, 'rollback.started', true],
			[3, 'rollback.finished', true],
		]);
		expect(readFileSync(join(host.root, 'state/ledger.outbox'), 'utf8')).toBe('');
	});

	test.concurrent('the entry names the release that "previous" meant', async () => {
		await using host = createHostDirectory();
		const {state, write} = setUp(host);
		await host.ok(takeLock(state, urgent));
		write(`state/jobs/${run}/target`, '20260203T053341Z-4e81d0c\n');
		const entry = {
			type: 'rollback.finished',
			data: {release: 'previous', target: {kind: 'snapshot', release: 'previous'}},
		};
		await host.ok(closeRun(state, 'done', entry, 'urgent'));

		expect(JSON.parse(await host.sh('tail -n 1 state/ledger.jsonl'))).toMatchObject({
			data: {release: '20260203T053341Z-4e81d0c', target: {kind: 'snapshot'}},
		});
	});

	test.concurrent('stops any other run before it has begun: no lock is left', async () => {
		await using host = createHostDirectory();
		const {state} = setUp(host);
		await host.sh('mkdir -p state/ledger.jsonl');

		expect((await host.run(takeLock(state, usual))).code).not.toBe(0);
		expect(existsSync(join(host.root, 'state/lock/backend'))).toBe(false);
	});

	test.concurrent('room for a rollback is kept by other runs, and a rollback that has room leaves it', async () => {
		await using host = createHostDirectory();
		const {state} = setUp(host);
		await host.ok(takeLock(state, usual));
		expect(readdirSync(join(host.root, 'state/spare'))).toHaveLength(192);
		await host.ok(closeRun(state, 'done', {type: 'deploy.finished'}));
		await host.ok(takeLock({...state, run: 'back'}, urgent));

		expect(readdirSync(join(host.root, 'state/spare'))).toHaveLength(192);
	});
});

test.concurrent('between releases: migrations that ran and that the target does not know, and who made both', async () => {
	const php = `#!/bin/sh
printf '%s\\n' '| Yes  | 2026_01_05_100000_create_programs | 1 |' '| Yes  | 2026_02_01_090000_add_reports | 2 |' '| No   | 2026_03_01_000000_later | |'
`;
	await using host = createHostDirectory({php});
	const {layout, state, release, goLive, write} = setUp(host);
	release('r1', {'database/migrations/2026_01_05_100000_create_programs.php': ''});
	const [known, added] = ['2026_01_05_100000_create_programs', '2026_02_01_090000_add_reports'];
	release('r2', {
		artisan: '',
		[`database/migrations/${known}.php`]: '<?php // known',
		[`database/migrations/${added}.php`]: `<?php // it's "new"\n\u00e9`,
	});
	await goLive('r2');
	write(
		'state/releases/backend/r1.json',
		'{"release":"r1","at":"2026-02-03T06:05:12Z","build":{"commit":"1d20b7e"}}',
	);
	write('state/releases/backend/r2.json', '{"release":"r2","at":"2026-02-10T05:58:00Z","actor":{"name":"Ravi"}}');
	const ask = askBetween(state, {layout, release: 'r1', archive: '', owner: me, php: 'php'});

	expect(parseBetween(await host.ok(ask))).toEqual({
		live: {at: '2026-02-10T05:58:00Z', by: 'Ravi'},
		target: {at: '2026-02-03T06:05:12Z', commit: '1d20b7e'},
		migrationsSince: [added],
		ran: [
			{name: added, batch: 2},
			{name: known, batch: 1},
		],
		files: new Map([[added, `<?php // it's "new"\n\u00e9`]]),
	});
	// A release that does not answer must not look like one without migrations.
	expect(
		parseBetween(await host.ok(askBetween(state, {layout, release: 'r1', archive: '', owner: me, php: 'false'}))),
	).toMatchObject({migrationsSince: undefined});
});

test.concurrent('the link of the live release may lead nowhere: going back is asked for all the same', async () => {
	await using host = createHostDirectory();
	const {layout, release} = setUp(host);
	release('r1', {artisan: ''});
	symlinkSync('.backend/releases/gone', layout.live);

	const ways = parseWaysBack(
		await host.ok(lookBack({stateDirectory: 'state', app: 'backend', layout, backups: '/nowhere'})),
	);
	expect(ways).toMatchObject({layout: 'releases', live: 'gone', releases: ['r1']});
});
