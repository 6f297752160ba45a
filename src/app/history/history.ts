import type {AppName} from '../../domain/environments/environment.ts';
import {runFacts, type LedgerEntry} from '../../domain/ledger/ledger.ts';
import {memoOn} from '../../domain/memo.ts';
import {pairObject, pairOf} from './history-pair.ts';
import {oneLine} from '../ledger/entry-text.ts';
import type {LedgerLine, LineKind} from '../ledger/ledger-lines.ts';
import {median} from '../runs/usual-durations.ts';

/** What is shown of a history. */
export const historyKinds = ['all', 'runs', 'sign-offs', 'locks', 'watch'] as const;
export type HistoryKind = (typeof historyKinds)[number];

export type HistoryFilter = {
	readonly kind: HistoryKind;
	/** Absent: every environment. */
	readonly environment?: string | undefined;
	readonly app?: AppName | undefined;
	/** A name, in either case. */
	readonly who?: string | undefined;
	/** Words that a line or what it is about must hold, in either case. */
	readonly text: string;
};

const kindsOf: Readonly<Record<HistoryKind, readonly LineKind[]>> = {
	all: ['run', 'sign-off', 'lock', 'watch', 'ledger', 'unknown'],
	runs: ['run'],
	'sign-offs': ['sign-off'],
	locks: ['lock'],
	watch: ['watch'],
};

/** What a search looks through: the sentence, and what the detail names. */
const wordsOf = memoOn(({text, who, environment, run = '', entry}: LedgerLine): string => {
	const {release = '', build} = runFacts(entry);
	const {item, note, value} = entry.data;
	return [
		text,
		who,
		entry.actor?.name ?? '',
		environment,
		run,
		release,
		build?.commit ?? '',
		build?.digest ?? '',
		...[item, note, value].map(oneLine),
		String(entry.seq),
	]
		.join('\n')
		.toLowerCase();
});

/** The lines that are asked for, in their order. */
export const filterHistory = (
	lines: readonly LedgerLine[],
	{kind, environment, app, who, text}: HistoryFilter,
): readonly LedgerLine[] => {
	const words = text.trim().toLowerCase();
	return lines.filter(
		line =>
			kindsOf[kind].includes(line.kind) &&
			(environment === undefined || line.environment === environment) &&
			(app === undefined || line.apps.length === 0 || line.apps.includes(app)) &&
			(who === undefined || line.who.toLowerCase() === who.toLowerCase()) &&
			(words === '' || wordsOf(line).includes(words)),
	);
};

/** Names in a history, those with the newest lines first. */
export const peopleIn = (lines: readonly LedgerLine[]): readonly string[] => [...new Set(lines.map(({who}) => who))];

/** What became of the runs of one app on one environment. */
export type RunNumbers = {
	readonly environment: string;
	readonly app: AppName;
	readonly deploys: number;
	readonly rollbacks: number;
	readonly failed: number;
	/** Of deploys that went through without a break; undefined when there is none. */
	readonly medianMs: number | undefined;
	readonly longestMs: number | undefined;
};

/** Counts deploys and rollbacks since an instant (epoch milliseconds by the hosts), where there are any. */
export const historyNumbers = (lines: readonly LedgerLine[], since: number): readonly RunNumbers[] => {
	const runs = lines.filter(({entry}) => /^(deploy|rollback)\./.test(entry.type) && entry.at >= since);
	const environments = [...new Set(runs.map(({environment}) => environment))].sort();
	return environments.flatMap(environment =>
		(['backend', 'frontend'] as const).flatMap((app): RunNumbers[] => {
			const own = runs.filter(line => line.environment === environment && line.apps.includes(app));
			const of = (outcome: LedgerLine['outcome']): number => own.filter(line => line.outcome === outcome).length;
			if (own.length === 0) return [];
			const times = own.flatMap(({outcome, tookMs, wasResumed}) =>
				outcome === 'deployed' && tookMs !== undefined && !wasResumed ? [tookMs] : [],
			);
			return [
				{
					environment,
					app,
					deploys: of('deployed'),
					rollbacks: of('rolled-back'),
					failed: of('failed'),
					medianMs: median(times),
					longestMs: times.length === 0 ? undefined : Math.max(...times),
				},
			];
		}),
	);
};

/** A line for programs. `ledger`: all entries of its ledger. Times: ISO 8601 UTC by the host's clock. */
export const historyObject = (line: LedgerLine, ledger: readonly LedgerEntry[]): Readonly<Record<string, unknown>> => {
	const {environment, entry, entries, kind, outcome, apps, who, text, run, tookMs} = line;
	const {release, build} = runFacts(entry);
	const pair = pairOf(line, ledger);
	return {
		type: 'history',
		environment,
		seq: entry.seq,
		time: new Date(entry.at).toISOString(),
		entry: entry.type,
		kind,
		outcome,
		who,
		actor: entry.actor ?? null,
		apps,
		text,
		run,
		release,
		build,
		...(pair ? {pair: pairObject(pair)} : {}),
		tookMs,
		entries: entries.map(({seq}) => seq),
		data: entry.data,
		hash: entry.hash,
	};
};
