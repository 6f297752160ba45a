import {renderBanner} from '../../commands/deprecation/banner.ts';
import {putBanner, takeBanner} from '../../domain/deprecation/banner-place.ts';
import {newWay} from '../../domain/deprecation/new-way.ts';
import type {ScriptBackup, ScriptFile, ScriptFiles} from '../../domain/deprecation/script-files.ts';
import {notForShell} from '../../domain/deprecation/shell-script.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {hasCode} from '../../domain/errors.ts';

/** What became of one script. */
export type Deprecated = {
	/** As it was named. */
	readonly script: string;
	readonly state: 'changed' | 'already' | 'refused';
	/** Of `changed`: the file that is kept, or that was put back. */
	readonly backup?: string;
	/** Why it is so. */
	readonly reason?: string;
	/** What else is to be known. */
	readonly notes?: readonly string[];
};

type Outcome = Omit<Deprecated, 'script'>;

const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const backupName = (path: string, before: number): string =>
	before === 0 ? `${path}.backup` : `${path}.backup.${before + 1}`;

const damaged: Outcome = {
	state: 'refused',
	reason: 'the first line of the warning is in it, but not the last: take out by hand what is left of it',
};

const linkNotes = ({path, isLink}: ScriptFile): readonly string[] =>
	isLink ? [`is a link: ${path} was changed, the link stays`] : [];

/** Names of a file that is no longer theirs alone, without those that keep it. */
const nameNotes = ({otherNames}: ScriptFile, backups: readonly ScriptBackup[]): readonly string[] => {
	const others = otherNames - backups.filter(({isSameFile}) => isSameFile).length;
	if (others <= 0) return [];
	return [
		others === 1
			? 'the file has another name (a hard link): that one is as it was, and a file of its own from now on'
			: `the file has ${others} other names (hard links): they are as they were, and a file of their own from now on`,
	];
};

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Rights that somebody has taken from a script since it has its warning. */
const modeNotes = ({mode}: ScriptFile, backup: ScriptBackup): readonly string[] =>
	(mode & backup.mode) === backup.mode
		? []
		: [
				`its mode is ${octal(mode & backup.mode)}, as it was closed since; before the warning it was ${octal(backup.mode)}`,
			];

/** Whoever names all that begins alike names what is kept of scripts, too: that is left as it is. */
const isKeptOf = (script: string, scripts: readonly string[]): boolean => {
	const [, name] = /^(.+)\.backup(?:\.\d+)?$/.exec(script) ?? [];
	return name !== undefined && scripts.includes(name);
};

const one = async (
	files: ScriptFiles,
	script: string,
	deed: (script: ScriptFile) => Promise<Outcome>,
): Promise<Deprecated> => {
	try {
		const found = await files.read(script);
		const {notes: own = [], ...outcome} = await deed(found);
		const notes = outcome.state === 'changed' ? [...linkNotes(found), ...own] : [];
		return {script, ...outcome, ...(notes.length > 0 ? {notes} : {})};
	} catch (error) {
		if (!hasCode(error, 'blocked')) throw error;
		return {script, state: 'refused', reason: error.why};
	}
};

/** One after the other, each told as it is done: two names may be one file. */
const each = async (
	files: ScriptFiles,
	scripts: readonly string[],
	deed: (script: ScriptFile) => Promise<Outcome>,
	onResult: (result: Deprecated) => void,
): Promise<readonly Deprecated[]> => {
	const results: Deprecated[] = [];
	for (const script of scripts) {
		const result: Deprecated = isKeptOf(script, scripts)
			? {script, state: 'already', reason: 'it is what is kept of a script'}
			: await one(files, script, deed);
		results.push(result);
		onResult(result);
	}
	return results;
};

type DeprecateOptions = {
	readonly scripts: readonly string[];
	readonly onResult: (result: Deprecated) => void;
};

/**
 * Puts a warning in front of scripts that the cockpit has replaced. `environments`: those of the team; empty: not known.
 * Source: workflow, "Old Script Updates".
 */
export const deprecate = async (
	files: ScriptFiles,
	{scripts, environments, onResult}: DeprecateOptions & {readonly environments: readonly Environment[]},
): Promise<readonly Deprecated[]> => {
	const project = environments[0]?.project;
	return each(
		files,
		scripts,
		async script => {
			const {path, text} = script;
			const name = fileNameOf(path);
			const reason = notForShell(name, text);
			if (reason !== undefined) return {state: 'refused', reason};
			const before = takeBanner(text);
			if (before === 'damaged') return damaged;
			if (before !== undefined) return {state: 'already', reason: 'it has the warning'};
			const backups = await files.backupsOf(script);
			const backup = backups.find(one => one.text === text)?.path ?? backupName(path, backups.length);
			const banner = renderBanner({...(project ? {project} : {}), commands: newWay(name, environments)});
			await files.replace(script, putBanner(text, banner), backup);
			return {state: 'changed', backup, notes: nameNotes(script, backups)};
		},
		onResult,
	);
};

/** Where two scripts part, for whoever has to look at both. */
const firstDifference = (script: string, {path, text}: ScriptBackup): string => {
	if (text === undefined) return `can't be compared with ${path}, which can't be read`;
	const lines = script.split('\n');
	const index = text.split('\n').findIndex((line, at) => line !== lines[at]);
	return index === -1 ? `has more lines than ${path}` : `differs from ${path} from line ${index + 1} on`;
};

/** Puts scripts back as they were before their warning. */
export const undoDeprecate = async (
	files: ScriptFiles,
	{scripts, onResult}: DeprecateOptions,
): Promise<readonly Deprecated[]> =>
	each(
		files,
		scripts,
		async script => {
			const found = takeBanner(script.text);
			if (found === undefined) return {state: 'already', reason: 'it has no warning'};
			if (found === 'damaged') return damaged;
			const backups = await files.backupsOf(script);
			const backup = backups.find(({text}) => text === found.without);
			if (backup) {
				await files.restore(script, backup.path);
				return {state: 'changed', backup: backup.path, notes: modeNotes(script, backup)};
			}
			const newest = backups.at(-1);
			const reason = newest
				? `it was edited since: without its warning it ${firstDifference(found.without, newest)}; both are kept`
				: `there is no ${script.path}.backup to put back: take the warning out by hand`;
			return {state: 'refused', reason};
		},
		onResult,
	);
