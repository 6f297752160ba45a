import type {AppName} from '../environments/environment.ts';
import {runFacts, type LedgerEntry} from '../ledger/ledger.ts';
import {liveRelease} from '../releases/live-releases.ts';

/** What the last run that changed an app has left live, by the ledger: what "new" is measured from. */
export type LastSwap = {
	readonly run: string | undefined;
	readonly release: string;
	/** Epoch milliseconds by the host: the end of that run. */
	readonly at: number;
};

/** Undefined when the ledger does not say what is live of the app. */
export const lastSwap = (entries: readonly LedgerEntry[], app: AppName): LastSwap | undefined => {
	const live = liveRelease(entries, app);
	if (!live) return undefined;
	const entry = entries.find(({seq}) => seq === live.seq);
	return {run: entry && runFacts(entry).run, release: live.release, at: live.since};
};

const ofRun = /^(?:deploy|rollback|adopt|adopt-undo|set-env)\.(\w+)/;

/** Whether a run of an app has begun by the ledger and not ended: what is live may not be recorded yet. */
export const isRunOpen = (entries: readonly LedgerEntry[], app: AppName): boolean =>
	entries.findLast(entry => ofRun.test(entry.type) && runFacts(entry).app === app)?.type.endsWith('.started') ===
	true;
