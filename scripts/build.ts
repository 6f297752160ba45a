// Bundles src/ into dist/: one entry and lazily loaded chunks, so that `--version` never loads a screen.
import {rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {build} from 'esbuild';
import {bundleOptions} from './bundle.ts';

const root = join(import.meta.dirname, '..');

/** Builds the product and puts it in the place of the one before. Answers with how many files and bytes it has. */
export const buildProduct = async (): Promise<{readonly files: number; readonly bytes: number}> => {
	const [dist, old, next] = ['dist', 'dist.old', `dist.${process.pid}`].map(name => join(root, name)) as [
		string,
		string,
		string,
	];
	try {
		const {metafile} = await build({
			...bundleOptions,
			absWorkingDir: root,
			entryPoints: {cockpit: 'src/main.ts'},
			outdir: next,
			metafile: true,
		});
		// A cockpit that is running loads its chunks late: the old ones go only when the new ones are there.
		await rm(old, {recursive: true, force: true});
		await rename(dist, old).catch(() => undefined);
		await rename(next, dist);
		await rm(old, {recursive: true, force: true});
		const outputs = Object.values(metafile.outputs);
		return {files: outputs.length, bytes: outputs.reduce((sum, {bytes}) => sum + bytes, 0)};
	} finally {
		await rm(next, {recursive: true, force: true});
	}
};

if (import.meta.main) {
	const {files, bytes} = await buildProduct();
	console.log(`dist/: ${files} files, ${Math.round(bytes / 1024)} KiB`);
}
