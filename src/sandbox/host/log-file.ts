import {appendFile, mkdir, rename, stat} from 'node:fs/promises';
import {dirname} from 'node:path';

/** A log on a host, to which lines are added in order; what is over `maxBytes` goes to `FILE.1`. */
export type HostLogFile = {
	readonly write: (text: string) => void;
	/** Resolves once everything is written. */
	readonly settled: () => Promise<void>;
};

const maxBytes = 1_000_000;

/** A log that can't be written stops nobody, as on a host whose disk is full. */
export const logFile = (file: string): HostLogFile => {
	let writing = Promise.resolve();
	const append = async (text: string): Promise<void> => {
		await mkdir(dirname(file), {recursive: true});
		const size = await stat(file).then(
			stats => stats.size,
			() => 0,
		);
		if (size > 0 && size + text.length > maxBytes) await rename(file, `${file}.1`);
		await appendFile(file, text, {mode: 0o640});
	};
	return {
		write: text => {
			writing = writing.then(() => append(text)).catch(() => undefined);
		},
		settled: () => writing,
	};
};
