import {basename, join} from 'node:path';
import type {Environment, Holidays} from '../../domain/environments/environment.ts';
import {usage, type DeployError} from '../../domain/errors.ts';
import {checkEnvFile} from '../env-file/check-env-file.ts';
import {checkEnvironment} from './check-environment.ts';
import {checkSet} from './check-set.ts';
import {filesIn, type ConfigFiles} from '../config-files.ts';
import {didYouMean} from '../yaml/did-you-mean.ts';
import {parseEnvFile} from '../env-file/env-file.ts';
import type {EnvFile} from '../env-file/env-file.ts';
import {environmentSchema} from './environment-schema.ts';
import type {StatedEnvironment} from './environment-schema.ts';
import {loadHolidays} from './load-holidays.ts';
import {configurationError} from '../problem.ts';
import type {ConfigProblem} from '../problem.ts';
import {inPromotionOrder} from './promotion-order.ts';
import {readText, whyUnreadable, wholeFile} from '../read-text.ts';
import {schemaProblems} from '../yaml/schema-problems.ts';
import {parseYamlFile} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

export type EnvironmentSet = {
	/** Absolute path of the directory that holds `environments/` and `checklists/`. */
	readonly directory: string;
	/** In promotion order, from local to production. */
	readonly environments: readonly Environment[];
	/** Throws DeployError `usage` for a name that no file has. */
	byName(name: string): Environment;
	/** The `.env.<name>` template. Throws as `byName`. */
	template(name: string): EnvFile;
};

type Options = {
	/** Stands for `~` in paths of this machine. */
	readonly home: string;
	/** Where the files are read from; absent: from the directory. */
	readonly files?: ConfigFiles;
};

type Loaded = {
	readonly yaml: YamlFile;
	readonly environment?: StatedEnvironment;
	readonly template?: EnvFile;
	readonly problems: readonly ConfigProblem[];
};

const folder = 'environments';

const readTemplate = async (files: ConfigFiles, name: string, environment: StatedEnvironment | undefined) => {
	const file = `${folder}/.env.${name}`;
	const text = await readText(files, file);
	if (typeof text !== 'string') return {problems: [text]};
	const template = parseEnvFile(text);
	return {template, problems: checkEnvFile(file, name, template, environment)};
};

type Schema = ReturnType<typeof environmentSchema>;

const readEnvironment = async (files: ConfigFiles, file: string, text: string, schema: Schema): Promise<Loaded> => {
	const yaml = parseYamlFile(file, text);
	const result = schema.safeParse(yaml.data);
	const mistakes =
		yaml.problems.length > 0
			? yaml.problems
			: [...(result.success ? [] : schemaProblems(yaml, result.error)), ...checkEnvironment(yaml)];
	const environment = result.success ? result.data : undefined;
	const {template, problems} = await readTemplate(files, basename(file, '.yaml'), environment);
	return {
		yaml,
		...(environment ? {environment} : {}),
		...(template ? {template} : {}),
		problems: [...mistakes, ...problems],
	};
};

/** Holiday files have their own shape and their own reader. */
const isEnvironmentFile = (name: string): boolean =>
	/\.ya?ml$/.test(name) && !name.startsWith('.') && !name.startsWith('holidays');

const listFiles = async (files: ConfigFiles): Promise<readonly string[] | ConfigProblem> => {
	try {
		const names = (await files.list(folder)).filter(isEnvironmentFile).sort();
		return names.length > 0 ? names : wholeFile(folder, 'holds no environment', 'add a file such as local.yaml');
	} catch (error) {
		return wholeFile(folder, whyUnreadable(error), 'create one with: cockpit init');
	}
};

const loadFile = async (files: ConfigFiles, name: string, schema: Schema): Promise<Loaded> => {
	const file = `${folder}/${name}`;
	const nothing: YamlFile = parseYamlFile(file, '');
	if (name.endsWith('.yml'))
		return {
			yaml: nothing,
			problems: [wholeFile(file, 'ends in .yml', `rename it to ${basename(name, '.yml')}.yaml`)],
		};
	const text = await readText(files, file);
	return typeof text === 'string' ? readEnvironment(files, file, text, schema) : {yaml: nothing, problems: [text]};
};

const unknownName = (name: string, known: readonly string[]): DeployError => {
	const guess = didYouMean(name, known);
	return usage({
		what: `there is no environment ${JSON.stringify(name)}`,
		why: `the environments are ${known.join(', ')}`,
		now: 'Nothing was started and no host was contacted.',
		next: guess === undefined ? 'Use one of these names.' : `Did you mean ${guess}?`,
	});
};

const complete = (
	{holidays: name, ...rest}: StatedEnvironment,
	file: string,
	files: ReadonlyMap<string, Holidays>,
): Environment => {
	const holidays = name === undefined ? undefined : files.get(name);
	return {...rest, ...(holidays ? {holidays} : {}), file};
};

/** Finds by name in a list that is already complete. */
const finder =
	<Value>(known: ReadonlyMap<string, Value>) =>
	(name: string): Value => {
		const found = known.get(name);
		if (found === undefined) throw unknownName(name, [...known.keys()]);
		return found;
	};

/**
 * Reads every file of `<directory>/environments` with its .env template.
 * Throws one DeployError `configuration` that lists all problems of all files with file, line and column.
 */
export const loadEnvironments = async (
	directory: string,
	{home, files = filesIn(directory)}: Options,
): Promise<EnvironmentSet> => {
	const names = await listFiles(files);
	if ('problem' in names) throw configurationError(directory, [names]);
	// Building it takes longer than reading a file with it.
	const schema = environmentSchema({home, directory});
	const loaded = await Promise.all(names.map(name => loadFile(files, name, schema)));
	const yamls = loaded.map(({yaml}) => yaml);
	const holidays = await loadHolidays(files, folder, yamls);
	const problems = [...loaded.flatMap(({problems}) => problems), ...holidays.problems, ...checkSet(yamls)];
	if (problems.length > 0) throw configurationError(directory, problems);

	const environments = inPromotionOrder(
		loaded.flatMap(({yaml, environment}) =>
			environment ? [complete(environment, join(directory, yaml.file), holidays.files)] : [],
		),
	);
	const templates = loaded.flatMap(({environment, template}) =>
		environment && template ? [[environment.name, template] as const] : [],
	);
	return {
		directory,
		environments,
		byName: finder(new Map(environments.map(environment => [environment.name, environment]))),
		template: finder(new Map(templates)),
	};
};
