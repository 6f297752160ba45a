import type {Command} from '../../domain/command.ts';
import {cutAnswer} from '../answers.ts';
import {contentsProgram, type ContentsOf} from './contents.ts';
import read from './read-drift.sh';

/** Compares the live release with what is written down about it, in one exec that changes nothing. */
export const compareLive = (of: ContentsOf): Command =>
	contentsProgram('compare live with what was deployed', read, of);

/**
 * How a path of a release is not as deployed. `gone`: only its lists have it; `added`: only the release has it; `mode`:
 * everybody may write it, or it runs as somebody else.
 */
export type Drift = {readonly how: 'added' | 'changed' | 'gone' | 'mode'; readonly path: string};

/**
 * Reads what `compareLive` printed: what was added comes first, then what was changed, what is gone, and modes.
 * Undefined where nothing is written down about the release. Throws DeployError `answer-unreadable` when it was cut.
 */
export const parseDrift = (text: string): readonly Drift[] | undefined => {
	const [, listed] = /^listed (yes|no|none)\n/.exec(text) ?? [];
	if (listed === undefined) throw cutAnswer('the files of live', text);
	if (listed === 'none') return undefined;
	const fields = text.slice(text.indexOf('\n') + 1).split('\0');
	if (fields.pop() !== '') throw cutAnswer('the files of live', text);
	return fields.map(field => {
		const [, how, path] = /^(added|changed|gone|mode) ([^]+)$/.exec(field) ?? [];
		if (how === undefined || path === undefined) throw cutAnswer('the files of live', text);
		return {how: how as Drift['how'], path};
	});
};

/** As every place shows it: `added public/shell.php`. Whoever may write there chooses the name, so it can't be obeyed. */
export const driftText = ({how, path}: Drift): string =>
	`${how === 'mode' ? 'mode of' : how} ${path.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?')}`;
