import {basename, dirname, join, relative} from 'node:path';
import {entriesOf} from '../../domain/environments/compare-values.ts';
import {parseEnvFile, type EnvEntry} from '../../domain/environments/env-file.ts';
import type {AppName, AppTarget, Environment} from '../../domain/environments/environment.ts';
import type {AppServices} from '../app-services.ts';

/** Directory that holds `environments/` and `checklists/`. */
export const configurationOf = ({file}: Pick<Environment, 'file'>): string => dirname(dirname(file));

/** The template of an environment's values. */
export const templateOf = ({file, name}: Pick<Environment, 'file' | 'name'>): string =>
	join(dirname(file), `.env.${name}`);

/** How people call a file of the configuration. */
export const shownPath = (environment: Pick<Environment, 'file'>, path: string): string => {
	const shown = relative(configurationOf(environment), path);
	return shown.startsWith('..') ? path : shown;
};

/** What a template says to one app, or to both; empty where there is none. Throws DeployError `blocked`. */
export const readTemplate = async (
	{envFiles}: Pick<AppServices, 'envFiles'>,
	environment: Pick<Environment, 'file' | 'name'>,
	app?: AppName,
): Promise<readonly EnvEntry[]> => {
	const found = await envFiles.read(templateOf(environment));
	const file = parseEnvFile(found?.text ?? '');
	return app === undefined ? file.entries : entriesOf(file, app);
};

/** Name of the file an app reads its values from in the working copy. */
const workingNames: Readonly<Record<AppTarget['recipe'], string>> = {laravel: '.env', nextjs: '.env.local'};

/** A file with values in the working copy. */
export type WorkingFile = {
	readonly app: AppName;
	readonly recipe: AppTarget['recipe'];
	/** Absolute directory of the app's sources. */
	readonly source: string;
	readonly path: string;
	/** `backend/.env` */
	readonly shown: string;
};

/**
 * The file of the working copy that an app reads its values from, by the environment without hosts that has it, else by
 * the first that does: the sources are the same for all. Undefined: none has such an app.
 */
export const workingFile = (environments: readonly Environment[], app: AppName): WorkingFile | undefined => {
	const here = environments.filter(({hosts}) => hosts.length === 0);
	const environment = [...here, ...environments].find(({apps}) => apps[app]);
	const target = environment?.apps[app];
	if (!environment || !target) return undefined;
	const path = join(target.source, workingNames[target.recipe]);
	const shown = shownPath(environment, path);
	return {
		app,
		recipe: target.recipe,
		source: target.source,
		path,
		shown: shown === path ? join(basename(target.source), basename(path)) : shown,
	};
};
