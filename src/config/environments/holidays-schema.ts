import * as z from 'zod';
import type {Holidays} from '../../domain/environments/environment.ts';
import {textAt, valueAt} from '../yaml/data.ts';
import {readDate, readTitle} from '../yaml/fields.ts';
import type {ConfigProblem} from '../problem.ts';
import {strictObject, text} from '../yaml/schema-problems.ts';
import {problemAt} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

/** What one file of holidays holds. Its days may stand in any order. */
export const holidaysSchema: z.ZodType<Omit<Holidays, 'file'>> = strictObject({
	covers: strictObject({from: text(readDate), until: text(readDate)}),
	source: text(readTitle),
	days: z
		.array(strictObject({date: text(readDate), name: text(readTitle)}))
		.min(1)
		.transform(days => days.toSorted((a, b) => a.date.localeCompare(b.date))),
});

type Place = {readonly path: ReadonlyArray<string | number>; readonly date: string};

const isDate = (value: string | undefined): value is string =>
	value !== undefined && typeof readDate(value) === 'string';

const datesOf = ({data}: YamlFile): readonly Place[] => {
	const days = valueAt(data, ['days']);
	return (Array.isArray(days) ? days : []).flatMap((day, index) => {
		const date = textAt(day, ['date']);
		return isDate(date) ? [{path: ['days', index, 'date'], date}] : [];
	});
};

const checkRepeated = (yaml: YamlFile): readonly ConfigProblem[] =>
	datesOf(yaml).flatMap(({path, date}, index, all) => {
		const first = all.find(other => other.date === date);
		return first === undefined || all.indexOf(first) === index
			? []
			: [
					problemAt(
						yaml,
						path,
						`${date} is also on line ${yaml.at(first.path).line}`,
						'keep one, with both names if there are two',
					),
				];
	});

/** A day outside of what the file covers would never be looked at: out there every day is closed. */
const checkCoverage = (yaml: YamlFile): readonly ConfigProblem[] => {
	const [from, until] = [textAt(yaml.data, ['covers', 'from']), textAt(yaml.data, ['covers', 'until'])];
	if (!isDate(from) || !isDate(until)) return [];
	if (until < from)
		return [problemAt(yaml, ['covers', 'until'], `${until} is before ${from}`, 'use the last day as until')];
	return datesOf(yaml)
		.filter(({date}) => date < from || date > until)
		.map(({path, date}) =>
			problemAt(
				yaml,
				path,
				`${date} is not within covers, ${from} to ${until}`,
				'correct the date, or widen covers once the list is complete for it',
			),
		);
};

/** Rules over several days. Works on plain data, so that it speaks even where a field is wrong. */
export const checkHolidays = (yaml: YamlFile): readonly ConfigProblem[] =>
	[checkRepeated, checkCoverage].flatMap(check => check(yaml));
