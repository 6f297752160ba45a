import type {Guide, GuideBlock} from '../../domain/guides/guide.ts';
import {memoOn} from '../../domain/memo.ts';

/** What a piece is; how it is drawn follows from that. */
export type PieceKind = 'heading' | 'text' | 'item' | 'note' | 'command' | 'head' | 'cells' | 'diagram' | 'gap';

/** The least of a guide that is laid out by itself: a heading, a paragraph, an item, a command, a row of a table. */
export type Piece = {
	readonly kind: PieceKind;
	/** Place of its section in the guide. */
	readonly section: number;
	/** One text, of a row of a table one for each cell. */
	readonly texts: readonly string[];
	/** What stands before the first line: `1. `. */
	readonly lead: string;
	/** The first row of the table it belongs to: all of its rows have their columns in common. */
	readonly table?: number;
};

const gap = (section: number): Piece => ({kind: 'gap', section, texts: [], lead: ''});

const blockPieces = (block: GuideBlock, section: number, at: number): readonly Piece[] => {
	const one = (kind: PieceKind, text: string, lead = ''): Piece => ({kind, section, texts: [text], lead});
	switch (block.kind) {
		case 'text':
			return block.text.split('\n').map(text => one('text', text));
		case 'list':
			return block.items.map((text, index) => one('item', text, block.isOrdered ? `${index + 1}. ` : '- '));
		case 'checks':
			return block.items.flatMap(({text, detail}) => [
				one('item', text, '[ ] '),
				...(detail === undefined ? [] : [one('item', detail, '    ')]),
			]);
		case 'commands':
			return [
				one('note', block.on === 'here' ? 'on this machine' : `on ${block.on}`),
				...block.lines.map(line => one('command', line)),
			];
		case 'table':
			return [
				{kind: 'head', section, texts: block.head, lead: '', table: at},
				...block.rows.map((texts): Piece => ({kind: 'cells', section, texts, lead: '', table: at})),
			];
		case 'diagram':
			return block.lines.map(line => one('diagram', line));
	}
};

/** A guide as the pieces it is read in, in order, with an empty one between blocks. */
export const piecesOf = memoOn(({sections}: Guide): readonly Piece[] => {
	const pieces: Piece[] = [];
	for (const [section, {heading, blocks}] of sections.entries()) {
		if (section > 0) pieces.push(gap(section - 1));
		pieces.push({kind: 'heading', section, texts: [heading], lead: ''});
		for (const block of blocks) {
			if (pieces.at(-1)?.kind !== 'heading') pieces.push(gap(section));
			pieces.push(...blockPieces(block, section, pieces.length));
		}
	}
	return pieces;
});

/** Where in a guide a text was found: in which piece, in which of its texts, from which letter on. */
export type Match = {readonly piece: number; readonly text: number; readonly start: number; readonly end: number};

/** Every place a text stands at, in the order it is read; capitals are as good as small letters. */
export const matchesIn = (pieces: readonly Piece[], search: string): readonly Match[] => {
	const wanted = search.toLowerCase();
	if (wanted === '') return [];
	return pieces.flatMap(({texts}, piece) =>
		texts.flatMap((whole, text): readonly Match[] => {
			const lower = whole.toLowerCase();
			// A letter that is longer in small ones would move all that follow: such a text is looked through as it is.
			const through = lower.length === whole.length ? lower : whole;
			const found: Match[] = [];
			for (let at = through.indexOf(wanted); at >= 0; at = through.indexOf(wanted, at + wanted.length))
				found.push({piece, text, start: at, end: at + wanted.length});
			return found;
		}),
	);
};
