import type {AppName} from '../../domain/environments/environment.ts';
import {runFacts, type LedgerEntry} from '../../domain/ledger/ledger.ts';

/** The run that made an app what it is. */
export type NotedSwap = {
	/** Id of the run, below whose directory on the host it is noted where the logs ended. */
	readonly run: string;
	/** Epoch milliseconds by the host: when its end was written down, a little behind the swap. */
	readonly at: number;
};

const swapped: ReadonlySet<string> = new Set(['deploy.finished', 'rollback.finished', 'rollback.failed']);

/** The last run of each app that changed what is live, by the ledger. */
export const lastSwaps = (entries: readonly LedgerEntry[]): Readonly<Partial<Record<AppName, NotedSwap>>> => {
	const swaps: Partial<Record<AppName, NotedSwap>> = {};
	for (const entry of entries) {
		const {app, run, release} = runFacts(entry);
		const isSwap = swapped.has(entry.type) || (entry.type === 'deploy.failed' && release !== undefined);
		if (isSwap && app !== undefined && run !== undefined) swaps[app] = {run, at: entry.at};
	}
	return swaps;
};
