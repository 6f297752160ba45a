import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {ExportPort} from '../../domain/ports.ts';

/** Files of the directory the cockpit was started in, readable by others as any document there. */
export const exportFiles: ExportPort = {
	write: async (name, text) => {
		const path = resolve(name);
		await writeFile(path, text, {flag: 'wx', mode: 0o644});
		return path;
	},
};
