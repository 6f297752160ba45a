import {holdApps, holdOwner, liftHolds, parseHold} from '../../commands/lock/hold/hold.ts';
import {lockHeld} from '../../commands/lock/lock.ts';
import {notOwner, parseNotOwner} from '../../commands/lock/marker/marker.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {locked, stepFailed, type DeployError} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {claimsOn} from '../claim-of.ts';
import {ownWords} from '../own-words.ts';
import {execOn} from '../exec-on.ts';
import type {AppServices} from '../app-services.ts';

type Services = Pick<AppServices, 'sessions' | 'actorFor' | 'secrets'>;

const failed = ({title, name}: Environment, why: string): DeployError =>
	stepFailed({
		what: `${title} could not be held`,
		why,
		now: 'Nothing was changed.',
		next: `Look at the host: cockpit status --env ${name}`,
	});

/**
 * Keeps others from deploying the apps of an environment, with a reason and an end by the host's clock. Resolves with
 * that end, epoch milliseconds. Throws DeployError `locked` when somebody else holds one. Source: design, "State", lock.
 */
export const hold = async (
	services: Services,
	{
		environment,
		apps,
		reason: typed,
		minutes,
	}: {
		readonly environment: Environment;
		readonly apps: readonly AppName[];
		readonly reason: string;
		readonly minutes: number;
	},
): Promise<number> => {
	const reason = ownWords(services, environment, typed);
	const actor = await services.actorFor(primaryHost(environment));
	const command = holdApps(environment.stateDirectory, apps, {
		claims: claimsOn(environment, apps),
		owner: holdOwner(actor),
		minutes,
		about: {name: actor.name, machine: actor.machine, reason},
		entry: {type: 'environment.held', actor, data: {apps, reason, minutes}},
		ledger: {project: environment.project, environment: environment.name},
	});
	const {code, stdout, stderr} = await execOn(services, environment, command);
	const until = /^until (\d+)$/m.exec(stdout)?.[1];
	if (code === 0 && until !== undefined) return Number(until) * 1000;
	const foreign = code === notOwner ? parseNotOwner(stderr) : undefined;
	if (foreign) throw failed(environment, foreign.why).with({code: 'blocked', next: foreign.next});
	const other = code === lockHeld ? parseHold(stdout.replace(/^hold\n/, '')) : undefined;
	if (!other) throw failed(environment, stderr.trim() || `exit ${code}`);
	throw locked({
		what: `${environment.title} is held already`,
		why: `${other.name} on ${other.machine} holds it until ${moment(other.until, environment.timeZone)}: ${other.reason}`,
		next: `Ask ${other.name}, or end it: cockpit unlock --env ${environment.name} --reason ...`,
	});
};

/** Ends every hold on the apps, whoever's it is, and writes down why. Resolves with the apps that were held. */
export const unlock = async (
	services: Services,
	{
		environment,
		apps,
		reason: typed,
	}: {readonly environment: Environment; readonly apps: readonly AppName[]; readonly reason: string},
): Promise<readonly string[]> => {
	const reason = ownWords(services, environment, typed);
	const actor = await services.actorFor(primaryHost(environment));
	const command = liftHolds(environment.stateDirectory, apps, {
		owner: '',
		entry: {type: 'environment.unlocked', actor, data: {apps, reason}},
	});
	const {code, stdout, stderr} = await execOn(services, environment, command);
	if (code !== 0) throw failed(environment, stderr.trim() || `exit ${code}`);
	return [...stdout.matchAll(/^lifted (\S+)$/gm)].map(([, app = '']) => app);
};
