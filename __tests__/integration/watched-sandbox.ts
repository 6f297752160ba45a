import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {createSampleStore} from '../../src/services/state/sample-store.ts';
import {reading} from '../domain/watch/a-watch.ts';
import {runCockpit, startCockpit, type CockpitOptions, type RunningCockpit} from '../support/cockpit.ts';
import {git} from '../support/real-host/make-source-repository.ts';
import {startSandbox} from '../support/tui/sandbox.ts';

type Tier = 'preprod' | 'production';

export type WrittenEntry = {
	readonly seq: number;
	readonly type: string;
	readonly actor?: {readonly name: string};
	readonly data: Readonly<Record<string, unknown>>;
};

/** What is open on Pre-Prod. */
const toSign = [
	['scheduled-tasks'],
	['report-export', '--value', '0'],
	['approval-stability', '--value', '25'],
] as const;

/**
 * A sandbox whose production is watched for one minute, looked at every second. `more`: what else stands in the files of
 * its environments; committed, as what is checked is read from there.
 */
export const startWatchedSandbox = async (more: (home: string) => string = () => '') => {
	const sandbox = await startSandbox();
	const box = dirname(sandbox.config);
	for (const tier of ['preprod', 'production'] as const) {
		const path = join(sandbox.config, `environments/${tier}.yaml`);
		const text = readFileSync(path, 'utf8').replace(/^ {2}every: \d+s$/m, '  every: 1s');
		writeFileSync(path, `${text}watch:\n  minutes: 1\n${more(sandbox.home)}`);
	}
	await git(sandbox.config, 'commit', '--quiet', '--all', '--message=Watch for a minute');
	const options = (name: string, environment: Readonly<Record<string, string>> = {}): CockpitOptions => {
		const home = join(sandbox.home, name);
		mkdirSync(home, {recursive: true});
		return {config: sandbox.config, home, environment: {COCKPIT_ACTOR: name, ...environment}};
	};
	const entries = (tier: Tier): readonly WrittenEntry[] =>
		readFileSync(join(box, `${tier}/home/ubuntu/.cockpit/qsights/${tier}/ledger.jsonl`), 'utf8')
			.trim()
			.split('\n')
			.map(line => JSON.parse(line) as WrittenEntry);
	const started: RunningCockpit[] = [];
	const keep = (cockpit: RunningCockpit): RunningCockpit => {
		started.push(cockpit);
		return cockpit;
	};
	const trouble = (tier: Tier): string => join(box, tier, 'trouble');
	return {
		...sandbox,
		box,
		[Symbol.asyncDispose]: async () => {
			for (const {child} of started) child.kill('SIGKILL');
			await Promise.all(started.map(({finished}) => finished));
			await sandbox[Symbol.asyncDispose]();
		},
		options,
		/** Ends it with the sandbox, where it has not ended by then. */
		keep,
		start: (name: string, ...args: readonly string[]) => keep(startCockpit(args, options(name))),
		run: (name: string, ...args: readonly string[]) => runCockpit(args, options(name)),
		/** Of a ledger, as the file on the host has them. */
		entries,
		/** The release before, by the name its host keeps. */
		releaseBefore: (tier: Tier): string =>
			readFileSync(join(box, `${tier}/home/ubuntu/.cockpit/qsights/${tier}/previous-backend`), 'utf8').trim(),
		/** Begins what `lines` say, as written in docs/sandbox.md. */
		trouble: (tier: Tier, lines: string): void => writeFileSync(trouble(tier), `${lines}\n`),
		calm: (tier: Tier): void => rmSync(trouble(tier), {force: true}),
		/** Signs what is open, so that the backend may go to production. */
		signAll: async (name: string): Promise<void> => {
			for (const [item, ...value] of toSign)
				await runCockpit(
					['checklist', 'sign', item, '--env', 'preprod', '--result', 'passed', ...value],
					options(name),
				);
		},
		/**
		 * Lets somebody remember answers of the last two minutes, slower than any here, as if they had looked: what is
		 * behind a run is then compared with what was before it.
		 */
		remember: (name: string): void => {
			const samples = createSampleStore(join(options(name).home, 'state'));
			const now = Number(execFileSync(join(box, 'production/shims/date'), ['+%s'], {encoding: 'utf8'})) * 1000;
			samples.add(
				{project: 'qsights', environment: 'production'},
				Array.from({length: 240}, (_, index) =>
					reading('backend.health', {
						title: 'API health',
						app: 'backend',
						at: now - index * 500,
						value: 3000,
						unit: 'ms',
					}),
				),
			);
			samples.close();
		},
	};
};

/** What a deploy of the backend to production asks for. */
export const deployBackend = [
	'deploy',
	'backend',
	'--env',
	'production',
	'--confirm',
	'VERIFIED',
	'--confirm',
	'DEPLOY-TO-PRODUCTION',
	'--migrate',
	'run',
] as const;
