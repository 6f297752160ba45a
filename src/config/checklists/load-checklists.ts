import type {Checklists} from '../../domain/checklist/checklist.ts';
import {systemCode} from '../../domain/errors.ts';
import {filesIn, type ConfigFiles} from '../config-files.ts';
import {configurationError} from '../problem.ts';
import {whyUnreadable, wholeFile} from '../read-text.ts';
import {digestOfData} from '../yaml/digest.ts';
import {readYaml, yamlNames} from '../yaml/read-yaml.ts';
import {checkChecklists, checkVerifications} from './check-checklists.ts';
import {checklistSchema, verificationsSchema} from './checklist-schema.ts';

const folder = 'checklists';
const verificationsFile = 'verifications.yaml';

/** Names of the YAML files in the order they are worked; none where there is no directory. */
const listFiles = (directory: string, files: ConfigFiles): Promise<readonly string[]> =>
	yamlNames(files, folder).catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') return [];
		const fix = 'make it a directory with one YAML file per list';
		throw configurationError(directory, [wholeFile(folder, whyUnreadable(error), fix)]);
	});

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
	const names = await listFiles(directory, sources);
	const lists = await Promise.all(
		names
			.filter(name => name !== verificationsFile)
			.map(name => readYaml(sources, `${folder}/${name}`, checklistSchema)),
	);
	const yamls = lists.map(({yaml}) => yaml);
	const proofs = names.includes(verificationsFile)
		? await readYaml(sources, `${folder}/${verificationsFile}`, verificationsSchema, yaml =>
				checkVerifications(yaml, yamls),
			)
		: undefined;
	const problems = [...lists.flatMap(list => list.problems), ...(proofs?.problems ?? []), ...checkChecklists(yamls)];
	if (problems.length > 0) throw configurationError(directory, problems);

	const files = lists.flatMap(({yaml, value}) => (value ? [{file: yaml.file, ...value}] : []));
	const verifications = proofs?.value ?? {backend: [], frontend: []};
	return {files, verifications, digest: digestOfData({files, verifications})};
};
