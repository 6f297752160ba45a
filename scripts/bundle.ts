import type {BuildOptions, Plugin} from 'esbuild';
import {bundlePrograms} from './text-files.ts';

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

/** How sources become what Node runs: the product, and what the tests put in its place. */
export const bundleOptions = {
	outExtension: {'.js': '.mjs'},
	bundle: true,
	splitting: true,
	platform: 'node',
	format: 'esm',
	target: 'node22',
	jsx: 'automatic',
	plugins: [noDevtools, bundlePrograms],
	// Its Pageant code needs __dirname, and its native addons stay outside a bundle anyway.
	external: ['ssh2'],
	define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
	banner: {
		js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
	},
} as const satisfies BuildOptions;
