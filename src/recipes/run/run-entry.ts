import type {RunRecord} from '../../domain/runs/pipeline.ts';

/** A ledger entry about a run; the host adds seq, time and the hash of the entry before. */
export const runEntry = (
	type: string,
	{run, app, commit, digest, actor, policy, promotion}: RunRecord,
	more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
	type,
	actor,
	data: {
		run,
		app,
		build: {commit, digest},
		...(policy && type.endsWith('.started') ? {policy} : {}),
		...(promotion && type === 'deploy.started' ? {promotion} : {}),
		...more,
	},
});
