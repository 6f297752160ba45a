import {liveMovedExit} from '../../commands/live/live-moved.ts';
import {notOwner} from '../../commands/lock/marker/marker.ts';
import {renderCommand} from '../../commands/shell.ts';
import {boundsOfJob, createBoundedOutput} from '../../domain/environments/hook-output.ts';
import {DeployError, hasCode} from '../../domain/errors.ts';
import type {JobAction} from '../../domain/runs/pipeline.ts';
import {maskSecrets, withoutSecrets} from '../../domain/logs/mask.ts';
import type {ExecResult} from '../../domain/ports.ts';
import {memoryMirror} from '../../domain/runs/memory-mirror.ts';
import {explainExit, explainNoEnd, placeOf} from '../endings/explain.ts';
import {proveClosed} from '../endings/prove-closed.ts';
import {liveMovedError} from '../endings/live-errors.ts';
import {notOwnerError} from '../endings/lock-errors.ts';
import {jobCommand} from './job-command.ts';
import {createJobOutput, withoutMarks, type OutputBatch} from './job-output.ts';
import type {RunContext} from '../run-context.ts';
import {noteNotKept} from '../actions/note-not-kept.ts';

const keptOutputBytes = 64 * 1024;

/** How often a reader that was killed on the host is asked for again before that counts as the job's own failure. */
const maxKilledReaders = 5;

type Ending =
	| {readonly kind: 'exit'; readonly code: number; readonly size: number}
	| {readonly kind: 'lost'; readonly how: string};

/** Reads the control record a job's reader leaves on standard error. */
const parseEnding = (stderr: string): Ending | undefined => {
	const match = /^J (?:exit (\d+) (\d+)|lost (killed|reboot|unwritten) \d+)$/m.exec(stderr);
	if (!match) return undefined;
	const [, code, size, how] = match;
	return how === undefined ? {kind: 'exit', code: Number(code), size: Number(size)} : {kind: 'lost', how};
};

/**
 * Starts a job or attaches to it and follows its output to the last byte, over any number of broken links. Resolves
 * with the end of its log when it exits 0. Throws DeployError `step-failed` with the tool's own words, `taken-over` when the
 * lock is not ours any more, `job-lost` when the job was killed or the host rebooted.
 */
export const runJob = async (
	context: RunContext,
	action: JobAction,
	/** Hears of each command that begins, by its index. */
	onCommand: (index: number) => void = () => undefined,
): Promise<string> => {
	const {pipeline, journal, emit, persist, redact = withoutSecrets} = context;
	// Nothing of it on this disk: whoever drives the run on reads the log of the host from its beginning.
	const mirror = action.isMasked ? memoryMirror() : journal.mirror(action.id);
	const shown = (text: string): string => (action.isMasked ? masked(text) : text);
	const output = createJobOutput(action.commands);
	let told = -1;
	const tellCommand = (): void => {
		if (output.command <= told) return;
		told = output.command;
		onCommand(told);
	};
	const bound = createBoundedOutput(action.isMasked ? undefined : boundsOfJob);
	const tell = (command: string, index: number, lines: readonly string[]): void => {
		if (lines.length > 0)
			emit({type: 'step.output', step: stepOfCommand(context.step, action, index), command, lines});
	};
	const show = (batches: readonly OutputBatch[]): void => {
		for (const {index, command, lines} of batches) {
			tell(command, index, bound.take(lines.map(shown)));
		}
	};
	const onStdout = (chunk: Uint8Array): void => {
		mirror.append(chunk);
		show(output.feed(chunk));
		tellCommand();
	};
	// What an earlier driver on this machine has shown: which command wrote it, and the line that was cut.
	output.feed(Buffer.from(mirror.tail(keptOutputBytes)));
	tellCommand();

	for (;;) {
		const result = await persist(() => attach(context, action, () => mirror.sizeBytes, onStdout));
		const ending = parseEnding(result.stderr);
		if (!ending) throw explainNoEnd(context, 'starting the job', result);
		if (ending.kind === 'exit' && mirror.sizeBytes < ending.size) continue;

		show(output.finish());
		if (/^J cut$/m.test(result.stderr))
			emit({
				type: 'run.noted',
				step: stepOfCommand(context.step, action, output.command),
				text: `the log of "${action.id}" ends early: the disk of ${pipeline.environment.stateDirectory} was full; the job went on`,
			});
		tell(output.label, output.command, bound.finish());
		const place = {...context, step: stepOfCommand(context.step, action, output.command)};
		const tail = redact(shown(mirror.tail(keptOutputBytes)));
		if (ending.kind === 'lost') throw lost(place, action, ending.how, tail);
		if (ending.code === 0) {
			const said = withoutMarks(tail);
			if (action.isClosing) await proveClosed(context, said);
			if (action.isMasked) noteNotKept(context, said.split('\n'));
			return said;
		}
		const foreign = ending.code === notOwner ? notOwnerError(pipeline, withoutMarks(tail)) : undefined;
		if (foreign) throw foreign;
		const moved = ending.code === liveMovedExit ? liveMovedError(pipeline, withoutMarks(tail)) : undefined;
		if (moved) throw moved;
		const command = output.label === '' ? action.id : output.label;
		throw explainExit(place, command, ending.code, withoutMarks(tail));
	}
};

const masked = (text: string): string =>
	text
		.split('\n')
		.map(line => maskSecrets(line).text)
		.join('\n');

/** The step that a command of a job is told as: that of the last span that has begun with it. */
export const stepOfCommand = (own: string, {spans = []}: Pick<JobAction, 'spans'>, command: number): string =>
	spans.findLast(({from}) => command >= from)?.step ?? own;

/** A reader that somebody killed on the host says nothing about the job, which has a process group of its own. */
const attach = async (
	{session, pipeline, attempt, signal}: RunContext,
	action: JobAction,
	offset: () => number,
	onStdout: (chunk: Uint8Array) => void,
): Promise<ExecResult> => {
	for (let killed = 1; ; killed += 1) {
		const command = jobCommand(pipeline, action, {attempt, offset: offset()});
		try {
			return await session.exec(renderCommand(command), {
				lane: 'run',
				onStdout,
				signal,
				...(command.input === undefined ? {} : {input: command.input}),
			});
		} catch (error) {
			if (!hasCode(error, 'remote-signal') || killed >= maxKilledReaders) throw error;
		}
	}
};

const lost = (place: RunContext, action: JobAction, how: string, log: string): DeployError =>
	new DeployError({
		code: 'job-lost',
		what: placeOf(place, 'was interrupted'),
		why:
			how === 'reboot'
				? `the host restarted while "${action.id}" ran`
				: how === 'unwritten'
					? `how "${action.id}" ended is not known: ${place.pipeline.environment.stateDirectory} can't be written`
					: `the processes of "${action.id}" were killed`,
		now: '',
		next: `It is not run again by itself. Its last output: ${withoutMarks(log).trim().split('\n').at(-1) ?? ''}`,
	});
