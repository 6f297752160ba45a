import {type ChildProcess, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import {startHoldingProxy, type HoldingProxy} from '../support/holding-proxy.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {writeConfig} from '../support/real-host/write-config.ts';
import {deploy, runOf, startLab, state, type Lab} from '../support/survival-lab.ts';

const worker = new URL('sign-worker.ts', import.meta.url).pathname;
/** How Node itself reads the sources. */
const programs = new URL('../../scripts/text-hooks.ts', import.meta.url).href;
const checklist = `title: Test
phase: before-production
sections:
    - id: section
      title: Section
      items:
          - {id: one, title: One, scope: backend, how: Look., why: So.}
`;

const why = realHostUnavailable();

/** Results that each of the eight engineers signs. */
const each = isDeep ? 50 : 10;

describe.skipIf(why !== undefined)(`evidence on a real host${why === undefined ? '' : ` (${why})`}`, () => {
	let lab: Lab;
	let directory: string;
	beforeAll(async () => {
		lab = await startLab('evidence');
		directory = await mkdtemp(join(tmpdir(), 'cockpit-evidence-'));
		await lab.repository.commit('v2');
		const {code, stderr} = await lab.ravi.run(...deploy);
		expect(code, stderr).toBe(0);
	});
	afterAll(async () => {
		await lab.stop();
		await rm(directory, {recursive: true, force: true});
	});

	const ledgerLines = async (): Promise<readonly string[]> =>
		(await readFile(join(lab.host.root, state, 'ledger.jsonl'), 'utf8')).split('\n').slice(0, -1);

	/** Holds together by what this test computes itself. */
	const expectChain = (lines: readonly string[]): void => {
		for (const [index, line] of lines.entries()) {
			const {seq, prev} = JSON.parse(line) as {seq: number; prev: string};
			expect(seq).toBe(index + 1);
			expect(prev, line).toBe(
				createHash('sha256')
					.update(lines[index - 1] ?? '')
					.digest('hex'),
			);
		}
	};

	/** An engineer's own configuration, which leads through a proxy of their own. */
	const engineer = async (
		name: string,
	): Promise<{readonly proxy: HoldingProxy; readonly sign: (count: number) => Signer}> => {
		const proxy = await startHoldingProxy({host: lab.host.ip, port: lab.host.sshPort});
		const home = join(directory, name);
		const config = join(home, 'config');
		await mkdir(join(config, 'checklists'), {recursive: true});
		const knownHosts = join(home, 'known_hosts');
		await writeFile(knownHosts, `[127.0.0.1]:${proxy.port} ${lab.host.hostPublicKey}\n`);
		await writeConfig(
			config,
			{...lab.host, ip: '127.0.0.1', sshPort: proxy.port, knownHosts},
			{apps: {backend: {source: lab.repository.backend}}},
		);
		await writeFile(join(config, 'checklists/10-test.yaml'), checklist);
		return {proxy, sign: count => startSigner([config, home, name, String(count)], home)};
	};

	test(
		`8 engineers sign ${each} results each; processes are killed, links are cut: nothing is lost, nothing is twice`,
		{timeout: 400_000},
		async () => {
			const names = ['asha', 'mei', 'ravi', 'omar', 'lena', 'kofi', 'yuki', 'ines'];
			const engineers = await Promise.all(names.map(engineer));
			const finish = async (index: number): Promise<void> => {
				const {proxy, sign} = engineers[index] as (typeof engineers)[number];
				const first = sign(each);
				if (index < 2) {
					await first.reached(each * 0.3);
					first.child.kill('SIGKILL');
					await first.ended;
					expect(await sign(each).ended).toMatchObject({code: 0});
				} else if (index < 4) {
					for (const count of [each * 0.2, each * 0.5, each * 0.8]) {
						await first.reached(count);
						proxy.cut();
					}
				}
				if (index >= 2) expect(await first.ended).toMatchObject({code: 0});
				await proxy.stop();
			};
			await Promise.all(names.map(async (_, index) => finish(index)));

			const lines = await ledgerLines();
			expectChain(lines);
			const notes = lines
				.map(line => (JSON.parse(line) as {data: {note?: string}}).data.note)
				.filter(note => note !== undefined);
			const wanted = names.flatMap(name =>
				Array.from({length: each}, (_, index) => `${name} looked ${index + 1} times`),
			);
			expect(notes.toSorted()).toEqual(wanted.toSorted());
			expect((await lab.ravi.run('ledger', 'verify', '--env', 'preprod', '--json')).events[0]).toMatchObject({
				isIntact: true,
				entries: lines.length,
			});
		},
	);

	test(
		'8 who deploy at once: one wins, every other one is told who has the lock and why',
		{timeout: 400_000},
		async () => {
			await lab.repository.commit({'resources/data/build.txt': 'build 2\n'});
			const names = ['Asha', 'Mei', 'Omar', 'Lena', 'Kofi', 'Yuki', 'Ines', 'Theo'];
			const people = await Promise.all(names.map(async name => lab.engineer(name)));
			const runs = people.map(person => person.start(...deploy));
			const ends = await Promise.all(runs.map(async ({finished}) => finished));

			const winner = ends.findIndex(({code}) => code === 0);
			expect(
				ends.map(({code}) => code ?? -1).toSorted((a, b) => a - b),
				ends.map(({stderr}) => stderr).join('\n'),
			).toEqual([0, 6, 6, 6, 6, 6, 6, 6]);
			const run = await runOf(runs[winner] as (typeof runs)[number]);
			for (const [index, {stderr}] of ends.entries()) {
				if (index === winner) continue;
				expect(stderr).toContain(`${names[winner]} on `);
				expect(stderr).toContain(run);
				expect(stderr).toContain(`cockpit resume ${run}`);
			}
			expectChain(await ledgerLines());
			await lab.expectTidy();
		},
	);

	test(
		'a holder that was killed blocks nobody without a word: who, since when, and the way to take over',
		{timeout: 200_000},
		async () => {
			await lab.repository.commit({'resources/data/build.txt': 'build 3\n'});
			const holding = lab.hold('composer');
			const first = lab.ravi.start(...deploy);
			const run = await runOf(first);
			const gate = await holding;
			first.child.kill('SIGKILL');
			await first.finished;
			await gate.open();
			const asha = await lab.engineer('Asha');

			const refused = await asha.run(...deploy);
			expect(refused.code).toBe(6);
			expect(refused.stderr).toContain('Ravi on ');
			expect(refused.stderr).toContain(`cockpit resume ${run}`);
			const wordless = await asha.run('resume', run, '--json');
			expect(wordless.code).toBe(1);
			expect(wordless.stderr).toContain('TAKEOVER BLOCKED');
			expect(wordless.stderr).toContain('Ravi on ');
			expect(wordless.stderr).toContain('--confirm TAKE-OVER');
			expect(await lab.ledger(run)).toEqual(['deploy.started by Ravi']);
			expect((await asha.run('resume', run, '--confirm', 'TAKE-OVER', '--json')).code).toBe(0);
			expect(await lab.ledger(run)).toEqual([
				'deploy.started by Ravi',
				'deploy.resumed by Asha',
				'deploy.finished by Asha',
			]);
			expectChain(await ledgerLines());
		},
	);
});

type Signer = {
	readonly child: ChildProcess;
	/** Resolves once so many results are known to be taken; rejects when it ends before. */
	readonly reached: (count: number) => Promise<void>;
	readonly ended: Promise<{readonly code: number | null; readonly stderr: string}>;
};

const startSigner = (args: readonly string[], home: string): Signer => {
	const child = spawn(process.execPath, ['--import', programs, worker, ...args], {
		env: {PATH: process.env['PATH'], HOME: home, NODE_OPTIONS: '--disable-warning=ExperimentalWarning'},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let last = 0;
	let stderr = '';
	const listeners = new Set<() => void>();
	createInterface({input: child.stdout}).on('line', line => {
		last = Number(line);
		for (const listener of listeners) listener();
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
	const ended = new Promise<{code: number | null; stderr: string}>(resolve => {
		child.on('close', code => resolve({code, stderr}));
	});
	const reached = (count: number): Promise<void> =>
		new Promise((resolve, reject) => {
			const look = (): void => {
				if (last < count) return;
				listeners.delete(look);
				resolve();
			};
			listeners.add(look);
			look();
			void ended.then(({stderr: text}) => reject(new Error(`ended before ${count}: ${text}`)));
		});
	return {child, reached, ended};
};
