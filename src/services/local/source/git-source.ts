import type {SourcePort} from '../../../domain/ports.ts';
import {streamGit, withoutFilters} from '../git/git.ts';
import {commitsBetween} from '../git/commits-between.ts';
import {readSource, type KnownContents} from './read-source.ts';
import {readTexts} from './read-texts.ts';
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

/** Paths of the app that git tells, one a record, behind the first `skipped` characters. */
const pathsOf = async (directory: string, args: readonly string[], skipped = 0): Promise<Set<string>> => {
	const {prefix} = await locate(directory);
	const paths = new Set<string>();
	for await (const record of recordsOf(streamGit(directory, [...args, '--', '.']))) {
		const path = record.slice(skipped);
		if (path.startsWith(prefix) && path.length > prefix.length) paths.add(path.slice(prefix.length));
	}
	return paths;
};

const statusArgs = [
	'status',
	'--porcelain=v1',
	'-z',
	'--no-renames',
	'--untracked-files=all',
	'--ignore-submodules=dirty',
] as const;

const logArgs = [
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
] as const;

/** The sources of an app as git has them. What lies in the working tree is looked at, never sent. */
export const createGitSource = (): SourcePort => {
	const contents: KnownContents = new Map();
	return {
		read: options => readSource(options, contents),
		// Without renames each record is one path behind two letters of state and a blank.
		uncommitted: async directory =>
			[...(await pathsOf(directory, [...(await withoutFilters(directory)), ...statusArgs], 3))].sort(),
		knownPaths: directory => pathsOf(directory, logArgs),
		commits: commitsBetween,
		tar: sourceTar,
		texts: readTexts,
	};
};
