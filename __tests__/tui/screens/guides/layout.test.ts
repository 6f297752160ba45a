import {expect, test} from 'vitest';
import type {Guide} from '../../../../src/domain/guides/guide.ts';
import {lineAt} from '../../../../src/store/guides/guide-view.ts';
import {matchesIn} from '../../../../src/store/guides/pieces.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {plain, widthOf} from '../../../../src/tui/kit/rows.ts';
import {brokenCommand} from '../../../../src/tui/screens/guides/broken-command.ts';
import {drawLine} from '../../../../src/tui/screens/guides/draw-line.ts';
import {guideLayout, lineOfMatch, type GuideLine} from '../../../../src/tui/screens/guides/layout-guide.ts';
import {columnsFor} from '../../../../src/tui/screens/guides/table-cells.ts';
import {diagram, long, workflowGuide} from './fixtures.ts';

const look = {glyphs: glyphsFor(true), hasColour: true};
const nothing = {matches: [], current: undefined};

const textOf = (guide: Guide, width: number): readonly string[] =>
	guideLayout(guide, width).lines.map(line => plain(drawLine(line, nothing, 'none', width + 4, look)));

const table = (rows: readonly (readonly string[])[]): Guide => ({
	...workflowGuide,
	sections: [
		{
			heading: 'Table',
			level: 1,
			anchor: 'table',
			blocks: [{kind: 'table', head: ['key', 'Pre-Prod', 'Production'], rows}],
		},
	],
});

test('layout: no line is wider than its room, and each letter of each text stands in it, at any width', () => {
	const faults: string[] = [];
	for (let width = 40; width <= 140; width += 1) {
		const {pieces, lines} = guideLayout(workflowGuide, width);
		// One word of a command is never broken, however long it is.
		const isOneWord = ({kind, fragments}: GuideLine): boolean =>
			kind === 'command' && !fragments[0]?.text.includes(' ');
		for (const line of lines.filter(one => one.kind !== 'diagram' && !isOneWord(one))) {
			const cells = widthOf(drawLine(line, nothing, 'none', 999, look));
			if (cells > width + 2)
				faults.push(`${width}: ${cells} cells: ${plain(drawLine(line, nothing, 'none', 999, look))}`);
		}
		for (const [at, {texts, kind}] of pieces.entries())
			for (const [of, text] of texts.entries()) {
				const here = lines.filter(({piece}) => piece === at).flatMap(({fragments}) => fragments);
				const shown = here.filter(fragment => fragment.of === of).map(fragment => fragment.text);
				const letters = (value: string): string => value.replaceAll(' ', '');
				// Where columns have no room their names stand before each cell.
				if (kind !== 'head' && letters(shown.join('')) !== letters(text))
					faults.push(`${width}: lost of ${text}`);
			}
	}

	expect(faults).toEqual([]);
});

test('layout: a table whose words have room keeps its columns, and words wrap inside of them', () => {
	const rows = [['deploy', 'weekdays, 10 AM to 4 PM', 'Tuesday and Wednesday, 11 AM to 2 PM']];

	expect(textOf(table(rows), 80)).toEqual([
		'  Table',
		'    key     Pre-Prod                 Production',
		`    ${'─'.repeat(78)}`,
		'    deploy  weekdays, 10 AM to 4 PM  Tuesday and Wednesday, 11 AM to 2 PM',
	]);
	expect(textOf(table(rows), 48).slice(3)).toEqual([
		'    deploy  weekdays, 10 AM to  Tuesday and',
		'            4 PM                Wednesday, 11 AM',
		'                                to 2 PM',
	]);
});

test('layout: without room for columns each cell stands behind the name of its column', () => {
	const url = 'https://preprod.qsights.com/a/long/way/down';

	expect(textOf(table([['site', url, `${url}/on/and/on`]]), 60)).toEqual([
		'  Table',
		'    key: site',
		// Behind the name of its column it would be broken.
		`      Pre-Prod: ${url}`,
		'      Production:',
		`        ${url}/on/and/on`,
	]);
	expect(columnsFor([['a', url, url]], 60)).toBeUndefined();
	expect(columnsFor([['a', url, url]], 100)).toEqual([1, 43, 43]);
});

test('layout: a diagram stands as it is, and where it is cut it says so', () => {
	expect(textOf(workflowGuide, 76).slice(1, 5)).toEqual(diagram.map(line => `  ${line}`));
	const [, , line] = guideLayout(workflowGuide, 40).lines;
	expect(line && plain(drawLine(line, nothing, 'none', 30, look))).toMatch(/^.{29}…$/);
});

test('layout: without Unicode a diagram is of ASCII', () => {
	const ascii = {glyphs: glyphsFor(false), hasColour: true};
	const rows = guideLayout(workflowGuide, 76).lines.slice(1, 5);

	expect(rows.map(line => plain(drawLine(line, nothing, 'none', 80, ascii)).trim())).toEqual([
		'+-------------+     +-------------+     +-------------+',
		'|   Local     |---->|  Pre-Prod   |---->| Production  |',
		'| Development |     |  (Staging)  |     |    (Live)   |',
		'+-------------+     +-------------+     +-------------+',
	]);
});

test('layout: once for each width; a place stays in its piece when the width changes', () => {
	const wide = guideLayout(workflowGuide, 100);
	expect(guideLayout(workflowGuide, 100)).toBe(wide);
	const place = wide.lines[60];
	const narrow = guideLayout(workflowGuide, 41);

	expect(place && narrow.lines[lineAt(narrow, place)]?.piece).toBe(place?.piece);
	expect(lineAt(narrow, {piece: 9999, line: 3})).toBe(narrow.lines.length - 1);
});

test('layout: a match leads to the line it begins in', () => {
	for (const width of [40, 76, 110]) {
		const layout = guideLayout(workflowGuide, width);
		for (const match of matchesIn(layout.pieces, 'flag')) {
			const line = layout.lines[lineOfMatch(layout, match)];
			expect(line?.fragments.map(({text}) => text).join(' ')).toContain('flag');
		}
	}
});

/** Words as a shell takes them: quotes hold together, a backslash at the end of a line joins it with the next. */
const shellWords = (text: string): readonly string[] =>
	text
		.replaceAll('\\\n', '')
		.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)
		?.map(String) ?? [];

test.each([
	long,
	`ssh ubuntu@production-1 'sh ~/.cockpit/qsights/production/rollback-backend.sh --yes' && echo "back again"`,
	`tar -xzf ${'/home/ubuntu/backups/production/'.repeat(4)}backend.tar.gz -C /tmp`,
	'cockpit status',
])('command: in lines it means the same to a shell: %s', command => {
	for (let width = 20; width < 160; width += 1) {
		const lines = brokenCommand(command, width);
		const text = lines.map(({lead, text: part, end}) => lead + part + end).join('\n');

		expect(shellWords(text), text).toEqual(shellWords(command));
	}
});

test('command: a comment that goes on is a comment', () => {
	const lines = brokenCommand(`# ${'nothing is changed by this '.repeat(4)}`.trim(), 40);

	expect(lines.length).toBeGreaterThan(2);
	for (const {lead, text, end} of lines) expect(lead + text + end).toMatch(/^# .*[a-z]$/);
});
