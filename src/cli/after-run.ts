import {beginWatches} from '../app/watch/begin-watch.ts';
import type {AppName, Environment} from '../domain/environments/environment.ts';
import {DeployError} from '../domain/errors.ts';
import {clockTime} from '../domain/format.ts';
import type {Cockpit} from './cli-context.ts';
import {followWatch} from './follow-watch.ts';
import {printJson} from './print-json.ts';
import type {Terminal} from './terminal.ts';

/** What comes behind a run on production that is done: its watch is on, whoever looks. Answers with an exit code. */
export const afterRun = async (
	terminal: Terminal,
	cockpit: Cockpit,
	{
		environment,
		apps,
		json,
		follows,
	}: {
		readonly environment: Environment;
		readonly apps: readonly AppName[];
		readonly json: boolean;
		/** Goes on as `cockpit watch`. */
		readonly follows: boolean;
	},
): Promise<number> => {
	const {name, tier, timeZone} = environment;
	if (tier !== 'production') return 0;
	try {
		for (const {run, app, endsAt} of await beginWatches(cockpit.services, environment, apps)) {
			const until = new Date(endsAt).toISOString();
			if (json) printJson(terminal, {type: 'watch.on', environment: name, app, run, until});
			else if (!follows)
				terminal.out(
					`  Watch    the ${app} is watched until ${clockTime(endsAt, timeZone)}: cockpit watch --env ${name}\n`,
				);
		}
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
		// The run is done, and its watch follows from the ledger without this entry.
		terminal.err(`noted: the watch is not written down yet: ${error.why}. cockpit watch --env ${name}\n`);
	}
	return follows ? followWatch(terminal, cockpit, {environment, json}) : 0;
};
