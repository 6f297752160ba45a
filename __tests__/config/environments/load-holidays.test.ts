import {expect, test} from 'vitest';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import {problemsOf, validFiles, writeConfiguration, type Files} from '../configuration-fixture.ts';

const preprod = 'environments/preprod.yaml';
const local = 'environments/local.yaml';
const file = 'environments/holidays-x.yaml';

/** Lines that the tests of positions count on. */
const holidays = `covers: {from: 2026-01-01, until: 2026-12-31}
source: our own list
days:
  - {date: 2026-10-02, name: Gandhi Jayanti}
  - {date: 2026-01-26, name: Republic Day}
`;

const naming = (environment: string, name = 'holidays-x.yaml'): Files => ({
	[environment]: validFiles[environment]?.replace('soakHours:', () => `holidays: ${name}\nsoakHours:`),
});

const load = async (files: Files) => {
	using configuration = writeConfiguration({...validFiles, [file]: holidays, ...naming(preprod), ...files});
	// Without await the directory would be gone before it is read.
	return await loadEnvironments(configuration.path, {home: '/home/asha'});
};

const problems = problemsOf(load);

test('holidays: an environment has the days of the file it names, sorted by date', async () => {
	const set = await load({});

	expect(set.byName('preprod').holidays).toEqual({
		file: 'holidays-x.yaml',
		covers: {from: '2026-01-01', until: '2026-12-31'},
		source: 'our own list',
		days: [
			{date: '2026-01-26', name: 'Republic Day'},
			{date: '2026-10-02', name: 'Gandhi Jayanti'},
		],
	});
	expect('holidays' in set.byName('local')).toBe(false);
});

test('holidays: a file that is not there is a problem where it is named', async () => {
	expect(await problems({...naming(preprod, 'holidays-y.yaml'), ...naming(local, 'holidays-india.yaml')})).toEqual([
		`${local}:18:11 holidays: there is no file holidays-india.yaml beside this one. Fix: use holidays-x.yaml, or add it.`,
		`${preprod}:22:11 holidays: there is no file holidays-y.yaml beside this one. Fix: use holidays-x.yaml, or add it.`,
	]);
});

test('holidays: with no holiday file at all, the way out is to add one', async () => {
	expect(await problems({[file]: undefined})).toEqual([
		`${preprod}:22:11 holidays: there is no file holidays-x.yaml beside this one. Fix: add it, or remove this line.`,
	]);
});

test.each([
	['a path', '../holidays.yaml'],
	['a name that would be an environment', 'india.yaml'],
	['another ending', 'holidays-x.yml'],
])('holidays: %s is refused', async (_, name) => {
	expect(await problems(naming(preprod, name))).toEqual([
		`${preprod}:22:11 holidays: "${name}" cannot be used. Fix: use the name of a file beside this one that begins with holidays and ends in .yaml.`,
	]);
});

test('holidays: a file that nobody names is not read', async () => {
	expect(await problems({'environments/holidays-old.yaml': 'nothing of the kind'})).toEqual([]);
});

test('holidays: a mistake in a file is told once, however many environments name it', async () => {
	expect(await problems({...naming(local), [file]: holidays.replace('source: our own list\n', '')})).toEqual([
		`${file}:1:1 source: is missing. Fix: add it: text.`,
	]);
});

test.each([
	[
		'a day twice',
		'2026-01-26',
		'2026-10-02',
		'5:12 days[1].date: 2026-10-02 is also on line 4. Fix: keep one, with both names if there are two.',
	],
	[
		'a day before what is covered',
		'2026-01-26',
		'2025-12-31',
		'5:12 days[1].date: 2025-12-31 is not within covers, 2026-01-01 to 2026-12-31. Fix: correct the date, or widen covers once the list is complete for it.',
	],
	[
		'a day behind what is covered',
		'2026-10-02',
		'2027-01-01',
		'4:12 days[0].date: 2027-01-01 is not within covers, 2026-01-01 to 2026-12-31. Fix: correct the date, or widen covers once the list is complete for it.',
	],
	[
		'a day that no year has',
		'2026-10-02',
		'2026-02-29',
		'4:12 days[0].date: "2026-02-29" is not a day of the calendar. Fix: use YYYY-MM-DD.',
	],
	[
		'a day written another way',
		'2026-10-02',
		'2/10/2026',
		'4:12 days[0].date: "2/10/2026" is not a day of the calendar. Fix: use YYYY-MM-DD.',
	],
	[
		'coverage that ends before it begins',
		'until: 2026-12-31',
		'until: 2025-12-31',
		'1:35 covers.until: 2025-12-31 is before 2026-01-01. Fix: use the last day as until.',
	],
	['a day without name', ', name: Republic Day', '', '5:5 days[1].name: is missing. Fix: add it: text.'],
	[
		'an unknown key',
		'name: Republic Day',
		'nam: Republic Day',
		['5:5 days[1].name: is missing. Fix: add it: text.', '5:24 days[1].nam: unknown key. Fix: did you mean name?'],
	],
	[
		'a day with two names',
		'2026-01-26, name',
		'2026-01-26, name: X, name',
		'5:33 Map keys must be unique. Fix: keep one of the two.',
	],
])('holidays: %s is found at its place', async (_, from, to, expected) => {
	expect(await problems({[file]: holidays.replace(from, () => to)})).toEqual(
		[expected].flat().map(line => `${file}:${line}`),
	);
});

test.each(['2026-01-01', '2026-12-31'])('holidays: %s, at the edge of what is covered, is fine', async date => {
	expect(await problems({[file]: holidays.replace('2026-10-02', date)})).toEqual([]);
});

test('holidays: an empty list is refused, as it would open every day', async () => {
	expect(await problems({[file]: holidays.replace(/days:\n(?: .*\n)+/, 'days: []\n')})).toEqual([
		`${file}:3:7 days: has 0 entries. Fix: give at least 1.`,
	]);
});
