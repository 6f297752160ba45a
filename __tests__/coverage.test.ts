import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

const page = readFileSync('docs/coverage.md', 'utf8');

/** The cells of a line of a table. */
const cellsOf = (line: string): readonly string[] =>
	line
		.replace(/^\| /, '')
		.replace(/ \|$/, '')
		.split(/ (?<!\\)\| /)
		.map(cell => cell.trim());

const isRow = (line: string): boolean => line.startsWith('| ') && !/^\| (?:---|section|the workflow says)/.test(line);

/** The rows below each heading, and before the first of them those that count. */
const [head = '', ...parts] = page.split(/^## /m);
const sections = parts.map(part => {
	const [title = '', ...lines] = part.split('\n');
	return {title, rows: lines.filter(isRow).map(cellsOf)};
});
const rows = sections.flatMap(({title, rows: all}) => all.map(cells => ({title, cells})));

const isBuilt = ([, where = '']: readonly string[]): boolean => !where.startsWith('not built:');

/** Titles of the tests of a file, as they are written: of a table of tests the pattern. */
const titlesOf = (file: string): ReadonlySet<string> =>
	new Set(
		[
			...readFileSync(file, 'utf8').matchAll(
				/(?:\b(?:test|describe)(?:\.\w+)*|[)\]`])\(\s*(['"`])((?:\\.|(?!\1).)*)\1,/g,
			),
		].map(([, , title = '']) => title.replaceAll(String.raw`\'`, "'")),
	);

const namedTests = (cell: string): readonly (readonly [file: string, title: string])[] =>
	[...cell.matchAll(/`(__tests__\/[^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => [file, title]);

/** As GitHub makes anchors of titles. */
const anchorsOf = (file: string): readonly string[] =>
	[...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
		title
			.toLowerCase()
			.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	);

test('coverage: the sections of the workflow, each with as many rows as the head says', () => {
	const said = head.split('\n').filter(isRow).map(cellsOf);
	const counted = sections.map(({title, rows: all}) => [
		title,
		String(all.length),
		String(all.filter(cells => !isBuilt(cells)).length),
	]);

	expect(said).toEqual(counted);
	expect(sections.map(({title}) => title)).toEqual([
		'Environment Configuration Files',
		'Pre-Production Deployment Scripts',
		'Production Deployment Scripts (With Safeguards)',
		'Rollback Scripts',
		'Comprehensive Documentation',
		'Old Script Updates',
		'Security & Safety Features',
		'Workflow Enforcement',
		'Future Enhancements',
		'Important Reminders',
		'Notes',
	]);
});

test('coverage: no row is empty, and none stands twice', () => {
	const faults = rows.filter(({cells}) => cells.length !== 4 || cells.some(cell => cell === '')).map(String);
	const names = rows.map(({title, cells}) => `${title}: ${cells[0]}`);

	expect(faults).toEqual([]);
	expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('coverage: what is built names a test, and what is not says why', () => {
	const faults = rows
		.filter(({cells}) => {
			const [, where = '', tests = ''] = cells;
			return isBuilt(cells) ? namedTests(tests).length === 0 : tests !== '–' || !/^not built: .{10}/.test(where);
		})
		.map(({cells}) => cells);

	expect(faults).toEqual([]);
});

test('coverage: every test that is named is there, by its title', () => {
	const known = new Map<string, ReadonlySet<string>>();
	const lost = rows.flatMap(({cells: [, , tests = '']}) =>
		namedTests(tests).filter(([file, title]) => {
			if (!existsSync(file)) return true;
			const titles = known.get(file) ?? titlesOf(file);
			known.set(file, titles);
			return !titles.has(title);
		}),
	);
	const cells = rows.map(({cells: [, , tests = '']}) => tests).filter(tests => tests !== '–');

	expect(lost).toEqual([]);
	// Nothing else stands in that column, where it would not be looked at.
	expect(cells.filter(tests => tests.replaceAll(/`__tests__\/[^`]+`: "[^"]+"(?:; )?/g, '') !== '')).toEqual([]);
});

test('coverage: every page that is named is there, with its heading', () => {
	const lost = rows
		.map(({cells}) => /^\[[\w-]+\]\(([\w.-]+\.md)(?:#([\w-]+))?\)$/.exec(cells[3] ?? '') ?? [String(cells), '', ''])
		.filter(([, file = '', anchor]) => {
			const path = join('docs', file);
			return file === '' || !existsSync(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor));
		})
		.map(([link]) => link);

	expect(lost).toEqual([]);
});
