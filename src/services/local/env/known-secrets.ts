import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {isAbsolute, join} from 'node:path';
import {parseEnv} from 'node:util';
import type {Environment} from '../../../domain/environments/environment.ts';
import {secretValuesOf} from '../../../domain/logs/mask.ts';

/** Larger ones are no file of variables. */
const largest = 256 * 1024;

const variablesIn = (file: string): Readonly<Record<string, string | undefined>> => {
	try {
		const text = readFileSync(file, 'utf8');
		return text.length > largest ? {} : parseEnv(text);
	} catch {
		return {};
	}
};

const namesIn = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};

/**
 * The values of secrets that this machine knows and no output may show: of its own environment, and of the files of
 * variables beside the sources of an environment. The name of a file is none.
 */
export const knownSecrets = (
	variables: Readonly<Record<string, string | undefined>>,
	{apps, file}: Pick<Environment, 'apps' | 'file'>,
): readonly string[] => {
	const directories = [apps.backend?.source, apps.frontend?.source, join(file, '..')];
	const files = directories.flatMap(directory =>
		directory === undefined
			? []
			: namesIn(directory)
					.filter(name => name.startsWith('.env') && !name.includes('example'))
					.map(name => join(directory, name)),
	);
	const values = [variables, ...files.map(variablesIn)].flatMap(secretValuesOf);
	return [...new Set(values)].filter(value => !value.includes('${') && !(isAbsolute(value) && existsSync(value)));
};
