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

/** What was written may be by another process, or by this one a moment ago. A host that is silent now is asked again later. */
const readAgain = async ({ledgers}: Pick<AppServices, 'ledgers'>, environment: Environment): Promise<void> => {
	try {
		await ledgers.read(environment);
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
	}
};

/**
 * Writes down what was seen of an environment's health since anybody last did, as the soak of a build goes by it.
 * Everything follows from samples and ledger, so that whoever looks may be another process each time. Of several that
 * look, each stretch is written by one: the entry is the one behind the last that all of them know. `isLeaving`: what is
 * seen now is the last for a while. Answers with why it could not be written, on one line.
 */
export const observeHealth = async (
	services: Pick<AppServices, 'sessions' | 'ledgers' | 'signatures' | 'actorFor' | 'samples' | 'clock'>,
	environment: Environment,
	{everyMs, isLeaving, writer}: {readonly everyMs: number; readonly isLeaving: boolean; readonly writer: string},
): Promise<string | undefined> => {
	const {project, name, identity} = environment;
	if (isLeaving) await readAgain(services, environment);
	const now = timeOnHost(services, environment);
	const entries = services.ledgers.remembered(environment)?.entries ?? [];
	if (now === undefined) return undefined;
	const live = liveReleases(environment, entries);
	const found = lastObserved(entries, {
		actor: await services.actorFor(primaryHost(environment)),
		// What nobody signed is no evidence where names count as signed, and must not keep others from giving theirs.
		counts: ({signature}) => identity !== 'signed' || signature !== undefined,
	});
	// What was seen of another build is no evidence of the one that is live.
	const changedAt = Math.max(0, ...[...live.values()].map(({since}) => since));
	const from = Math.max(changedAt, now - longestMs);
	const last = found && found.until >= from ? found : undefined;
	const readings = services.samples.read({project, environment: name}, {from: last?.until ?? from, until: now + 1});
	try {
		const due = dueObservations(observedSince(readings, {last, everyMs}), {last, isLeaving});
		for (const [index, observed] of due.entries()) {
			const {from: begun, until, samples, unhealthy, isBad} = observed;
			// Who saw that something was bad is not silenced by who did not.
			const how = unhealthy.length > 0 ? 'unhealthy' : 'healthy';
			const by = await appendOnce(services, environment, {
				type: 'health.observed',
				once: `health.observed ${how} ${found?.seq ?? 0} ${index}`,
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
			// Somebody was first: what is left to say is found again from what they wrote.
			if (by === 'by-another') return undefined;
		}
	} catch (error) {
		if (error instanceof DeployError) return error.why;
		throw error;
	}
	return undefined;
};
