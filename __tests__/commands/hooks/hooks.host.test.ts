import {existsSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {beginHook, hostHookCommand, keepHook, keptInput} from '../../../src/commands/hooks/hooks.ts';
import {parseBackups, listBackups} from '../../../src/commands/backups/list/backup-listing.ts';
import {haltJobs, renderScript, startOrAttachJob} from '../../../src/commands/job/job.ts';
import {closeRun, takeLock} from '../../../src/commands/lock/lock.ts';
import {lookBack, parseWaysBack} from '../../../src/commands/rollback/ways-back.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import type {Hook, HookFacts} from '../../../src/domain/environments/hooks.ts';
import {until} from '../../support/wait.ts';
import {createHostDirectory, type HostDirectory} from '../host-directory.ts';

const stateIn = ({root}: HostDirectory) => ({directory: `${root}/state`, app: 'backend', run: 'run-1'});

const locked = async (host: HostDirectory, attempt = 1): Promise<void> => {
	await host.ok(takeLock(stateIn(host), {attempt, holder: {name: 'Ravi'}, record: {}, entry: {type: 'a', data: {}}}));
};

test('hook on a host: begins once for a driver, is known to have begun by the next, and tells again what it said', async () => {
	await using host = createHostDirectory();
	const begin = (attempt: number) => host.ok(beginHook({...stateIn(host), attempt}, 'hook-x'));
	await locked(host);

	// The second answer is to the same driver, whose link broke.
	expect([await begin(1), await begin(1)]).toEqual(['new\n', 'new\n']);
	await locked(host, 2);
	expect(await begin(2)).toBe('begun\n');
	expect((await host.run(beginHook({...stateIn(host), attempt: 1}, 'hook-x'))).code).toBe(97);
	const said = 'cockpit-keep a=b\nnoted: c';
	const keep = keepHook({...stateIn(host), attempt: 2}, {hook: 'hook-x', backup: `${host.root}/none.tar.gz`});
	await host.ok(keep, keptInput({kept: {a: 'b'}, failed: undefined, said}));

	expect(await begin(2)).toBe(`ended\n${said}`);
	expect((await host.run({...keep, argv: beginHook({...stateIn(host), attempt: 3}, 'hook-x').argv})).code).toBe(97);
});

test('what hooks keep: beside the backup and in the entry that ends the run, whatever texts they hold', async () => {
	await using host = createHostDirectory();
	await locked(host);
	const directory = `${host.root}/backups`;
	const file = 'backend_20260210_112341.tar.gz';
	await host.sh(
		`mkdir -p "$1" && echo x >"$1/$2" && printf '{"file":"%s","origin":"cockpit","release":"r1","commit":"8af7e1e","app":"backend","run":"run-1","by":"Ravi"}\\n' "$2" >"$1/\${2%.tar.gz}.json"`,
		directory,
		file,
	);
	const evil = String.raw`a "b" \ $(touch pwned) 'c' %s "data":{ "kept":{"x":"y"}`;
	const keep = (hook: string, kept: Readonly<Record<string, string>>, failed?: Readonly<Record<string, string>>) =>
		host.ok(
			keepHook({...stateIn(host), attempt: 1}, {hook, backup: `${directory}/${file}`}),
			keptInput({kept, failed, said: ''}),
		);

	await keep('hook-1', {'database-snapshot': 'pre-1', 'database-restore': evil});
	await keep('hook-2', {other: 'x'}, {id: 'two', why: evil});
	await keep('hook-3', {});
	await host.ok(
		closeRun(stateIn(host), 'done', {type: 'deploy.finished', data: {run: 'run-1', release: 'previous'}}, 'urgent'),
	);

	const kept = {'database-snapshot': 'pre-1', 'database-restore': evil, other: 'x'};
	const entry = JSON.parse((await host.sh('tail -n 1 "$1/state/ledger.jsonl"', host.root)) || '{}') as object;
	expect(entry).toMatchObject({data: {run: 'run-1', kept, hooksFailed: [{id: 'two', why: evil}]}});
	const listed = await host.ok(listBackups({directory, stateDirectory: stateIn(host).directory, apps: {}}));
	expect(parseBackups(listed, {timeZone: 'UTC'}).backups).toMatchObject([{release: 'r1', run: 'run-1', kept}]);
	const layout = releaseLayout({path: `${host.root}/live`});
	const looked = await host.ok(
		lookBack({stateDirectory: stateIn(host).directory, app: 'backend', layout, backups: directory}),
	);
	expect(parseWaysBack(looked).notes).toEqual([{file, release: 'r1', commit: '8af7e1e', run: 'run-1', kept}]);
	expect(await host.sh('ls "$1"', host.root)).not.toContain('pwned');
});

/** What nobody waits for is a zombie until its parent is gone, too. */
const stateOf = (pid: string): string =>
	existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : 'gone';

const hook: Hook = {id: 'x', run: ['sh', '-c', 'true'], where: 'host', timeoutMs: 20_000, fails: 'stop', variables: []};
const facts = (release: string): HookFacts => ({
	moment: 'afterDeploy',
	project: 'qsights',
	environment: 'preprod',
	app: 'backend',
	host: 'web-1',
	address: '192.0.2.1',
	run: 'run-1',
	kind: 'deploy',
	startedAt: '2026-02-10T05:53:41Z',
	commit: '',
	release,
	previous: '',
	backup: '/none.tar.gz',
	site: 'https://example.test',
	api: 'https://example.test/api',
	actor: `Ravi "O'Neil" $(touch pwned)`,
});

test('hook on a host: hears what only the host knows, by its environment and standard input', async () => {
	await using host = createHostDirectory();
	await host.sh(
		'mkdir -p "$1/state/jobs/run-1" && cd "$1/state/jobs/run-1" && echo r1-0123abc >previous && echo r0-7f3a9c2 >target',
		host.root,
	);
	const run = [
		'sh',
		'-c',
		'cat; printf "%s|" "$COCKPIT_RELEASE" "$COCKPIT_PREVIOUS" "$COCKPIT_BACKUP" "$COCKPIT_COMMIT" "$COCKPIT_ACTOR"',
	] as const;

	const command = hostHookCommand(stateIn(host), {
		hook: {...hook, run},
		live: `${host.root}/live`,
		facts: facts('previous'),
	});
	const [json = '', variables] = (await host.ok(command)).split('\n');

	const heard = {...facts('r0-7f3a9c2'), previous: 'r1-0123abc', backup: '', commit: '7f3a9c2'};
	expect(JSON.parse(json)).toEqual(heard);
	expect(variables).toBe(`r0-7f3a9c2|r1-0123abc||7f3a9c2|${heard.actor}|`);
	expect(await host.sh('ls "$1"', host.root)).not.toContain('pwned');
});

test('hook on a host: one that takes too long is ended with all it has started, and says so', async () => {
	await using host = createHostDirectory();
	// None of them ends by TERM, and one has left: it is told as too late, not as killed.
	const run = ['sh', '-c', `trap '' TERM; setsid sh -c 'echo $$; exec sleep 60' & sleep 60 & echo $!; wait`] as const;
	const command = hostHookCommand(stateIn(host), {
		hook: {...hook, run, timeoutMs: 300},
		live: 'live',
		facts: facts('r1'),
	});

	const {code, stdout, stderr} = await host.run(command);

	expect({code, stderr}).toEqual({code: 124, stderr: ''});
	const [one = '', other = '', said] = stdout.split('\n');
	expect(said).toBe('it did not end in 0.3 s, and was ended');
	for (const pid of [one, other]) expect(stateOf(pid)).toMatch(/^gone$|\) Z/);
});

test('hook on a host: what it leaves behind goes on when it ends by itself, with its own exit code', async () => {
	await using host = createHostDirectory();
	const run = ['sh', '-c', 'setsid sleep 60 >/dev/null 2>&1 & echo $!; exit 124'] as const;
	const command = hostHookCommand(stateIn(host), {hook: {...hook, run}, live: 'live', facts: facts('r1')});

	const {code, stdout} = await host.run(command);

	expect(code).toBe(124);
	expect(stdout).toMatch(/^\d+\n$/);
	expect(stateOf(stdout.trim())).toMatch(/^\d+ \(s\w+\) [RSD]/);
	process.kill(Number(stdout));
});

test('hook on a host: a run that is stopped ends it with all it has started', async () => {
	await using host = createHostDirectory();
	await locked(host);
	const run = ['sh', '-c', `setsid sh -c 'echo $$; exec sleep 60' & wait`] as const;
	const command = hostHookCommand(stateIn(host), {hook: {...hook, run}, live: 'live', facts: facts('r1')});
	const start = startOrAttachJob(stateIn(host), {
		job: 'hook-x',
		attempt: 1,
		offset: 0,
		script: renderScript([command]),
	});
	const reader = host.start(start);
	reader.stdin.end(start.input);
	let said = '';
	reader.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
	const pid = (): string => /^(\d+)$/m.exec(said)?.[1] ?? '';
	await until('the hook to say who it has started', () => pid() !== '', {show: () => said});

	await host.ok(haltJobs(stateIn(host), {attempt: 1, jobs: ['hook-x']}));

	expect(stateOf(pid())).toMatch(/^gone$|\) Z/);
});
