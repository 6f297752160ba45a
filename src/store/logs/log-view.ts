import type {LogLine} from './log-ring.ts';
import {placeOfLine, type LogListing} from './log-listing.ts';

/** Where a person is in what is listed. */
export type LogView = {
	/** Number of the first line in sight; undefined follows the end. */
	readonly top: number | undefined;
	/** Rows of that line above the panel: a trace may be taller than it. */
	readonly skip: number;
	/** Number of the line under the cursor; undefined: the last one. */
	readonly cursor: number | undefined;
	/** Lines that were listed when it was paused: what came since is new. */
	readonly seen: number;
	/** Number the next line had then. */
	readonly pausedAt: number;
	/** Room of the panel in cells, as last drawn. */
	readonly rows: number;
	readonly width: number;
	readonly isWrapped: boolean;
	readonly hasTimes: boolean;
	/** Numbers of lines whose trace is shown whole. */
	readonly unfolded: readonly number[];
};

export const freshLogView: LogView = {
	top: undefined,
	skip: 0,
	cursor: undefined,
	seen: 0,
	pausedAt: 0,
	rows: 1,
	width: 80,
	isWrapped: false,
	hasTimes: true,
	unfolded: [],
};

/** Rows that a line takes. */
export type HeightOf = (line: LogLine) => number;

type Listed = Pick<LogListing, 'lines' | 'added'>;

/** Places in the list: the first line in sight, rows of it above the panel, and the line under the cursor. */
export type LogWindow = {readonly top: number; readonly skip: number; readonly cursor: number};

/** Where the first row is when the panel ends with a line; a line taller than the panel is seen from its begin. */
const endingWith = (
	lines: readonly LogLine[],
	at: number,
	rows: number,
	heightOf: HeightOf,
): Omit<LogWindow, 'cursor'> => {
	let top = at;
	let used = 0;
	for (let index = at; index >= 0 && used < rows; index -= 1) {
		const line = lines[index];
		const height = line ? heightOf(line) : 0;
		if (used + height > rows) return used === 0 ? {top: index, skip: 0} : {top: index, skip: used + height - rows};
		used += height;
		top = index;
	}
	return {top, skip: 0};
};

/** What is in sight of a list. */
export const logWindow = (view: LogView, {lines}: Pick<Listed, 'lines'>, heightOf: HeightOf): LogWindow => {
	const last = Math.max(0, lines.length - 1);
	if (view.top === undefined) return {...endingWith(lines, last, view.rows, heightOf), cursor: last};
	const top = placeOfLine(lines, view.top);
	const isThere = lines[top]?.number === view.top;
	return {
		top,
		skip: isThere ? view.skip : 0,
		cursor: view.cursor === undefined ? last : placeOfLine(lines, view.cursor),
	};
};

/** Rows from the first one of the panel to the begin of a line; at most a few more than the panel has. */
const rowsBefore = (
	lines: readonly LogLine[],
	{top, skip}: Omit<LogWindow, 'cursor'>,
	at: number,
	rows: number,
	heightOf: HeightOf,
): number => {
	let before = -skip;
	for (let index = top; index < at && before <= rows; index += 1) {
		const line = lines[index];
		before += line ? heightOf(line) : 0;
	}
	return before;
};

/** The window moved as little as it takes to have the line under the cursor in sight. */
const inSight = (
	lines: readonly LogLine[],
	{top, skip, cursor}: LogWindow,
	rows: number,
	heightOf: HeightOf,
): LogWindow => {
	const line = lines[cursor];
	if (cursor < top || (cursor === top && skip > 0)) return {top: cursor, skip: 0, cursor};
	const end = rowsBefore(lines, {top, skip}, cursor, rows, heightOf) + (line ? heightOf(line) : 0);
	return end <= rows ? {top, skip, cursor} : {...endingWith(lines, cursor, rows, heightOf), cursor};
};

const placed = (view: LogView, {lines, added}: Listed, next: number, {top, skip, cursor}: LogWindow): LogView => {
	const isPaused = view.top !== undefined;
	return {
		...view,
		top: lines[top]?.number ?? 0,
		skip,
		cursor: lines[cursor]?.number,
		seen: isPaused ? view.seen : added,
		pausedAt: isPaused ? view.pausedAt : next,
	};
};

export const followEnd = (view: LogView): LogView => ({...view, top: undefined, skip: 0, cursor: undefined});

/** What moves go by: the list, the number the next line will get, rows of each line. */
export type LogRoom = {readonly listing: Listed; readonly next: number; readonly heightOf: HeightOf};

/** Puts the cursor on a place of the list, which pauses; on the last one it follows again. */
const pointed = (view: LogView, {listing, next, heightOf}: LogRoom, window: LogWindow): LogView => {
	const {lines} = listing;
	if (lines.length === 0 || window.cursor >= lines.length - 1) return followEnd(view);
	return placed(view, listing, next, inSight(lines, window, view.rows, heightOf));
};

/** One line up or down; within a line that is taller than the panel, one row. */
export const stepLogs = (view: LogView, room: LogRoom, by: 1 | -1): LogView => {
	const {listing, next, heightOf} = room;
	const {lines} = listing;
	const window = logWindow(view, listing, heightOf);
	const line = lines[window.cursor];
	if (!line) return view;
	const start = rowsBefore(lines, window, window.cursor, view.rows, heightOf);
	if (by < 0 && start < 0) return placed(view, listing, next, {...window, skip: window.skip - 1});
	if (by > 0 && start <= 0 && start + heightOf(line) > view.rows)
		return placed(view, listing, next, {...window, top: window.cursor, skip: 1 - start});
	const cursor = Math.max(0, window.cursor + by);
	if (by < 0 && lines.length === 1) return placed(view, listing, next, window);
	return pointed(view, room, {...window, cursor});
};

/** As many lines as the panel has room for. */
export const pageLogs = (view: LogView, room: LogRoom, by: 1 | -1): LogView => {
	const {lines} = room.listing;
	const window = logWindow(view, room.listing, room.heightOf);
	let {cursor} = window;
	for (let used = 0; used < view.rows; cursor += by) {
		const line = lines[cursor + by];
		if (!line) break;
		used += room.heightOf(line);
	}
	return pointed(view, room, {...window, cursor});
};

export const firstLog = (view: LogView, room: LogRoom): LogView =>
	room.listing.lines.length < 2
		? placed(view, room.listing, room.next, {top: 0, skip: 0, cursor: 0})
		: pointed(view, room, {top: 0, skip: 0, cursor: 0});

/** Goes to a line that was found and pauses there; what is out of sight comes to the middle. */
export const goToLog = (view: LogView, {listing, next, heightOf}: LogRoom, number: number): LogView => {
	const {lines} = listing;
	const cursor = placeOfLine(lines, number);
	const window = logWindow(view, listing, heightOf);
	const line = lines[cursor];
	const start = rowsBefore(lines, window, cursor, view.rows, heightOf);
	const isSeen = cursor >= window.top && start >= 0 && start + (line ? heightOf(line) : 0) <= view.rows;
	const middle = endingWith(lines, cursor, Math.ceil(view.rows / 2), heightOf);
	return placed(view, listing, next, isSeen ? {...window, cursor} : {...middle, cursor});
};

/** The next match from the cursor on, around the end; undefined where nothing matches. */
export const nextMatch = (
	view: LogView,
	{lines, matches}: Pick<LogListing, 'lines' | 'matches'>,
	by: 1 | -1,
	isHereToo = false,
): LogLine | undefined => {
	if (matches.length === 0) return undefined;
	const here = view.cursor === undefined ? lines.length - 1 : placeOfLine(lines, view.cursor);
	const places = new Map(lines.map((line, index) => [line, index]));
	const at = (line: LogLine): number => places.get(line) ?? -1;
	return by > 0
		? (matches.find(line => at(line) > here || (isHereToo && at(line) === here)) ?? matches[0])
		: (matches.findLast(line => at(line) < here || (isHereToo && at(line) === here)) ?? matches.at(-1));
};

/** Shows the whole trace of a line, or the begin of it again. */
export const foldLog = (view: LogView, number: number): LogView => ({
	...view,
	unfolded: view.unfolded.includes(number)
		? view.unfolded.filter(one => one !== number)
		: [...view.unfolded.slice(-99), number],
});

/** The same pause in another list: what came to it since is new. */
export const relisted = (view: LogView, {lines, added}: Listed): LogView =>
	view.top === undefined ? view : {...view, seen: added - lines.filter(({number}) => number >= view.pausedAt).length};
