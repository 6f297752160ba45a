import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {systemCode} from '../../../domain/errors.ts';
import {toolCancelled} from '../run-tool.ts';

const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return systemCode(error) === 'EPERM';
	}
};

/** Process that holds the lock; undefined while it is being taken or given back. */
const holderOf = async (lock: string): Promise<number | undefined> => {
	const text = await readFile(join(lock, 'pid'), 'utf8').catch(() => '');
	return /^\d+$/.test(text) ? Number(text) : undefined;
};

const take = async (lock: string): Promise<boolean> => {
	const mine = `${lock}.${process.pid}`;
	await rm(mine, {recursive: true, force: true});
	await mkdir(mine, {recursive: true, mode: 0o700});
	await writeFile(join(mine, 'pid'), String(process.pid), {mode: 0o600});
	try {
		// A directory takes the place of an empty or missing one only: of two, one comes too late.
		await rename(mine, lock);
		return true;
	} catch (error) {
		if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error))) throw error;
		await rm(mine, {recursive: true, force: true});
		return false;
	}
};

/** First out of the way in one piece: emptied where it stands, it could be taken in the middle of it. */
const give = async (lock: string): Promise<void> => {
	const aside = `${lock}.done-${process.pid}`;
	await rename(lock, aside);
	await rm(aside, {recursive: true, force: true});
};

/** Two builds of one process take turns here; two processes, by the directory. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Does `work` while no other build on this machine uses the same place. `lock`: absolute path of a directory. A holder
 * that is gone is put aside. Throws DeployError `toolCancelled` while waiting.
 */
export const withLock = async <Result>(
	lock: string,
	options: {readonly onWait: (pid: number) => void; readonly signal: AbortSignal},
	work: () => Promise<Result>,
): Promise<Result> => {
	const before = turns.get(lock);
	const mine = (async () => {
		await before?.catch(() => undefined);
		await acquire(lock, options);
		try {
			return await work();
		} finally {
			await give(lock);
		}
	})();
	turns.set(lock, mine);
	try {
		return await mine;
	} finally {
		if (turns.get(lock) === mine) turns.delete(lock);
	}
};

const acquire = async (
	lock: string,
	{onWait, signal}: {readonly onWait: (pid: number) => void; readonly signal: AbortSignal},
): Promise<void> => {
	await mkdir(dirname(lock), {recursive: true, mode: 0o700});
	let told: number | undefined;
	while (!(await take(lock))) {
		const holder = await holderOf(lock);
		if (holder !== undefined && !isAlive(holder)) {
			const aside = `${lock}.gone-${holder}`;
			await rm(aside, {recursive: true, force: true});
			await rename(lock, aside).catch(() => undefined);
			const moved = await holderOf(aside);
			// Somebody else was quicker and holds it already: it goes back where it was.
			if (moved !== undefined && moved !== holder) await rename(aside, lock).catch(() => undefined);
			await rm(aside, {recursive: true, force: true});
			continue;
		}
		if (holder !== undefined && holder !== told) onWait((told = holder));
		await delay(100, undefined, {signal}).catch(() => undefined);
		if (signal.aborted) throw toolCancelled('Waiting for another build was cancelled');
	}
};
