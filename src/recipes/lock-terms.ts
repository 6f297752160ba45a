import {holdOwner} from '../commands/hold.ts';
import type {LedgerName} from '../commands/ledger.ts';
import type {Environment} from '../domain/environment.ts';
import type {RunRecord} from '../domain/pipeline.ts';

/** Under whose name, and on which ledger, a run takes the lock. */
export const lockTerms = ({
	environment,
	record,
}: {
	readonly environment: Environment;
	readonly record: RunRecord;
}): {readonly ledger: LedgerName; readonly owner: string} => ({
	ledger: {
		project: environment.project,
		environment: environment.name,
		...(record.policy
			? {
					tier: environment.tier,
					promotedFrom: environment.promotedFrom ?? null,
					policy: record.policy.digest,
				}
			: {}),
	},
	owner: holdOwner(record.actor),
});
