import {parseNotOwner} from '../../commands/lock/marker.ts';
import {DeployError} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {sanitise} from '../jobs/job-output.ts';

/**
 * The live path belongs to another environment, or nobody can tell whose it is. `output`: what the command that asked has
 * written; undefined when it ended with that code for a reason of its own.
 */
export const notOwnerError = ({environment, app, host}: Pipeline, output: string): DeployError | undefined => {
	const found = parseNotOwner(output);
	return (
		found &&
		new DeployError({
			code: 'blocked',
			what: `BLOCKED: the ${app} on ${host.name} is not known to be that of ${environment.name}`,
			why: sanitise(found.why),
			now: '',
			next: sanitise(found.next),
		})
	);
};
