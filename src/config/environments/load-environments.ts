import {basename, join} from 'node:path';
import type {Environment} from '../../domain/environments/environment.ts';
import {usage, type DeployError} from '../../domain/errors.ts';
import {filesIn, type ConfigFiles} from '../config-files.ts';
import {checkEnvFile} from './check-env-file.ts';
import {parseEnvFile} from '../../domain/environments/env-file.ts';
import {configurationError, type ConfigProblem} from '../problem.ts';
import {readText, whyUnreadable, wholeFile} from '../read-text.ts';
import {didYouMean} from '../yaml/did-you-mean.ts';
import {readYaml, yamlNames, type Loaded} from '../yaml/read-yaml.ts';
import {checkEnvironment} from './check-environment.ts';
import {checkSet} from './check-set.ts';
import {environmentSchema, type StatedEnvironment} from './environment-schema.ts';
import {loadHolidays} from './load-holidays.ts';

export type EnvironmentSet = {
	/** Absolute path of the directory that holds `environments/` and `checklists/`. */
	readonly directory: string;
	/** In promotion order, from local to production. */
	readonly environments: readonly Environment[];
	/** Throws DeployError `usage` for a name that no file has. */
	byName(name: string): Environment;
};

type Options = {
	/** Stands for `~` in paths of this machine. */
	readonly home: string;
	/** Where the files are read from; absent: from the directory. */
	readonly files?: ConfigFiles;
};

const folder = 'environments';

/** What is wrong with the `.env.<name>` template of an environment. A file of another ending has none. */
const checkTemplate = async (
	files: ConfigFiles,
	{yaml, value}: Loaded<StatedEnvironment>,
): Promise<readonly ConfigProblem[]> => {
	if (!yaml.file.endsWith('.yaml')) return [];
	const name = basename(yaml.file, '.yaml');
	const file = `${folder}/.env.${name}`;
	const text = await readText(files, file);
	return typeof text === 'string' ? checkEnvFile(file, name, parseEnvFile(text), value) : [text];
};

/** Names of the files that hold environments; those of holidays have their own shape and their own reader. */
const listFiles = async (directory: string, files: ConfigFiles): Promise<readonly string[]> => {
	const refuse = (problem: string, fix: string): DeployError =>
		configurationError(directory, [wholeFile(folder, problem, fix)]);
	const names = await yamlNames(files, folder).catch((error: unknown) => {
		throw refuse(whyUnreadable(error), 'create one with: cockpit init');
	});
	const found = names.filter(name => !name.startsWith('holidays'));
	if (found.length === 0) throw refuse('holds no environment', 'add a file such as local.yaml');
	return found;
};

const rank = {local: 0, preprod: 1, production: 2} as const;

const byTier = (a: Environment, b: Environment): number => rank[a.tier] - rank[b.tier] || a.name.localeCompare(b.name);

/** Each environment after the one it is promoted from; among equals by tier, then by name. Expects no cycle. */
const inPromotionOrder = (environments: readonly Environment[]): readonly Environment[] => {
	const ordered: Environment[] = [];
	const waiting = environments.toSorted(byTier);
	while (waiting.length > 0) {
		const isNext = ({promotedFrom}: Environment): boolean => !waiting.some(({name}) => name === promotedFrom);
		const next = waiting.splice(waiting.findIndex(isNext), 1);
		ordered.push(...next);
	}
	return ordered;
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

/**
 * Reads every file of `<directory>/environments` with its .env template.
 * Throws one DeployError `configuration` that lists all problems of all files with file, line and column.
 */
export const loadEnvironments = async (
	directory: string,
	{home, files = filesIn(directory)}: Options,
): Promise<EnvironmentSet> => {
	const names = await listFiles(directory, files);
	// Building it takes longer than reading a file with it.
	const schema = environmentSchema({home, directory});
	const loaded = await Promise.all(names.map(name => readYaml(files, `${folder}/${name}`, schema, checkEnvironment)));
	const templates = await Promise.all(loaded.map(one => checkTemplate(files, one)));
	const yamls = loaded.map(({yaml}) => yaml);
	const holidays = await loadHolidays(files, folder, yamls);
	const problems = [
		...loaded.flatMap(one => one.problems),
		...templates.flat(),
		...holidays.problems,
		...checkSet(yamls),
	];
	if (problems.length > 0) throw configurationError(directory, problems);

	const environments = inPromotionOrder(
		loaded.flatMap(({yaml, value}): readonly Environment[] => {
			if (!value) return [];
			const {holidays: name = '', ...stated} = value;
			const days = holidays.files.get(name);
			return [{...stated, ...(days ? {holidays: days} : {}), file: join(directory, yaml.file)}];
		}),
	);
	const byName = (name: string): Environment => {
		const found = environments.find(environment => environment.name === name);
		if (found) return found;
		throw unknownName(
			name,
			environments.map(environment => environment.name),
		);
	};
	return {directory, environments, byName};
};
