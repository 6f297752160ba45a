import {expect, test} from 'vitest';
import {createEntryReader, createLineSplitter} from '../../../src/domain/logs/entries.ts';
import type {LogKind} from '../../../src/domain/logs/log.ts';
import {mergeEntries} from '../../../src/domain/logs/merge.ts';
import {signatureOf} from '../../../src/domain/logs/signature.ts';

const about = {zoneMinutes: 0, changedAt: NaN, now: 5000};
const read = (kind: LogKind, ...lines: readonly string[]) => {
	const reader = createEntryReader({id: 'h/x', kind});
	return [...reader.read(lines, about), ...reader.flush()];
};

test('entries: an exception of Laravel is one entry: what it says, where it came from, its frames without arguments', () => {
	const [entry, ...rest] = read(
		'laravel',
		String.raw`[2026-02-10 11:29:21] production.ERROR: Class "App\X" not found {"exception":"[object] (Error(code: 0): Class \"App\\X\" not found at /w/app/Jobs/S.php:41)`,
		'[stacktrace]',
		"#0 /w/app/H.php(22): App\\H->login('bob', 'hunter2')",
		'#1 {main}',
		'"} ',
	);
	expect(rest).toEqual([]);
	expect(entry).toEqual({
		source: 'h/x',
		at: Date.UTC(2026, 1, 10, 11, 29, 21),
		isTimed: true,
		level: 'error',
		text: String.raw`Class "App\X" not found`,
		trace: ['at /w/app/Jobs/S.php:41', String.raw`#0 /w/app/H.php(22): App\H->login(...)`, '#1 {main}'],
		signature: String.raw`Class "App\X" not found`,
		masked: 0,
	});
});

test('entries: a line without a time has that of the one before; the first that of its reading', () => {
	expect(
		read('pm2-out', 'first', '2026-02-10T11:37:02Z: second', 'third').map(({at, isTimed}) => [at, isTimed]),
	).toEqual([
		[5000, false],
		[Date.UTC(2026, 1, 10, 11, 37, 2), true],
		[Date.UTC(2026, 1, 10, 11, 37, 2), false],
	]);
});

test('entries: times of Laravel are in the zone that its file tells of, from then on', () => {
	const reader = createEntryReader({id: 'h/x', kind: 'laravel'});
	const changedAt = Date.UTC(2026, 1, 10, 6, 7, 3);
	reader.read(['[2026-02-10 11:37:02] p.INFO: x'], {...about, changedAt});
	reader.read(['[2026-02-10 11:37:05] p.INFO: y'], about);
	expect(reader.flush()).toMatchObject([{at: Date.UTC(2026, 1, 10, 6, 7, 5)}]);
});

test('entries: repeated lines are kept, secrets counted, and nothing a terminal obeys is left', () => {
	const entries = read('plain', '\u001B[31mtoken=abc\u001B[0m \u0007\u202Ex', 'same', 'same');
	expect(entries.map(({text, masked}) => [text, masked])).toEqual([
		['token=*** <U+202E>x', 1],
		['same', 0],
		['same', 0],
	]);
});

test('entries: a trace whose head was told before stands for itself, with the level of the one before', () => {
	const reader = createEntryReader({id: 'h/x', kind: 'pm2-error'});
	expect(reader.read(['Error: x'], about)).toEqual([]);
	expect(reader.flush()).toHaveLength(1);
	reader.read(['    at foo (/a.js:1:2)'], about);
	expect(reader.flush()).toMatchObject([{level: 'error', text: '    at foo (/a.js:1:2)'}]);
});

test('entries: a trace without end is cut, and says by how much', () => {
	const [entry] = read(
		'laravel',
		'[2026-02-10 11:29:21] p.ERROR: x',
		...Array.from({length: 300}, (_, n) => `#${n} y`),
	);
	expect(entry?.trace).toHaveLength(201);
	expect(entry?.trace.at(-1)).toBe('and 100 more lines');
});

test('lines: bytes that end within a letter or a line are put together', () => {
	const splitter = createLineSplitter();
	const bytes = new TextEncoder().encode('é1\né2');
	const lines = Array.from(bytes, (_, at) => splitter.feed(bytes.subarray(at, at + 1))).flat();
	expect([...lines, ...splitter.finish()]).toEqual(['é1', 'é2']);
});

test.each([
	['Mail: timeout after 30 s to smtp:587', 'Mail: timeout after 45 s to smtp:25'],
	['user 2041 has no role', 'user 7 has no role'],
	["Unknown column 'a' in 'where clause'", "Unknown column 'bc' in 'x'"],
	['id 3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'id 11111111-2222-3333-4444-555555555555'],
	[
		'at /w/.backend/releases/20260210-055000-7f3a9c2/app/X.php:41',
		'at /w/.backend/releases/20260209-055000-abcdef1/app/X.php:12',
	],
	['commit 7f3a9c2 failed', 'commit 4e81d0c failed'],
])('signature: %s is of one kind with %s', (one, other) => {
	expect(signatureOf(one)).toBe(signatureOf(other));
});

test('signature: classes tell kinds of errors apart, and words are no numbers', () => {
	expect(signatureOf(String.raw`Class "App\A" not found`)).not.toBe(signatureOf(String.raw`Class "App\B" not found`));
	expect(signatureOf('deadbeef is a word? facade too')).toContain('facade');
	expect(signatureOf('Redis: timeout')).not.toBe(signatureOf('Mail: timeout'));
});

test('merge: late entries go to their place within the window, one log keeps its order, the oldest go', () => {
	const entry = (at: number, text: string) => ({at, text});
	const list = [entry(1000, 'a'), entry(2000, 'b'), entry(9000, 'c')];
	const merged = mergeEntries(list, [entry(1500, 'late'), entry(8000, 'd'), entry(9000, 'e'), entry(9000, 'f')], {
		windowMs: 5000,
	});
	expect(merged.map(({text}) => text).join(' ')).toBe('a b late d c e f');
	expect(mergeEntries(list, [entry(9500, 'x')], {limit: 2}).map(({text}) => text)).toEqual(['c', 'x']);
	expect(mergeEntries([], [entry(2, 'b'), entry(1, 'a')]).map(({text}) => text)).toEqual(['a', 'b']);
});
