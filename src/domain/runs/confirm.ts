import type {AppName, Environment} from '../environments/environment.ts';
import {failure} from '../errors.ts';

/**
 * The words to type before an app is deployed, in order. Source: workflow, "Security & Safety Features"; design,
 * "Gates to production".
 */
export const deployWords = ({tier}: Pick<Environment, 'tier'>): readonly string[] =>
	tier === 'production' ? ['VERIFIED', 'DEPLOY-TO-PRODUCTION'] : ['yes'];

/** The word before a value of a host is changed. It stands for no test, so that none is asked for. */
export const changeWord = ({tier}: Pick<Environment, 'tier'>): string => deployWords({tier}).at(-1) ?? '';

/** The word before a rollback. Source: workflow, "Rollback Scripts". */
export const rollbackWord = 'ROLLBACK';

/** The word before a run that somebody else drives is driven on from here. Source: design, "State", lock. */
export const takeOverWord = 'TAKE-OVER';

/** The word before secrets of production come to this machine. */
export const productionSecretsWord = 'PRODUCTION-SECRETS';

/**
 * What VERIFIED stands for, word for word. Source: workflow, "Pre-Prod Verification Gate".
 */
export const verifications: Readonly<Record<AppName, readonly string[]>> = {
	backend: [
		'Features working as expected',
		'All modules functional',
		'API endpoints responding',
		'Reports generating correctly',
		'Scheduled tasks running',
		'Permissions system working',
		'Database migrations tested',
		'No errors in Pre-Prod logs',
	],
	frontend: [
		'UI working correctly',
		'All pages load',
		'No console errors',
		'API calls successful',
		'Forms submitting',
		'Reports displaying',
		'Authentication working',
		'Mobile responsive',
	],
};

/** Why what was typed is not the word, to the letter; undefined: it is. */
export const wordRefusal = (word: string, typed: string | undefined): string | undefined =>
	typed === word ? undefined : `the word is ${word}, exactly`;

const bannerGuides = {
	'DEPLOYMENT BLOCKED': 'blocked',
	'ADOPTION BLOCKED': 'blocked',
	'ROLLBACK BLOCKED': 'rollback',
	'TAKEOVER BLOCKED': 'cutOff',
	'SWITCH BLOCKED': 'values',
	'CHANGE BLOCKED': 'values',
} as const;

/**
 * Compares typed words with the wanted ones: exact, in order, none missing, none too many.
 * Throws DeployError `wrong-word`; nothing has been done by then.
 */
export const checkWords = (
	what: string,
	wanted: readonly string[],
	typed: readonly string[],
	banner: keyof typeof bannerGuides = 'DEPLOYMENT BLOCKED',
): void => {
	const firstWrong = wanted.findIndex((word, index) => wordRefusal(word, typed[index]) !== undefined);
	if (firstWrong === -1 && wanted.length === typed.length) return;
	const missing = firstWrong === typed.length;
	throw failure('wrong-word')({
		what: `${banner}: ${what}`,
		why: missing
			? `the word ${wanted[typed.length]} is missing`
			: `the words typed are not exactly: ${wanted.join(', ')}`,
		guide: bannerGuides[banner],
		// Lines to paste would type for somebody who has not read what the word is about.
		next: missing
			? `Confirm with: ${wanted.map(word => `--confirm ${word}`).join(' ')}`
			: 'Read what it would do, then type exactly what is asked for.',
	});
};
