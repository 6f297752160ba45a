import type {SourcePort} from '../../../domain/ports.ts';
import {streamGit} from '../git/git.ts';
import {commitsBetween} from '../git/commits-between.ts';
import {readSource, type KnownContents} from './read-source.ts';
import {locate} from '../git/repository.ts';
import {sourceTar} from './source-tar.ts';

/** Splits a stream at NUL, without holding more of it than one record. */
async function* recordsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const chunk of stream) {
		const bytes = Buffer.concat([rest, chunk]);
		const end = bytes.lastIndexOf(0) + 1;
		rest = bytes.subarray(end);
		if (end > 0) yield* bytes.toString('utf8', 0, end - 1).split('\0');
	}
}

const below = (path: string, prefix: string): readonly string[] =>
	path.startsWith(prefix) && path.length > prefix.length ? [path.slice(prefix.length)] : [];

const uncommitted = async (directory: string): Promise<readonly string[]> => {
	const {prefix} = await locate(directory);
	// Without renames each record is one path behind two letters of state and a blank.
	const status = streamGit(directory, [
		'status',
		'--porcelain=v1',
		'-z',
		'--no-renames',
		'--untracked-files=all',
		'--ignore-submodules=none',
		'--',
		'.',
	]);
	const paths = new Set<string>();
	for await (const record of recordsOf(status)) for (const path of below(record.slice(3), prefix)) paths.add(path);
	return [...paths].sort();
};

const knownPaths = async (directory: string): Promise<ReadonlySet<string>> => {
	const {prefix} = await locate(directory);
	const log = streamGit(directory, [
		'-c',
		'log.diffMerges=separate',
		'-c',
		'log.follow=false',
		'log',
		'--all',
		// Without it git leaves out side branches that a merge undid.
		'--full-history',
		'-m',
		'--root',
		'--no-show-signature',
		'--no-renames',
		'--no-relative',
		'--name-only',
		'--format=',
		'-z',
		'--',
		'.',
	]);
	const paths = new Set<string>();
	for await (const record of recordsOf(log)) for (const path of below(record, prefix)) paths.add(path);
	return paths;
};

/** The sources of an app as git has them. What lies in the working tree is looked at, never sent. */
export const createGitSource = (): SourcePort => {
	const contents: KnownContents = new Map();
	return {
		read: options => readSource(options, contents),
		uncommitted,
		knownPaths,
		commits: commitsBetween,
		tar: sourceTar,
	};
};
