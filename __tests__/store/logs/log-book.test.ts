import {expect, test} from 'vitest';
import type {FollowedEntry} from '../../../src/app/logs/new-kinds.ts';
import type {LogLevel} from '../../../src/domain/logs/log.ts';
import {LogBook} from '../../../src/store/logs/log-book.ts';

const entry = (source: string, at: number, text: string, more: Partial<FollowedEntry> = {}): FollowedEntry => ({
	source,
	at,
	isTimed: true,
	level: 'info',
	text,
	trace: [],
	masked: 0,
	isSinceSwap: true,
	isNew: false,
	...more,
});

const small = {ring: {lines: 10, bytes: 1_000_000}, bytes: 1_000_000};

const all = {level: 'debug' as LogLevel, search: ''};

const textsOf = (book: LogBook, ...sources: readonly string[]): readonly string[] =>
	book.listing({...all, sources}).lines.map(line => line.entry.text);

/** Numbers that follow from a seed, so that a failure can be played again. */
const random = (seed: number) => () => {
	seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
	return seed / 2 ** 31;
};

test('log book: a list grows with what comes, and what does not belong to it stays out', () => {
	const book = new LogBook();
	const listing = book.listing({sources: ['a'], level: 'warn', search: ''});
	book.push([
		entry('a', 1, 'one'),
		entry('a', 2, 'two', {level: 'warn', masked: 2}),
		entry('b', 2, 'three', {level: 'error'}),
		entry('a', 3, 'four', {level: 'error'}),
	]);

	expect(listing.lines.map(({entry: {text}}) => text)).toEqual(['two', 'four']);
	expect(listing.lines.map(({number}) => number)).toEqual([1, 3]);
	expect(listing.masked).toBe(2);
	expect(book.listing({sources: ['a'], level: 'warn', search: ''})).toBe(listing);
});

test('log book: several sources are one list by time, also when one of them comes late', () => {
	const book = new LogBook();
	book.push([entry('a', 10, 'a10'), entry('a', 30, 'a30')]);
	expect(textsOf(book, 'a', 'b')).toEqual(['a10', 'a30']);
	book.push([entry('b', 20, 'b20'), entry('b', 40, 'b40'), entry('a', 35, 'a35')]);

	expect(textsOf(book, 'a', 'b')).toEqual(['a10', 'b20', 'a30', 'a35', 'b40']);
	expect(textsOf(book, 'a')).toEqual(['a10', 'a30', 'a35']);
});

test('log book: one source stays in the order of its file, whatever its times say', () => {
	const book = new LogBook();
	book.push([entry('a', 30, 'first'), entry('a', 10, 'second')]);

	expect(textsOf(book, 'a')).toEqual(['first', 'second']);
});

test('log book: old lines go, the numbers stay, and how many went is known', () => {
	const book = new LogBook(small);
	const listing = book.listing({...all, sources: ['a']});
	for (let at = 0; at < 100; at += 1) book.push([entry('a', at, `line ${at}`)]);

	expect(listing.lines.length).toBeLessThanOrEqual(12);
	expect(listing.lines.at(-1)?.number).toBe(99);
	expect(listing.lines[0]?.number).toBe(listing.dropped);
	expect(listing.added).toBe(100);
});

test('log book: text is bounded like lines are, for each source and for all of them', () => {
	const book = new LogBook({ring: {lines: 10_000, bytes: 100_000}, bytes: 150_000});
	const long = 'x'.repeat(5000);
	for (let at = 0; at < 200; at += 1) book.push([entry('a', at, long), entry('b', at, '', {trace: [long]})]);

	expect(book.bytes).toBeLessThanOrEqual(150_000);
	expect(book.listing({...all, sources: ['a']}).lines.at(-1)?.entry.at).toBe(199);
});

test('log book: a busy source takes nothing from a quiet one', () => {
	const book = new LogBook(small);
	book.push([entry('quiet', 0, 'still here')]);
	for (let at = 0; at < 500; at += 1) book.push([entry('busy', at, 'again')]);

	expect(textsOf(book, 'quiet')).toEqual(['still here']);
});

test('log book: matches are those a whole search would find, after any growth, loss and late line', () => {
	const next = random(7);
	const words = ['timeout', 'Time', 'mail', 'a.b', 'ok'];
	const book = new LogBook({ring: {lines: 50, bytes: 1_000_000}, bytes: 1_000_000});
	const searches = ['t', 'ti', 'timeo', 'timeout', '', 'a.b', 'MAIL'];
	const lost: string[] = [];
	for (let round = 0; round < 400; round += 1) {
		const search = searches[Math.floor(next() * searches.length)] ?? '';
		const sources = round % 40 < 20 ? ['a', 'b'] : ['a'];
		const listing = book.listing({sources, level: 'debug', search});
		book.push(
			Array.from({length: Math.floor(next() * 8)}, () =>
				entry(
					next() < 0.5 ? 'a' : 'b',
					round * 10 + Math.floor(next() * 30),
					words[Math.floor(next() * words.length)] ?? '',
					{trace: next() < 0.2 ? ['in mail.php'] : []},
				),
			),
		);
		const wanted = listing.lines.filter(
			({entry: {text, trace}}) =>
				search !== '' && [text, ...trace].some(part => part.toLowerCase().includes(search.toLowerCase())),
		);
		if (listing.matches.length !== wanted.length || listing.matches.some((line, at) => line !== wanted[at]))
			lost.push(`round ${round}, "${search}": ${listing.matches.length} instead of ${wanted.length}`);
		if (
			sources.length > 1 &&
			listing.lines.some((line, at) => line.entry.at < (listing.lines[at - 1]?.entry.at ?? 0))
		)
			lost.push(`round ${round}: not by time`);
	}

	expect(lost).toEqual([]);
});

test('log book: entries since the swap are counted, of each level, even when they are gone from the list', () => {
	const book = new LogBook(small);
	book.push([
		entry('a', 500, 'before', {level: 'error', signature: 'old', isSinceSwap: false}),
		...Array.from({length: 300}, (_, at) => entry('a', 1000 + at, 'since')),
		entry('a', 2000, 'old again', {level: 'error', signature: 'old'}),
		entry('a', 2001, 'new kind 1', {level: 'warn', signature: 'new', isNew: true}),
		entry('a', 2002, 'new kind 2', {level: 'warn', signature: 'new', isNew: true}),
	]);
	const tally = book.tally('a');

	expect(tally?.counts).toEqual({debug: 0, info: 300, warn: 2, error: 1});
	expect(tally?.kinds).toEqual([
		{signature: 'old', level: 'error', count: 1, text: 'old again', isNew: false},
		{signature: 'new', level: 'warn', count: 2, text: 'new kind 1', isNew: true},
	]);
});

test('log book: what is cleared is gone, and no number is given twice', () => {
	const book = new LogBook();
	book.push([entry('a', 1, 'one')]);
	book.clear();
	expect([textsOf(book, 'a'), book.tally('a'), book.bytes]).toEqual([[], undefined, 0]);
	book.push([entry('a', 2, 'two')]);

	expect(book.listing({...all, sources: ['a']}).lines.map(({number}) => number)).toEqual([1]);
});

test('log book: how busy a source is goes by the clock of the host, and falls by itself', () => {
	const book = new LogBook();
	for (let second = 0; second < 600; second += 1)
		book.push([entry('a', second * 1000, 'x'), entry('a', second * 1000 + 1, 'x')]);

	expect(book.tally('a')?.perMinute(599_500)).toBe(120);
	expect(book.tally('a')?.perMinute(629_500)).toBe(60);
	expect(book.tally('a')?.perMinute(700_000)).toBe(0);
});

test('log book: kinds are bounded, and that is said', () => {
	const book = new LogBook();
	book.push(Array.from({length: 500}, (_, at) => entry('a', at, 'x', {level: 'error', signature: `kind ${at}`})));

	expect(book.tally('a')?.kinds.length).toBe(200);
	expect(book.tally('a')?.isFull).toBe(true);
	expect(book.tally('a')?.counts.error).toBe(500);
});

test('log book: a swap while it is read moves the border, and no line', () => {
	const book = new LogBook();
	const error = (at: number, text: string, isNew: boolean) =>
		entry('a', at, text, {level: 'error', signature: text, isNew});
	book.push([error(10, 'disk', true), error(20, 'disk', true), error(20, 'mail', true), entry('b', 10, 'other')]);
	const numbers = book.listing({...all, sources: ['a', 'b']}).lines.map(({number}) => number);

	expect(book.moveSwap('a', 15)).toBe(true);
	expect(book.moveSwap('c', 15)).toBe(false);

	const {lines} = book.listing({...all, sources: ['a', 'b']});
	expect(lines.map(({number}) => number)).toEqual(numbers);
	expect(lines.map(({entry: {text, isSinceSwap, isNew}}) => [text, isSinceSwap, isNew])).toEqual([
		['disk', false, false],
		['other', true, false],
		['disk', true, false],
		['mail', true, true],
	]);
	expect(book.tally('a')?.counts.error).toBe(2);
	expect(book.next).toBe(4);
});
