import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import type {FollowedEntry} from '../../../../src/app/logs/new-kinds.ts';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {plain} from '../../../../src/tui/kit/rows.ts';
import {entryRows, heightIn, type EntryShape} from '../../../../src/tui/screens/logs/entry-rows.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {entry, laravel, logStages, stageOf, story} from './fixtures.ts';

const stage = stageNamed(logStages);

const frame = (store: CockpitStore, columns = 120, rows = 40): string => drawFrame(store, columns, rows).join('\n');

test('logs: sources, counts since the swap and the file stand beside the entries', () => {
	const text = frame(stage('logs'));

	expect(text).toMatch(/▸ Laravel {10}40\/min/);
	expect(text).toMatch(/nginx access {5}30\/min/);
	expect(text).toMatch(/pm2 error {6}\? unread/);
	expect(text).toMatch(/✗ 1 error/);
	expect(text).toMatch(/▲ 3 warnings/);
	expect(text).toMatch(
		/New kinds[^]*✗ Mail: timeout[^]*▲ Redis: timeout[^]*Known before the swap[^]*▲ Queue: SendRemind/,
	);
	expect(text).toMatch(/laravel-2026-02-10\.log[^]*production-1, 8\.5 MB[^]*secrets masked: 3/);
	expect(text).toMatch(/─ Laravel {2}IST ─+ FOLLOW ─/);
	expect(text).toContain('entry 19 to 51 of 51 ─');
});

test('logs: paused on what was found, with what is new counted and the trace folded', () => {
	for (const [columns, rows] of [
		[120, 40],
		[80, 24],
		[60, 16],
	] as const) {
		const text = frame(stage('logs, paused on a match'), columns, rows);

		expect(text).toMatch(/PAUSED {2}\+1 new/);
		expect(text).toMatch(/▌ 11:37:02 error Mail: timeout after 30 s/);
		expect(text).toMatch(/#1 app\/Jobs\/SendReminder[^]*▸ 14 more lines of trace/);
		expect(text).toContain('search timeout  1 of');
	}
	expect(frame(stage('logs, paused on a match'))).toContain('1 of 2, n N next, previous');
});

test('logs: below 100 columns sources are tabs, and errors are counted in them', () => {
	const text = frame(stage('logs'), 80, 24);

	expect(text).toMatch(/pre-prod {2}production {3}Laravel 1 {2}nginx error/);
	expect(text).toContain('1 error  3 warnings since the swap');
	expect(text).not.toContain('─ Sources');
});

test('logs: the source on screen is among the tabs, however narrow', () => {
	for (let columns = 60; columns < 100; columns += 1) {
		const tabs = drawFrame(stage('logs, unread'), columns, 24)[1] ?? '';
		expect(tabs).toMatch(/pm2 error/);
	}
});

test('logs: without colour and without Unicode the state is a word', () => {
	const text = drawFrame(stage('logs, paused on a match'), 80, 24, {isUnicode: false}).join('\n');

	expect(text).toMatch(/PAUSED {2}\+1 new/);
	expect(text).toMatch(/> 11:37:02 error Mail/);
	expect(text).toContain('> 14 more lines of trace');
	// oxlint-disable-next-line no-control-regex -- whatever is not ASCII
	expect(text).not.toMatch(/[^\x00-\x7F]/);
});

test('logs: all of them by time say whose each entry is', () => {
	const text = frame(stage('logs, merged'));

	expect(text).toContain('─ All by time  IST');
	expect(text).toMatch(/11:41:40 info {2}Laravel {6}Evaluation 9945[^]*11:41:40 info {2}nginx access GET/);
	expect(text).toContain('? 1 not counted');
	expect(frame(stage('logs, merged'), 80, 24)).toContain('since the swap  ? 1 not counted');
});

test('logs: what is not known is not shown as none', () => {
	expect(frame(stage('logs, unread'))).toMatch(/may not be read by this login[^]*Since the swap[^]*not known/);
	expect(frame(stage('logs, unread'))).not.toContain('0 errors');
	expect(frame(stage('logs, not all read'))).toContain('4.3 MB not read');
	expect(frame(stage('logs, not all read'), 80, 24)).toContain('since the swap  4.3 MB not read');
	expect(frame(stage('logs, asked'))).toContain('Asks the host.');
	expect(frame(stage('logs, asked'))).not.toContain('FOLLOW');
});

test('logs: a silent host is said with its age, and what was read is not called followed', () => {
	const store = stage('logs, silent');
	const {now, tick} = store.getState();
	tick(now + 12_000);
	const text = frame(store);

	expect(text).toContain('? no answer for 12 s: connection timed out');
	expect(text).not.toContain('FOLLOW');
	expect(text).toContain('Evaluation 9954');
});

test('logs: lines that are gone under a frozen view are said to be only in the file', () => {
	const many = (from: number): readonly FollowedEntry[] =>
		Array.from({length: 13_000}, (_, index) => entry('11:41:59', 'info', `Line ${from + index}`));
	const store = stage('logs, paused on a match');
	expect(frame(store)).not.toContain('only in the file');
	store.getState().addLogs(many(0));
	store.getState().addLogs(many(13_000));

	expect(frame(store)).toContain('PAUSED  +26,001 new  older lines only in the file');
});

test('logs: an entry of another day says which', () => {
	const old = {...entry('16:50:04', 'info', 'Deployed.'), at: Date.parse('2026-02-08T11:20:04Z')};

	expect(frame(stageOf(undefined, [old])())).toContain('Sun 16:50 info  Deployed.');
});

const widths = [40, 78, 160];

test('logs: the rows of an entry are as many as moves go by, and none is too wide', () => {
	const wild = entry('11:00:00', 'warn', `${'界'.repeat(40)} ${'x'.repeat(300)} 🚀 done`, {
		trace: Array.from({length: 9}, (_, index) => `#${index} ${'/path'.repeat(index * 5)}`),
	});
	const lines = [wild, ...story.slice(4, 6)].map(one => ({number: 1, entry: one, cost: 0}));
	const faults: string[] = [];
	for (const width of widths)
		for (const isWrapped of [true, false])
			for (const isWhole of [true, false])
				for (const sourceWidth of [0, 12])
					for (const line of lines) {
						const one = line.entry;
						const shape: EntryShape = {
							width,
							isWrapped,
							timeWidth: sourceWidth === 0 ? 9 : 0,
							unfolded: new Set(isWhole ? [1] : []),
							sourceWidth,
						};
						const rows = entryRows(line, {
							shape,
							look: {glyphs: glyphsFor(true), hasColour: true},
							timeZone: 'Asia/Kolkata',
							now: one.at,
							search: 'x',
							titleOf: () => laravel.title,
							cursor: 1,
							isFocused: true,
						});
						if (rows.length !== heightIn(shape)(line)) faults.push(`${rows.length} rows of ${one.text}`);
						for (const row of rows)
							if (stringWidth(plain(row)) > width) faults.push(`${width}: ${plain(row)}`);
					}

	expect(faults).toEqual([]);
});
