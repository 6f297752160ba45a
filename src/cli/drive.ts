import type {AppServices} from '../app/app-services.ts';
import {execute} from '../app/execute.ts';
import type {RunEvent} from '../domain/events.ts';
import type {Pipeline} from '../domain/pipeline.ts';
import {emptyRun, foldRun} from '../domain/run-state.ts';
import {printError} from './print-error.ts';
import {printReport} from './report.ts';
import {printRun, printRunJson} from './run-printer.ts';
import {paint, type Terminal} from './terminal.ts';

/**
 * Runs a pipeline in front of a person or a script and answers with its exit code. INT and TERM cancel before the
 * swap; a second one, and HUP, leave the run to be resumed.
 */
export const drive = async (
	terminal: Terminal,
	services: AppServices,
	pipeline: Pipeline,
	{attempt, json}: {readonly attempt: number; readonly json: boolean},
): Promise<number> => {
	const {project, name: environment} = pipeline.environment;
	const print = json ? printRunJson(terminal) : printRun(terminal);
	let state = services.runs.events({project, environment, run: pipeline.record.run}).reduce(foldRun, emptyRun);
	const onEvent = (event: RunEvent): void => {
		state = foldRun(state, event);
		print(event);
	};
	const run = execute(services, pipeline, {attempt, onEvent});
	const stopListening = terminal.onSignal(createInterrupt(terminal, run));
	const {exitCode, error} = await run.finished;
	stopListening();
	if (error) printError(terminal, error);
	else if (!json) printReport(terminal, pipeline, state, run.logPath);
	return exitCode;
};

const createInterrupt = (terminal: Terminal, run: {cancel(): string | undefined; leave(): void}) => {
	let isAsked = false;
	return (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
		if (signal === 'SIGHUP' || isAsked) {
			run.leave();
			return;
		}
		isAsked = true;
		const tooLate = run.cancel();
		const text =
			tooLate === undefined
				? 'Cancels: live stays as it is.'
				: `Not cancelled: ${tooLate}. Once more leaves the run to be resumed.`;
		terminal.err(`${paint(terminal, 'attention', text)}\n`);
	};
};
