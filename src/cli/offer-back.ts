import {prepareRollback} from '../app/rollback/rollback.ts';
import {rollbackWord} from '../domain/runs/confirm.ts';
import type {AppName, Environment} from '../domain/environments/environment.ts';
import type {Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {paint, type Terminal} from './terminal.ts';

/**
 * The pair is half done: the first is live, the second is not, or not healthy. A person is asked whether the first goes
 * back too; nobody there, `onFailure` says it. Answers with the exit code of the second, or of the way back when that
 * fails as well. Source: design, "Gates to production".
 */
export const offerBack = async (
	terminal: Terminal,
	{services}: Cockpit,
	{
		environment,
		first,
		json,
		code,
	}: {
		readonly environment: Environment;
		readonly first: AppName;
		readonly json: boolean;
		/** Exit code of the second. */
		readonly code: number;
	},
): Promise<number> => {
	const command = `cockpit rollback ${first} --env ${environment.name} --to previous --confirm ${rollbackWord}`;
	terminal.err(
		`${paint(terminal, 'danger', `▲ Half of the pair is live on ${environment.title}: the ${first} is the new one, the other app is ${code === 4 ? 'new too, and failed behind its swap' : 'not'}.`)}\n  To take the ${first} back too: ${command}\n`,
	);
	const goesBack =
		terminal.isInteractive && !json
			? (await terminal.ask(`Type ${rollbackWord} to take the ${first} back now, anything else to keep it: `)) ===
				rollbackWord
			: environment.onFailure === 'rollback';
	if (!goesBack) return code;
	const pipeline = await prepareRollback(services, {environment, app: first, to: 'previous'});
	const back = await drive(terminal, services, pipeline, {attempt: 1, json});
	return back === 0 ? code : back;
};
