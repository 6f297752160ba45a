import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {askLeftInDatabase} from '../../../src/commands/laravel/laravel.ts';
import {closeRun, noteDone, noteEnd, takeLock} from '../../../src/commands/lock/lock.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {claimOn, mark} from './claims.ts';
import {createHostDirectory, me} from '../host-directory.ts';

const state = {directory: 'state', app: 'backend', run: 'run-1'};

test('end: what is live and how it answers stands in the entry that closes the run, in plain characters', async () => {
	await using host = createHostDirectory();
	const entry = {type: 'deploy.failed', data: {run: 'run-1'}};
	await host.ok(takeLock(state, {attempt: 1, holder: {}, record: {}, entry: {type: 'deploy.started', data: {}}}));
	await host.ok(noteEnd(state, {live: 'old', is: 'before', health: {state: 'bad', answer: 'kein "Weg" für\n$(x)'}}));
	await host.ok(closeRun(state, 'failed', entry));

	const last = readFileSync(join(host.root, 'state/ledger.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '';
	expect(last).toMatch(/^[ -~]+$/);
	expect(JSON.parse(last)).toMatchObject({
		type: 'deploy.failed',
		data: {run: 'run-1', end: {live: 'old', is: 'before', health: {answer: 'kein "Weg" für\n$(x)'}}},
	});
});

test.each([
	['.backend/releases/r2', {live: 'r2'}],
	['.backend/releases/r"2', {}],
	[undefined, {}],
])('end: a run that is done tells what its host has live: %s', async (to, live) => {
	await using host = createHostDirectory();
	await host.sh(to === undefined ? 'mkdir backend' : 'ln -s -- "$1" backend', to ?? '');
	await host.ok(takeLock(state, {attempt: 1, holder: {}, record: {}, entry: {type: 'deploy.started', data: {}}}));
	const health = {state: 'good', answer: '200'};
	await host.ok(noteDone(state, {live: join(host.root, 'backend'), health}));
	await host.ok(closeRun(state, 'done', {type: 'deploy.finished', data: {run: 'run-1'}}));

	const last = readFileSync(join(host.root, 'state/ledger.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '';
	expect(JSON.parse(last)).toMatchObject({data: {run: 'run-1'}});
	expect((JSON.parse(last) as {data: {end: unknown}}).data.end).toEqual({is: 'new', ...live, health});
});

test('end: the lock tells what was live when the run began', async () => {
	await using host = createHostDirectory();
	mkdirSync(join(host.root, 'www/.api/releases/r1'), {recursive: true});
	const live = join(host.root, 'www/api');
	await host.sh('ln -sfn -- .api/releases/r1 "$1"', live);
	const claim = claimOn(releaseLayout({path: live}));
	await mark(host, claim);
	const take = takeLock(state, {attempt: 1, holder: {}, record: {}, entry: {type: 'x', data: {}}, claim});

	expect(await host.ok(take)).toMatch(/^found r1$/m);
});

test('left in the database: the log of the job, what hooks kept and what live has are told, and nothing fails', async () => {
	await using host = createHostDirectory();
	const jobs = join(host.root, 'state/jobs/run-1');
	const live = join(host.root, 'www/api');
	mkdirSync(join(jobs, 'migrate'), {recursive: true});
	mkdirSync(join(jobs, 'hooks'));
	mkdirSync(join(live, 'database/migrations'), {recursive: true});
	writeFileSync(join(jobs, 'migrate/log'), '\u001E0\nMigrating: 2026_03_01_090000_half\n');
	writeFileSync(join(jobs, 'hooks/a.end'), '"database-snapshot":"pre-1"\n\n');
	writeFileSync(join(live, 'database/migrations/2026_01_01_000000_first.php'), '');
	const app = {directory: join(host.root, 'gone'), target: {php: 'php', composer: 'composer', owner: me}};

	const said = await host.ok(askLeftInDatabase(app, state, {live}));
	expect(said).toContain('log Migrating: 2026_03_01_090000_half\n');
	expect(said).toContain('\nkept {"database-snapshot":"pre-1"}\n');
	expect(said).toContain('live 2026_01_01_000000_first\n');
});

const taking = (run: string) =>
	takeLock({...state, run}, {attempt: 1, holder: {}, record: {}, entry: {type: 'deploy.started', data: {run}}});
const leftOfTaking = 'find state -name "*.part" -o -path "state/jobs/*" -prune -o -path state/lock/backend';

test('lock: a disk that fills while it is taken leaves nothing of the try', async () => {
	await using host = createHostDirectory({
		cp: '#!/bin/sh\nfor to; do :; done\necho half >"$to"; echo "No space left on device" >&2; exit 1\n',
	});

	const {code, stderr} = await host.run(taking('20260210T055341Z-backend-0001'));

	expect({code, stderr}).toEqual({code: 94, stderr: 'No space left on device\n'});
	expect(await host.sh(`${leftOfTaking}; ls state/jobs`)).toBe('');
});

test('lock: what a run that was killed while it took it, or in its middle, has left goes with the next one', async () => {
	await using host = createHostDirectory({
		cp: '#!/bin/sh\n[ -e again ] && exec /bin/cp "$@"\n: >again; for to; do :; done; echo half >"$to"; kill -9 "$PPID"\n',
	});
	await host.run(taking('20260210T055341Z-backend-0001'));
	expect((await host.sh(leftOfTaking)).split('\n').toSorted()).toEqual(
		expect.arrayContaining(['state/jobs/20260210T055341Z-backend-0001', 'state/lock/backend.part']),
	);
	await host.sh(`mkdir -p state/releases/backend state/manifests/backend state/jobs/20260210T055341Z-frontend-0001/.spare
		touch state/releases/backend/r1.json.part state/manifests/backend/r1.made.part state/previous-backend.part \
			state/rollback-backend.sh.part state/lock/backend.hold.part state/lock/frontend.part`);

	await host.ok(taking('20260210T055342Z-backend-0002'));

	// What is another app's is not ours to take away; what closes a run has its room.
	expect(
		(await host.sh('find state -name "*.part" ! -path "*/.spare/*"; ls state/jobs')).split('\n').toSorted(),
	).toEqual([
		'20260210T055341Z-frontend-0001',
		'20260210T055342Z-backend-0002',
		'state/jobs/20260210T055342Z-backend-0002/closed.part',
		'state/jobs/20260210T055342Z-backend-0002/halted.part',
		'state/lock/frontend.part',
	]);
	await host.ok(closeRun({...state, run: '20260210T055342Z-backend-0002'}, 'abandoned', {type: 'x', data: {}}));
	expect(await host.sh('find state -name "*.part"')).toBe('state/lock/frontend.part');
});
