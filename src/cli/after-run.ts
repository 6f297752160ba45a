import {readChecklist} from '../app/checklist/sign-off.ts';
import {beginWatches} from '../app/watch/begin-watch.ts';
import type {AppName, Environment} from '../domain/environments/environment.ts';
import {isMet} from '../domain/checklist/sign-off.ts';
import {DeployError} from '../domain/errors.ts';
import {clockTime} from '../domain/format.ts';
import type {Cockpit} from './cli-context.ts';
import {followWatch} from './follow-watch.ts';
import {printJson} from './print-json.ts';
import type {Terminal} from './terminal.ts';

/** Where it is tested for production: what is to be signed of the build that is live now. */
const tellToSign = async (
	terminal: Terminal,
	{services, checklists}: Pick<Cockpit, 'services' | 'checklists'>,
	environment: Environment,
	apps: readonly AppName[],
): Promise<void> => {
	const [only] = apps;
	const app = apps.length === 1 ? only : undefined;
	const show = ['cockpit checklist show --env', environment.name, ...(app === undefined ? [] : ['--app', app])].join(
		' ',
	);
	try {
		const {items} = await readChecklist(services, {environment, checklists, app});
		const count = items.filter(item => !isMet(item)).length;
		const words = count === 0 ? '' : `${count === 1 ? '1 item' : `${count} items`} to sign: ${show}`;
		if (words !== '') terminal.out(`  Sign     ${words}\n`);
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
		terminal.err(`noted: what is to be signed is not known: ${error.why}. ${show}\n`);
	}
};

/**
 * What comes behind a run that is done: what is to be signed, where it is tested; on production its watch is on, whoever
 * looks. Answers with an exit code.
 */
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
	const isTested = cockpit.environments.some(({promotedFrom}) => promotedFrom === name);
	if (isTested && !json) await tellToSign(terminal, cockpit, environment, apps);
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
