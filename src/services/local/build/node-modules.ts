import {execFile} from 'node:child_process';
import {mkdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {digestOfTexts} from '../digest-of.ts';
import {textOf} from '../files.ts';
import {listAll} from './list-build.ts';
import {sourceDigest} from '../source/source-digest.ts';

const run = promisify(execFile);

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

const exists = (path: string): Promise<boolean> =>
	stat(path).then(
		() => true,
		() => false,
	);

/** A tree with the option of `cp`; without it where the file system can't do that. */
const copyTree = async (option: string, from: string, to: string): Promise<void> => {
	await rm(to, {recursive: true, force: true});
	try {
		await run('cp', ['-a', option, '--', from, to]);
	} catch {
		await rm(to, {recursive: true, force: true});
		await run('cp', ['-a', '--', from, to]);
	}
};

/** A second name for every file: no time and no space. */
const asLinks = '--link';
/**
 * Files of its own: by a second name of a kept file a build, or one that runs beside it, would change what is kept.
 * Where the file system can share their content, that costs neither time nor space.
 */
const asFiles = '--reflink=auto';

const digestIn = async (directory: string): Promise<string> => sourceDigest(await listAll(directory));

/** Scripts that npm runs in the app itself when it installs: what they make depends on all of its files. */
const ownScripts = /"(?:preinstall|install|postinstall|prepublish|preprepare|prepare|postprepare)"\s*:/;

/**
 * What makes two sets of installed packages the same. `source`: identity of all the app's files. Undefined without a
 * lockfile.
 */
const keyOf = async (tree: string, source: string): Promise<string | undefined> => {
	const lock = (await read(join(tree, 'npm-shrinkwrap.json'))) ?? (await read(join(tree, 'package-lock.json')));
	if (lock === undefined) return undefined;
	const own = ownScripts.test(await textOf(join(tree, 'package.json'))) ? source : '';
	return digestOfTexts(lock, await textOf(join(tree, '.npmrc')), own);
};

/** Packages installed before, and beside them what tells whether they are still the same. */
const placesIn = (store: string) => ({packages: join(store, 'node_modules'), manifest: join(store, 'digest')});

/** Copies kept packages to `modules`, and compares the copy, which is what will be used. */
const takeKept = async (store: string, modules: string): Promise<'kept' | 'altered'> => {
	const {packages, manifest} = placesIn(store);
	try {
		await copyTree(asFiles, packages, modules);
		if ((await digestIn(modules)) === (await read(manifest))) return 'kept';
	} catch {
		// What cannot be copied and read whole is not what was installed either.
	}
	await rm(modules, {recursive: true, force: true});
	await rm(store, {recursive: true, force: true});
	return 'altered';
};

const keep = async (modules: string, store: string): Promise<void> => {
	const part = `${store}.${process.pid}.part`;
	await rm(part, {recursive: true, force: true});
	await mkdir(part, {recursive: true, mode: 0o700});
	const {packages, manifest} = placesIn(part);
	// Of what npm has installed, not of the copy: a copy that went wrong is met when it is used.
	await writeFile(manifest, await digestIn(modules), {mode: 0o600});
	await copyTree(asFiles, modules, packages);
	// The rename is the mark that it is complete; somebody else may have been quicker.
	await rename(part, store).catch(() => rm(part, {recursive: true, force: true}));
};

/**
 * Puts installed packages into a work tree: those of its lockfile, installed once and kept below `kept`, as long as they
 * are what was installed; without a lockfile those that stand beside the sources. `beside`: where nothing is tracked to
 * install from.
 */
export const provideModules = async (options: {
	readonly tree: string;
	/** Identity of all the app's files. */
	readonly source: string;
	/** Directory where installed packages are kept. */
	readonly kept: string;
	readonly beside: string;
	readonly install: () => Promise<void>;
	readonly onLines: (lines: readonly string[]) => void;
}): Promise<'installed' | 'kept' | 'beside' | 'missing'> => {
	const {tree, kept, beside, install, onLines} = options;
	const modules = join(tree, 'node_modules');
	const key = await keyOf(tree, options.source);
	if (key === undefined) {
		if (!(await exists(beside))) return 'missing';
		await copyTree(asLinks, `${beside}/.`, modules);
		return 'beside';
	}
	const store = join(kept, key);
	if (await exists(store)) {
		if ((await takeKept(store, modules)) === 'kept') {
			const now = new Date();
			await utimes(store, now, now);
			return 'kept';
		}
		onLines(['the packages kept from before are not what was installed: thrown away, installed again']);
	}
	await install();
	// npm makes none for an app without dependencies.
	await mkdir(modules, {recursive: true});
	await keep(modules, store);
	return 'installed';
};
