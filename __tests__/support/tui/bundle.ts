import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build, type Plugin} from 'esbuild';

/** Ink imports it for a debugger that a production build never starts. */
const noDevtools: Plugin = {
	name: 'no-devtools',
	setup: bundle => {
		bundle.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
		bundle.onLoad({filter: /.*/, namespace: 'empty'}, () => ({
			contents: 'export default {connectToDevTools() {}};',
		}));
	},
};

/** Bundles an entry of the tests as scripts/build.mjs bundles the product; the directory goes when it is disposed of. */
export const bundle = async (entry: string): Promise<{readonly file: string} & AsyncDisposable> => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-bundle-'));
	await build({
		entryPoints: {entry},
		outdir: directory,
		outExtension: {'.js': '.mjs'},
		bundle: true,
		splitting: true,
		platform: 'node',
		format: 'esm',
		target: 'node22',
		jsx: 'automatic',
		plugins: [noDevtools],
		external: ['ssh2'],
		define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
		banner: {
			js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
		},
		logLevel: 'error',
	});
	return {
		file: join(directory, 'entry.mjs'),
		[Symbol.asyncDispose]: () => rm(directory, {recursive: true, force: true}),
	};
};
