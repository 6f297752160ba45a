import type {Refusal} from '../../domain/runs/pipeline.ts';

/**
 * Why what sudo allows is not enough; undefined where it is. `notAsOwner`: what it said to a command as the owner of the app,
 * undefined where it allowed that. `denied`: commands as root that it refuses. `without`: what comes of going on all the same.
 */
export const sudoRefusal = (
	owner: string,
	{notAsOwner, denied}: {readonly notAsOwner: string | undefined; readonly denied: readonly string[]},
	without?: string,
): Refusal | undefined => {
	if (notAsOwner !== undefined)
		return {
			why: `sudo to ${owner} does not work without a password: ${notAsOwner || 'it says nothing'}`,
			next: `Allow it in /etc/sudoers.d: NOPASSWD for commands as ${owner}.`,
		};
	return denied.length > 0
		? {
				why: `sudo refuses without a password: ${denied.join('; ')}`,
				next: `Allow these commands with NOPASSWD in /etc/sudoers.d${without === undefined ? '' : `: ${without}`}.`,
			}
		: undefined;
};
