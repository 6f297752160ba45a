import type {Environment} from '../../domain/environments/environment.ts';
import type {EnvEntry, EnvFile} from '../../domain/environments/env-file.ts';
import {looksSecret, withoutReferences} from '../../domain/environments/secret-values.ts';
import type {ConfigProblem} from '../problem.ts';

const kebab = (key: string): string =>
	key
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-|-$/g, '');

type Fault = {readonly path: string; readonly problem: string; readonly fix: string};

const checkReferences = ({key, value}: EnvEntry): readonly Fault[] =>
	withoutReferences(value).includes('${')
		? [{path: key, problem: 'holds a reference that cannot be read', fix: 'write ${secret:environment/name}'}]
		: [];

type Stating = Pick<Environment, 'name' | 'apps' | 'debug' | 'database' | 'drivers'>;

/** Where the YAML file and the template say the same thing, they must agree: nobody could tell which one is in force. */
const stated = (environment: Stating): Readonly<Record<string, string | undefined>> => ({
	...environment.apps.frontend?.buildEnvironment,
	APP_DEBUG: String(environment.debug),
	DB_HOST: environment.database.host,
	DB_DATABASE: environment.database.name,
	CACHE_DRIVER: environment.drivers.cache,
	MAIL_MAILER: environment.drivers.mail,
});

const checkAgreement = ({key, value}: EnvEntry, environment: Stating | undefined): readonly Fault[] => {
	const expected = environment && stated(environment)[key];
	return expected === undefined || expected === value
		? []
		: [
				{
					path: key,
					problem: `differs from ${environment?.name}.yaml, which says ${expected}`,
					fix: 'make the two agree',
				},
			];
};

const checkEntry = (entry: EnvEntry, name: string, environment: Stating | undefined): readonly Fault[] =>
	looksSecret(entry)
		? [
				{
					path: entry.key,
					problem: 'looks like a real secret',
					fix: `replace it by \${secret:${name}/${kebab(entry.key)}} and change the secret, which is in a file others read`,
				},
			]
		: [...checkReferences(entry), ...checkAgreement(entry, environment)];

/** What is wrong with a template. `environment` is absent while its YAML file has problems of its own. */
export const checkEnvFile = (
	file: string,
	name: string,
	{entries, duplicates, faults}: EnvFile,
	environment: Stating | undefined,
): readonly ConfigProblem[] => [
	...faults.map(fault => ({file, path: '', ...fault})),
	...duplicates.map(({key, lines}) => ({
		file,
		line: lines.at(-1) ?? 1,
		column: entries.findLast(entry => entry.key === key)?.column ?? 1,
		path: key,
		problem: `is given ${lines.length} times, on lines ${lines.join(', ')}`,
		fix: 'keep one',
	})),
	...entries.flatMap(entry =>
		checkEntry(entry, name, environment).map(fault => ({file, line: entry.line, column: entry.column, ...fault})),
	),
];
