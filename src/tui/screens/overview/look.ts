import {shortCommit} from '../../../domain/build.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {fit, justify, pad, span, widthOf, type Row, type Span} from '../../kit/rows.ts';

export const gap = span('  ');

/** Pieces beside each other, a gap between each two. */
export const joined = (pieces: readonly Row[]): Row =>
	pieces.flatMap((piece, index) => (index > 0 ? [gap, ...piece] : piece));

/** `left` at the left, `right` at the right, `width` cells; the left one is cut first, with the table's own sign. */
export const sides = (left: Row, right: Row, width: number, {cut}: Glyphs): Row => {
	if (right.length === 0) return pad(left, width, cut);
	const atRight = fit(right, width, cut);
	return justify(fit(left, Math.max(0, width - widthOf(atRight) - 1), cut), atRight, width);
};

/** A label in its column, then the value, exactly `width` cells. */
export const factRow = (label: string, value: Row, width: number, {cut}: Glyphs, labelWidth = 9): Row =>
	pad([...pad([span(label, 'muted')], labelWidth), ...value], width, cut);

/** Glyph and word of something stale or never known. */
export const unclear = (words: string, {unclear: glyph}: Glyphs): readonly Span[] => [
	span(`${glyph} `, 'muted'),
	span(words, 'muted'),
];

/** The commit, or what else names the live release. */
export const buildName = ({commit, live}: NonNullable<EnvironmentView['status']>['backend']): string =>
	commit === undefined ? (live ?? '').replace(/^\d{8}T\d{6}Z-/, '') : shortCommit(commit);

/** Title of a panel; the one with focus has a mark besides its colour. */
export const panelTitle = (text: string, isFocused: boolean, {prompt}: Glyphs): Row =>
	isFocused ? [span(`${prompt} ${text}`, 'accent', {bold: true})] : [span(text, 'value', {bold: true})];

/** The first of several ways to say the same that fits; the last one when none does. */
export const fitting = (ways: readonly [Row, ...Row[]], width: number): Row =>
	ways.find(way => widthOf(way) <= width) ?? ways.at(-1) ?? ways[0];
