import type {Environment} from './environment.ts';
import {DeployError} from './errors.ts';

/**
 * The words to type before an app is deployed, in order. Source: workflow, "Security & Safety Features"; design,
 * "Gates to production".
 */
export const deployWords = ({tier}: Pick<Environment, 'tier'>): readonly string[] =>
	tier === 'production' ? ['VERIFIED', 'DEPLOY-TO-PRODUCTION'] : ['yes'];

/**
 * Compares typed words with the wanted ones: exact, in order, none missing, none too many.
 * Throws DeployError `wrong-word`; nothing has been done by then.
 */
export const checkWords = (what: string, wanted: readonly string[], typed: readonly string[]): void => {
	if (wanted.length === typed.length && wanted.every((word, index) => word === typed[index])) return;
	const missing = typed.length < wanted.length && typed.every((word, index) => word === wanted[index]);
	throw new DeployError({
		code: 'wrong-word',
		what: `DEPLOYMENT BLOCKED: ${what}`,
		why: missing
			? `the word ${wanted[typed.length]} is missing`
			: `the words typed are not exactly: ${wanted.join(', ')}`,
		now: 'Nothing was changed.',
		next: `Confirm with: ${wanted.map(word => `--confirm ${word}`).join(' ')}`,
	});
};
