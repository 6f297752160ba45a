import {leaveHere, parseWhoIsHere, presenceName, sayWhoIsHere, type Presence} from '../../commands/lock/presence.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Actor} from '../../domain/build.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';

/** Pause between two words about being here. */
export const presenceMs = 5000;

/** Says that the actor is here and answers with everybody who is. Throws DeployError as `Session.exec`. */
export const saidHere = async (
	{sessions}: Pick<AppServices, 'sessions'>,
	environment: Environment,
	{actor, section, signal}: {readonly actor: Actor; readonly section: string; readonly signal: AbortSignal},
): Promise<readonly (Presence & {readonly isMe: boolean})[]> => {
	const command = sayWhoIsHere(environment.stateDirectory, {actor, section});
	const {stdout} = await sessions
		.session(primaryHost(environment))
		.exec(renderCommand(command), {lane: 'poll', timeoutMs: 10_000, maxOutputBytes: 1024 * 1024, signal});
	const mine = presenceName(actor);
	return parseWhoIsHere(stdout).map(one => ({...cleanText(one), isMe: one.id === mine}));
};

/** Takes the actor off the list. Throws DeployError as `Session.exec`. */
export const leftHere = async (
	{sessions}: Pick<AppServices, 'sessions'>,
	environment: Environment,
	actor: Actor,
): Promise<void> => {
	await sessions.session(primaryHost(environment)).exec(renderCommand(leaveHere(environment.stateDirectory, actor)), {
		lane: 'poll',
		timeoutMs: 2000,
		signal: AbortSignal.timeout(2000),
	});
};
