import {cancelJob, jobExit, renderScript, startOrAttachJob, type HostState} from '../commands/job.ts';
import {lockHeld, parseLockHolder} from '../commands/lock.ts';
import {renderCommand} from '../commands/shell.ts';
import {DeployError} from '../domain/errors.ts';
import type {JobAction, Pipeline} from '../domain/pipeline.ts';
import type {ExecResult, Session} from '../domain/ports.ts';
import {explainExit} from './explain.ts';
import {createJobOutput, withoutMarks} from './job-output.ts';
import type {RunContext} from './run-context.ts';

const keptOutputBytes = 64 * 1024;

export const hostState = ({environment, app, record}: Pipeline): HostState => ({
	directory: environment.stateDirectory,
	app,
	run: record.run,
});

type Ending =
	| {readonly kind: 'exit'; readonly code: number; readonly size: number}
	| {readonly kind: 'lost'; readonly how: string};

/** Reads the control record a job's reader leaves on standard error. */
const parseEnding = (stderr: string): Ending | undefined => {
	const match = /^J (?:exit (\d+) (\d+)|lost (killed|reboot) \d+)$/m.exec(stderr);
	if (!match) return undefined;
	const [, code, size, how] = match;
	return how === undefined ? {kind: 'exit', code: Number(code), size: Number(size)} : {kind: 'lost', how};
};

/**
 * Starts a job or attaches to it and follows its output to the last byte, over any number of broken links. Resolves
 * with the end of its log when it exits 0. Throws DeployError `step-failed` with the tool's own words, `locked` when the
 * lock is not ours any more, `job-lost` when the job was killed or the host rebooted.
 */
export const runJob = async (context: RunContext, action: JobAction): Promise<string> => {
	const {pipeline, step, journal, emit, persist} = context;
	const mirror = journal.mirror(action.id);
	const output = createJobOutput(action.commands);
	const show = (chunk: Uint8Array): void => {
		mirror.append(chunk);
		for (const batch of output.feed(chunk)) emit({type: 'step.output', step, ...batch});
	};

	for (;;) {
		const result = await persist(() => attach(context, action, mirror.sizeBytes, show));
		const ending = parseEnding(result.stderr);
		if (!ending) throw refusedToStart(context, result);
		if (ending.kind === 'lost') throw lost(context, action, ending.how, mirror.tail(keptOutputBytes));
		if (mirror.sizeBytes < ending.size) continue;

		const log = withoutMarks(mirror.tail(keptOutputBytes));
		if (ending.code === 0) return log;
		throw explainExit({
			pipeline,
			step,
			command: failedCommand(action, mirror.tail(keptOutputBytes), output.label),
			exit: ending.code,
			output: log,
		});
	}
};

const attach = async (
	{session, pipeline, attempt, signal}: RunContext,
	action: JobAction,
	offset: number,
	onStdout: (chunk: Uint8Array) => void,
): Promise<ExecResult> => {
	const command = startOrAttachJob(hostState(pipeline), {
		job: action.id,
		attempt,
		offset,
		script: renderScript(action.commands),
	});
	return session.exec(renderCommand(command), {lane: 'run', onStdout, signal});
};

/** The command under way when a job ended, also when this process saw none of its output. */
const failedCommand = (action: JobAction, log: string, seen: string): string => {
	if (seen !== '') return seen;
	const last = [...log.matchAll(/^\u001E(\d+)$/gm)].at(-1)?.[1];
	const command = action.commands[Number(last)];
	return command?.label ?? command?.argv.join(' ') ?? action.id;
};

const refusedToStart = (context: RunContext, {code, stderr}: ExecResult): DeployError => {
	if (code === jobExit.fenced || code === lockHeld) return takenOver(context, stderr);
	return explainExit({
		pipeline: context.pipeline,
		step: context.step,
		command: 'starting the job',
		exit: code,
		output: stderr,
	});
};

const takenOver = ({pipeline}: RunContext, text: string): DeployError => {
	const holder = parseLockHolder(text);
	return new DeployError({
		code: 'locked',
		what: `Run ${pipeline.record.run} is no longer driven from here`,
		why: holder ? `${holder.name} on ${holder.machine} took it over at ${holder.since}` : 'its lock was given back',
		now: 'Nothing was started after that.',
		next: `See how it went on: cockpit status --env ${pipeline.environment.name}`,
	});
};

const lost = ({pipeline, step}: RunContext, action: JobAction, how: string, log: string): DeployError =>
	new DeployError({
		code: 'job-lost',
		what: `${pipeline.steps.find(({id}) => id === step)?.title ?? step} was interrupted on ${pipeline.host.name} (${pipeline.environment.name})`,
		why:
			how === 'reboot'
				? `the host restarted while "${action.id}" ran`
				: `the processes of "${action.id}" were killed`,
		now: '',
		next: `It is not run again by itself. Its last output: ${withoutMarks(log).trim().split('\n').at(-1) ?? ''}`,
	});

/** Ends a job's process group on the host. Never throws: the caller is already handling a failure. */
export const stopJob = async (session: Session, pipeline: Pipeline, job: string): Promise<string | undefined> => {
	try {
		const {code, stderr} = await session.exec(renderCommand(cancelJob(hostState(pipeline), job)), {
			lane: 'run',
			timeoutMs: 30_000,
		});
		return code === 0 ? undefined : stderr.trim();
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
};
