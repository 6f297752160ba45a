import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {BuildRequest} from '../../../domain/ports.ts';
import {walk} from './list-build.ts';

/** What a browser or the server reads at run time; source maps and caches are neither. */
const served = /\.(?:[cm]?js|html|json|rsc|body|meta|txt|xml)$/;

export type ForeignAddress = {readonly file: string; readonly environment: string; readonly url: string};

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** The address itself, not a longer host or port that begins like it. JSON in a page may write `/` as `\/`. */
const patternOf = (url: string): RegExp =>
	new RegExp(`${escape(url).replaceAll('/', String.raw`(?:\\?/)`)}(?![\\w-]|\\.\\w|:\\d)`);

/** The first address of another environment that stands in what `next build` made. */
export const findForeign = async (
	directory: string,
	foreign: BuildRequest['foreign'],
): Promise<ForeignAddress | undefined> => {
	if (foreign.length === 0) return undefined;
	const patterns = foreign.map(({environment, url}) => ({environment, url, pattern: patternOf(url)}));
	for (const below of ['.next/static', '.next/server']) {
		const files = await walk(join(directory, below)).catch(() => []);
		for (const name of files.filter(file => served.test(file)).toSorted()) {
			const text = await readFile(join(directory, below, name), 'utf8');
			const found = patterns.find(({pattern}) => pattern.test(text));
			if (found) return {file: `${below}/${name}`, environment: found.environment, url: found.url};
		}
	}
	return undefined;
};
