import {blocked, type DeployError} from '../../../domain/errors.ts';

/** The refusal to deploy what is, or is not, in the sources. `reason` completes the banner. */
export const sourceBlocked = (reason: string, why: string, next: string): DeployError =>
	blocked({
		what: `DEPLOYMENT BLOCKED: ${reason}`,
		why,
		now: 'Nothing was changed, here or on any host.',
		next,
	});
