import {DeployError} from '../../../domain/errors.ts';
import {runGit} from '../git/git.ts';

/** What git looks for, line by line; which key it is, the second one says. */
const asking = String.raw`env *\(|process\.env|_ENV\[`;
const keys =
	/(?:\b(?:get)?env\s*\(\s*|\$_ENV\[\s*)['"]([A-Za-z_][\w.]*)['"]|\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*['"]([A-Za-z_]\w*)['"]\s*\])/gi;

const parse = (text: string, isOfCommit: boolean): ReadonlyMap<string, readonly string[]> => {
	const places = new Map<string, string[]>();
	for (const row of text.split('\n')) {
		const [named = '', line = '', source = ''] = row.split('\0');
		const path = isOfCommit ? named.slice(named.indexOf(':') + 1) : named;
		for (const [, ofPhp, ofNode, quoted] of source.matchAll(keys)) {
			const key = ofPhp ?? ofNode ?? quoted ?? '';
			const found = places.get(key) ?? [];
			const place = `${path}:${line}`;
			if (!found.includes(place)) places.set(key, [...found, place]);
		}
	}
	return places;
};

/** Where tracked sources ask for values. A hint for people: nothing is decided in favour of a run by it. */
export const askedFor = async (directory: string, commit?: string): Promise<ReadonlyMap<string, readonly string[]>> => {
	try {
		const {code, stdout} = await runGit(directory, [
			'grep',
			'--line-number',
			'--null',
			'-I',
			'--extended-regexp',
			'-e',
			asking,
			...(commit === undefined ? [] : [commit]),
			'--',
			'.',
		]);
		return code === 0 ? parse(stdout.toString(), commit !== undefined) : new Map();
	} catch (error) {
		if (error instanceof DeployError) return new Map();
		throw error;
	}
};
