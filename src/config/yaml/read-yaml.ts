import {basename} from 'node:path';
import type * as z from 'zod';
import type {ConfigFiles} from '../config-files.ts';
import type {ConfigProblem} from '../problem.ts';
import {readText, wholeFile} from '../read-text.ts';
import {schemaProblems} from './schema-problems.ts';
import {brokenYaml, parseYamlFile, type YamlFile} from './yaml-file.ts';

/** A file, what it holds, and all that is wrong with it. */
export type Loaded<Value> = {
	readonly yaml: YamlFile;
	/** Undefined where it is not as its schema wants it. */
	readonly value: Value | undefined;
	readonly problems: readonly ConfigProblem[];
};

/** Names of the YAML files of a folder, sorted. Throws as `ConfigFiles.list`. */
export const yamlNames = async (files: ConfigFiles, folder: string): Promise<readonly string[]> =>
	(await files.list(folder)).filter(name => /\.ya?ml$/.test(name) && !name.startsWith('.')).sort();

/** Reads a file and holds it against its schema. `check`: rules over several of its values, in plain data. */
export const readYaml = async <Value>(
	files: ConfigFiles,
	file: string,
	schema: z.ZodType<Value>,
	check: (yaml: YamlFile) => readonly ConfigProblem[] = () => [],
): Promise<Loaded<Value>> => {
	const text = file.endsWith('.yml')
		? wholeFile(file, 'ends in .yml', `rename it to ${basename(file, '.yml')}.yaml`)
		: await readText(files, file);
	const yaml = typeof text === 'string' ? parseYamlFile(file, text) : brokenYaml(file, [text]);
	if (yaml.problems.length > 0) return {yaml, value: undefined, problems: yaml.problems};
	const {data: value, error} = schema.safeParse(yaml.data);
	return {yaml, value, problems: [...(error ? schemaProblems(yaml, error) : []), ...check(yaml)]};
};
