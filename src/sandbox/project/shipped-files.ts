import {readFile, readdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Files} from './files.ts';

const isProduct = async (directory: string): Promise<boolean> => {
	const text = await readFile(join(directory, 'package.json'), 'utf8').catch(() => '{}');
	return (JSON.parse(text) as {readonly name?: unknown}).name === 'release-cockpit';
};

/** Root of the product: this file is below `src/` in a checkout and in `dist/` once it is built. */
const productRoot = async (from: string = import.meta.dirname): Promise<string> => {
	if (await isProduct(from)) return from;
	const parent = dirname(from);
	if (parent === from) throw new Error(`no package.json of the cockpit above ${import.meta.dirname}`);
	return productRoot(parent);
};

/** Name of the holiday file, below `environments/`. */
export const holidayFile = 'holidays-india.yaml';

/** Everything of the sandbox shares one machine with whoever looks at it: its answers may take ten times as long. */
const unhurried = (text: string): string =>
	text.replaceAll(/\bwithinMs: (\d+)/g, (_, limit: string) => `withinMs: ${Number(limit) * 10}`);

/** The checklists and the holidays as the product ships them, by path in a project; probes get more time. */
export const shippedFiles = async (): Promise<Files> => {
	const root = await productRoot();
	const checklists = (await readdir(join(root, 'checklists'))).map(name => `checklists/${name}`);
	const paths = [...checklists, `environments/${holidayFile}`];
	return Object.fromEntries(
		await Promise.all(
			paths.map(async path => [path, unhurried(await readFile(join(root, path), 'utf8'))] as const),
		),
	);
};
