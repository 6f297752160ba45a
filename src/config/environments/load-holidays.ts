import * as z from 'zod';
import type {Holidays} from '../../domain/environments/environment.ts';
import type {ConfigFiles} from '../config-files.ts';
import {listAt, repeats, textAt} from '../yaml/data.ts';
import {readDate, readHolidayFile, readTitle} from '../yaml/fields.ts';
import type {ConfigProblem, Path} from '../problem.ts';
import {strictObject, text} from '../yaml/schema-problems.ts';
import {readYaml} from '../yaml/read-yaml.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

/** What one file of holidays holds. Its days may stand in any order. */
const holidaysSchema: z.ZodType<Omit<Holidays, 'file'>> = strictObject({
	covers: strictObject({from: text(readDate), until: text(readDate)}),
	source: text(readTitle),
	days: z
		.array(strictObject({date: text(readDate), name: text(readTitle)}))
		.min(1)
		.transform(days => days.toSorted((a, b) => a.date.localeCompare(b.date))),
});

type Place = {readonly path: Path; readonly date: string};

const isDate = (value: string | undefined): value is string =>
	value !== undefined && typeof readDate(value) === 'string';

const datesOf = ({data}: YamlFile): readonly Place[] =>
	listAt(data, ['days']).flatMap((day, index) => {
		const date = textAt(day, ['date']);
		return isDate(date) ? [{path: ['days', index, 'date'], date}] : [];
	});

const checkRepeated = (yaml: YamlFile): readonly ConfigProblem[] =>
	repeats(datesOf(yaml), ({date}) => date).map(({item: {path, date}, first}) => {
		const problem = `${date} is also on line ${yaml.at(first.path).line}`;
		return yaml.problem(path, problem, 'keep one, with both names if there are two');
	});

/** A day outside of what the file covers would never be looked at: out there every day is closed. */
const checkCoverage = (yaml: YamlFile): readonly ConfigProblem[] => {
	const [from, until] = [textAt(yaml.data, ['covers', 'from']), textAt(yaml.data, ['covers', 'until'])];
	if (!isDate(from) || !isDate(until)) return [];
	if (until < from)
		return [yaml.problem(['covers', 'until'], `${until} is before ${from}`, 'use the last day as until')];
	const fix = 'correct the date, or widen covers once the list is complete for it';
	return datesOf(yaml)
		.filter(({date}) => date < from || date > until)
		.map(({path, date}) => yaml.problem(path, `${date} is not within covers, ${from} to ${until}`, fix));
};

/** Rules over several days. Works on plain data, so that it speaks even where a field is wrong. */
const checkHolidays = (yaml: YamlFile): readonly ConfigProblem[] =>
	[checkRepeated, checkCoverage].flatMap(check => check(yaml));

const isHolidayFile = (name: string): boolean => typeof readHolidayFile(name) === 'string';

const missing = (yaml: YamlFile, name: string, known: readonly string[]): ConfigProblem =>
	yaml.problem(
		['holidays'],
		`there is no file ${name} beside this one`,
		known.length === 0 ? 'add it, or remove this line' : `use ${known.join(', ')}, or add it`,
	);

/**
 * Reads the holiday files that the environments name, each once. `files` has those without problems, by name; a file that
 * is not there is a problem at each line that names it.
 */
export const loadHolidays = async (
	files: ConfigFiles,
	folder: string,
	environments: readonly YamlFile[],
): Promise<{readonly files: ReadonlyMap<string, Holidays>; readonly problems: readonly ConfigProblem[]}> => {
	const known = (await files.list(folder)).filter(isHolidayFile);
	const named = environments.flatMap(yaml => {
		const name = textAt(yaml.data, ['holidays']);
		return name !== undefined && isHolidayFile(name) ? [{yaml, name}] : [];
	});
	const wanted = [...new Set(named.map(({name}) => name))].filter(name => known.includes(name));
	const loaded = await Promise.all(
		wanted.map(async name => ({
			name,
			...(await readYaml(files, `${folder}/${name}`, holidaysSchema, checkHolidays)),
		})),
	);
	return {
		files: new Map(loaded.flatMap(({name, value}) => (value ? [[name, {...value, file: name}] as const] : []))),
		problems: [
			...named.filter(({name}) => !known.includes(name)).map(({yaml, name}) => missing(yaml, name, known)),
			...loaded.flatMap(({problems}) => problems),
		],
	};
};
