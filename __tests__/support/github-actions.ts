import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'yaml';

export type WorkflowStep = {
	readonly name: string;
	readonly id?: string;
	readonly if?: string;
	readonly uses?: string;
	readonly with?: Readonly<Record<string, unknown>>;
	readonly run?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly 'timeout-minutes'?: number;
};

export type Job = {
	readonly uses?: string;
	readonly needs?: string;
	readonly with?: Readonly<Record<string, unknown>>;
	readonly environment?: string;
	readonly outputs?: Readonly<Record<string, string>>;
	readonly 'timeout-minutes'?: number;
	readonly steps?: readonly WorkflowStep[];
};

export type Workflow = {
	readonly on: Readonly<Record<string, unknown>>;
	readonly permissions?: unknown;
	readonly concurrency?: Readonly<Record<string, unknown>>;
	readonly env: Readonly<Record<string, string>>;
	readonly jobs: Readonly<Record<string, Job>>;
};

export const readWorkflow = (file: string): Workflow => parse(readFileSync(file, 'utf8')) as Workflow;

/** What expressions of a workflow may name: `inputs.app`, `steps.deploy.outcome`. */
type Names = ReadonlyMap<string, string>;

/** A name, a text in quotes, `a || b`: all that the values of our workflows are made of. */
const valueOf = (expression: string, names: Names): string => {
	for (const part of expression.split('||').map(text => text.trim())) {
		const [, quoted] = /^'([^']*)'$/.exec(part) ?? [];
		const value = quoted ?? (/^[\w-]+(?:\.[\w-]+)+$/.test(part) ? names.get(part) : part);
		if (value !== undefined && value !== '') return value;
	}
	return '';
};

const filled = (text: string, names: Names): string =>
	text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => valueOf(expression, names));

/** Whether a step runs. Without a status function in its condition it does not behind one that failed. */
const isDue = (condition: string, names: Names, hasFailed: boolean): boolean => {
	const clauses = condition
		.replaceAll(/^\$\{\{|\}\}$/g, '')
		.split('&&')
		.map(text => text.trim());
	const status = clauses.filter(clause => clause.endsWith('()'));
	if (status.some(clause => clause !== 'always()' && clause !== '!cancelled()'))
		throw new Error(`a condition this can't read: ${condition}`);
	return (
		(status.length > 0 || !hasFailed) &&
		clauses
			.filter(clause => clause !== '' && !status.includes(clause))
			.every(clause => {
				const [, left = '', operator, right = ''] = /^(\S+) (==|!=) (\S+)$/.exec(clause) ?? [];
				if (operator === undefined) throw new Error(`a condition this can't read: ${condition}`);
				return (valueOf(left, names) === valueOf(right, names)) === (operator === '==');
			})
	);
};

/** One machine that GitHub lends: a name, a home, a directory for what comes and goes with it. */
export type Runner = {
	readonly machine: string;
	readonly home: string;
	/** A clone of the project. */
	readonly workspace: string;
	/** In front of PATH. */
	readonly programs: string;
};

export type JobOptions = {
	readonly runner: Runner;
	/** `inputs.app`, `secrets.KEY`, `vars.KEY`, `github.actor`. */
	readonly given: Readonly<Record<string, string>>;
	/** Names of steps that are left out, beside those that only use an action. */
	readonly without: readonly string[];
	/** Told of each step that has begun, with its process, the head of a process group. */
	readonly onStep?: (step: WorkflowStep, child: ChildProcess) => void;
	/** Ends everything behind the step that was running, as a lost runner does. */
	readonly isLost?: () => boolean;
};

export type JobEnd = {
	readonly outcome: 'success' | 'failure' | 'lost';
	/** Names of steps that ran, with how they ended. */
	readonly ran: Readonly<Record<string, 'success' | 'failure'>>;
	readonly outputs: Readonly<Record<string, string>>;
	readonly summary: string;
	readonly stdout: string;
	readonly stderr: string;
};

/** `NAME=value` lines, as steps write them into files. */
const linesIn = (file: string): readonly (readonly [string, string])[] =>
	readFileSync(file, 'utf8')
		.split('\n')
		.filter(line => line !== '')
		.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);

/**
 * Runs the scripts of a job as GitHub does: each with `bash --noprofile --norc -eo pipefail`, with the environment the
 * workflow gives it and files for outputs, variables and the summary; on a machine with a host name of its own. Steps
 * that use an action are left out. Needs root, for the host name.
 */
export const runJob = async (workflow: Workflow, job: string, options: JobOptions): Promise<JobEnd> => {
	const {runner, given, without, onStep, isLost} = options;
	const {steps = [], outputs = {}} = workflow.jobs[job] ?? {};
	const temporary = join(runner.home, 'temp');
	mkdirSync(temporary, {recursive: true});
	const names = new Map(Object.entries({...given, 'runner.temp': temporary}));
	const fileOf = (name: string): string => join(temporary, `github-${name}`);
	for (const name of ['output', 'env', 'summary']) writeFileSync(fileOf(name), '');
	const ran: Record<string, 'success' | 'failure'> = {};
	let [hasFailed, stdout, stderr] = [false, '', ''];
	for (const step of steps) {
		const id = step.id ?? step.name;
		if (step.run === undefined || without.includes(step.name)) continue;
		if (!isDue(step.if ?? '', names, hasFailed)) {
			names.set(`steps.${id}.outcome`, 'skipped');
			continue;
		}
		const own = Object.entries({...workflow.env, ...step.env}).map(([name, text]) => [name, filled(text, names)]);
		const script = join(temporary, 'step.sh');
		writeFileSync(script, step.run);
		writeFileSync(fileOf('output'), '');
		const shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script];
		const named = ['--uts', 'sh', '-c', 'hostname "$1" && shift && exec "$@"', 'sh', runner.machine, ...shell];
		const child = spawn('unshare', named, {
			cwd: runner.workspace,
			detached: true,
			env: {
				PATH: `${runner.programs}:${process.env['PATH']}`,
				HOME: runner.home,
				LANG: 'C.UTF-8',
				CI: 'true',
				GITHUB_ACTIONS: 'true',
				RUNNER_TEMP: temporary,
				GITHUB_OUTPUT: fileOf('output'),
				GITHUB_ENV: fileOf('env'),
				GITHUB_STEP_SUMMARY: fileOf('summary'),
				...Object.fromEntries(linesIn(fileOf('env'))),
				...Object.fromEntries(own),
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
		onStep?.(step, child);
		const [code] = (await once(child, 'close')) as [number | null];
		if (isLost?.()) return {outcome: 'lost', ran, outputs: {}, summary: '', stdout, stderr};
		ran[step.name] = code === 0 ? 'success' : 'failure';
		hasFailed ||= code !== 0;
		names.set(`steps.${id}.outcome`, ran[step.name] ?? '');
		for (const [name, value] of linesIn(fileOf('output'))) names.set(`steps.${id}.outputs.${name}`, value);
	}
	return {
		outcome: hasFailed ? 'failure' : 'success',
		ran,
		outputs: Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, filled(text, names)])),
		summary: readFileSync(fileOf('summary'), 'utf8'),
		stdout,
		stderr,
	};
};
