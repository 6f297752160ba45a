import {constants} from 'node:fs';
import {copyFile, mkdir, readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {oldName, writtenGuide, writtenState, type WrittenState} from '../../app/guides/written-guide.ts';
import {systemCode, usage} from '../../domain/errors.ts';
import type {Guide} from '../../domain/guides/guide.ts';
import {replaceFile} from '../page/replace-file.ts';

/** What became of the file of a guide. `kept`: where what somebody else had written is now. */
export type GuideFile = {
	readonly guide: Guide;
	/** Absolute. */
	readonly path: string;
	/** Before anything was written. */
	readonly was: WrittenState;
	readonly kept?: string;
};

const unusable = (path: string, cause: unknown) =>
	usage({
		what: `${path} could not be used`,
		why: systemCode(cause) || String(cause),
		now: 'What was there is as it was.',
		next: 'Name a directory that you may read and write.',
		cause,
	});

const readText = async (path: string): Promise<string | undefined> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw unusable(path, error);
	}
};

/** Looks at the guides in a directory. Throws DeployError `usage` where one can't be read. */
export const lookAtGuides = (directory: string, guides: readonly Guide[]): Promise<readonly GuideFile[]> =>
	Promise.all(
		guides.map(async guide => {
			const path = join(resolve(directory), guide.file);
			return {guide, path, was: writtenState(guide, await readText(path))};
		}),
	);

/** Keeps a file under the first name that is free, and answers with its path. The file itself stays. */
const keepBeside = async (path: string): Promise<string> => {
	for (let count = 1; ; count++) {
		const kept = oldName(path, count);
		try {
			await copyFile(path, kept, constants.COPYFILE_EXCL);
			return kept;
		} catch (error) {
			if (systemCode(error) !== 'EEXIST') throw unusable(kept, error);
		}
	}
};

/**
 * Writes the guides that are not as they should be, each in one step; what somebody else wrote is kept beside it first.
 * Throws DeployError `usage`; files are then the ones before or whole new ones.
 */
export const writeGuides = async (directory: string, guides: readonly Guide[]): Promise<readonly GuideFile[]> => {
	await mkdir(directory, {recursive: true}).catch((error: unknown) => {
		throw unusable(resolve(directory), error);
	});
	const files: GuideFile[] = [];
	for (const file of await lookAtGuides(directory, guides)) {
		const kept = file.was === 'foreign' ? await keepBeside(file.path) : undefined;
		if (file.was !== 'current') await replaceFile(file.path, writtenGuide(file.guide));
		files.push(kept === undefined ? file : {...file, kept});
	}
	return files;
};
