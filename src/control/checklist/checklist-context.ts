import type {Environment} from '../../domain/environments/environment.ts';
import type {ControlOptions} from '../part.ts';

/** What the parts of the checklist work with. */
export type ChecklistContext = Omit<ControlOptions, 'environments'> & {
	/** The one that is tested. */
	readonly environment: Environment;
	/** Aborts when the cockpit ends. */
	readonly ending: AbortSignal;
};
