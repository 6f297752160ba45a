import {liveMovedExit} from '../../commands/live/live-moved.ts';
import {cutAnswer, wholeIn} from '../../commands/answers.ts';
import {lockHeld, parseLockHolder} from '../../commands/lock/lock.ts';
import {notOwner} from '../../commands/lock/marker/marker.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Command} from '../../domain/command.ts';
import type {
	Action,
	FollowAction,
	HookAction,
	JobAction,
	LockAction,
	PromptAction,
	ReadAction,
	Results,
} from '../../domain/runs/pipeline.ts';
import type {ExecResult} from '../../domain/ports.ts';
import {explainExit, explainFenced} from '../endings/explain.ts';
import {liveMovedError} from '../endings/live-errors.ts';
import {lockedError, notOwnerError} from '../endings/lock-errors.ts';
import {runBuild} from './run-build.ts';
import {runServed} from './run-served.ts';
import {runProbe} from './run-probe.ts';
import {runTransfer} from './run-transfer.ts';
import type {RunContext} from '../run-context.ts';

const readTimeoutMs = 120_000;

/** Does one action and resolves with what it leaves for checks and summaries. */
export const runAction = async (
	context: RunContext,
	/** Jobs, and what follows them, belong to the run as a whole, as do questions to a person. */
	action: Exclude<Action, JobAction | FollowAction | PromptAction | HookAction>,
	results: Results,
): Promise<string> => {
	switch (action.kind) {
		case 'read':
			return readHost(context, action);
		case 'send':
		case 'keep':
			return (await succeed(context, action, action.command(context.attempt), action.input(results))).stdout;
		case 'lock':
			return takeLock(context, action);
		case 'transfer':
			return runTransfer(context, action.transfer, results);
		case 'probe':
			return runProbe(context, action.policy);
		case 'build':
			return runBuild(context, action);
		case 'served':
			return runServed(context, action, results);
	}
};

const readHost = async (context: RunContext, action: ReadAction): Promise<string> => {
	const {stdout} = await succeed(context, action, action.command);
	return action.noted ? action.noted(stdout, context.clock.now()) : stdout;
};

const succeed = async (context: RunContext, {id}: Action, command: Command, input = ''): Promise<ExecResult> => {
	const {session, signal, persist} = context;
	const result = await persist(() =>
		session.exec(renderCommand(command), {
			lane: 'run',
			input,
			timeoutMs: readTimeoutMs,
			maxOutputBytes: 512 * 1024 * 1024,
			signal,
		}),
	);
	if (result.code === 0) return result;
	throw explainFenced(context, command.label ?? id, result);
};

/** Asks a host what keeps the run from going on. Changes nothing. Throws DeployError where something does. */
export const proveOnHost = async (context: RunContext, command: Command): Promise<void> => {
	const {session, signal, persist, pipeline} = context;
	const line = renderCommand(command);
	const result = await persist(() => session.exec(line, {lane: 'run', timeoutMs: readTimeoutMs, signal}));
	if (result.code === 0) return;
	const moved = result.code === liveMovedExit ? liveMovedError(pipeline, result.stdout) : undefined;
	throw moved ?? explainFenced(context, command.label ?? command.argv[0], result);
};

/**
 * After a cut nobody knows whether the lock was taken. The first attempt asks again and knows its own answer by the
 * run's id, which nobody else has. A later attempt may have a rival with the same number, so it is not repeated.
 */
const takeLock = async (context: RunContext, action: LockAction): Promise<string> => {
	const {session, attempt, pipeline, signal, emit} = context;
	let asked = 0;
	const ask = async (): Promise<ExecResult> => {
		asked += 1;
		const isAskedAgain = asked > 1;
		const line = renderCommand(action.command(attempt));
		const answer = await session.exec(line, {lane: 'run', timeoutMs: readTimeoutMs, signal});
		const holder = answer.code === lockHeld && isAskedAgain ? parseLockHolder(answer.stdout) : undefined;
		return holder?.run === pipeline.record.run && holder.attempt === attempt
			? {...answer, code: 0, stdout: `token ${holder.token}\n`}
			: answer;
	};
	const askOver = async (): Promise<ExecResult> => (attempt === 1 ? context.persist(ask) : ask());
	let answer = await askOver();
	const ended = answer.code === lockHeld ? await context.endDeadRun?.(answer.stdout, signal) : undefined;
	if (ended !== undefined) {
		emit({type: 'run.noted', step: context.step, text: ended});
		answer = await askOver();
	}
	const {code, stdout, stderr} = answer;
	if (code === lockHeld) throw lockedError(pipeline, stdout);
	const foreign = code === notOwner ? notOwnerError(pipeline, stderr) : undefined;
	if (foreign) throw foreign;
	if (code !== 0) throw explainExit(context, 'taking the lock', code, stderr);
	const token = wholeIn(/^token (\d+)$/m.exec(stdout)?.[1]);
	// Nothing is begun on the word of an exit code alone: whether the lock was taken is then asked by whoever closes the run.
	if (token === undefined) throw cutAnswer('the lock', stdout);
	emit({type: 'lock.taken', token});
	return stdout;
};
