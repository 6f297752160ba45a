import {cutAnswer} from '../../commands/answers.ts';
import {askRuns, parseRuns} from '../../commands/job/run-state.ts';
import {renderCommand} from '../../commands/shell.ts';
import {answerUnreadable} from '../../domain/errors.ts';
import type {RunContext} from '../run-context.ts';
import {placeOf} from './explain.ts';

const askTimeoutMs = 30_000;

/** By a full disk a run may be closed that has nowhere to say so. */
const isUnwritten = (said: string): boolean => /^noted: could not write down how the run ended$/m.test(said);

/**
 * A lock is given back when its host says so of the run, not when a job ended well. `said`: the output of that job. Throws
 * DeployError `answer-unreadable` where it does not.
 */
export const proveClosed = async (context: RunContext, said: string): Promise<void> => {
	const {pipeline, session, signal, persist} = context;
	const {run} = pipeline.record;
	const line = renderCommand(askRuns(pipeline.environment.stateDirectory, [run]));
	const {stdout} = await persist(() => session.exec(line, {lane: 'run', timeoutMs: askTimeoutMs, signal}));
	const {open, closed} = parseRuns(stdout);
	const isHeld = open.some(({record}) => record.run === run);
	if (closed.has(run) || (isUnwritten(said) && !isHeld)) return;
	const {why, next} = cutAnswer('how the run ended', stdout, 'it does not say that the run is closed');
	throw answerUnreadable({what: placeOf(context, 'failed'), why, now: '', next});
};
