import {panelHead, wrap, type Look} from '../../../kit/layout.ts';
import {span, type Row} from '../../../kit/rows.ts';

/** What an app says itself of a failure, as it stands behind why a run failed. */
export type OwnLog = {readonly name: string; readonly lines: readonly string[]; readonly path: string};

const headOfLog = /^(\S+) says since the swap:$/;

/** Why a run failed, and apart from it the last words of the app's own log where they are told. */
export const withoutOwnLog = (
	why: readonly string[],
): {readonly why: readonly string[]; readonly log: OwnLog | undefined} => {
	const at = why.findIndex(line => headOfLog.test(line));
	const end = why.findIndex((line, index) => index > at && line.startsWith('/'));
	if (at < 0 || end < 0) return {why, log: undefined};
	const [, name = ''] = headOfLog.exec(why[at] ?? '') ?? [];
	return {
		why: [...why.slice(0, at), ...why.slice(end + 1)],
		log: {name, lines: why.slice(at + 1, end), path: why[end] ?? ''},
	};
};

/** A panel of its own for them. Nothing of it is cut: the path is there to be copied. */
export const ownLogPanel = (log: OwnLog | undefined, width: number, look: Look): readonly Row[] => {
	if (!log) return [];
	const rows = (text: string, tone: 'danger' | 'value' | 'muted'): readonly Row[] =>
		wrap(text, width - 2).map(line => [span(` ${line}`, tone)]);
	const [first = '', ...rest] = log.lines;
	return [
		panelHead(log.name, width, look, 'what it says since the swap'),
		...rows(first, 'danger'),
		...rest.flatMap(line => rows(line, 'value')),
		...rows(log.path, 'muted'),
	];
};
