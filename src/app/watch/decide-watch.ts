import {appendLedger} from '../../commands/ledger/ledger.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import {blocked, stepFailed, type DeployError} from '../../domain/errors.ts';
import {clockTime} from '../../domain/format.ts';
import type {Watch} from '../../domain/watch/watch.ts';
import {changesIn, isAccepted, undecided, watchesIn} from '../../domain/watch/watches.ts';
import type {AppServices} from '../app-services.ts';
import {ownWords} from '../own-words.ts';
import {execOn} from '../exec-on.ts';

type Services = Pick<AppServices, 'sessions' | 'ledgers' | 'actorFor' | 'secrets'>;

const notDone = (what: string, why: string, next: string): DeployError =>
	blocked({what, why, now: 'Nothing was recorded.', next});

/** The watch that is on, or that may still be decided where `orEnded`, as its ledger has it now. Throws DeployError `blocked`. */
const watchOf = async (
	{ledgers}: Services,
	environment: Environment,
	{
		app,
		run,
		orEnded = false,
	}: {readonly app?: AppName | undefined; readonly run?: string | undefined; readonly orEnded?: boolean},
) => {
	const {entries, fault, time} = await ledgers.read(environment);
	const {title, name} = environment;
	if (fault !== undefined)
		throw notDone(
			'Not recorded',
			`the ledger of ${title} ${fault}`,
			`cockpit ledger verify --env ${name} says more.`,
		);
	const watches = watchesIn(environment, entries, watchTerms(environment));
	const ended = orEnded ? undecided(watches, time) : [];
	const on = watches.filter(
		watch =>
			((!watch.ended && time < watch.endsAt) || ended.includes(watch)) &&
			(app ?? watch.app) === watch.app &&
			(run ?? watch.run) === watch.run,
	);
	const [watch, other] = on;
	if (!watch)
		throw notDone(
			'Not recorded',
			`no watch is on at ${title}${app ? ` of the ${app}` : ''}${orEnded ? ', and none that ended bad waits' : ''}`,
			`cockpit watch --env ${name}`,
		);
	if (other)
		throw notDone('Not recorded', 'there is one of each app', 'Name one with --app backend or --app frontend.');
	return {watch, entries, time};
};

const append = async (
	services: Services,
	environment: Environment,
	type: 'watch.accepted' | 'watch.extended',
	data: Readonly<Record<string, unknown>>,
): Promise<void> => {
	const host = primaryHost(environment);
	const entry = {type, actor: await services.actorFor(host), data};
	const {code, stderr} = await execOn(services, environment, appendLedger(environment.stateDirectory, entry));
	if (code === 0) return;
	throw stepFailed({
		what: `Nothing could be recorded on ${environment.title}`,
		why: stderr.trim() || `its ledger can't be written (exit ${code})`,
		now: 'Nothing was recorded.',
		next: `Look at the disk and the rights of ${environment.stateDirectory} on ${host.name}.`,
	});
};

/**
 * Takes what is bad now as it is, for a reason that stands in the ledger; the watch goes on. Of one that ended bad it is
 * its end that is taken. `ids`: triggers and probes
 * that somebody looked at; absent: all that stand bad by the ledger. Resolves with them. Throws DeployError `blocked`
 * where there is nothing to accept.
 */
export const acceptWatch = async (
	services: Services,
	{
		environment,
		reason,
		ids,
		...which
	}: {
		readonly environment: Environment;
		readonly reason: string;
		readonly app?: AppName | undefined;
		readonly run?: string | undefined;
		readonly ids?: readonly string[];
	},
): Promise<{readonly watch: Watch; readonly accepted: readonly string[]}> => {
	const {watch, entries} = await watchOf(services, environment, {...which, orEnded: true});
	const standing = [...changesIn(entries, watch.run).values()].filter(
		({id, state, at}) =>
			(state === 'fired' && !isAccepted(watch, id, at)) || (state === 'worse' && !isAccepted(watch, id)),
	);
	const accepted = ids ?? standing.map(({id}) => id);
	if (accepted.length === 0 && !watch.ended)
		throw notDone(
			'Not accepted',
			'no trigger stands fired, and nothing is worse',
			`cockpit watch --env ${environment.name} shows what is watched.`,
		);
	const changes = changesIn(entries, watch.run);
	await append(services, environment, 'watch.accepted', {
		run: watch.run,
		app: watch.app,
		probes: accepted,
		titles: accepted.map(id => changes.get(id)?.title ?? id),
		reason: ownWords(services, environment, reason),
	});
	return {watch, accepted};
};

const minuteMs = 60_000;
const longestMinutes = 8 * 60;

/** Lets a watch go on for longer. Resolves with its new end, epoch milliseconds by the host. Throws DeployError `blocked`. */
export const extendWatch = async (
	services: Services,
	{
		environment,
		minutes,
		...which
	}: {
		readonly environment: Environment;
		readonly minutes: number;
		readonly app?: AppName | undefined;
		readonly run?: string | undefined;
	},
): Promise<number> => {
	const {watch} = await watchOf(services, environment, which);
	const until = watch.endsAt + minutes * minuteMs;
	if (until - watch.startedAt > longestMinutes * minuteMs)
		throw notDone(
			'Not extended',
			`it would last longer than ${longestMinutes / 60} h; it goes on until ${clockTime(watch.endsAt, environment.timeZone)}`,
			`For longer: cockpit watch --env ${environment.name} --every 5m`,
		);
	const data = {
		run: watch.run,
		app: watch.app,
		until: new Date(until).toISOString(),
		text: `until ${clockTime(until, environment.timeZone)}`,
	};
	await append(services, environment, 'watch.extended', data);
	return until;
};
