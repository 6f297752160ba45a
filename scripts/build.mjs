// Bundles src/ into dist/: one entry and lazily loaded chunks, so that `--version` never loads a screen.
import {rename, rm} from 'node:fs/promises';
import {build} from 'esbuild';

const next = `dist.${process.pid}`;
const nothing = {
	name: 'no-devtools',
	setup: bundle => {
		// Ink imports it for a debugger that a production build never starts.
		bundle.onResolve({filter: /^react-devtools-core$/}, () => ({path: 'react-devtools-core', namespace: 'empty'}));
		bundle.onLoad({filter: /.*/, namespace: 'empty'}, () => ({
			contents: 'export default {connectToDevTools() {}};',
		}));
	},
};

try {
	const {metafile} = await build({
		entryPoints: {cockpit: 'src/main.ts'},
		outdir: next,
		outExtension: {'.js': '.mjs'},
		bundle: true,
		splitting: true,
		platform: 'node',
		format: 'esm',
		target: 'node22',
		jsx: 'automatic',
		metafile: true,
		plugins: [nothing],
		// Its Pageant code needs __dirname, and its native addons stay outside a bundle anyway.
		external: ['ssh2'],
		define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
		banner: {
			js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
		},
	});
	// A cockpit that is running loads its chunks late: the old ones go only when the new ones are there.
	await rm('dist.old', {recursive: true, force: true});
	await rename('dist', 'dist.old').catch(() => undefined);
	await rename(next, 'dist');
	await rm('dist.old', {recursive: true, force: true});
	const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
	console.log(`dist/: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1024)} KiB`);
} finally {
	await rm(next, {recursive: true, force: true});
}
