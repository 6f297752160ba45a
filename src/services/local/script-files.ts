import {randomBytes} from 'node:crypto';
import {
	access,
	chmod,
	constants,
	link,
	lstat,
	open,
	readFile,
	realpath,
	rename,
	rm,
	stat,
	utimes,
} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {BigIntStats} from 'node:fs';
import type {ScriptBackup, ScriptFile, ScriptFiles} from '../../domain/deprecation/script-files.ts';
import {blocked, systemCode, type DeployError} from '../../domain/errors.ts';

const reasons: Readonly<Record<string, string>> = {
	ENOENT: 'there is no such file',
	ENOTDIR: 'there is no such file',
	ELOOP: 'it is a link that leads in a circle',
	EACCES: 'you may not read it',
	EROFS: 'its file system is mounted read-only',
	ENOSPC: 'the disk is full',
	EDQUOT: 'your quota is used up',
	ENAMETOOLONG: 'its name is too long to have .backup behind it',
};

const refused = (path: string, why: string, cause?: unknown): DeployError =>
	blocked({what: `${path} can't be changed`, why, next: 'Put that right, and do it again.', cause});

/** What a call to the system failed of; anything that is no such failure is a fault of ours and stays one. */
const asRefusal = (path: string, error: unknown, own: Readonly<Record<string, string>> = {}): unknown => {
	const code = systemCode(error);
	if (!/^E[A-Z\d]+$/.test(code)) return error;
	return refused(path, own[code] ?? reasons[code] ?? `the system says ${code}`, error);
};

/** Links to it change its status and are no change of it. */
const stateOf = ({dev, ino, size, mtimeNs, mode}: BigIntStats): string => [dev, ino, size, mtimeNs, mode].join(' ');

const read = async (path: string): Promise<ScriptFile> => {
	try {
		const stats = await stat(path, {bigint: true});
		if (stats.isDirectory()) throw refused(path, 'it is a directory');
		if (!stats.isFile()) throw refused(path, 'it is no plain file');
		const text = await readFile(path, 'latin1');
		return {
			path: await realpath(path),
			text,
			isLink: (await lstat(path)).isSymbolicLink(),
			otherNames: Number(stats.nlink) - 1,
			mode: Number(stats.mode) & 0o7777,
			state: stateOf(stats),
		};
	} catch (error) {
		throw asRefusal(path, error);
	}
};

const isSame = (one: BigIntStats, other: BigIntStats): boolean => one.ino === other.ino && one.dev === other.dev;

const backupsOf = async ({path}: ScriptFile): Promise<readonly ScriptBackup[]> => {
	const found: ScriptBackup[] = [];
	const own = await stat(path, {bigint: true});
	for (let name = `${path}.backup`; ; name = `${path}.backup.${found.length + 1}`) {
		try {
			const text = await readFile(name, 'latin1');
			const stats = await lstat(name, {bigint: true});
			found.push({path: name, text, mode: Number(stats.mode) & 0o7777, isSameFile: isSame(stats, own)});
		} catch (error) {
			const code = systemCode(error);
			if (code === 'ENOENT' && !(await isTaken(name))) return found;
			if (code === 'ENAMETOOLONG') throw asRefusal(path, error);
			found.push({path: name, text: undefined, mode: 0, isSameFile: false});
		}
	}
};

/** A link that leads nowhere has a name, too. */
const isTaken = (path: string): Promise<boolean> =>
	lstat(path).then(
		() => true,
		() => false,
	);

const requireUnchanged = async (script: ScriptFile): Promise<void> => {
	if (stateOf(await stat(script.path, {bigint: true})) !== script.state) {
		throw refused(script.path, 'somebody else has changed it just now');
	}
};

const besides = (path: string): string => join(dirname(path), `.cockpit-${randomBytes(6).toString('hex')}.part`);

/** A rename is on disk once its directory is. */
const syncDirectory = async (path: string): Promise<void> => {
	const directory = await open(dirname(path));
	try {
		await directory.sync();
	} finally {
		await directory.close();
	}
};

const statIfThere = async (path: string): Promise<BigIntStats | undefined> => {
	try {
		return await lstat(path, {bigint: true});
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	}
};

/** What is kept, by a name of its own in between: the script itself, or a copy where it has other names. */
const keptFile = async (script: ScriptFile, backup: string, between: string): Promise<void> => {
	const [own, there] = await Promise.all([stat(script.path, {bigint: true}), statIfThere(backup)]);
	const others = Number(own.nlink) - 1 - (there && isSame(own, there) ? 1 : 0);
	if (others === 0) return link(script.path, between);
	await writeLike(script, script.text, between);
	await utimes(between, Number(own.atimeNs) / 1e9, Number(own.mtimeNs) / 1e9);
};

/** Nothing of a script can be lost on the way to what is kept. Whether that name is new. */
const keepAs = async (script: ScriptFile, backup: string): Promise<boolean> => {
	const between = besides(script.path);
	await keptFile(script, backup, between);
	try {
		try {
			await link(between, backup);
			return true;
		} catch (error) {
			if (systemCode(error) !== 'EEXIST') throw error;
		}
		if ((await readFile(backup, 'latin1')) !== script.text)
			throw refused(script.path, `${backup} was made just now by somebody else`);
		const [one, other] = await Promise.all([stat(between, {bigint: true}), lstat(backup, {bigint: true})]);
		if (!isSame(one, other)) await rename(between, backup);
		return false;
	} finally {
		await rm(between, {force: true});
	}
};

const writeLike = async (script: ScriptFile, text: string, part: string): Promise<void> => {
	const {mode, uid, gid} = await stat(script.path);
	const file = await open(part, 'wx', 0o600);
	try {
		await file.writeFile(text, 'latin1');
		const own = await file.stat();
		if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
		await file.chmod(mode & 0o7777);
		await file.sync();
	} finally {
		await file.close();
	}
};

const replace = async (script: ScriptFile, text: string, backup: string): Promise<void> => {
	const {path} = script;
	const part = besides(path);
	let isNew = false;
	try {
		await access(path, constants.W_OK);
		await writeLike(script, text, part);
		await requireUnchanged(script);
		isNew = await keepAs(script, backup);
		await requireUnchanged(script);
		await rename(part, path);
		await syncDirectory(path);
	} catch (error) {
		await rm(part, {force: true});
		if (isNew) await rm(backup, {force: true});
		throw asRefusal(path, error, {
			EACCES: 'you may not change it, or may not write in its directory',
			EPERM: 'its owner and group are not yours to give, or it may not be changed: do it as its owner or as root',
			ENOTSUP: 'its file system has no hard links, which keep it as it was',
		});
	}
};

const restore = async (script: ScriptFile, backup: string): Promise<void> => {
	try {
		await access(script.path, constants.W_OK);
		await requireUnchanged(script);
		const {mode} = await stat(backup);
		// What somebody has closed since is not opened again.
		if ((mode & script.mode & 0o7777) !== (mode & 0o7777)) await chmod(backup, mode & script.mode & 0o7777);
		await rename(backup, script.path);
		await syncDirectory(script.path);
	} catch (error) {
		throw asRefusal(script.path, error, {EACCES: 'you may not change it, or may not write in its directory'});
	}
};

/** Scripts, on the file systems of this machine. */
export const scriptFiles: ScriptFiles = {read, backupsOf, replace, restore};
