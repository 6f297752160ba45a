import {cleanText} from '../app/clean-text.ts';
import {asKnownError} from '../domain/system-faults.ts';
import type {Problem} from './deploy/wizard.ts';

/** What is live, for whoever only asked, or had not begun. */
export const nothingChanged = 'Nothing was changed.';

const notKnown = 'What is live is not known here: 1 shows it.';

/** What a person reads of an error; a bug keeps its own words. `now`: what is live, where the error does not say it. */
export const problemOf = (error: unknown, now = notKnown): Problem => {
	const {why, ...rest} = problemWords(error);
	return cleanText({
		...rest,
		now: rest.now || now,
		why: why
			.split('\n')
			.map(line => line.trimEnd())
			.filter(Boolean)
			.join('; '),
	});
};

const problemWords = (error: unknown): Problem => {
	const known = asKnownError(error);
	return known
		? {what: known.what, why: known.why, now: known.now, next: known.next}
		: {
				what: 'The cockpit has a fault',
				why: error instanceof Error ? error.message : String(error),
				now: '',
				next: 'Please report it with the log.',
			};
};
