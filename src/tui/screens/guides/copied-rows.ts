import type {CopiedCommand} from '../../../store/guides/guides.ts';
import {glyphsFor} from '../../kit/glyphs.ts';
import {panelHead, wrap, type Look} from '../../kit/layout.ts';
import {cellsOf, muted, span, type Row} from '../../kit/rows.ts';
import {brokenCommand} from './broken-command.ts';

/** Tabs, a head, a line of text and what comes: they stay above a command. */
const leastAbove = 4;

/**
 * Rows of the command as a shell takes them. Undefined where an argument is wider than a row, or they are more than there
 * is room for: part of an argument, or of a command, is another one.
 */
const commandRows = (text: string, width: number, most: number): readonly string[] | undefined => {
	const lines = brokenCommand(text, width).map(({lead, text: part, end}) => lead + part + end);
	return lines.length <= most && lines.every(line => cellsOf(line) <= width) ? lines : undefined;
};

/** What became of it, and what to do where that was nothing. */
const saying = ({wasSent, printedBy}: CopiedCommand, rows: readonly string[] | undefined): readonly string[] => {
	const instead = rows
		? [`select the ${rows.length > 1 ? 'rows' : 'row'} above.`]
		: [
				'widen the terminal: here it does not fit whole, and part of it is another command.',
				...(printedBy === undefined ? [] : [`Without the screen: ${printedBy}`]),
			];
	const [first = '', ...more] = instead;
	return [
		wasSent
			? `Handed to the terminal for its clipboard (OSC 52). Some take nothing and do not say so: then ${first}`
			: `This terminal takes nothing for a clipboard (OSC 52): ${first}`,
		...more,
	];
};

/**
 * A command by itself, from the first cell of its row on and with nothing beside it, so that a mouse can select it; and
 * what became of it. `width`, `height`: the whole ones of the screen.
 */
export const copiedRows = (
	copied: CopiedCommand | undefined,
	width: number,
	height: number,
	look: Pick<Look, 'glyphs'> = {glyphs: glyphsFor(true)},
): readonly Row[] => {
	if (!copied) return [];
	const below = (rows: readonly string[] | undefined): readonly Row[] =>
		saying(copied, rows)
			.flatMap(text => wrap(text, width - 3))
			.map((line): Row => muted(`  ${line}`));
	// The longer of both things that are said has room in any case.
	const most = height - leastAbove - 1 - below(['', '']).length;
	const rows = commandRows(copied.text, width, most);
	return [
		[span(' '), ...panelHead('Command', width - 2, look, 'Esc closes')],
		...(rows ?? []).map((line): Row => [span(line, 'value', {bold: true})]),
		...below(rows),
	];
};
