import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {ExportPort} from '../../domain/ports.ts';

/** Files of the directory the cockpit was started in. */
export const exportFiles = (mode: 0o600 | 0o644): ExportPort => ({
	write: async (name, text) => {
		const path = resolve(name);
		await writeFile(path, text, {flag: 'wx', mode});
		return path;
	},
});
