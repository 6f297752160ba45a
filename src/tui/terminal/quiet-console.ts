import {appendFileSync, mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import {format} from 'node:util';

/**
 * Sends everything a program would print by itself to a file while a screen is up: one line on a frame would tear it.
 * Returns how to write to that file and how to give the console back.
 */
export const quietConsole = (path: string): {readonly log: (text: string) => void; readonly restore: () => void} => {
	const log = (text: string): void => {
		try {
			mkdirSync(dirname(path), {recursive: true, mode: 0o700});
			appendFileSync(path, `${new Date().toISOString()} ${text}\n`, {mode: 0o600});
		} catch {
			// A disk that is full, or closed, must not end the screen that says so, nor keep it from opening.
		}
	};
	const names = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
	const before = names.map(name => console[name]);
	for (const name of names) console[name] = (...args: unknown[]) => log(`console.${name} ${format(...args)}`);
	const warnings = process.listeners('warning');
	const onWarning = ({name, message}: Error): void => log(`${name}: ${message}`);
	process.removeAllListeners('warning');
	process.on('warning', onWarning);
	return {
		log,
		restore: () => {
			for (const [index, name] of names.entries()) {
				const original = before[index];
				if (original) console[name] = original;
			}
			process.off('warning', onWarning);
			for (const listener of warnings) process.on('warning', listener);
		},
	};
};
