import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import {healthMessages} from '../../domain/notify/health-messages.ts';
import {dueObservations, lastObserved, notIn, observedSince, type BadProbe} from '../../domain/watch/observe.ts';
import {unfinished, watchesIn} from '../../domain/watch/watches.ts';
import type {AppServices} from '../app-services.ts';
import {digestsOf, liveReleases} from '../checklist/checklist-states.ts';
import {appendOnce} from '../ledger/append-once.ts';
import {timeOnHost} from '../time-on-host.ts';

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

/** What is due by what is known of the ledger now. */
const dueNow = async (
	services: ObserveServices,
	environment: Environment,
	{everyMs, isLeaving}: {readonly everyMs: number; readonly isLeaving: boolean},
) => {
	const {project, name, identity} = environment;
	const now = timeOnHost(services, environment);
	const entries = services.ledgers.remembered(environment)?.entries ?? [];
	const live = liveReleases(environment, entries);
	const last = lastObserved(entries, {
		actor: await services.actorFor(primaryHost(environment)),
		// What nobody signed is no evidence where names count as signed, and must not keep others from giving theirs.
		counts: ({signature}) => identity !== 'signed' || signature !== undefined,
	});
	if (now === undefined) return {due: [], last, live, isWatched: false};
	// What was seen of another build is no evidence of the one that is live.
	const changedAt = Math.max(0, ...[...live.values()].map(({since}) => since));
	const from = Math.max(changedAt, now - longestMs);
	const readings = services.samples.read({project, environment: name}, {from, until: now + 1});
	const seen = observedSince(readings, {last, everyMs, from});
	return {
		due: dueObservations(seen, {last, isLeaving}),
		last,
		live,
		readings,
		isWatched: unfinished(watchesIn(environment, entries, watchTerms(environment)), now).length > 0,
	};
};

type ObserveServices = Pick<
	AppServices,
	'sessions' | 'ledgers' | 'signatures' | 'actorFor' | 'samples' | 'clock' | 'notifier'
>;

const written = (bad: readonly BadProbe[]) => bad.map(({since, ...one}) => ({...one, since: iso(since)}));

/**
 * Writes down what was seen of an environment's health since anybody last did, as the soak of a build goes by it, and
 * tells people of what has become bad or well again. Everything follows from samples and ledger, so that whoever looks
 * may be another process each time. Of several that look, each stretch is written by one: the entry is the one behind the
 * last that all of them know. While a watch is on, people are told by that. `isLeaving`: what is seen now is the last for
 * a while. Answers with why it could not be written, on one line.
 */
export const observeHealth = async (
	services: ObserveServices,
	environment: Environment,
	{writer, ...how}: {readonly everyMs: number; readonly isLeaving: boolean; readonly writer: string},
): Promise<string | undefined> => {
	if (!how.isLeaving && (await dueNow(services, environment, how)).due.length === 0) return undefined;
	// Somebody else may have written it since this look began.
	await readAgain(services, environment);
	const {due, last, live, readings = [], isWatched} = await dueNow(services, environment, how);
	const {notify: targets = []} = environment;
	let before = last?.bad ?? [];
	try {
		for (const [index, {from, until, samples, unhealthy, bad}] of due.entries()) {
			const well = notIn(before, bad);
			const worse = notIn(bad, before);
			before = bad;
			// Who saw that something was bad is not silenced by who did not.
			const ids = bad.map(({probe}) => probe).toSorted();
			const by = await appendOnce(services, environment, {
				type: 'health.observed',
				once: `health.observed ${ids.join(' ') || 'healthy'} ${last?.seq ?? 0} ${index}`,
				writer,
				data: {
					apps: digestsOf(live),
					from: iso(from),
					until: iso(until),
					everyMs: how.everyMs,
					samples,
					bad: written(bad),
					well: written(well),
					unhealthy: unhealthy.map(({what, ...stretch}) => ({
						from: iso(stretch.from),
						until: iso(stretch.until),
						what,
					})),
				},
			});
			// Somebody was first: what is left to say is found again from what they wrote.
			if (by === 'by-another') return undefined;
			if (isWatched) continue;
			const found = readings.filter(({at}) => at === until);
			for (const message of healthMessages(environment, {until, worse, well, bad, found}))
				services.notifier.say(message, targets);
		}
	} catch (error) {
		if (error instanceof DeployError) return error.why;
		throw error;
	}
	return undefined;
};
