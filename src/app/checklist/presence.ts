import {
	leaveHere,
	parseWhoIsHere,
	presenceName,
	sayWhoIsHere,
	type Presence,
} from '../../commands/lock/presence/presence.ts';
import type {Actor} from '../../domain/build.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';

/** Pause between two words about being here. */
export const presenceMs = 5000;

/** Says that the actor is here and answers with everybody who is. Throws DeployError as `Session.exec`. */
export const saidHere = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	{actor, section, signal}: {readonly actor: Actor; readonly section: string; readonly signal: AbortSignal},
): Promise<readonly (Presence & {readonly isMe: boolean})[]> => {
	const command = sayWhoIsHere(environment.stateDirectory, {actor, section});
	const options = {lane: 'poll', timeoutMs: 10_000, maxOutputBytes: 1024 * 1024, signal} as const;
	const {stdout} = await execOn(services, environment, command, options);
	const mine = presenceName(actor);
	return parseWhoIsHere(stdout).map(one => ({...cleanText(one), isMe: one.id === mine}));
};

/** Takes the actor off the list. Throws DeployError as `Session.exec`. */
export const leftHere = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	actor: Actor,
): Promise<void> => {
	await execOn(services, environment, leaveHere(environment.stateDirectory, actor), {
		lane: 'poll',
		timeoutMs: 2000,
		signal: AbortSignal.timeout(2000),
	});
};
