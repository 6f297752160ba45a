import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {DeployError} from '../../domain/errors.ts';
import type {LocalPort, WorkTree} from '../../domain/ports.ts';
import {runGit, withoutFilters} from './git/git.ts';

/** Reads `git status --porcelain=v2 --branch -z`. Undefined before the first commit. */
export const parseWorkTree = (text: string): WorkTree | undefined => {
	const records = text.split('\0').filter(record => record !== '');
	const header = (name: string): string | undefined => {
		const start = `# branch.${name} `;
		return records.find(record => record.startsWith(start))?.slice(start.length);
	};
	const commit = header('oid');
	if (commit === undefined || !/^[\da-f]{40,}$/.test(commit)) return undefined;
	const branch = header('head');
	const upstream = header('upstream');
	const distance = /^\+(\d+) -(\d+)$/.exec(header('ab') ?? '');
	return {
		commit,
		...(branch === undefined || branch === '(detached)' ? {} : {branch}),
		changed: records.filter(record => !record.startsWith('# ')).length,
		...(upstream === undefined || !distance
			? {}
			: {upstream: {name: upstream, ahead: Number(distance[1]), behind: Number(distance[2])}}),
	};
};

const status = [
	'status',
	'--porcelain=v2',
	'--branch',
	'--ahead-behind',
	'-z',
	'--no-renames',
	'--untracked-files=all',
	// Git looks into one with the settings of its own.
	'--ignore-submodules=dirty',
];

const workTree = async (directory: string): Promise<WorkTree | {readonly problem: string}> => {
	try {
		const {code, stdout, stderr} = await runGit(directory, [
			...(await withoutFilters(directory)),
			...status,
			'--',
			'.',
		]);
		if (code !== 0) return {problem: stderr.split('\n')[0] || `git failed (exit ${code})`};
		return parseWorkTree(stdout.toString()) ?? {problem: 'no commit yet'};
	} catch (error) {
		return {problem: error instanceof DeployError ? error.why : String(error)};
	}
};

const isProgram = async (path: string): Promise<boolean> => {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
};

/** Looks at files and programs of this machine. `path`: directories as in PATH. */
export const createLocalFacts = ({path}: {readonly path: string}): LocalPort => {
	const directories = path.split(delimiter).filter(directory => directory !== '');
	const isMissing = async (name: string): Promise<boolean> => {
		const found = await Promise.all(
			(name.includes('/') ? [name] : directories.map(directory => join(directory, name))).map(isProgram),
		);
		return !found.includes(true);
	};
	return {
		workTree,
		missingTools: async names => {
			const missing = await Promise.all(names.map(isMissing));
			return names.filter((_, index) => missing[index]);
		},
		fileMode: file =>
			stat(file).then(
				({mode}) => mode & 0o777,
				() => undefined,
			),
	};
};
