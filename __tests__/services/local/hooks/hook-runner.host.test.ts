import {existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Hook, HookFacts} from '../../../../src/domain/environments/hooks.ts';
import {createHookRunner} from '../../../../src/services/local/hooks/hook-runner.ts';
import {until} from '../../../support/wait.ts';
import {createTemporaryRepository} from '../temporary-repository.ts';

const facts = {moment: 'afterDeploy', run: 'run-1', startedAt: '2026-02-10T05:53:41Z', release: 'r2'} as HookFacts;

const variables = {
	PATH: process.env['PATH'],
	HOME: '/home/asha',
	LANG: 'C.UTF-8',
	SENTRY_TOKEN: 'blue-elephants',
	OTHER: 'x',
};

const project = (text: string) => {
	const repository = createTemporaryRepository();
	repository.write('hooks/it', {script: `#!/bin/sh\n${text}\n`});
	const lines: string[] = [];
	const stopping = new AbortController();
	const hook: Hook = {id: 'it', run: ['hooks/it'], where: 'here', timeoutMs: 20_000, fails: 'stop', variables: []};
	const runner = createHookRunner({directory: join(repository.path, '.texts'), variables, graceMs: 300});
	const end = (more: Partial<Hook> = {}, commit?: string) =>
		runner.run(
			{...hook, ...more},
			{directory: repository.path, commit, facts, onLines: said => lines.push(...said), signal: stopping.signal},
		);
	return {...repository, hook, runner, lines, stopping, end, [Symbol.dispose]: () => repository[Symbol.dispose]()};
};

/** Whether a process is there; one that waits for its parent is not. */
const isAlive = (pid: string): boolean => {
	try {
		return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return false;
	}
};

test('hook here: hears by its environment and standard input, and gets nothing else of this process', async () => {
	using it = project('env | sort >seen; cat >heard; echo "cockpit-keep a=1"; echo b >&2; exit 3');

	const {how, code, stdout, lastLines} = await it.end({variables: ['SENTRY_TOKEN', 'NOT_SET']});

	expect({how, code, stdout}).toEqual({how: 'exit', code: 3, stdout: ['cockpit-keep a=1']});
	expect(lastLines.toSorted()).toEqual(['b', 'cockpit-keep a=1']);
	expect(JSON.parse(readFileSync(join(it.path, 'heard'), 'utf8'))).toEqual(facts);
	const names = readFileSync(join(it.path, 'seen'), 'utf8')
		.split('\n')
		.flatMap(line => (/^(?:PWD|OLDPWD|_|SHLVL|)=|^$/.test(line) ? [] : [line.split('=')[0]]));
	expect(names).toEqual([
		'COCKPIT_HOOK',
		'COCKPIT_MOMENT',
		'COCKPIT_RELEASE',
		'COCKPIT_RUN',
		'COCKPIT_STARTED_AT',
		'HOME',
		'LANG',
		'PATH',
		'SENTRY_TOKEN',
	]);
});

test('hook here: what it prints is shown without what a terminal would obey and without secrets, its own first', async () => {
	using it = project(
		String.raw`printf 'a\033[31mb\n'; echo "password=hunter22"; echo "cockpit-keep x=$SENTRY_TOKEN"`,
	);

	const {stdout} = await it.end({variables: ['SENTRY_TOKEN']});

	expect(it.lines).toEqual(['ab', 'password=***', 'cockpit-keep x=***']);
	expect(stdout).toEqual(['cockpit-keep x=***']);
});

/** One in its group and one that has left it; neither ends when told to. */
const stubborn = `trap '' TERM; sleep 60 & echo $! >child; setsid sh -c 'echo $$ >away; exec sleep 60' & echo up; wait`;

test('hook here: one that takes too long is ended with all it has started, wherever that went', async () => {
	using it = project(stubborn);

	const {how} = await it.end({timeoutMs: 700});

	expect(how).toBe('timeout');
	for (const name of ['child', 'away']) expect(isAlive(readFileSync(join(it.path, name), 'utf8').trim())).toBe(false);
});

test('hook here: what has left its group goes on when it ends by itself', async () => {
	using it = project(`setsid sh -c 'echo $$ >away; exec sleep 60 >/dev/null 2>&1' & until [ -s away ]; do :; done`);

	expect((await it.end()).code).toBe(0);

	const pid = readFileSync(join(it.path, 'away'), 'utf8').trim();
	expect(isAlive(pid)).toBe(true);
	process.kill(Number(pid));
});

test('hook here: what it says is bounded, by line and in all, and what it asks to be kept is heard all the same', async () => {
	using it = project(
		`head -c 3000000 /dev/zero | tr '\\0' x; echo; yes "$(printf %0999d 7)" | head -n 1200; echo 'cockpit-keep a=b'`,
	);

	const {stdout, lastLines} = await it.end();

	expect(it.lines[0]).toBe(`${'x'.repeat(2000)} [cut: the line is longer]`);
	expect(it.lines.join('\n').length).toBeLessThan(1_050_000);
	expect(it.lines.at(-21)).toMatch(/^\[\d+ lines left out: it said too much\]$/);
	expect([it.lines.at(-1), lastLines.at(-1), stdout]).toEqual([
		'cockpit-keep a=b',
		'cockpit-keep a=b',
		['cockpit-keep a=b'],
	]);
});

test('hook here: a run that stops ends it with all it has started', async () => {
	using it = project(stubborn);
	const ending = it.end();
	await until('the hook to say something', () => it.lines.length > 0);

	it.stopping.abort();

	await expect(ending).rejects.toMatchObject({code: 'cancelled'});
	for (const name of ['child', 'away']) expect(isAlive(readFileSync(join(it.path, name), 'utf8').trim())).toBe(false);
});

test('hook here: what it leaves behind in its group ends with it, and keeps nobody waiting', async () => {
	using it = project('sleep 60 & echo $! >child');

	expect((await it.end()).code).toBe(0);
	const child = readFileSync(join(it.path, 'child'), 'utf8').trim();
	await until('what was left behind to end', () => !isAlive(child));
});

test('hook here: of a commit it is run as committed, with its folder beside it, whatever the work tree says', async () => {
	using it = project('. "$(dirname "$0")/words"; echo "$word"');
	it.write('hooks/words', 'word=committed\n');
	symlinkSync('/bin/echo', join(it.path, 'hooks/link'));
	const commit = await it.commit();
	it.write('hooks/words', 'word=changed\n');
	it.write('hooks/it', {script: '#!/bin/sh\necho other\n'});
	it.write('hooks/new', {script: '#!/bin/sh\necho new\n'});

	const committed = await it.end({}, commit);
	const uncommitted = await it.end({run: ['hooks/new']}, commit);
	const none = await it.end({run: ['hooks/none']}, commit);
	await it.end();

	expect(committed.code).toBe(0);
	expect(it.lines).toEqual(['committed', 'other']);
	expect(uncommitted).toMatchObject({
		how: 'unstarted',
		lastLines: [`hooks/new is not in commit ${commit.slice(0, 7)}: commit it`],
	});
	expect(none.lastLines[0]).toMatch(/^there is no hooks\/none below /);
	expect(await it.runner.whyNot({...it.hook, run: ['hooks/new']}, {directory: it.path, commit})).toContain(
		'commit it',
	);
	for (const [program, why] of [
		['hooks/link', `hooks/link is a link in commit ${commit.slice(0, 7)}: name what it leads to`],
		['hooks', 'hooks is a folder: name a program in it'],
		['hooks/', 'hooks is a folder: name a program in it'],
	] as const)
		expect(await it.runner.whyNot({...it.hook, run: [program]}, {directory: it.path, commit})).toBe(why);
	expect(await it.runner.whyNot({...it.hook, run: ['true']}, {directory: it.path, commit})).toBeUndefined();
	expect(readdirSync(join(it.path, '.texts'))).toEqual([]);
});

test('hook here: one that is on the path is found there, and one that can not be started says why', async () => {
	using it = project('true');
	writeFileSync(join(it.path, 'hooks/plain'), 'no program');

	expect(await it.end({run: ['true']})).toMatchObject({how: 'exit', code: 0});
	expect(await it.end({run: ['no-such-program']})).toMatchObject({
		how: 'unstarted',
		lastLines: ['no-such-program: ENOENT'],
	});
	expect(await it.end({run: ['hooks/plain']})).toMatchObject({how: 'unstarted', lastLines: ['hooks/plain: EACCES']});
	expect(existsSync(join(it.path, '.texts'))).toBe(false);
});
