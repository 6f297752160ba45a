import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {bundleOptions} from '../../../scripts/bundle.ts';

/** Bundles an entry of the tests as the product is bundled; the directory goes when it is disposed of. */
export const bundle = async (entry: string): Promise<{readonly file: string} & AsyncDisposable> => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-bundle-'));
	await build({...bundleOptions, entryPoints: {entry}, outdir: directory, logLevel: 'error'});
	return {
		file: join(directory, 'entry.mjs'),
		[Symbol.asyncDispose]: () => rm(directory, {recursive: true, force: true}),
	};
};
