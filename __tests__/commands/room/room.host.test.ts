import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {haltJobs, renderScript, startOrAttachJob} from '../../../src/commands/job/job.ts';
import {closeRun, takeLock, type Urgency} from '../../../src/commands/lock/lock.ts';
import {recordEntry} from '../../../src/commands/ledger/ledger.ts';
import {runProgram, type Ended} from '../../support/run-program.ts';
import {createHostDirectory, type HostDirectory} from '../host-directory.ts';

/** What fills a directory that is a file system of its own, up to the last block or inode. */
const fills = {
	blocks: 'head -c 1G /dev/zero >>"$1/filler" || true',
	inodes: 'i=0; while (: >"$1/filler-$i") 2>/dev/null; do i=$((i + 1)); done',
} as const;
fills satisfies Record<string, string>;
type Full = keyof typeof fills | 'both';

const canMount = (await runProgram(['sh', '-c', 'unshare --mount true'])).code === 0;

/** A host whose state directory is a small disk of its own. */
const openHost = async (size = '6m') => {
	const host = createHostDirectory();
	const state = join(host.root, 'state');
	await host.sh('mkdir state && mount -t tmpfs -o "size=$1,nr_inodes=420" none state', size);
	const fill = async (full: Full): Promise<void> => {
		for (const [kind, script] of Object.entries(fills))
			if (full === 'both' || full === kind) await host.sh(`${script} 2>/dev/null`, state);
	};
	return {
		...host,
		host,
		fill,
		run: (name: string, urgency: Urgency = 'usual') => runOn(host, name, urgency),
		ledger: (): readonly string[] =>
			readFileSync(join(state, 'ledger.jsonl'), 'utf8')
				.trim()
				.split('\n')
				.map(line => (JSON.parse(line) as {type: string}).type),
		[Symbol.asyncDispose]: async (): Promise<void> => {
			await host.sh('umount -l state');
			await host[Symbol.asyncDispose]();
		},
	};
};

const runOn = (host: HostDirectory, run: string, urgency: Urgency) => {
	const state = {directory: 'state', app: 'backend', run};
	const entry = (type: string) => ({type, once: `${run} ${type}`, data: {run}});
	const job = (name: string, script: string, room?: 'spare' | 'closing'): Promise<Ended> => {
		const command = startOrAttachJob(state, {job: name, attempt: 1, offset: 0, script, room});
		return host.run(command, command.input);
	};
	return {
		job,
		take: (): Promise<Ended> =>
			host.run(
				takeLock(state, {
					attempt: 1,
					holder: {name: 'Ravi', machine: 'laptop'},
					record: {version: 1, run},
					entry: entry(`${urgency}.started`),
					urgency,
				}),
			),
		halt: (...jobs: string[]): Promise<Ended> => host.run(haltJobs(state, {attempt: 1, jobs})),
		close: (outcome: string, more: Parameters<typeof renderScript>[0] = []): Promise<Ended> =>
			job(
				outcome === 'done' ? 'close' : 'abandon',
				renderScript([...more, closeRun(state, outcome, entry(`${urgency}.${outcome}`), urgency)]),
				'closing',
			),
	};
};

describe.skipIf(!canMount)(`the room a host keeps for a full disk${canMount ? '' : ' (needs mount)'}`, () => {
	test.each<Full>(['blocks', 'inodes', 'both'])(
		'%s used up in the middle of a run: told as it ended, closed, and rolled back twice',
		async full => {
			await using disk = await openHost();
			const {fill, ledger} = disk;
			const deploy = disk.run('run-1');
			expect(await deploy.take()).toMatchObject({code: 0});

			await disk.host.sh('mkfifo go');
			const long = deploy.job('long', 'read -r go <go; seq 60000; echo the end >done');
			await disk.host.sh('until [ -e state/jobs/run-1/long/group ]; do :; done');
			await fill(full);
			await disk.host.sh('echo >go');
			const {code, stderr} = await long;
			expect({code, stderr}).toEqual({
				code: 0,
				stderr: expect.stringMatching(full === 'inodes' ? /^J exit 0 \d+\n$/ : /^J cut\nJ exit 0 \d+\n$/),
			});
			expect(await disk.host.sh('cat done')).toBe('the end');

			const refused = await deploy.job('next', 'echo 1 >never');
			expect(refused).toMatchObject({
				code: 94,
				stderr: expect.stringMatching(/^No space left on device: state has \d+ KiB free of \d+/),
			});
			await fill(full);
			expect(await deploy.halt('long', 'next')).toMatchObject({code: 0, stderr: ''});
			// Whoever comes late with it is told what `halt` has made of it.
			expect((await deploy.job('next', 'echo 1 >never')).stderr).toContain('J exit 143 0');
			await fill(full);
			const closed = await deploy.close('abandoned');
			expect(closed).toMatchObject({code: 0, stderr: expect.stringMatching(/^J exit 0 /)});
			expect(closed.stdout).not.toContain('noted');
			expect(await disk.host.sh('ls state/lock; cat state/jobs/run-1/closed')).toBe(
				'backend.flock\nbackend.token\nabandoned',
			);
			expect(await disk.host.sh('find state -name "*.part" ! -path "*/abandon/*"')).toBe('');

			for (const name of ['run-2', 'run-3']) {
				await fill(full);
				const rollback = disk.run(name, 'urgent');
				expect(await rollback.take()).toMatchObject({code: 0, stdout: expect.not.stringContaining('noted')});
				for (const step of ['verify', 'swap', 'reload'])
					expect((await rollback.job(step, `echo ${name} ${step} >>done`, 'spare')).stderr).toMatch(
						/^J exit 0 /,
					);
				await fill(full);
				expect((await rollback.close('done')).stderr).toMatch(/^J exit 0 /);
			}
			expect(ledger()).toEqual([
				'usual.started',
				'usual.abandoned',
				'urgent.started',
				'urgent.done',
				'urgent.started',
				'urgent.done',
			]);
			expect(await disk.host.sh('ls state/lock; [ -e never ] || echo never began')).toBe(
				'backend.flock\nbackend.token\nnever began',
			);
		},
		20_000,
	);

	test.each<Full>(['blocks', 'inodes'])('no deploy begins where %s are used up already', async full => {
		await using disk = await openHost();
		await disk.fill(full);
		const {code, stderr} = await disk.run('run-1').take();

		expect({code, stderr}).toEqual({
			code: 94,
			stderr: expect.stringMatching(/No space left on device/),
		});
		expect(await disk.host.sh('ls state/jobs state/lock 2>/dev/null || true')).not.toContain('run-1');
	});

	test('a deploy that is healthy is closed in the middle of a full disk, and says so in its ledger', async () => {
		await using disk = await openHost();
		const deploy = disk.run('run-1');
		await deploy.take();
		await disk.fill('both');

		expect((await deploy.close('done', [recordEntry('state', {type: 'between'})])).stderr).toMatch(/^J exit 0 /);
		expect(disk.ledger()).toEqual(['usual.started', 'between', 'usual.done']);
	});

	test('a read-only state directory is told as that, and not as a full disk', async () => {
		await using disk = await openHost();
		const deploy = disk.run('run-1');
		await deploy.take();
		await disk.host.sh('mount -o remount,ro state');

		const {code, stderr} = await deploy.job('next', 'echo 1 >never');
		await disk.host.sh('mount -o remount,rw state');
		expect(code).not.toBe(0);
		expect(stderr).toMatch(/Read-only file system/);
		expect(stderr).not.toMatch(/No space left/);
		expect((await deploy.close('abandoned')).stderr).toMatch(/^J exit 0 /);
	});
});
