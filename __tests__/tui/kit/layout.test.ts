import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
	atMost,
	firstAround,
	firstFitting,
	columnsOf,
	inLines,
	loose,
	stack,
	wrap,
} from '../../../src/tui/kit/layout.ts';
import {firstOfPage, rangeText} from '../../../src/tui/kit/list.tsx';
import {cutText, plain, span, type Row} from '../../../src/tui/kit/rows.ts';

const rowsOf = (...texts: readonly string[]): readonly Row[] => texts.map(text => [span(text)]);
const text = (rows: readonly Row[]): readonly string[] => rows.map(plain);

test('layout: the first form that fits is taken, and of the last one what there is room for', () => {
	const forms = [rowsOf('a', 'b', 'c'), rowsOf('d', 'e')];
	expect(text(firstFitting(forms, 3))).toEqual(['a', 'b', 'c']);
	expect(text(firstFitting(forms, 2))).toEqual(['d', 'e']);
	expect(text(firstFitting(forms, 1))).toEqual(['d']);
	expect(firstFitting([], 5)).toEqual([]);
});

test('layout: panels have a blank line between while there is room; an empty one leaves no gap', () => {
	const panels = [rowsOf('a'), [], rowsOf('b', 'c')];
	expect(text(loose(panels))).toEqual(['a', '', 'b', 'c']);
	expect(text(stack(panels, 4))).toEqual(['a', '', 'b', 'c']);
	expect(text(stack(panels, 3))).toEqual(['a', 'b', 'c']);
	expect(text(stack(panels, 2))).toEqual(['a', 'b']);
});

test('layout: columns are read downwards, lines from left to right; both fill their width', () => {
	expect(text(columnsOf(rowsOf('a', 'b', 'c'), 5))).toEqual(['a c  ', 'b    ']);
	expect(text(inLines(rowsOf('a', 'b', 'c'), 5, 2))).toEqual(['a b ', 'c ']);
});

test('list: the window holds the row, around it or page by page, and never runs over the ends', () => {
	expect([firstAround(0, 20, 5), firstAround(10, 20, 5), firstAround(19, 20, 5), firstAround(2, 3, 5)]).toEqual([
		0, 8, 15, 0,
	]);
	expect([firstOfPage(-1, 20, 5), firstOfPage(7, 20, 5), firstOfPage(19, 18, 5)]).toEqual([0, 5, 13]);
	expect(rangeText(20, 20, 1850)).toBe('21 to 40 of 1,850');
	expect(rangeText(0, 20, 20)).toBe('');
});

test('layout: rows that are left out at the end are counted', () => {
	expect(text(atMost(rowsOf('a', 'b', 'c'), 3))).toEqual(['a', 'b', 'c']);
	expect(text(atMost(rowsOf('a', 'b', 'c'), 2))).toEqual(['a', 'b', ' and 1 more']);
	expect(atMost([], 2)).toEqual([]);
});

/** As it is said: a word goes to the line while line and word together fit, by the width of the whole. */
const wrappedByTheWhole = (text: string, width: number): readonly string[] =>
	text.split('\n').flatMap(line => {
		const lines: string[] = [];
		let current = '';
		for (const word of line.split(' ')) {
			const longer = current === '' ? word : `${current} ${word}`;
			if (cutText(longer, width) === longer) {
				current = longer;
				continue;
			}
			if (current !== '') lines.push(current);
			let rest = word;
			while (cutText(rest, width) !== rest) {
				const cut = cutText(rest, Math.max(2, width));
				lines.push(cut);
				rest = rest.slice(cut.length);
			}
			current = rest;
		}
		return [...lines, current];
	});

test('wrap: text of any letters is broken as if each line were measured whole', () => {
	const letters = fc.constantFrom(
		...Array.from('ab -é世界ñ…👍ü한'),
		'e\u0301',
		'\u0301',
		'👩\u200d💻',
		'\u{1f1e9}\u{1f1ea}',
		'\n',
	);
	fc.assert(
		fc.property(fc.string({unit: letters, maxLength: 80}), fc.integer({min: 2, max: 30}), (text, width) => {
			expect(wrap(text, width)).toEqual(wrappedByTheWhole(text, width));
		}),
		{numRuns: 2000},
	);
});
