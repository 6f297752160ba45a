// Bundles src/ into dist/: one entry and lazily loaded chunks, so that `--version` never loads a screen.
import {rm} from 'node:fs/promises';
import {build} from 'esbuild';

await rm('dist', {recursive: true, force: true});
const {metafile} = await build({
	entryPoints: {cockpit: 'src/main.ts'},
	outdir: 'dist',
	outExtension: {'.js': '.mjs'},
	bundle: true,
	splitting: true,
	platform: 'node',
	format: 'esm',
	target: 'node22',
	jsx: 'automatic',
	metafile: true,
	// Its Pageant code needs __dirname, and its native addons stay outside a bundle anyway.
	external: ['ssh2'],
	define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
	banner: {
		js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
	},
});
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1024)} KiB`);
