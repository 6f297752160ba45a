import type {Urgency} from '../../commands/lock/lock.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';

/**
 * A ledger entry about a run; the host adds seq, time and the hash of the entry before. `once` names it: however often a run
 * is ended, it is written once. A run may be resumed many times.
 */
export const runEntry = (
	type: string,
	{run, app, commit, digest, actor, policy, promotion, takenOverBy}: RunRecord,
	more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
	type,
	actor,
	...(type.endsWith('.resumed') ? {} : {once: `${run} ${type}`}),
	data: {
		run,
		app,
		build: {commit, digest},
		...(policy && type.endsWith('.started') ? {policy} : {}),
		...(promotion && type === 'deploy.started' ? {promotion} : {}),
		...(takenOverBy === undefined ? {} : {takenOverBy}),
		...more,
	},
});

/** How a run is closed that did not come to its end: what a rollback ends on its way is in as much of a hurry as itself. */
export const closingUrgency = ({takenOverBy}: RunRecord): Urgency => (takenOverBy === undefined ? 'usual' : 'urgent');
