import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {dueObservations, lastObserved, observedSince} from '../../domain/watch/observe.ts';
import type {AppServices} from '../app-services.ts';
import {digestsOf, liveReleases} from '../checklist/checklist-states.ts';
import {appendOnce} from '../ledger/append-once.ts';
import {timeOnHost} from './time-on-host.ts';

/** What somebody saw is read back at most so far: what is older was written down, or is forgotten. */
const longestMs = 2 * 3_600_000;

const iso = (at: number): string => new Date(at).toISOString();

/**
 * Writes down what this machine saw of an environment's health since it last did, as the soak of a build goes by it.
 * Everything follows from samples and ledger, so that whoever looks may be another process each time. `isLeaving`: what
 * is seen now is the last for a while. Answers with why it could not be written, on one line.
 */
export const observeHealth = async (
	services: Pick<AppServices, 'sessions' | 'ledgers' | 'signatures' | 'actorFor' | 'samples' | 'clock'>,
	environment: Environment,
	{everyMs, isLeaving, writer}: {readonly everyMs: number; readonly isLeaving: boolean; readonly writer: string},
): Promise<string | undefined> => {
	const {project, name} = environment;
	const now = timeOnHost(services, environment);
	const entries = services.ledgers.remembered(environment)?.entries ?? [];
	if (now === undefined) return undefined;
	const {machine} = await services.actorFor(primaryHost(environment));
	const live = liveReleases(environment, entries);
	const found = lastObserved(entries, machine);
	// What was seen of another build is no evidence of the one that is live.
	const changedAt = Math.max(0, ...[...live.values()].map(({since}) => since));
	const from = Math.max(changedAt, now - longestMs);
	const last = found && found.until >= from ? found : undefined;
	const readings = services.samples.read({project, environment: name}, {from: last?.until ?? from, until: now + 1});
	try {
		for (const observed of dueObservations(observedSince(readings, {last, everyMs}), {last, isLeaving})) {
			const {from: begun, until, samples, unhealthy, isBad} = observed;
			await appendOnce(services, environment, {
				type: 'health.observed',
				once: `health.observed ${machine} ${iso(until)}`,
				writer,
				data: {
					apps: digestsOf(live),
					from: iso(begun),
					until: iso(until),
					everyMs,
					samples,
					bad: isBad ? (unhealthy.at(-1)?.what ?? '') : '',
					unhealthy: unhealthy.map(({what, ...stretch}) => ({
						from: iso(stretch.from),
						until: iso(stretch.until),
						what,
					})),
				},
			});
		}
	} catch (error) {
		if (error instanceof DeployError) return error.why;
		throw error;
	}
	return undefined;
};
