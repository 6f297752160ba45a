import {shortCommit, type Actor} from '../build.ts';
import type {AppName, Environment} from '../environments/environment.ts';
import {moment} from '../format.ts';
import {slotText, type GateReport} from '../gates/gates.ts';
import {cutLine, type Message} from './message.ts';

/**
 * What is told when somebody asked for a deploy and gates were closed; undefined where none is. Told again once other
 * gates are closed, or these for another reason, or the build is another.
 */
export const blockedMessage = (
	{gates, nextSlot, clock}: Pick<GateReport, 'gates' | 'nextSlot' | 'clock'>,
	{
		environment: {name, title, timeZone},
		app,
		commit,
		actor,
	}: {
		readonly environment: Pick<Environment, 'name' | 'title' | 'timeZone'>;
		readonly app: AppName;
		/** Undefined: not known. */
		readonly commit: string | undefined;
		readonly actor: Actor;
	},
): Message | undefined => {
	const closed = gates.filter(({state}) => state !== 'met');
	if (closed.length === 0) return undefined;
	const build = commit === undefined ? '' : ` ${shortCommit(commit)}`;
	return {
		event: 'blocked',
		environment: name,
		app,
		title: `Blocked: Deploy ${app}${build} to ${title}`,
		lines: [
			...closed.map(({gate, text}) => cutLine(`${gate}: ${text}`)),
			`Next slot: ${slotText({nextSlot, ...(clock === undefined ? {} : {clock})}, at => moment(at, timeZone))}, with what is open done by then`,
			`Next: see what opens each gate: cockpit gate ${app} --env ${name}`,
			`Asked for by ${actor.name} on ${actor.machine}`,
		],
		key: `blocked ${app}${build} ${closed.map(({gate, state}) => `${gate} ${state}`).join(', ')}`,
	};
};
