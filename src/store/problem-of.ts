import {cleanText} from '../app/clean-text.ts';
import {DeployError} from '../domain/errors.ts';
import type {Problem} from './deploy/wizard.ts';

/** What a person reads of an error; a bug keeps its own words. */
export const problemOf = (error: unknown): Problem => {
	const {why, ...rest} = problemWords(error);
	return cleanText({
		...rest,
		why: why
			.split('\n')
			.map(line => line.trimEnd())
			.filter(Boolean)
			.join('; '),
	});
};

const problemWords = (error: unknown): Problem =>
	error instanceof DeployError
		? {what: error.what, why: error.why, now: error.now || 'Nothing was changed.', next: error.next}
		: {
				what: 'The cockpit has a fault',
				why: error instanceof Error ? error.message : String(error),
				now: 'Nothing was changed.',
				next: 'Please report it with the log.',
			};
