import type {CommitLine, SourcePort} from '../../../domain/ports.ts';
import {git, runGit} from './git.ts';
import {describeCommit, locate} from './repository.ts';

const most = 200;

const isKnown = async (directory: string, commit: string): Promise<boolean> => {
	// The short name of a commit comes from the name of a release on a host: never an option, never a range.
	if (!/^[\da-f]{4,64}$/.test(commit)) return false;
	const {code} = await runGit(directory, ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`]);
	return code === 0;
};

const parse = (log: string): readonly CommitLine[] =>
	log
		.split('\0')
		.filter(record => record !== '')
		.map(record => {
			const [commit = '', at = '', author = '', ...subject] = record.split('\n');
			return {commit, at: Number(at) * 1000, author, subject: subject.join(' ')};
		});

/** Source port, `commits`: what a deploy brings to the app, and how many commits it would take back. */
export const commitsBetween: SourcePort['commits'] = async ({directory, from, to}) => {
	await locate(directory);
	const {commit} = await describeCommit(directory, to);
	if (from !== undefined && !(await isKnown(directory, from))) return undefined;
	const log = git(directory, [
		'log',
		'-z',
		`--max-count=${most}`,
		'--no-show-signature',
		'--encoding=UTF-8',
		'--format=%H%n%ct%n%an%n%s',
		from === undefined ? commit : `${from}..${commit}`,
		'--',
		'.',
	]);
	const behind =
		from === undefined ? undefined : git(directory, ['rev-list', '--count', `${commit}..${from}`, '--', '.']);
	return {commits: parse((await log).toString()), behind: Number((await behind)?.toString() ?? 0)};
};
