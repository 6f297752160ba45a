import {shortCommit} from '../domain/build.ts';
import {duration} from '../domain/format.ts';
import {runFacts, type LedgerEntry} from '../domain/ledger.ts';

/** How something on a ledger ended. `started`: it has not ended yet. */
export type ActivityOutcome = 'deployed' | 'rolled-back' | 'adopted' | 'undone' | 'failed' | 'abandoned' | 'started';

/** One line of the team's memory. */
export type ActivityEntry = {
	/** Stable: environment and number in its ledger. */
	readonly id: string;
	/** Epoch milliseconds by the host's clock. */
	readonly at: number;
	readonly environment: string;
	readonly outcome: ActivityOutcome;
	readonly who: string;
	readonly text: string;
};

const begins = new Set(['started', 'resumed']);
const kinds: Readonly<
	Record<string, {readonly done: ActivityOutcome; readonly words: Readonly<Record<string, string>>}>
> = {
	deploy: {
		done: 'deployed',
		words: {
			started: 'began to deploy',
			finished: 'deployed',
			failed: 'failed to deploy',
			abandoned: 'gave up deploying',
		},
	},
	rollback: {
		done: 'rolled-back',
		words: {
			started: 'began to roll back',
			finished: 'rolled back',
			failed: 'failed to roll back',
			abandoned: 'gave up rolling back',
		},
	},
	adopt: {
		done: 'adopted',
		words: {
			started: 'began to adopt',
			finished: 'adopted',
			failed: 'failed to adopt',
			abandoned: 'gave up adopting',
		},
	},
	'adopt-undo': {
		done: 'undone',
		words: {
			started: 'began to undo adopting',
			finished: 'undid adopting',
			failed: 'failed to undo adopting',
			abandoned: 'gave up undoing the adoption of',
		},
	},
};

const outcomeOf = (phase: string, done: ActivityOutcome): ActivityOutcome =>
	phase === 'finished' ? done : phase === 'failed' || phase === 'abandoned' ? phase : 'started';

/** Splits `adopt-undo.finished` into kind and phase. */
const parts = (type: string): readonly [string, string] => {
	const dot = type.lastIndexOf('.');
	return [type.slice(0, dot), type.slice(dot + 1)];
};

const ofOne = (environment: string, entries: readonly LedgerEntry[]): readonly ActivityEntry[] => {
	const runOf = (entry: LedgerEntry): string => runFacts(entry).run ?? `entry ${entry.seq}`;
	const begun = new Map<string, number>();
	const seen = new Set<string>();
	const ended = new Set(entries.filter(({type}) => !begins.has(parts(type)[1])).map(runOf));
	return entries.flatMap((entry): ActivityEntry[] => {
		const [kind, phase] = parts(entry.type);
		const run = runOf(entry);
		const {at} = entry;
		const known = kinds[kind];
		const isBegin = begins.has(phase);
		const isNews = !isBegin || (!ended.has(run) && !seen.has(run));
		if (isBegin) seen.add(run);
		if (phase === 'started') begun.set(run, at);
		const words = known?.words[isBegin ? 'started' : phase];
		if (!known || words === undefined || !isNews) return [];
		const {app, build} = runFacts(entry);
		const {commit} = build ?? {};
		const since = begun.get(run);
		const took = phase === 'finished' && since !== undefined ? ` in ${duration(at - since)}` : '';
		const what = [app ?? 'an app', ...(commit ? [shortCommit(commit)] : [])].join(' ');
		return [
			{
				id: `${environment}:${entry.seq}`,
				at,
				environment,
				outcome: outcomeOf(phase, known.done),
				who: entry.actor?.name ?? 'unknown',
				text: `${words} ${what}${took}`,
			},
		];
	});
};

/**
 * What the ledgers tell, merged by time, newest first. A run is one line: how it ended, or that it began. Entries of
 * types this version does not know are left out. Source: design, "State", ledger.
 */
export const activityOf = (
	ledgers: readonly {readonly environment: string; readonly entries: readonly LedgerEntry[]}[],
): readonly ActivityEntry[] =>
	ledgers
		.flatMap(({environment, entries}) => ofOne(environment, entries))
		.reverse()
		.sort((a, b) => b.at - a.at);
