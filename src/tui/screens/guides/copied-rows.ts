import type {CopiedCommand} from '../../../store/guides/guides.ts';
import {glyphsFor} from '../../kit/glyphs.ts';
import {panelHead, wrap, type Look} from '../../kit/layout.ts';
import {brokenText, muted, span, type Row} from '../../kit/rows.ts';
import {brokenCommand} from './broken-command.ts';

/** Rows of the command as a shell takes them, and whether a word had to be broken. */
const commandRows = (text: string, width: number): {readonly rows: readonly string[]; readonly isBroken: boolean} => {
	const lines = brokenCommand(text, width).map(({lead, text: part, end}) => lead + part + end);
	const rows = lines.flatMap(line => brokenText(line, width));
	return {rows, isBroken: rows.length > lines.length};
};

/** What became of it, and what to do where that was nothing. */
const saying = (wasSent: boolean, count: number, isBroken: boolean): string => {
	const select = `select the ${count > 1 ? 'rows' : 'row'} above${isBroken ? ', and join what is broken at the edge' : ''}`;
	return wasSent
		? `Handed to the terminal for its clipboard (OSC 52). Some take nothing and do not say so: then ${select}.`
		: `This terminal takes nothing for a clipboard (OSC 52): ${select}.`;
};

/**
 * A command by itself, from the first cell of its row on and with nothing beside it, so that a mouse can select it; and
 * what became of it. `width`: the whole one of the terminal.
 */
export const copiedRows = (
	copied: CopiedCommand | undefined,
	width: number,
	look: Pick<Look, 'glyphs'> = {glyphs: glyphsFor(true)},
): readonly Row[] => {
	if (!copied) return [];
	const {rows, isBroken} = commandRows(copied.text, width);
	return [
		[span(' '), ...panelHead('Command', width - 2, look, 'Esc closes')],
		...rows.map((line): Row => [span(line, 'value', {bold: true})]),
		...wrap(saying(copied.wasSent, rows.length, isBroken), width - 3).map((line): Row => muted(`  ${line}`)),
	];
};
