import {holdOwner} from '../../commands/lock/hold/hold.ts';
import type {LedgerName} from '../../commands/ledger/ledger.ts';
import {takeLock} from '../../commands/lock/lock.ts';
import type {LockAction} from '../../domain/runs/pipeline.ts';
import type {RunPlan} from './plan.ts';
import {closingUrgency, runEntry} from './run-entry.ts';

/** Which ledger it is, and by what it is begun where there is none. */
const ledgerOf = ({environment, record: {policy}}: RunPlan): LedgerName => ({
	project: environment.project,
	environment: environment.name,
	...(policy ? {tier: environment.tier, promotedFrom: environment.promotedFrom ?? null, policy: policy.digest} : {}),
});

/**
 * Takes the lock of the app, under the actor's name and for its live path only, and says so in the ledger: what was started,
 * or resumed. `data`: what that entry says beside the run.
 */
export const takeRunLock = (
	plan: RunPlan,
	{data = {}, ...more}: {readonly data?: Readonly<Record<string, unknown>>; readonly urgency?: 'urgent'} = {},
): LockAction => {
	const {record, state, claim} = plan;
	const {kind, actor, run, app} = record;
	return {
		kind: 'lock',
		id: 'take-lock',
		command: attempt =>
			takeLock(state, {
				attempt,
				ledger: ledgerOf(plan),
				owner: holdOwner(actor),
				claim,
				holder: {...actor, run, app},
				record,
				entry: runEntry(`${kind}.${attempt === 1 ? 'started' : 'resumed'}`, record, data),
				...more,
				...(record.takenOverBy === undefined ? {} : {urgency: closingUrgency(record), onlyDead: true}),
			}),
	};
};
