import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, readFile, rename, rm, stat, utimes} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

const exists = (path: string): Promise<boolean> =>
	stat(path).then(
		() => true,
		() => false,
	);

/** A second name for every file: no time and no space. Where the file system can't, a copy. */
export const linkTree = async (from: string, to: string): Promise<void> => {
	await rm(to, {recursive: true, force: true});
	try {
		await run('cp', ['-al', '--', from, to]);
	} catch {
		await rm(to, {recursive: true, force: true});
		await run('cp', ['-a', '--', from, to]);
	}
};

/** Scripts that npm runs in the app itself when it installs: what they make depends on all of its files. */
const ownScripts = /"(?:preinstall|install|postinstall|prepublish|preprepare|prepare|postprepare)"\s*:/;

/**
 * What makes two sets of installed packages the same. `source`: identity of all the app's files. Undefined without a
 * lockfile.
 */
const keyOf = async (tree: string, source: string): Promise<string | undefined> => {
	const lock = (await read(join(tree, 'npm-shrinkwrap.json'))) ?? (await read(join(tree, 'package-lock.json')));
	if (lock === undefined) return undefined;
	const own = ownScripts.test((await read(join(tree, 'package.json'))) ?? '') ? source : '';
	const hash = createHash('sha256');
	for (const part of [lock, (await read(join(tree, '.npmrc'))) ?? '', own]) hash.update(`${part.length}:${part}`);
	return hash.digest('hex');
};

/**
 * Puts installed packages into a work tree: those of its lockfile, installed once and kept below `kept`; without a
 * lockfile those that stand beside the sources. `beside`: where nothing is tracked to install from.
 */
export const provideModules = async (options: {
	readonly tree: string;
	/** Identity of all the app's files. */
	readonly source: string;
	/** Directory where installed packages are kept. */
	readonly kept: string;
	readonly beside: string;
	readonly install: () => Promise<void>;
}): Promise<'installed' | 'kept' | 'beside' | 'missing'> => {
	const {tree, kept, beside, install} = options;
	const modules = join(tree, 'node_modules');
	const key = await keyOf(tree, options.source);
	if (key === undefined) {
		if (!(await exists(beside))) return 'missing';
		await linkTree(`${beside}/.`, modules);
		return 'beside';
	}
	const store = join(kept, key);
	if (await exists(store)) {
		await linkTree(store, modules);
		const now = new Date();
		await utimes(store, now, now);
		return 'kept';
	}
	await install();
	// npm makes none for an app without dependencies.
	await mkdir(modules, {recursive: true});
	await mkdir(kept, {recursive: true});
	const part = `${store}.${process.pid}.part`;
	await linkTree(modules, part);
	// The rename is the mark that it is complete; somebody else may have been quicker.
	await rename(part, store).catch(() => rm(part, {recursive: true, force: true}));
	return 'installed';
};
