import {expect, test} from 'vitest';
import {LogBook} from '../../../src/store/logs/log-book.ts';
import {
	firstLog,
	followEnd,
	freshLogView,
	goToLog,
	logWindow,
	nextMatch,
	pageLogs,
	relisted,
	stepLogs,
	type LogRoom,
	type LogView,
} from '../../../src/store/logs/log-view.ts';

const rows = 10;
const view: LogView = {...freshLogView, rows};

/** A book of so many lines; those whose number is in `tall` take so many rows. */
const bookOf = (count: number, tall: Readonly<Record<number, number>> = {}, capacity = 1000) => {
	const book = new LogBook({ring: {lines: capacity, bytes: 10_000_000}, bytes: 10_000_000});
	const add = (more: number): void =>
		book.push(
			Array.from({length: more}, () => ({
				source: 'a',
				at: 0,
				isTimed: true,
				level: 'info' as const,
				text: `line ${book.next}`,
				trace: [],
				masked: 0,
				isSinceSwap: true,
				isNew: false,
			})),
		);
	for (let index = 0; index < count; index += 1) add(1);
	const room = (search = ''): LogRoom & {readonly listing: ReturnType<LogBook['listing']>} => ({
		listing: book.listing({sources: ['a'], level: 'debug', search}),
		next: book.next,
		heightOf: ({number}) => tall[number] ?? 1,
	});
	/** Numbers of the first line in sight and of the one under the cursor, and rows above. */
	const seen = (of: LogView): readonly (number | undefined)[] => {
		const {listing, heightOf} = room();
		const {top, skip, cursor} = logWindow(of, listing, heightOf);
		return [listing.lines[top]?.number, skip, listing.lines[cursor]?.number];
	};
	return {book, add, room, seen};
};

test('log view: follows the end until somebody moves up, and is then frozen at a number', () => {
	const {add, room, seen} = bookOf(100);
	expect(seen(view)).toEqual([90, 0, 99]);
	const paused = stepLogs(view, room(), -1);
	expect(seen(paused)).toEqual([90, 0, 98]);
	add(124);

	expect(seen(paused)).toEqual([90, 0, 98]);
	expect(room().listing.added - paused.seen).toBe(124);
	expect(seen(followEnd(paused))).toEqual([214, 0, 223]);
});

test('log view: moving on while paused keeps the count of what is new', () => {
	const {add, room} = bookOf(100);
	let paused = stepLogs(view, room(), -1);
	add(5);
	paused = stepLogs(paused, room(), -1);
	add(7);
	paused = pageLogs(paused, room(), -1);

	expect(room().listing.added - paused.seen).toBe(12);
});

test('log view: down on the last line follows again', () => {
	const {room} = bookOf(100);
	const up = stepLogs(stepLogs(view, room(), -1), room(), -1);
	expect(up.top).toBeDefined();

	expect(stepLogs(stepLogs(up, room(), 1), room(), 1).top).toBeUndefined();
});

test('log view: the cursor is in sight after any moves, whatever the lines take', () => {
	const {room, seen} = bookOf(60, {10: 4, 11: 25, 30: 9, 31: 10, 59: 3});
	const moves = [
		(of: LogView) => stepLogs(of, room(), -1),
		(of: LogView) => stepLogs(of, room(), 1),
		(of: LogView) => pageLogs(of, room(), -1),
		(of: LogView) => pageLogs(of, room(), 1),
		(of: LogView) => firstLog(of, room()),
		(of: LogView) => goToLog(of, room(), 11),
	] as const;
	let seed = 3;
	let now = view;
	const faults: string[] = [];
	for (let round = 0; round < 2000; round += 1) {
		seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
		const move = Math.floor((seed / 2 ** 31) * moves.length);
		now = moves[move]?.(now) ?? now;
		const {listing, heightOf} = room();
		const {top, skip, cursor} = logWindow(now, listing, heightOf);
		const before = listing.lines.slice(top, cursor).reduce((sum, line) => sum + heightOf(line), -skip);
		const line = listing.lines[cursor];
		const height = line ? heightOf(line) : 0;
		if (cursor < top || before >= rows || before + height <= 0)
			faults.push(`${round}: out of sight, ${seen(now).join()}`);
		if (height <= rows && cursor > top && before + height > rows) faults.push(`${round}: cut, ${seen(now).join()}`);
		if (skip < 0 || skip >= Math.max(1, ...listing.lines.slice(top, top + 1).map(heightOf)))
			faults.push(`${round}: ${skip} rows above a line`);
	}

	expect(faults).toEqual([]);
});

test('log view: an entry taller than the panel is walked through row by row', () => {
	const {room, seen} = bookOf(40, {20: 25});
	const on = goToLog(view, room(), 20);
	expect(seen(on)[2]).toBe(20);
	let now = on;
	const skips: (number | undefined)[] = [];
	for (let step = 0; step < 40 && seen(now)[2] === 20; step += 1) {
		skips.push(seen(now)[1]);
		now = stepLogs(now, room(), 1);
	}

	expect(Math.max(...skips.map(Number))).toBe(15);
	expect(seen(now)[2]).toBe(21);
	expect(seen(stepLogs(now, room(), -1))[2]).toBe(20);
});

test('log view: what is frozen and gone shows the oldest line there is', () => {
	const {add, room, seen} = bookOf(20, {}, 50);
	const paused = firstLog(view, room());
	for (let index = 0; index < 100; index += 1) add(1);
	const oldest = room().listing.lines[0]?.number;

	expect(oldest).toBeGreaterThan(20);
	expect(seen(paused)[0]).toBe(oldest);
	expect(room().listing.added - paused.seen).toBe(100);
});

test('log view: matches are gone to around the end, both ways, and from where one is', () => {
	const {room} = bookOf(100);
	const found = (of: LogView, by: 1 | -1, isHereToo = false): number | undefined =>
		nextMatch(of, room('line 2').listing, by, isHereToo)?.number;
	const at = (number: number): LogView => goToLog(view, room(), number);

	expect(found(view, -1, true)).toBe(29);
	expect(found(at(29), 1)).toBe(2);
	expect(found(at(2), 1)).toBe(20);
	expect(found(at(2), -1)).toBe(29);
	expect(found(at(25), -1)).toBe(24);
	expect(found(at(25), -1, true)).toBe(25);
	expect(nextMatch(view, room('nowhere').listing, 1)).toBeUndefined();
});

test('log view: a match out of sight comes to the middle, one in sight moves nothing', () => {
	const {room, seen} = bookOf(100);
	const far = goToLog(view, room(), 40);
	expect(seen(far)).toEqual([36, 0, 40]);

	expect(seen(goToLog(far, room(), 43))).toEqual([36, 0, 43]);
});

test('log view: in another list what came since the pause is new, no more', () => {
	const {book, add, room} = bookOf(30);
	const paused = stepLogs(view, room(), -1);
	add(8);
	book.push([
		{
			source: 'b',
			at: 0,
			isTimed: true,
			level: 'error',
			text: 'b',
			trace: [],
			masked: 0,
			isSinceSwap: true,
			isNew: false,
		},
	]);
	const both = book.listing({sources: ['a', 'b'], level: 'debug', search: ''});
	const errors = book.listing({sources: ['a', 'b'], level: 'error', search: ''});

	expect(both.added - relisted(paused, both).seen).toBe(9);
	expect(errors.added - relisted(paused, errors).seen).toBe(1);
});
