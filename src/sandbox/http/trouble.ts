import {readFile, stat} from 'node:fs/promises';

/** What goes wrong with the release of a rehearsal. */
export type Trouble = {
	/** So much longer each answer takes. */
	readonly slowMs: number;
	/** Each answer is a 500. */
	readonly fails: boolean;
	/** Errors that each answer writes into the log of the app. */
	readonly errors: readonly string[];
};

const none: Trouble = {slowMs: 0, fails: false, errors: []};

/** Longer than this nobody waits for a rehearsal. */
const maxSlowMs = 30_000;

/** Reads `slow 400`, `fail` and `log TEXT`, one a line. What it does not know is no trouble. */
export const readTrouble = (text: string): Trouble =>
	text
		.split('\n')
		.map(line => line.trim())
		.reduce<Trouble>((trouble, line) => {
			const [, slow] = /^slow (\d+)$/.exec(line) ?? [];
			if (slow !== undefined) return {...trouble, slowMs: Math.min(Number(slow), maxSlowMs)};
			if (line === 'fail') return {...trouble, fails: true};
			return line.startsWith('log ') ? {...trouble, errors: [...trouble.errors, line.slice(4)]} : trouble;
		}, none);

/**
 * What goes wrong with a release by the file `trouble` of its host. It is about the release that was loaded when the file
 * was first seen as it is, so that going back to another one helps, as it would.
 */
export const createTroubles = (file: string) => {
	let about: {readonly stamp: string; readonly release: string} | undefined;
	return async (release: string): Promise<Trouble> => {
		const stats = await stat(file).catch(() => undefined);
		if (!stats) return none;
		const stamp = `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
		if (about?.stamp !== stamp) about = {stamp, release};
		return about.release === release ? readTrouble(await readFile(file, 'utf8').catch(() => '')) : none;
	};
};
