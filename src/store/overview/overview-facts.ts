import {carriedOn} from '../../domain/host-clock.ts';
import {activityOf, type ActivityEntry} from '../../app/history/activity.ts';
import {pollMs} from '../../app/status/watch-overview.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {memoOn, once} from '../../domain/memo.ts';
import type {CockpitState} from '../create-store.ts';
import type {EnvironmentView} from './overview.ts';

/** Whether a value read at `at` is older than two polls; what was never read is not old but unknown. */
export const isStale = (at: number | undefined, now: number): boolean => at !== undefined && now - at > 2 * pollMs;

/** The clock of an environment's host; this machine's before its first answer. */
export const hostNow = ({status, readAt}: EnvironmentView, now: number): number =>
	carriedOn({time: status?.time, readAt}, now) ?? now;

/** Title without what stands in brackets: `Pre-Prod`. */
export const shortTitle = ({title}: Pick<EnvironmentView, 'title'>): string => title.replace(/ \(.*\)$/, '');

/** How people call an environment in a sentence: `pre-prod`. */
export const inWords = (view: Pick<EnvironmentView, 'title'>): string => shortTitle(view).toLowerCase();

/** Environments that have something to deploy to. */
export const targetsOf = (environments: readonly EnvironmentView[]): readonly EnvironmentView[] =>
	environments.filter(({tier}) => tier !== 'local');

/** Percent as df writes it; undefined where the file system does not say. */
export const percent = (text: string | undefined): number | undefined => {
	const [, digits] = /^(\d+)%$/.exec(text ?? '') ?? [];
	return digits === undefined ? undefined : Number(digits);
};

/** Whether a lock is held by the one who sits at this machine. */
export const isMine = (
	lock: {readonly by: string; readonly machine: string},
	actor: {readonly name: string; readonly machine: string} | undefined,
): boolean => actor !== undefined && lock.by === actor.name && lock.machine === actor.machine;

export type ActivityLine = Omit<ActivityEntry, 'outcome'> & {readonly outcome: ActivityEntry['outcome'] | 'silent'};

const silences = (environments: readonly EnvironmentView[]): readonly ActivityLine[] =>
	environments.flatMap(({name, silence, status, readAt}) => {
		if (!silence) return [];
		const tries = `${silence.tries} ${silence.tries === 1 ? 'try' : 'tries'}`;
		return [
			{
				id: `${name}:silent`,
				// By the host's clock, as the rest of the list, as far as it is known.
				at: status && readAt !== undefined ? status.time + (silence.since - readAt) : silence.since,
				environment: name,
				outcome: 'silent' as const,
				who: 'ssh',
				text: `no answer: ${silence.why.replace(/\.$/, '')}, ${tries}`,
			},
		];
	});

const noEntries: readonly LedgerEntry[] = [];

/** Each look of a poll makes the environments new ones; their ledgers seldom are. */
const newsIn = once((...given: readonly (string | readonly LedgerEntry[])[]): readonly ActivityEntry[] =>
	activityOf(
		given.flatMap((entries, index) => {
			const environment = given[index - 1];
			return typeof entries === 'object' && typeof environment === 'string' ? [{environment, entries}] : [];
		}),
	),
);

const activityIn = memoOn((environments: readonly EnvironmentView[]): readonly ActivityLine[] => {
	const news = newsIn(...environments.flatMap(({name, status}) => [name, status?.ledger.entries ?? noEntries]));
	const silent = silences(environments);
	return silent.length === 0 ? news : [...silent, ...news].sort((a, b) => b.at - a.at);
});

/** What happened, newest first. The same list as long as the environments are the same ones. */
export const selectActivity = ({environments}: Pick<CockpitState, 'environments'>): readonly ActivityLine[] =>
	activityIn(environments);
