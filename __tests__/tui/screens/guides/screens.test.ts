import {expect, test} from 'vitest';
import {shallow} from 'zustand/shallow';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {guideWindow} from '../../../../src/store/guides/guide-view.ts';
import {selectGuidesShown, selectGuideView} from '../../../../src/store/guides/guides.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {plain} from '../../../../src/tui/kit/rows.ts';
import {findTyped} from '../../../../src/tui/screens/guides/find.ts';
import {selectLayout} from '../../../../src/tui/screens/guides/look.ts';
import {guidesRows} from '../../../../src/tui/screens/guides/screen-rows.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {press} from '../../../support/tui/press.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {stages} from '../deploy/fixtures.ts';
import {atGuides, back, guides, guideStages, long, typed, workflowGuide} from './fixtures.ts';

const stage = stageNamed(guideStages);

const frame = (store: CockpitStore, columns = 80, rows = 24): string => drawFrame(store, columns, rows).join('\n');

/** Where the cursor is and what is in sight, as places of lines. */
const windowOf = (store: CockpitStore) => {
	const state = store.getState();
	const layout = selectLayout(state);
	if (!layout) throw new Error('no guide');
	const window = guideWindow(selectGuideView(state), layout);
	return {...window, line: layout.lines[window.cursor], all: layout.lines.length};
};

const pressAll = (store: CockpitStore, keys: string): void => {
	for (const key of keys.split(' ')) press(store, key);
};

/** Onto the first command that holds this text. */
const toCommand = (store: CockpitStore, text: string): void => {
	const lines = selectLayout(store.getState())?.lines ?? [];
	const wanted = lines.findIndex(({command}) => command?.includes(text));
	if (wanted < 0) throw new Error(`no command ${text}`);
	press(store, 'g');
	for (let at = 0; at < wanted; at += 1) press(store, 'j');
};

test('guides: which of the three, what it was made from, and where in it one is', () => {
	const text = frame(stage('guides'));

	expect(text).toMatch(/ {2}Workflow guide {2}Checklist {2}Quick reference .*made from 7f3a9c2, 10 Feb/);
	expect(text).toMatch(/─ 1 Environment Overview ─+ line 1 to 18 of 137 ─/);
	expect(text).toContain('▾ 119 more lines, PgDn    2 Deployment Workflow  3 Environment Switching');
	expect(frame(stage('guides, at the end'))).toMatch(/line 120 to 137 of 137[^]*▴ 119 lines above, PgUp/);
	expect(frame(stage('guides'), 60, 16)).toMatch(/Workflow guide {2}1 of 3 +made from 7f3a9c2, 10 Feb/);
});

test('guides: ] and [ turn to the others, and each keeps the place that was read', () => {
	const store = atGuides(['pagedown', 'j']);
	const place = windowOf(store);
	pressAll(store, ']');
	expect(frame(store)).toMatch(/─ 1 Checklist ─/);
	pressAll(store, '] ]');

	expect(windowOf(store)).toEqual(place);
	pressAll(store, '[');
	expect(frame(store)).toMatch(/─ 1 Quick reference ─/);
});

test('guides: j k PgDn PgUp g G move, never beyond the ends', () => {
	const store = atGuides();
	const {rows} = store.getState().guideRoom;
	pressAll(store, 'k pageup g');
	expect(windowOf(store)).toMatchObject({from: 0, cursor: 0});
	for (let at = 0; at < rows; at += 1) press(store, 'j');
	expect(windowOf(store)).toMatchObject({from: 1, cursor: rows});
	pressAll(store, 'pagedown');
	// One line stays in sight to read on from.
	expect(windowOf(store)).toMatchObject({from: rows, cursor: 2 * rows - 1});
	pressAll(store, 'pageup k');
	expect(windowOf(store)).toMatchObject({from: 1, cursor: rows - 1});
	pressAll(store, 'G j pagedown');
	const {all} = windowOf(store);
	expect(windowOf(store)).toMatchObject({from: all - rows, to: all, cursor: all - 1});
});

test('guides: / finds while letters are typed, n and N go round, Enter keeps, Esc leaves where it began', () => {
	const store = atGuides(['j', 'j']);
	const before = windowOf(store);
	typed(store, 'rollback');
	expect(windowOf(store).line?.fragments[0]?.text).toBe('4 Rollback Procedures');
	expect(frame(store)).toMatch(/search {2}rollback +1 of 5 {2}Enter keep/);
	store.getState().searchGuide('rollbackx');
	expect(frame(store)).toMatch(/search {2}rollbackx +none/);
	store.getState().searchGuide('rollback');
	findTyped(store.getState());
	press(store, 'enter');
	expect(frame(store)).toContain(' search  rollback  1 of 5');
	pressAll(store, 'n n n n');
	expect(frame(store)).toContain('5 of 5');
	press(store, 'n');
	expect(frame(store)).toContain('1 of 5');
	press(store, 'N');
	expect(frame(store)).toContain('5 of 5');
	press(store, 'esc');

	expect(store.getState().guideSearch).toBe('');
	expect(windowOf(store).line).toBe(before.line);
	expect(press(store, 'n').refusal).toContain('nothing is looked for');
});

test('guides: n from elsewhere goes to the next one from there', () => {
	const store = stage('guides, found');
	press(store, 'G');
	press(store, 'N');
	expect(frame(store)).toContain('5 of 5');
	press(store, 'g');
	press(store, 'n');
	expect(frame(store)).toContain('1 of 5');
});

test('guides: what is found is marked by a sign before its line, the one gone to in brackets without colour', () => {
	const store = stage('guides, found');
	expect(frame(store)).toMatch(/▸ 4 Rollback Procedures[^]*▌ {3}A rollback is/);
	const rows = guidesRows(store.getState(), 78, 21, {glyphs: glyphsFor(true), hasColour: false});

	expect(rows.map(plain).join('\n')).toContain('A [rollback] is never gated');
	expect(rows.map(plain).join('\n')).toContain('4 Rollback Procedures');
});

test('guides: nothing found is said, and nothing moves', () => {
	const store = atGuides(['j']);
	const before = windowOf(store).cursor;
	typed(store, 'kubernetes');
	press(store, 'enter');
	press(store, 'n');

	expect(frame(store)).toContain('Nothing in this guide holds "kubernetes".');
	expect(windowOf(store).cursor).toBe(before);
});

test('guides: c lists the headings, Enter goes there, Esc does not', () => {
	const store = atGuides();
	pressAll(store, 'c G');
	expect(frame(store)).toMatch(/─ Contents ─[^]*▌ 5 Troubleshooting/);
	expect(frame(store)).not.toContain('Trouble 1:');
	press(store, 'enter');
	expect(frame(store)).toMatch(/─ 5 Troubleshooting ─[^]*▌ 5 Troubleshooting/);
	pressAll(store, 'c k k esc');
	expect(frame(store)).toMatch(/▌ 5 Troubleshooting/);
	expect(store.getState().screen).toBe('guides');
	press(store, 'esc');
	expect(store.getState().screen).toBe('overview');
});

test('guides: at 120 columns the contents stand beside the text and follow it; one cursor has focus', () => {
	const store = atGuides(['G']);
	expect(frame(store, 120, 40)).toMatch(/▸ 5 Troubleshooting/);
	expect(frame(store, 120, 40).match(/▌/g)?.length).toBe(1);
	press(store, 'tab');
	expect(frame(store, 120, 40)).toMatch(/▌ 5 Troubleshooting[^]*▸ {3}Trouble 40/);
	expect(frame(store, 120, 40).match(/▌/g)?.length).toBe(1);
});

test('guides: y hands over the whole command under the cursor, from any of its lines', () => {
	const store = atGuides();
	toCommand(store, 'deploy backend');
	pressAll(store, 'j');
	expect(press(store, 'y').asked).toEqual([
		['guides.copy', long, expect.stringMatching(/^cockpit docs --guide [a-z-]+ --section \S+$/)],
	]);
	press(store, 'g');
	expect(press(store, 'y')).toEqual({refusal: 'the cursor is on no command', asked: []});
	expect(frame(store)).not.toContain('y copy command');
	toCommand(store, back);
	expect(frame(store)).toContain('y copy command');
	expect(press(store, 'y').asked).toEqual([['guides.copy', back, expect.any(String)]]);
});

test('guides: a command that was handed over stands alone in its rows, and nothing says that it was copied', () => {
	const store = atGuides();
	store.getState().copiedCommand({text: back, wasSent: true});
	expect(drawFrame(store, 80, 24)).toContain(back);
	expect(frame(store)).toMatch(/Handed to the terminal[^]*then select the row above/);
	expect(frame(store)).not.toMatch(/copied/i);
	store.getState().copiedCommand({text: back, wasSent: false});
	expect(frame(store)).toContain('This terminal takes nothing for a clipboard (OSC 52): select the row above.');
	press(store, 'esc');
	expect(frame(store)).not.toContain('─ Command ─');
	expect(store.getState().screen).toBe('guides');
});

test('guides: a command longer than the screen stands in rows that a shell takes as they are', () => {
	for (const [columns, rows] of [
		[80, 24],
		[60, 16],
		[120, 40],
	] as const) {
		const lines = drawFrame(stage('guides, copied'), columns, rows);
		const at = lines.findIndex(line => line.includes('─ Command ─'));
		const end = lines.findIndex(line => line.includes('Handed to'));
		const command = lines.slice(at + 1, end).map(line => line.trimEnd());
		expect(command.every((line, index) => index === command.length - 1 || line.endsWith(' \\'))).toBe(true);
		expect(command.join('\n').replaceAll(/ \\\n +/g, ' ')).toBe(long);
	}
});

test.each([
	['an argument', `sudo rm -rf -- ${'/var/www/qsights/.backend/releases/'.repeat(3)}"$RELEASE"/public/uploads`],
	['all of it', 'cockpit deploy backend --env preprod '.repeat(40).trim()],
])(
	'guides: where %s is longer than there is room for no part of a command is offered, but the ways to it are',
	(_, text) => {
		for (const [columns, rows] of [
			[80, 24],
			[60, 16],
		] as const)
			for (const wasSent of [true, false]) {
				const store = atGuides();
				const printedBy = 'cockpit docs --guide workflow --section rollback';
				store.getState().copiedCommand({text, wasSent, printedBy});
				const lines = drawFrame(store, columns, rows);
				const below = lines.slice(lines.findIndex(line => line.includes('─ Command ─')));

				expect(below.join('\n')).not.toMatch(/rm -rf|deploy backend/);
				expect(below.join(' ').replaceAll(/\s+/g, ' ')).toContain('part of it is another command.');
				expect(below.join('\n')).toContain('Without the screen: ');
				expect(below.join(' ').replaceAll(/\s+/g, ' ')).toContain(printedBy);
			}
	},
);

test('guides: 9 opens them from anywhere, and is named where a deploy is blocked or failed', () => {
	for (const name of ['choose', 'blocked', 'failed, went back'] as const) {
		const make = stageNamed(stages);
		expect(press(make(name), '9').asked).toEqual([['guides.open']]);
		if (name !== 'choose') expect(drawFrame(make(name), 160, 40).at(-1)).toContain('9 guide');
	}
});

test('guides: a second of the clock changes nothing of what the screen is drawn of', () => {
	const store = stage('guides, found');
	const before = selectGuidesShown(store.getState());
	store.getState().tick(store.getState().now + 1000);

	expect(shallow(selectGuidesShown(store.getState()), before)).toBe(true);
	press(store, 'j');
	expect(shallow(selectGuidesShown(store.getState()), before)).toBe(false);
});

test('guides: what is not made or could not be is said', () => {
	expect(frame(stage('guides, not made'))).toContain('The guides are being made.');
	expect(frame(stage('guides, failed'))).toMatch(/✗ The committed environments[^]*Why[^]*Now[^]*Next/);
	expect(press(stage('guides, not made'), 'j').refusal).toBe('the guides are not made yet');
});

test('guides: another width keeps what was read in sight', () => {
	const store = atGuides();
	toCommand(store, back);
	const {piece} = windowOf(store).line ?? {};
	store.getState().setGuideRoom({width: 58, rows: 8});
	const {from, to, cursor, line} = windowOf(store);

	expect(line?.piece).toBe(piece);
	expect(cursor).toBeGreaterThanOrEqual(from);
	expect(cursor).toBeLessThan(to);
});

test('guides: a guide of 5,000 lines is laid out once: moves and frames take what they need of it', () => {
	const blocks = Array.from({length: 2500}, (_, at) => ({kind: 'text' as const, text: `Line ${at}.`}));
	const big = {...workflowGuide, sections: [{heading: '1 Long', level: 1 as const, anchor: '1-long', blocks}]};
	const store = atGuides([], [big, ...guides.slice(1)]);
	const layout = selectLayout(store.getState())?.lines;
	expect(layout?.length).toBe(5000);
	pressAll(store, 'G k pageup');
	typed(store, 'line 2400');
	frame(store);

	expect(selectLayout(store.getState())?.lines).toBe(layout);
	expect(frame(store)).toMatch(/▌ {3}Line 2400\./);
});
