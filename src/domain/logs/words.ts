import {dateFormat} from '../date-format.ts';
import {age} from '../format.ts';
import {sanitise} from '../sanitise.ts';
import {zoneName} from '../zone-name.ts';
import type {LogEntry} from './log.ts';
import {maskSecrets} from './mask.ts';

/** A reason is to be read at a glance, also at 80 columns. */
const longestLine = 136;
const longestFrame = 66;

const cutWords = (line: string, longest = longestLine): string =>
	line.length > longest ? `${line.slice(0, longest - 3)}...` : line;

const secondOf = (at: number, timeZone: string): string =>
	`${dateFormat(timeZone, {hour: '2-digit', minute: '2-digit', second: '2-digit'}).format(at)} ${zoneName(at, timeZone)}`;

/**
 * How the words of an app are told. `plain`: a line without the directory of the release. `agoMs`: how old they are, where
 * they may be about something else.
 */
export type TellWords = {
	readonly timeZone: string;
	readonly plain: (line: string) => string;
	readonly agoMs?: number;
};

/** `11:20:41 IST error Undefined array key "total"`. */
export const entryWords = ({at, isTimed, level, text}: LogEntry, {timeZone, plain, agoMs}: TellWords): string =>
	cutWords(
		`${agoMs === undefined ? '' : `${age(agoMs)} ago: `}${isTimed ? `${secondOf(at, timeZone)} ` : ''}${level} ${plain(text)}`,
	);

/** Where it came from: frames of the app before those of its packages, and of each the place alone. */
export const topOfTrace = (trace: readonly string[], most: number): readonly string[] => {
	const own = trace.filter(line => !/^(?:at|#\d+) \S*\b(?:vendor|node_modules)\//.test(line.trim()));
	const [first] = trace;
	const top = own.length > 0 ? own : first === undefined ? [] : [first];
	return top
		.slice(0, most)
		.map(line => `  ${cutWords(line.trim().replace(/^(#\d+ \S+\(\d+\)): .*$/, '$1'), longestFrame)}`);
};

/** What systemd shows of a unit that is not active: its name, its state, and its own last lines. */
export const unitWords = (lines: readonly string[], most: number): readonly string[] => {
	const said = lines.map(line => maskSecrets(sanitise(line)).text.trim()).filter(line => line !== '');
	const state = said.find(line => line.startsWith('Active:')) ?? said[1] ?? '';
	const [name = ''] = said;
	const tail = said.filter(line => line !== name && line !== state).slice(-(most - 2));
	return [name.replace(/^[●○×*]\s*/, ''), state, ...tail].filter(line => line !== '').map(line => cutWords(line));
};
