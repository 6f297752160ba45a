import {linkShared, removeCandidate} from '../../commands/candidate/candidate.ts';
import type {Command} from '../../domain/command.ts';
import type {RunPlan} from './plan.ts';

/** A run that prepares a release beside live. */
type Preparing = Pick<RunPlan, 'layout' | 'target'> & {readonly candidate: string};

/** Links what belongs to the environment. `own`: directories the app writes to that stay with the release. */
export const linkOwn = ({layout, target, candidate}: Preparing, own: readonly string[]): Command => {
	const {owner, directoryMode, shared} = target;
	return linkShared({base: layout.base, candidate, owner, directoryMode, shared, own});
};

/** Takes away a release that does not go live. */
export const discard = ({layout, target, candidate}: Preparing): Command =>
	removeCandidate({live: layout.live, candidate, owner: target.owner});
