import type {Holidays} from '../../domain/environments/environment.ts';
import type {ConfigFiles} from '../config-files.ts';
import {textAt} from '../yaml/data.ts';
import {readHolidayFile} from '../yaml/fields.ts';
import {checkHolidays, holidaysSchema} from './holidays-schema.ts';
import type {ConfigProblem} from '../problem.ts';
import {readText} from '../read-text.ts';
import {schemaProblems} from '../yaml/schema-problems.ts';
import {parseYamlFile, problemAt} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

type Loaded = {readonly holidays?: Holidays; readonly problems: readonly ConfigProblem[]};

const loadFile = async (files: ConfigFiles, folder: string, name: string): Promise<Loaded> => {
	const file = `${folder}/${name}`;
	const text = await readText(files, file);
	if (typeof text !== 'string') return {problems: [text]};
	const yaml = parseYamlFile(file, text);
	if (yaml.problems.length > 0) return {problems: yaml.problems};
	const result = holidaysSchema.safeParse(yaml.data);
	return {
		...(result.success ? {holidays: {...result.data, file: name}} : {}),
		problems: [...(result.success ? [] : schemaProblems(yaml, result.error)), ...checkHolidays(yaml)],
	};
};

const isHolidayFile = (name: string): boolean => typeof readHolidayFile(name) === 'string';

const missing = (yaml: YamlFile, name: string, known: readonly string[]): ConfigProblem =>
	problemAt(
		yaml,
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
	const loaded = await Promise.all(wanted.map(name => loadFile(files, folder, name)));
	return {
		files: new Map(loaded.flatMap(({holidays}) => (holidays ? [[holidays.file, holidays] as const] : []))),
		problems: [
			...named.filter(({name}) => !known.includes(name)).map(({yaml, name}) => missing(yaml, name, known)),
			...loaded.flatMap(({problems}) => problems),
		],
	};
};
