import type {ChecklistItem} from '../../../src/domain/checklist/checklist.ts';
import type {AppName} from '../../../src/domain/environments/environment.ts';
import type {EntryActor, LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {liveByLedger, type OracleLive} from './gate-oracle.ts';
import type {Random} from './random.ts';

/** A ledger that is being made up, entry by entry. */
export type Draft = {
	readonly random: Random;
	/** The app somebody will want to promote. */
	readonly app: AppName;
	readonly has: readonly AppName[];
	readonly set: readonly ChecklistItem[];
	/** Their times are settled at the end. */
	readonly entries: LedgerEntry[];
};

// Two people of one name with different keys, one with no key, and a job of CI.
export const actors: readonly [EntryActor, ...EntryActor[]] = [
	{name: 'asha', machine: 'laptop-1', key: 'SHA256:asha'},
	{name: 'ravi', machine: 'laptop-2', key: 'SHA256:ravi'},
	{name: 'asha', machine: 'laptop-3', key: 'SHA256:other'},
	{name: 'ravi', machine: 'laptop-2'},
	{name: 'ci', machine: 'runner-9'},
];

/** Appends an entry and answers with its number. */
export const add = ({entries}: Draft, part: Pick<LedgerEntry, 'type' | 'actor' | 'data'>): number => {
	const seq = entries.length + 1;
	entries.push({seq, ...part, at: 0, hash: ''});
	return seq;
};

export const liveOf = (draft: Draft, app: AppName): OracleLive | undefined => liveByLedger(draft.entries, app);
