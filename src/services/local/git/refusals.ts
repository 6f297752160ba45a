import {renderCommand} from '../../../commands/shell.ts';
import {blocked, type DeployError} from '../../../domain/errors.ts';

/** The refusal to deploy what is, or is not, in the sources. `reason` completes the banner. */
export const sourceBlocked = (reason: string, why: string, next: string): DeployError =>
	blocked({
		what: `DEPLOYMENT BLOCKED: ${reason}`,
		why,
		now: 'Nothing was changed, here or on any host.',
		next,
	});

/** The refusal of an object that is not what its id says. `how` completes "object … in the repository of …". */
export const repositoryDamaged = (directory: string, object: string, how: string): DeployError =>
	sourceBlocked(
		'the repository is damaged',
		`object ${object} in the repository of ${directory} ${how}`,
		`See what else is damaged: ${renderCommand({argv: ['git', '-C', directory, 'fsck', '--full']})}. Then deploy from a fresh clone.`,
	);
