import type {CopiedCommand} from '../../../store/guides/guides.ts';
import {glyphsFor} from '../../kit/glyphs.ts';
import {panelHead, wrap, type Look} from '../../kit/layout.ts';
import {brokenText, cellsOf, span, type Row} from '../../kit/rows.ts';

const saying = ({wasSent, text}: CopiedCommand, width: number): string => {
	const select = cellsOf(text) > width ? 'select the rows above and take out their breaks' : 'select the row above';
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
	return [
		[span(' '), ...panelHead('Command', width - 2, look, 'Esc closes')],
		...brokenText(copied.text, width).map((line): Row => [span(line, 'value', {bold: true})]),
		...wrap(saying(copied, width), width - 3).map((line): Row => [span(`  ${line}`, 'muted')]),
	];
};
