import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {
	beside,
	cutText,
	fit,
	justify,
	ofHeight,
	pad,
	padStart,
	plain,
	rule,
	type Row,
	widthOf,
} from '../../../src/tui/kit/rows.ts';

const text = fc.oneof(
	fc.string({maxLength: 12}).filter(value => !/\p{Cc}/u.test(value)),
	fc.string({unit: 'grapheme', maxLength: 8}).filter(value => !/\p{Cc}/u.test(value)),
	// Two cells wide, marks that combine, an emoji of several parts, a flag, a variation selector, a joiner alone.
	fc.constantFrom('日本語', 'e\u0301e\u0301', '👩‍👩‍👧‍👦', '🇩🇪🇫🇷', '⚠️', '\u200D', '\u0301', '가각', 'ｆｕｌｌ', '…', '─┼─'),
);
const row: fc.Arbitrary<Row> = fc.array(
	text.map(value => ({text: value, tone: 'muted' as const})),
	{maxLength: 6},
);
const width = fc.integer({min: 0, max: 60});
/** As the terminal will have it: one string, not piece by piece. */
const drawn = (value: Row): number => stringWidth(plain(value));

test('cutText: never wider than asked, and always the beginning of the text', () => {
	fc.assert(
		fc.property(text, width, (value, cells) => {
			const cut = cutText(value, cells);

			expect(stringWidth(cut)).toBeLessThanOrEqual(cells);
			expect(value.startsWith(cut)).toBe(true);
		}),
	);
});

test('fit: never wider than asked; a row that fits is untouched, another ends in the ellipsis', () => {
	fc.assert(
		fc.property(row, width, (value, cells) => {
			const fitted = fit(value, cells);

			expect(widthOf(fitted)).toBeLessThanOrEqual(cells);
			if (widthOf(value) <= cells) expect(fitted).toBe(value);
			else if (cells > 0) expect(plain(fitted).endsWith('…')).toBe(true);
		}),
	);
});

test('pad and padStart: exactly as wide as asked', () => {
	fc.assert(
		fc.property(row, width, (value, cells) => {
			expect(widthOf(pad(value, cells))).toBe(cells);
			expect(widthOf(padStart(value, cells))).toBe(cells);
			expect(widthOf(pad(value, cells, '~'))).toBe(cells);
		}),
	);
});

test('justify: exactly as wide as asked, and the right one keeps its end', () => {
	fc.assert(
		fc.property(row, row, width, (left, right, cells) => {
			const line = justify(left, right, cells);

			expect(widthOf(line)).toBe(cells);
			if (widthOf(right) <= cells) expect(plain(line).endsWith(plain(right))).toBe(true);
		}),
	);
});

test('rule: exactly as wide as asked, and begins with its line', () => {
	fc.assert(
		fc.property(row, row, width, (title, fact, cells) => {
			const line = rule(title, fact, cells);

			expect(widthOf(line)).toBe(cells);
			if (cells >= 4) expect(plain(line).startsWith('─')).toBe(true);
		}),
	);
});

test('rule: a title and a fact with room for both stand whole between the ends', () => {
	expect(plain(rule([{text: 'Steps'}], [{text: '2 of 8'}], 30))).toBe('─ Steps ───────────── 2 of 8 ─');
	expect(plain(rule([{text: 'Steps'}], [], 12))).toBe('─ Steps ────');
});

test('rule: too little room cuts the title first and keeps the end of the fact', () => {
	expect(plain(rule([{text: 'A long title'}], [{text: '2 of 8'}], 20))).toBe('─ A long t… 2 of 8 ─');
});

test('rule: a fact too long for its room is cut, and the rule still ends in its line', () => {
	const line = plain(rule([{text: 'Steps'}], [{text: 'a fact that goes on and on and on'}], 24));

	expect(stringWidth(line)).toBe(24);
	expect(line.endsWith('─')).toBe(true);
});

test('beside: every row is exactly the sum of the parts and the gaps', () => {
	const part = fc.record({rows: fc.array(row, {maxLength: 4}), width: fc.integer({min: 0, max: 30})});
	fc.assert(
		fc.property(fc.array(part, {minLength: 1, maxLength: 4}), fc.integer({min: 0, max: 3}), (parts, gap) => {
			const rows = beside(parts, gap);

			expect(rows).toHaveLength(Math.max(...parts.map(({rows}) => rows.length)));
			for (const line of rows)
				expect(widthOf(line)).toBe(parts.reduce((sum, {width}) => sum + width, gap * (parts.length - 1)));
		}),
	);
});

test('ofHeight: exactly as many rows as asked', () => {
	fc.assert(
		fc.property(fc.array(row, {maxLength: 8}), fc.integer({min: -2, max: 12}), (rows, height) => {
			expect(ofHeight(rows, height)).toHaveLength(Math.max(0, height));
		}),
	);
});

test('rows: pieces beside each other are drawn as wide as they are counted', () => {
	fc.assert(
		fc.property(row, row, width, (left, right, cells) => {
			for (const line of [pad(left, cells), justify(left, right, cells), rule(left, right, cells)])
				expect(drawn(line)).toBeLessThanOrEqual(cells);
		}),
	);
});
