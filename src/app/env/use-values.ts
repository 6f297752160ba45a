import {dirname} from 'node:path';
import {valueFilesOf} from '../../commands/env/read-env.ts';
import {entriesOf} from '../../domain/environments/compare-values.ts';
import {parseEnvFile, type EnvEntry} from '../../domain/environments/env-file.ts';
import {targetOf, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {
	fillTemplate,
	marked,
	markOf,
	notTakenOver,
	type FilledTemplate,
	type ValuesSource,
} from '../../domain/environments/working-values.ts';
import {blocked, misconfigured, usage} from '../../domain/errors.ts';
import type {ValuesChange} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';
import {sha256} from '../sha256.ts';
import {readTemplate, shownPath, templateOf, type WorkingFile} from './env-places.ts';
import {workingFiles} from './in-use.ts';
import {besideFile, keepOutOfGit, ownerOf, planKept, readLastKept, type KeptNotes} from './kept-file.ts';
import {readHostValues} from './read-env-table.ts';

type Services = Pick<AppServices, 'sessions' | 'envFiles' | 'clock'>;

/** One file of the working copy, and what becomes of it. */
export type SwitchedFile = Pick<FilledTemplate, 'filled' | 'empty'> & {
	readonly file: WorkingFile;
	/** Undefined: it has these values already. */
	readonly change: ValuesChange | undefined;
	readonly keys: number;
	/** Whose values it had: name of an environment; undefined: it was not there, or nobody knows. */
	readonly had: string | undefined;
	/** Name beside it under which the file before is kept. */
	readonly keptName: string | undefined;
	/** Keys whose value is in the kept file alone. */
	readonly onlyKept: readonly string[];
};

/** What a switch of the working copy will do. Holds secrets: only what is named for people is told. */
export type SwitchPlan = {
	readonly environment: Environment;
	readonly files: readonly SwitchedFile[];
	/** Whether secrets of production come to this machine by it. */
	readonly bringsSecrets: boolean;
};

/** Keys of the secrets that a switch fills in. */
export const secretsIn = ({files}: Pick<SwitchPlan, 'files'>): readonly string[] =>
	files.flatMap(({filled}) => filled.flatMap(({key, isSecret}) => (isSecret ? [key] : [])));

type Options = {
	readonly environments: readonly Environment[];
	readonly environment: Environment;
	/** Whether references are filled from the files on the host first. */
	readonly fromHost: boolean;
};

const hostSource = async (
	services: Services,
	environment: Environment,
	app: AppName,
): Promise<readonly ValuesSource[]> => {
	const target = targetOf(environment, app);
	if (!target || valueFilesOf(target).length === 0) return [];
	const files = await readHostValues(services, environment, app);
	const bad = files.find(({problem}) => problem !== undefined);
	if (bad)
		throw blocked({
			what: `The values of ${environment.title} can't be taken from its host`,
			why: `${bad.path}: ${bad.problem ?? ''}`,
			next: `Mend it there, or switch without --from-host.`,
		});
	return files.map(({path, text = ''}) => ({from: `the host's ${path}`, entries: parseEnvFile(text).entries}));
};

/** One person's own values for an environment, which no commit holds. */
const personalSource = async (
	{envFiles}: Services,
	environment: Environment,
	app: AppName,
): Promise<readonly ValuesSource[]> => {
	const path = `${templateOf(environment)}.personal`;
	const found = await envFiles.read(path);
	return found ? [{from: shownPath(environment, path), entries: entriesOf(parseEnvFile(found.text), app)}] : [];
};

const planFile = async (
	services: Services,
	{environments, environment, fromHost, at}: Options & {readonly at: number},
	file: WorkingFile,
	template: readonly EnvEntry[],
): Promise<SwitchedFile> => {
	const {envFiles} = services;
	const {path, app} = file;
	const directory = dirname(path);
	const [names, now] = await Promise.all([envFiles.names(directory), envFiles.read(path)]);
	const had = now && (await ownerOf(services, environments, file, now.text));
	const kept = await readLastKept(services, {directory, names, owner: environment.name});
	const sources: readonly ValuesSource[] = [
		...(fromHost ? await hostSource(services, environment, app) : []),
		...(now && had === environment.name ? [{from: file.shown, entries: parseEnvFile(now.text).entries}] : []),
		...(kept ? [{from: besideFile(file, kept.name), entries: parseEnvFile(kept.text).entries}] : []),
		...(await personalSource(services, environment, app)),
	];
	const {body, filled, empty} = fillTemplate(template, sources);
	const mark = now && markOf(now.text, sha256);
	const common = {file, filled, empty, had, keys: template.length};
	const isSame = mark?.environment === environment.name && mark.isAsWritten && mark.body === body;
	if (isSame && now?.mode === 0o600) return {...common, change: undefined, keptName: undefined, onlyKept: []};
	const text = marked(body, {environment: environment.name, at, sha256});
	if (!now || isSame)
		return {
			...common,
			change: {path, text, before: now?.text, keptAt: undefined},
			keptName: undefined,
			onlyKept: [],
		};
	const {keptName, keptAt} = await planKept(services, {path, text: now.text, had, at});
	return {
		...common,
		change: {path, text, before: now.text, keptAt},
		keptName,
		onlyKept: had === environment.name || had === undefined ? notTakenOver(now.text, body) : [],
	};
};

/**
 * What it takes to give the working copy the values of an environment. Changes nothing. Throws DeployError `usage`,
 * `blocked`, `configuration` where no app has keys in the template, and with `fromHost` as a session does.
 */
export const planSwitch = async (services: Services, options: Options): Promise<SwitchPlan> => {
	const {environments, environment, fromHost} = options;
	if (fromHost && environment.hosts.length === 0)
		throw usage({
			what: `${environment.title} has no host to take values from`,
			why: `hosts is empty in ${environment.file}`,
			next: `Leave --from-host out: cockpit env use ${environment.name}`,
		});
	const at = services.clock.now();
	const files = await Promise.all(
		workingFiles(environments).map(async file => {
			const template = await readTemplate(services, environment, file.app);
			return template.length === 0 ? [] : [await planFile(services, {...options, at}, file, template)];
		}),
	);
	const planned = files.flat();
	if (planned.length === 0)
		throw misconfigured({
			what: 'There is nothing to switch',
			why: `no app of these environments has keys in .env.${environment.name}`,
			next: `Add apps to ${environment.file}, or keys to its template.`,
		});
	return {
		environment,
		files: planned,
		bringsSecrets:
			environment.tier === 'production' &&
			planned.some(({change, filled}) => change !== undefined && filled.some(({isSecret}) => isSecret)),
	};
};

/** Does what was planned, both files or none, and sees to it that git leaves out what is kept. Throws as the port. */
export const applySwitch = async (services: Services, {files}: SwitchPlan): Promise<KeptNotes> => {
	const changes = files.flatMap(({change}) => change ?? []);
	if (changes.length > 0) await services.envFiles.change(changes);
	const notes = await Promise.all(files.map(({file, keptName}) => keepOutOfGit(services, file, keptName)));
	return {
		tracked: notes.flatMap(({tracked}) => tracked),
		leftOutBy: notes.find(({leftOutBy}) => leftOutBy !== undefined)?.leftOutBy,
	};
};
