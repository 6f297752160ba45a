import {findResumable} from '../app/resume.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {jsonSchemaVersion} from './run-printer.ts';
import {paint} from './terminal.ts';

export type ResumeOptions = {readonly env?: string; readonly json: boolean};

/** `cockpit resume [RUN]`: drives a run on, from whichever machine started it. */
export const resume = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	run: string | undefined,
	options: ResumeOptions,
): Promise<number> => {
	const environments = options.env === undefined ? cockpit.environments : [environmentNamed(cockpit, options.env)];
	const found = await findResumable(cockpit.services, environments, run, {
		canAsk: terminal.isInteractive && !options.json,
		all: cockpit.environments,
	});
	if (found.kind === 'open')
		return drive(terminal, cockpit.services, found.pipeline, {attempt: found.attempt, json: options.json});

	const isDone = found.outcome === 'done';
	if (options.json)
		terminal.out(
			`${JSON.stringify({schema: jsonSchemaVersion, type: 'run.closed', run: found.run, outcome: found.outcome})}\n`,
		);
	else
		terminal.out(
			`${paint(terminal, isDone ? 'success' : 'attention', `Run ${found.run} is over: ${found.outcome}. Nothing is left to do.`)}\n`,
		);
	return isDone ? 0 : 3;
};
