import {renderCommand} from '../../../commands/shell.ts';
import type {DeployError} from '../../../domain/errors.ts';
import {sourceBlocked} from './source-blocked.ts';

/** The refusal of an object that is not what its id says. `how` completes "object … in the repository of …". */
export const repositoryDamaged = (directory: string, object: string, how: string): DeployError =>
	sourceBlocked(
		'the repository is damaged',
		`object ${object} in the repository of ${directory} ${how}`,
		`See what else is damaged: ${renderCommand({argv: ['git', '-C', directory, 'fsck', '--full']})}. Then deploy from a fresh clone.`,
	);
