import {basename, dirname, join} from 'node:path';
import type {Environment} from '../../domain/environments/environment.ts';
import {keptAs, lastKept, markOf} from '../../domain/environments/working-values.ts';
import type {AppServices} from '../app-services.ts';
import {sha256} from '../sha256.ts';
import type {WorkingFile} from './env-places.ts';
import {guessFor} from './in-use.ts';

type Services = Pick<AppServices, 'envFiles'>;

/** Whose values a file has: by its mark, else by what it looks like. */
export const ownerOf = async (
	services: Services,
	environments: readonly Environment[],
	{app}: WorkingFile,
	text: string,
): Promise<string | undefined> => markOf(text, sha256)?.environment ?? guessFor(services, environments, {app, text});

/** The file that was kept last beside another one, of the values of an environment. */
export const readLastKept = async (
	{envFiles}: Services,
	{directory, names, owner}: {readonly directory: string; readonly names: readonly string[]; readonly owner: string},
): Promise<{readonly name: string; readonly text: string} | undefined> => {
	// Both apps may have their sources in one directory, and what is kept of one is not the other's: it has other keys.
	const name = lastKept(names, owner);
	const found = name === undefined ? undefined : await envFiles.read(join(directory, name));
	return name !== undefined && found ? {name, text: found.text} : undefined;
};

/** Whether a file says what another one does, whenever both were written. */
const saysSame = (text: string, other: string | undefined): boolean => {
	const [mine, theirs] = [markOf(text, sha256), other === undefined ? undefined : markOf(other, sha256)];
	return other === text || (mine !== undefined && mine.isAsWritten && theirs?.body === mine.body);
};

/** Where a file is kept before another one takes its place. */
type KeptFile = {
	/** Name beside it. */
	readonly keptName: string;
	/** Its path; undefined: what was kept last says the same, and is what `keptName` names. */
	readonly keptAt: string | undefined;
};

/** How a file is kept. `had`: whose values it has; undefined: nobody knows. `at`: epoch milliseconds. */
export const planKept = async (
	services: Services,
	{
		path,
		text,
		had,
		at,
	}: {readonly path: string; readonly text: string; readonly had: string | undefined; readonly at: number},
): Promise<KeptFile> => {
	const directory = dirname(path);
	const names = await services.envFiles.names(directory);
	const before = had === undefined ? undefined : await readLastKept(services, {directory, names, owner: had});
	if (before !== undefined && saysSame(text, before.text)) return {keptName: before.name, keptAt: undefined};
	const keptName = keptAs(had ?? 'other', at, names);
	return {keptName, keptAt: join(directory, keptName)};
};

/** How people call what is kept beside a file. */
export const besideFile = ({shown}: Pick<WorkingFile, 'shown'>, name: string): string => join(dirname(shown), name);

/** What is worth a line once a file of the working copy has other values. */
export type KeptNotes = {
	/** Files that git would take into a commit. */
	readonly tracked: readonly string[];
	/** The file that now has git leave out what is kept; undefined: nothing had to be said. */
	readonly leftOutBy: string | undefined;
};

const keptPattern = '.env.kept-*.local';

/** Sees to it that git leaves out what is kept, and looks which files it would still take. */
export const keepOutOfGit = async (
	{envFiles}: Services,
	file: WorkingFile,
	keptName: string | undefined,
): Promise<KeptNotes> => {
	const {source, path} = file;
	const kept = keptName === undefined ? [] : [keptName];
	const open = await envFiles.wouldTrack(source, kept);
	const leftOutBy = open.length > 0 ? await envFiles.leaveOut(source, keptPattern) : undefined;
	const tracked = await envFiles.wouldTrack(source, [basename(path), ...kept]);
	return {tracked: tracked.map(name => besideFile(file, name)), leftOutBy};
};
