import type {RunGuard} from '../app/execute.ts';
import {findResumable} from '../app/resume.ts';
import {guardDeploy} from '../app/run-guard.ts';
import type {Pipeline} from '../domain/pipeline.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {jsonSchemaVersion} from './run-printer.ts';
import {paint} from './terminal.ts';

export type ResumeOptions = {readonly env?: string; readonly json: boolean};

/** A deploy that was left before its first change is asked for its evidence again. */
const guardOf = (cockpit: Cockpit, {record, environment}: Pipeline): {readonly guard?: RunGuard} => {
	const {services, environments, checklists} = cockpit;
	return record.kind === 'deploy'
		? {guard: guardDeploy(services, {record, environment, environments, checklists})}
		: {};
};

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
		return drive(terminal, cockpit.services, found.pipeline, {
			attempt: found.attempt,
			json: options.json,
			...guardOf(cockpit, found.pipeline),
		});

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
