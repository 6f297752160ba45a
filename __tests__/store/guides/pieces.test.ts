import {expect, test} from 'vitest';
import {matchesIn, piecesOf} from '../../../src/store/guides/pieces.ts';
import {guides, long, workflowGuide} from '../../tui/screens/guides/fixtures.ts';

const pieces = piecesOf(workflowGuide);

test('pieces: nothing a guide says is lost, and it stays in order', () => {
	const said = workflowGuide.sections.flatMap(({heading, blocks}) => [
		heading,
		...blocks.flatMap(block => {
			if (block.kind === 'text') return block.text.split('\n');
			if (block.kind === 'list') return block.items;
			if (block.kind === 'checks')
				return block.items.flatMap(({text, detail}) => [text, ...(detail === undefined ? [] : [detail])]);
			return block.kind === 'table' ? [...block.head, ...block.rows.flat()] : block.lines;
		}),
	]);

	expect(pieces.filter(({kind}) => kind !== 'note').flatMap(({texts}) => texts)).toEqual(said);
});

test('pieces: commands say whose shell they are for', () => {
	expect(pieces.filter(({kind}) => kind === 'note').map(({texts: [text]}) => text)).toEqual([
		'on this machine',
		'on this machine',
		'on production-1',
	]);
});

test('pieces: the same guide is taken apart once', () => {
	expect(piecesOf(workflowGuide)).toBe(pieces);
	expect(piecesOf(guides[1] ?? workflowGuide)).not.toBe(pieces);
});

test('matches: each place once, in capitals or not, in cells and commands, too', () => {
	const found = matchesIn(pieces, 'rollBACK');

	expect(found.length).toBe(5);
	for (const {piece, text, start, end} of found)
		expect(pieces[piece]?.texts[text]?.slice(start, end).toLowerCase()).toBe('rollback');
	expect(matchesIn(pieces, 'on RDS').map(({text}) => text)).toEqual([2, 3]);
	expect(matchesIn(pieces, long).length).toBe(2);
});

test('matches: nothing is found for nothing, and overlapping ones are one', () => {
	expect(matchesIn(pieces, '')).toEqual([]);
	expect(matchesIn([{kind: 'text', section: 0, texts: ['aaaaa'], lead: ''}], 'aa').map(({start}) => start)).toEqual([
		0, 2,
	]);
});

test('matches: a letter that is longer in small ones moves nothing', () => {
	const text = 'İstanbul and rollback';
	const [match] = matchesIn([{kind: 'text', section: 0, texts: [text], lead: ''}], 'rollback');

	expect(text.slice(match?.start, match?.end)).toBe('rollback');
});
