import {holdOwner} from '../commands/lock/hold.ts';
import type {LedgerName} from '../commands/ledger/ledger.ts';
import type {Claim} from '../commands/lock/marker.ts';
import type {ReleaseLayout} from '../commands/release-layout.ts';
import type {Environment} from '../domain/environments/environment.ts';
import type {RunRecord} from '../domain/runs/pipeline.ts';

type Terms = {readonly environment: Environment; readonly record: RunRecord; readonly layout: ReleaseLayout};

/** Whose the live path of a run has to be. */
export const claimOf = ({environment, record, layout}: Terms): Claim => ({
	project: environment.project,
	environment: environment.name,
	app: record.app,
	stateDirectory: environment.stateDirectory,
	layout,
});

/** Which ledger it is, and by what it is begun where there is none. */
const ledgerOf = ({environment, record: {policy}}: Terms): LedgerName => ({
	project: environment.project,
	environment: environment.name,
	...(policy ? {tier: environment.tier, promotedFrom: environment.promotedFrom ?? null, policy: policy.digest} : {}),
});

/** Under whose name, on which ledger and for which live path a run takes the lock. */
export const lockTerms = (
	terms: Terms,
): {readonly ledger: LedgerName; readonly owner: string; readonly claim: Claim} => ({
	ledger: ledgerOf(terms),
	owner: holdOwner(terms.record.actor),
	claim: claimOf(terms),
});
