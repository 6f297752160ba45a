import {tellLedgers, tookWords, type LedgerLine, type LineOutcome, type NamedLedger} from '../ledger/ledger-lines.ts';

/** How something on a ledger ended. */
export type ActivityOutcome = Exclude<LineOutcome, 'unknown' | 'opened' | 'leased' | 'witnessed' | 'observed'>;

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

const newsIn = (line: LedgerLine): readonly ActivityEntry[] => {
	const {id, entry, environment, outcome, who, text} = line;
	if (
		outcome === 'unknown' ||
		outcome === 'opened' ||
		outcome === 'leased' ||
		outcome === 'witnessed' ||
		outcome === 'observed'
	)
		return [];
	return [{id, at: entry.at, environment, outcome, who, text: `${text}${tookWords(line)}`}];
};

/**
 * What the ledgers tell, merged by time, newest first. A run is one line: how it ended, or that it began. Entries of
 * types this version does not know are left to the history. Source: design, "State", ledger.
 */
export const activityOf = (ledgers: readonly NamedLedger[]): readonly ActivityEntry[] =>
	tellLedgers(ledgers).flatMap(newsIn);
