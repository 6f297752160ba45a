import {basename} from 'node:path';
import type * as z from 'zod';
import type {ChecklistFile, Checklists} from '../../domain/checklist/checklist.ts';
import {checkChecklists, checkVerifications} from './check-checklists.ts';
import {checklistSchema, verificationsSchema} from './checklist-schema.ts';
import {filesIn, type ConfigFiles} from '../config-files.ts';
import {digestOf} from '../yaml/digest.ts';
import {configurationError} from '../problem.ts';
import type {ConfigProblem} from '../problem.ts';
import {readText, whyUnreadable, wholeFile} from '../read-text.ts';
import {schemaProblems} from '../yaml/schema-problems.ts';
import {parseYamlFile} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

type Loaded<Value> = {
	readonly yaml: YamlFile;
	/** Whether it could be parsed. */
	readonly isRead: boolean;
	readonly value?: Value;
	readonly problems: readonly ConfigProblem[];
};

const folder = 'checklists';
const verificationsFile = 'verifications.yaml';
const nothing: Checklists['verifications'] = {backend: [], frontend: []};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Names of the YAML files in the order they are worked; none where there is no directory. */
const listFiles = async (files: ConfigFiles): Promise<readonly string[] | ConfigProblem> => {
	try {
		return (await files.list(folder)).filter(name => /\.ya?ml$/.test(name) && !name.startsWith('.')).sort();
	} catch (error) {
		return isMissing(error)
			? []
			: wholeFile(folder, whyUnreadable(error), 'make it a directory with one YAML file per list');
	}
};

const loadFile = async <Value>(files: ConfigFiles, name: string, schema: z.ZodType<Value>): Promise<Loaded<Value>> => {
	const file = `${folder}/${name}`;
	const unread = (problem: ConfigProblem): Loaded<Value> => ({
		yaml: parseYamlFile(file, ''),
		isRead: false,
		problems: [problem],
	});
	if (name.endsWith('.yml'))
		return unread(wholeFile(file, 'ends in .yml', `rename it to ${basename(name, '.yml')}.yaml`));
	const text = await readText(files, file);
	if (typeof text !== 'string') return unread(text);
	const yaml = parseYamlFile(file, text);
	if (yaml.problems.length > 0) return {yaml, isRead: false, problems: yaml.problems};
	const result = schema.safeParse(yaml.data);
	return result.success
		? {yaml, isRead: true, value: result.data, problems: []}
		: {yaml, isRead: true, problems: schemaProblems(yaml, result.error)};
};

/**
 * Reads every list of `<directory>/checklists` and what proves the verifications. A directory that is missing or holds no
 * list gives empty checklists: rolling back and looking at a host need none, and the gate says that nothing is listed.
 * Throws one DeployError `configuration` that lists all problems of all files with file, line and column. `sources`: where
 * they are read from; absent: from the directory.
 */
export const loadChecklists = async (
	directory: string,
	sources: ConfigFiles = filesIn(directory),
): Promise<Checklists> => {
	const names = await listFiles(sources);
	if ('problem' in names) throw configurationError(directory, [names]);
	const lists = await Promise.all(
		names.filter(name => name !== verificationsFile).map(name => loadFile(sources, name, checklistSchema)),
	);
	const proofs = names.includes(verificationsFile)
		? await loadFile(sources, verificationsFile, verificationsSchema)
		: undefined;

	const yamls = lists.map(({yaml}) => yaml);
	const problems = [
		...[...lists, ...(proofs ? [proofs] : [])].flatMap(({problems}) => problems),
		...checkChecklists(yamls),
		...(proofs
			? checkVerifications(
					proofs.yaml,
					yamls,
					lists.every(({isRead}) => isRead),
				)
			: []),
	];
	if (problems.length > 0) throw configurationError(directory, problems);

	const files = lists.flatMap(({yaml, value}): readonly ChecklistFile[] =>
		value ? [{file: yaml.file, ...value}] : [],
	);
	const verifications = proofs?.value ?? nothing;
	return {files, verifications, digest: digestOf({files, verifications})};
};
