import {execFileSync, spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseDocument} from 'yaml';
import {runEvents} from '../../src/cli/events/event-schema.ts';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {readWorkflow, runJob, type JobEnd, type Runner} from '../support/github-actions.ts';
import {problemsOfLine} from '../support/printed-lines.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

const examples = new URL('../../examples/github-actions', import.meta.url).pathname;
const product = new URL('../../dist/cockpit.mjs', import.meta.url).pathname;
const workflow = (name: string) => readWorkflow(join(examples, name));

/** What is missing here of what a runner has. */
const unavailable =
	process.getuid?.() !== 0
		? 'a machine with a name of its own needs root'
		: ['jq', 'git'].find(program => spawnSync(program, ['--version']).error !== undefined);

describe.skipIf(unavailable !== undefined)(
	`workflows of GitHub Actions${unavailable === undefined ? '' : ` (${unavailable})`}`,
	() => {
		let directory: string;
		let sandbox: Sandbox;
		let key: string;
		let knownHosts: string;
		let count = 0;
		const seen = new Set<string>();

		const git = (...args: readonly string[]): string =>
			execFileSync(
				'git',
				['-C', sandbox.config, '-c', 'user.name=Ravi', '-c', 'user.email=r@example.com', ...args],
				{
					encoding: 'utf8',
				},
			).trim();

		const live = (environment: 'preprod' | 'production'): string =>
			readlinkSync(join(directory, 'box', environment, 'var/www/qsights/backend'));
		const servedBy = async (environment: 'preprod' | 'production'): Promise<string> =>
			(await fetch(`${sandbox.urls[environment].api}/health`)).text();
		const lockOf = (environment: string): string =>
			join(directory, 'box', environment, 'home/ubuntu/.cockpit/qsights', environment, 'lock/backend');

		beforeAll(async () => {
			directory = mkdtempSync(join(tmpdir(), 'cockpit-ci-'));
			sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
			key = readFileSync(sandbox.keyFile, 'utf8').trimEnd();
			knownHosts = readFileSync(sandbox.knownHosts, 'utf8').trimEnd();
			// As the shipped environments have it: the key at its place, known hosts from the machine, --expect on production.
			for (const name of ['preprod', 'production']) {
				const file = join(sandbox.config, `environments/${name}.yaml`);
				const text = parseDocument(readFileSync(file, 'utf8'));
				text.setIn(['hosts', 0, 'identityFile'], '~/.ssh/qsights.pem');
				text.setIn(['hosts', 0, 'knownHostsFile'], '~/.ssh/known_hosts');
				text.deleteIn(['hosts', 0, 'hostKeys']);
				if (name === 'production') text.set('headless', 'expect');
				writeFileSync(file, text.toString());
			}
			cpSync(examples, join(sandbox.config, '.github/workflows'), {recursive: true});
			git('add', '.github', 'environments');
			git('commit', '--quiet', '--message', 'Deploy from CI');
			mkdirSync(join(directory, 'programs'));
			writeFileSync(
				join(directory, 'programs/cockpit'),
				`#!/bin/sh\nexec '${process.execPath}' '${product}' "$@"\n`,
				{
					mode: 0o755,
				},
			);
		});
		afterAll(async () => {
			await sandbox.close();
			rmSync(directory, {recursive: true});
		});

		/** A machine that nobody has used yet, with a clone of the project. */
		const newRunner = (commit = 'HEAD'): Runner => {
			count += 1;
			const home = join(directory, `runner-${count}`);
			const workspace = join(home, 'work');
			mkdirSync(home);
			execFileSync('git', ['clone', '--quiet', sandbox.config, workspace]);
			execFileSync('git', ['-C', workspace, 'checkout', '--quiet', '--detach', commit]);
			return {machine: `runner-${count}`, home, workspace, programs: join(directory, 'programs')};
		};

		const given = (inputs: Readonly<Record<string, string>> = {}, of: Readonly<Record<string, string>> = {}) => ({
			'github.actor': 'asha',
			'github.sha': git('rev-parse', 'HEAD'),
			'secrets.COCKPIT_SSH_KEY': key,
			'vars.COCKPIT_KNOWN_HOSTS': knownHosts,
			...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value])),
			...of,
		});

		const without = ['Install the cockpit'];

		/** Every line a job kept is as docs/events.md says. Answers with them. */
		const linesOf = (runner: Runner): readonly Readonly<Record<string, unknown>>[] => {
			const lines = readFileSync(join(runner.home, 'temp/cockpit/events.jsonl'), 'utf8')
				.trim()
				.split('\n')
				.map(line => JSON.parse(line) as Readonly<Record<string, unknown>>);
			expect(lines.flatMap(problemsOfLine)).toEqual([]);
			for (const {type} of lines) seen.add(String(type));
			return lines;
		};

		/** A job whose step *Deploy* is hit as soon as it prints a line of that type. */
		const hitAt = async (
			name: string,
			{
				runner,
				values,
				type,
				isLost,
			}: {
				readonly runner: Runner;
				readonly values: Readonly<Record<string, string>>;
				readonly type: string;
				readonly isLost: boolean;
			},
		): Promise<JobEnd> => {
			let isHit = false;
			return runJob(workflow(name), 'deploy', {
				runner,
				given: values,
				without,
				onStep: (step, child) => {
					if (step.name !== 'Deploy') return;
					let printed = '';
					child.stdout?.on('data', (text: string) => {
						printed += text;
						if (isHit || !printed.includes(`"type":"${type}"`) || child.pid === undefined) return;
						isHit = true;
						process.kill(-child.pid, 'SIGKILL');
					});
				},
				isLost: () => isLost && isHit,
			});
		};

		const ravi = (...args: readonly string[]): Promise<Finished> => {
			const home = join(directory, 'ravi');
			mkdirSync(join(home, '.ssh'), {recursive: true});
			writeFileSync(join(home, '.ssh/qsights.pem'), `${key}\n`, {mode: 0o600});
			writeFileSync(join(home, '.ssh/known_hosts'), `${knownHosts}\n`);
			return runCockpit(args, {config: sandbox.config, home, environment: {COCKPIT_ACTOR: 'Ravi'}});
		};

		const gate = (
			inputs: Readonly<Record<string, string>>,
			of: Readonly<Record<string, string>> = {},
		): Promise<JobEnd> =>
			runJob(workflow('gate.yml'), 'gate', {runner: newRunner(), given: given(inputs, of), without});

		test('Pre-Prod: what is live there already is not deployed again', async () => {
			const before = live('preprod');

			const end = await runJob(workflow('preprod.yml'), 'deploy', {runner: newRunner(), given: given(), without});

			expect(end.outcome, end.stderr + end.stdout).toBe('success');
			expect(end.stdout).toContain('To deploy: nothing\n');
			expect(Object.keys(end.ran)).toEqual(['Prepare', 'What is to deploy', 'Remove the key']);
			expect(live('preprod')).toBe(before);
		});

		test('the gate says HOLD, with its evidence; where GO is asked for, the job ends as failed', async () => {
			const [end, asked, unpinned] = await Promise.all([
				gate({app: 'backend'}),
				gate({app: 'backend', 'require-go': 'true'}),
				gate({app: 'backend'}, {'vars.COCKPIT_KNOWN_HOSTS': ''}),
			]);
			expect(end.outcome, end.stderr).toBe('success');
			expect(end.outputs['verdict']).toBe('HOLD');
			expect(end.outputs['next-slot']).toMatch(/^\d{4}-\d\d-\d\dT/);
			expect(end.summary).toContain('## backend to production: HOLD');
			expect(end.summary).toMatch(/\| checklist \| open \| 48 of 51/);
			expect([asked.outcome, asked.outputs['verdict']]).toEqual(['failure', 'HOLD']);
			expect([unpinned.outcome, unpinned.outputs['verdict']]).toEqual(['success', 'HOLD']);
			expect(unpinned.summary).toMatch(/\| soak \| unknown \| [^|]*no one has accepted it/);
		});

		test('production: a commit that was not merged is refused before there is a key', async () => {
			git('branch', 'side', git('commit-tree', '-m', 'Aside', '-p', 'HEAD', 'HEAD^{tree}'));
			const runner = newRunner('origin/side');
			const inputs = {app: 'backend', commit: git('rev-parse', 'side'), migrate: 'run'};

			const end = await runJob(workflow('production.yml'), 'deploy', {runner, given: given(inputs), without});

			expect(end.outcome).toBe('failure');
			expect(end.ran).toEqual({'Is on main': 'failure', 'Remove the key': 'success'});
		});

		test('production: nothing begins without the evidence, nor with another commit than the one that is meant', async () => {
			const before = live('production');
			const runner = newRunner();
			const values = given({app: 'backend', commit: git('rev-parse', 'HEAD'), migrate: 'run'});

			const early = await runJob(workflow('production.yml'), 'deploy', {runner, given: values, without});
			expect([early.outcome, early.ran['Deploy']]).toEqual(['failure', 'failure']);
			expect(early.stderr).toContain('3 open');
			expect(early.summary).toContain('DEPLOYMENT BLOCKED');
			expect(linesOf(runner).at(-1)).toMatchObject({type: 'error', code: 'blocked', exitCode: 1});

			for (const [item, ...more] of [
				['scheduled-tasks'],
				['report-export', '--value', '0'],
				['approval-stability', '--value', '24'],
			] as const) {
				const signed = await ravi('checklist', 'sign', item, '--result', 'passed', ...more);
				expect(signed.code, signed.stderr).toBe(0);
			}
			expect((await gate({app: 'backend', 'require-go': 'true'})).outputs['verdict']).toBe('GO');

			const other = newRunner();
			const wrong = await runJob(workflow('production.yml'), 'deploy', {
				runner: other,
				given: {...values, 'inputs.commit': git('rev-parse', 'HEAD~2')},
				without,
			});
			expect(wrong.outcome).toBe('failure');
			expect(wrong.ran).not.toHaveProperty('Go on with a run that lost its cockpit');
			expect(linesOf(other).at(-1)).toMatchObject({
				type: 'error',
				what: 'DEPLOYMENT BLOCKED: not the build that was expected',
				exitCode: 1,
			});
			expect(live('production')).toBe(before);
		});

		test('production: with evidence and both words it is deployed, and events, summary and ledger tell of it', async () => {
			const runner = newRunner();
			const commit = git('rev-parse', 'HEAD');

			const end = await runJob(workflow('production.yml'), 'deploy', {
				runner,
				given: given({app: 'backend', commit, migrate: 'run'}),
				without,
			});

			expect(end.outcome, end.stderr).toBe('success');
			expect(live('production')).toMatch(new RegExp(`-${commit.slice(0, 7)}$`));
			expect(await servedBy('production')).toBe(await servedBy('preprod'));
			expect(linesOf(runner).map(({type}) => type)).toEqual(
				expect.arrayContaining(['gate', 'run.finished', 'watch.on']),
			);
			expect(end.summary).toContain('**done**, exit code 0');
			const {events} = await ravi('history', '--env', 'production', '--kind', 'runs', '--limit', '1', '--json');
			expect(JSON.stringify(events)).toContain('asha by GitHub Actions');
			// No secret is left on the machine or in what it keeps.
			expect(() => statSync(join(runner.home, '.ssh/qsights.pem'))).toThrow('ENOENT');
			expect(end.stdout + end.stderr + end.summary).not.toContain(key.split('\n')[2]);
		});

		/** A change of the backend that a merge would bring. */
		const change = (text: string): void => {
			writeFileSync(join(sandbox.config, 'backend/resources/ci.txt'), text);
			git('add', 'backend');
			git('commit', '--quiet', '--message', text);
		};

		test('Pre-Prod: a cockpit killed on a runner that lives is gone on with in the same job', async () => {
			change('One');
			const runner = newRunner();

			const end = await hitAt('preprod.yml', {runner, values: given(), type: 'lock.taken', isLost: false});

			expect(end.ran, end.stderr).toMatchObject({
				Deploy: 'failure',
				'Go on with a run that lost its cockpit': 'success',
				Summary: 'success',
				'Remove the key': 'success',
			});
			expect(end.summary).toContain('**done**, exit code 0');
			expect(live('preprod')).toContain(git('rev-parse', '--short=7', 'HEAD'));
			linesOf(runner);
		});

		test('a runner lost behind the swap: another one finds the run, takes it over and finishes it', async () => {
			change('Two');
			const lost = await hitAt('preprod.yml', {
				runner: newRunner(),
				values: given(),
				type: 'live.changed',
				isLost: true,
			});
			expect(lost.outcome).toBe('lost');
			const [run = ''] = readFileSync(lockOf('preprod'), 'utf8').split(' ');

			const runner = newRunner('HEAD~1');
			const resume = () =>
				runJob(workflow('resume.yml'), 'resume', {
					runner,
					given: given({environment: 'preprod', run: ''}, {'github.actor': 'omar'}),
					without,
				});
			const end = await resume();

			expect(end.outcome, end.stderr + end.stdout).toBe('success');
			expect(linesOf(runner)).toContainEqual(expect.objectContaining({type: 'run.resumed', run, attempt: 2}));
			expect(() => statSync(lockOf('preprod'))).toThrow('ENOENT');
			expect(live('preprod')).toContain(git('rev-parse', '--short=7', 'HEAD'));
			expect(await servedBy('preprod')).toContain('"ok"');

			const again = await resume();
			expect(again.outcome).toBe('failure');
			expect(again.stderr).toContain('no lock is held for one of yours');
		});

		test('what these runs printed is every event there is, but for those that the page calls rare', () => {
			const missing = runEvents
				.filter(({type, note}) => !('rare' in note) && !seen.has(type))
				.map(({type}) => type);

			expect(missing).toEqual([]);
		});
	},
);
