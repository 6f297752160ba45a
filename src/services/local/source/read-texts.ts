import type {SourcePort} from '../../../domain/ports.ts';
import {collect, readBlobs} from '../git/git-objects.ts';
import {locate} from '../git/repository.ts';
import {listTracked} from '../git/tracked-files.ts';

/** What somebody wrote by hand is shorter. */
const maxBytes = 256 * 1024;

/** Texts of a few files at a commit, each proved by its id. */
export const readTexts: SourcePort['texts'] = async ({directory, commit, paths}) => {
	const wanted = new Set(paths);
	const files = await listTracked(await locate(directory), commit, path => wanted.has(path));
	const texts = new Map<string, string>();
	for await (const {file, sizeBytes, content} of readBlobs(directory, files)) {
		const text = (await collect(content)).toString();
		if (file.mode !== '120000' && sizeBytes <= maxBytes) texts.set(file.path, text);
	}
	return texts;
};
