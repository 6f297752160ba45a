import {chmod, lstat, open, rename, rm, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {blocked, systemCode, type DeployError} from '../../../domain/errors.ts';
import type {ValuesChange} from '../../../domain/ports.ts';
import {readValues} from './read-values.ts';

const refuse = (why: string, next: string): DeployError =>
	blocked({
		what: 'The working copy could not be changed',
		why,
		now: 'Its files are as they were.',
		next,
	});

/** A place where a file can be exchanged: a real directory, and in it a plain file or none. */
const requirePlace = async ({path}: ValuesChange): Promise<void> => {
	const directory = dirname(path);
	const found = await lstat(directory).catch(() => undefined);
	if (!found) throw refuse(`${directory} is not there`, 'Check the sources out, then try again.');
	if (found.isSymbolicLink())
		throw refuse(`${directory} is a symlink`, 'Name the directory itself as source in the environment files.');
	if (!found.isDirectory()) throw refuse(`${directory} is no directory`, 'Check the sources out, then try again.');
	const file = await lstat(path).catch(() => undefined);
	if (file?.isSymbolicLink())
		throw refuse(`${path} is a symlink`, 'Put a plain file in its place, or remove it, then try again.');
	if (file && !file.isFile()) throw refuse(`${path} is no plain file`, 'Move it away, then try again.');
};

const requireUnchanged = async ({path, before}: ValuesChange): Promise<void> => {
	if ((await readValues(path))?.text !== before)
		throw refuse(`${path} was changed meanwhile`, 'Save what you are editing, then try again.');
};

/** A new file that only its owner may read, on disk when this resolves. Throws where there is one already. */
const create = async (path: string, text: string): Promise<void> => {
	const file = await open(path, 'wx', 0o600);
	try {
		await file.chmod(0o600);
		await file.writeFile(text);
		await file.sync();
	} finally {
		await file.close();
	}
};

const whyOf = (error: unknown): string =>
	({EACCES: 'you may not write there', EROFS: 'it can only be read', ENOSPC: 'the disk is full'})[
		systemCode(error)
	] ?? (error instanceof Error ? error.message : String(error));

/**
 * Gives files their new values: all or none. What was created on the way is removed when a later one fails, and what was
 * exchanged gets back what it held.
 */
export const changeValues = async (changes: readonly ValuesChange[]): Promise<void> => {
	for (const change of changes) await requirePlace(change);
	for (const change of changes) await requireUnchanged(change);
	const undo: (() => Promise<void>)[] = [];
	const creating = async (path: string, text: string): Promise<void> => {
		await create(path, text);
		undo.push(() => rm(path, {force: true}));
	};
	const next = ({path}: ValuesChange, ending: string): string =>
		join(dirname(path), `${basename(path)}.${ending}-${process.pid}.local`);
	let at = '';
	try {
		for (const change of changes) {
			const {path, text, before, keptAt} = change;
			at = path;
			await creating(next(change, 'next'), text);
			if (before === undefined) continue;
			// The way back is on disk before anything is exchanged.
			await creating(next(change, 'back'), before);
			if (keptAt !== undefined) await creating(keptAt, before);
		}
		for (const change of changes) {
			const {path, before} = change;
			at = path;
			const {mode} = before === undefined ? {mode: 0o600} : await stat(path);
			await rename(next(change, 'next'), path);
			undo.push(async () => {
				if (before === undefined) return rm(path, {force: true});
				await chmod(next(change, 'back'), mode & 0o777);
				await rename(next(change, 'back'), path);
			});
		}
	} catch (error) {
		for (const step of undo.toReversed()) await step();
		throw refuse(`${at} can't be written: ${whyOf(error)}`, 'Mend it, then try again.');
	}
	for (const change of changes) await rm(next(change, 'back'), {force: true});
};
