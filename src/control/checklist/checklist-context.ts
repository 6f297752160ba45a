import {DeployError, hasCode} from '../../domain/errors.ts';
import {problemOf} from '../../store/problem-of.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {ControlOptions} from '../part.ts';

/** What the parts of the checklist work with. */
export type ChecklistContext = Omit<ControlOptions, 'environments'> & {
	/** The one that is tested. */
	readonly environment: Environment;
	/** Aborts when the cockpit ends. */
	readonly ending: AbortSignal;
};

/** The host did not answer: what was asked of it may be asked again. */
export const isSilence = (error: unknown): boolean => hasCode(error, 'unreachable', 'link-lost', 'timeout');

/** Tells the person what did not work, and whether the ledger may have it all the same. */
export const tellUnrecorded = ({store, ending, onFault}: ChecklistContext, what: string, error: unknown): void => {
	if (ending.aborted) return;
	if (!(error instanceof DeployError)) onFault(error);
	const {why, next} = problemOf(error);
	const now =
		isSilence(error) && !hasCode(error, 'unreachable')
			? 'Whether it was recorded shows when the host answers.'
			: 'Nothing was recorded.';
	store.getState().say('danger', `${what}: ${why}. ${now} ${next}`);
};
