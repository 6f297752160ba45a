import {editEnv, type EnvChange} from '../../domain/environments/env-edit.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {markOf} from '../../domain/environments/working-values.ts';
import {blocked, misconfigured} from '../../domain/errors.ts';
import type {AppServices} from '../app-services.ts';
import {sha256} from '../sha256.ts';
import {workingFile, type WorkingFile} from './env-places.ts';
import {besideFile, keepOutOfGit, ownerOf, planKept, type KeptNotes} from './kept-file.ts';
import {refusedChange, requireKey, requireReadable, type EnvRequest} from './set-env.ts';

/** Whether the values of an environment lie in the working copy, where no host, no lock and no run are in between. */
export const isOfWorkingCopy = ({hosts}: Pick<Environment, 'hosts'>): boolean => hosts.length === 0;

/** Which value of the working copy is changed; `environments`: all there are. */
export type HereRequest = EnvRequest & {readonly environments: readonly Environment[]};

/** What became of a file of the working copy. */
export type ChangedHere = KeptNotes & {
	/** How people call it: `backend/.env`. */
	readonly file: string;
	/** Whether it says something else than before. */
	readonly isChanged: boolean;
	/** The file it was before, as people call it; undefined: it was not there, or is as it was. */
	readonly kept: string | undefined;
	/** Title of the environment whose values the file has, where that is another one than was asked for. */
	readonly others: string | undefined;
};

/** The file of the working copy that is changed. Throws DeployError `configuration`. */
export const fileHere = ({environments, environment, app, change}: Omit<HereRequest, 'value'>): WorkingFile => {
	const file = workingFile(environments, app);
	if (file) return file;
	throw misconfigured({
		what: refusedChange(change, environment),
		why: `no environment has a ${app}`,
		next: `Add apps.${app} to ${environment.file}.`,
	});
};

const notThere = ({environment, change}: HereRequest, {shown}: WorkingFile) =>
	blocked({
		what: refusedChange(change, environment),
		why: `there is no ${shown}`,
		next:
			change.verb === 'remove'
				? 'There is nothing to remove.'
				: `Write it from its template: cockpit env use ${environment.name}; or make it with this key alone: --create`,
	}).with({code: 'answer-needed'});

/** What the change makes of what the file says; undefined: it says so already. Throws DeployError `blocked`. */
const editHere = (
	{environment, change, value}: HereRequest,
	{shown}: WorkingFile,
	text: string,
): string | undefined => {
	const edit = editEnv(text, change.key, change.verb === 'remove' ? undefined : (value ?? ''));
	if (edit.kind === 'refused')
		throw blocked({
			what: refusedChange(change, environment),
			why: `${shown}: ${edit.why}`,
			next: `${edit.fix}, then set it again`,
		});
	return edit.kind === 'same' ? undefined : edit.text;
};

/** Name of the environment whose values a file has, by its mark alone: a guess is no reason to speak of another one. */
const markedFor = (text: string): string | undefined => markOf(text, sha256)?.environment;

/**
 * Changes one value of the working copy, at once: the old file is kept beside it as `cockpit env use` keeps its files.
 * Throws DeployError `usage`, `configuration`, `answer-needed` where there is no file, and `blocked`; then everything is
 * as it was.
 */
export const setHere = async (
	services: Pick<AppServices, 'envFiles' | 'clock'>,
	request: HereRequest,
): Promise<ChangedHere> => {
	const {environments, environment, change, value} = request;
	requireKey(change.key);
	const file = fileHere(request);
	if (change.verb === 'set') requireReadable(request, value ?? '', file.recipe);
	const {path, shown} = file;
	const now = await services.envFiles.read(path);
	if (!now && !isMade(change)) throw notThere(request, file);
	const text = editHere(request, file, now?.text ?? '');
	const unchanged = {file: shown, kept: undefined, others: undefined, tracked: [], leftOutBy: undefined};
	if (text === undefined) return {...unchanged, isChanged: false};
	const had = now && (await ownerOf(services, environments, file, now.text));
	const kept = now && (await planKept(services, {path, text: now.text, had, at: services.clock.now()}));
	await services.envFiles.change([{path, text, before: now?.text, keptAt: kept?.keptAt}]);
	const marked = now && markedFor(now.text);
	return {
		...(await keepOutOfGit(services, file, kept?.keptName)),
		file: shown,
		isChanged: true,
		kept: kept && besideFile(file, kept.keptName),
		others:
			marked === undefined || marked === environment.name
				? undefined
				: (environments.find(({name}) => name === marked)?.title ?? marked),
	};
};

const isMade = ({create, verb}: EnvChange): boolean => create === true && verb === 'set';
