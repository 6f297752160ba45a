import {quote} from '../../commands/shell.ts';
import {anchorOf} from '../../domain/guides/anchor.ts';
import type {GuideBlock, GuideSection} from '../../domain/guides/guide.ts';
import {sanitise} from '../../domain/sanitise.ts';

/** A section before it has its anchor; blocks without content are left out. */
export type Draft = Pick<GuideSection, 'heading' | 'level'> & {readonly blocks: readonly (GuideBlock | undefined)[]};

export const draft = (
	level: GuideSection['level'],
	heading: string,
	...blocks: readonly (GuideBlock | undefined)[]
): Draft => ({level, heading, blocks});

export const sentences = (...parts: readonly (string | undefined)[]): GuideBlock | undefined => {
	const text = parts.filter(part => part !== undefined && part !== '').join(' ');
	return text === '' ? undefined : {kind: 'text', text};
};

export const listOf = (items: readonly (string | undefined)[], isOrdered = false): GuideBlock | undefined => {
	const there = items.filter(item => item !== undefined);
	return there.length === 0 ? undefined : {kind: 'list', isOrdered, items: there};
};

export const tickList = (items: Extract<GuideBlock, {kind: 'checks'}>['items']): GuideBlock | undefined =>
	items.length === 0 ? undefined : {kind: 'checks', items};

export const shellLines = (on: string, lines: readonly string[]): GuideBlock | undefined =>
	lines.length === 0 ? undefined : {kind: 'commands', on, lines};

export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): GuideBlock | undefined =>
	rows.length === 0 ? undefined : {kind: 'table', head, rows};

export const diagramOf = (lines: readonly string[]): GuideBlock | undefined =>
	lines.length === 0 ? undefined : {kind: 'diagram', lines};

const argument = (value: string): string => (value.startsWith('~/') ? `~/${quote(value.slice(2))}` : quote(value));

/**
 * A line for a person's shell: constant text, with each value quoted as one argument, a list as several. `~/` at the
 * beginning of a value is left to the shell.
 */
export const shellLine = (text: TemplateStringsArray, ...values: readonly (string | readonly string[])[]): string =>
	text.reduce((line, piece, index) => {
		const value = values[index - 1] ?? '';
		return line + (typeof value === 'string' ? argument(value) : value.map(argument).join(' ')) + piece;
	});

const clean = (text: string): string => sanitise(text.trim().replaceAll(/\s*\n\s*/g, ' '));

const cleanBlock = (block: GuideBlock): GuideBlock => {
	switch (block.kind) {
		case 'text':
			return {...block, text: clean(block.text)};
		case 'list':
			return {...block, items: block.items.map(clean)};
		case 'checks':
			return {
				...block,
				items: block.items.map(({text, detail}) => ({
					text: clean(text),
					...(detail === undefined ? {} : {detail: clean(detail)}),
				})),
			};
		case 'commands':
			return {...block, on: clean(block.on), lines: block.lines.map(sanitise)};
		case 'table':
			return {...block, head: block.head.map(clean), rows: block.rows.map(cells => cells.map(clean))};
		case 'diagram':
			return {...block, lines: block.lines.map(sanitise)};
	}
};

/** Drafts as sections: each with an anchor of its own, none without anything in it or below it. */
export const sectionsOf = (title: string, drafts: readonly Draft[]): readonly GuideSection[] => {
	const seen = new Set([anchorOf(title)]);
	const filled = drafts.map(({blocks, heading, level}) => ({
		heading,
		level,
		blocks: blocks.filter(block => block !== undefined).map(cleanBlock),
	}));
	const hasContent = (index: number): boolean => {
		const {level = 1, blocks = []} = filled[index] ?? {};
		if (blocks.length > 0) return true;
		const below = filled.slice(index + 1);
		const end = below.findIndex(other => other.level <= level);
		return (end === -1 ? below : below.slice(0, end)).some(other => other.blocks.length > 0);
	};
	return filled
		.filter((_, index) => hasContent(index))
		.map(({heading, level, blocks}) => {
			const named = clean(heading);
			let own = named;
			for (let count = 2; seen.has(anchorOf(own)); count++) own = `${named} (${count})`;
			seen.add(anchorOf(own));
			return {heading: own, level, anchor: anchorOf(own), blocks};
		});
};
