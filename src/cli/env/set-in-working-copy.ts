import {fileHere, setHere, type HereRequest} from '../../app/env/set-here.ts';
import {printJson, tell} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {Place} from '../verb.ts';
import {leftOutText, trackedText} from './git-lines.ts';

/** What `--plan` has to say of a file of this machine: no command of a host is behind it. */
export const planHere = (terminal: Terminal, request: Omit<HereRequest, 'value'>, json: boolean): void => {
	const {change, app, environment} = request;
	const file = fileHere(request).shown;
	tell(
		terminal,
		json,
		{type: 'env.plan', key: change.key, app, environment: environment.name, file},
		`${change.verb} ${change.key} in ${file} of this working copy: no host, no run, no word; the old file is kept beside it.`,
	);
};

/** `cockpit env set KEY --env local`: changes the working copy at once. */
export const setInWorkingCopy = async (
	{terminal, services}: Pick<Place, 'terminal' | 'services'>,
	request: HereRequest,
	{json, unneeded}: {readonly json: boolean; readonly unneeded: string},
): Promise<number> => {
	const {change, app, environment} = request;
	const {isChanged, file, kept, others, tracked, leftOutBy} = await setHere(services, request);
	const asked = {key: change.key, app, environment: environment.name};
	if (!isChanged) {
		tell(terminal, json, {type: 'env.unneeded', ...asked, why: unneeded}, unneeded);
		return 0;
	}
	if (json) {
		const notes = {
			kept: kept ?? null,
			valuesOf: others ?? environment.title,
			tracked,
			leftOutBy: leftOutBy ?? null,
		};
		printJson(terminal, {type: 'env.changed', ...asked, verb: change.verb, file, ...notes});
		return 0;
	}
	const done = change.verb === 'set' ? 'is set in' : 'is taken out of';
	terminal.out(`${paint(terminal, 'success', `✓ ${change.key} ${done} ${file}`)}\n`);
	if (kept !== undefined) terminal.out(`  kept before: ${kept}\n`);
	if (others !== undefined)
		terminal.out(`  ${paint(terminal, 'attention', `▲ ${file} has the values of ${others} now`)}\n`);
	if (leftOutBy !== undefined) terminal.out(leftOutText(leftOutBy));
	for (const path of tracked) terminal.out(trackedText(terminal, path));
	return 0;
};
