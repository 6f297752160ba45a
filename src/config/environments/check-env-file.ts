import type {Environment} from '../../domain/environments/environment.ts';
import type {EnvEntry, EnvFile} from '../../domain/environments/env-file.ts';
import type {ConfigProblem} from '../problem.ts';

/** `${secret:preprod/db-password}` for what must stay unknown, `${value:preprod/db-name}` for what is yours to set. */
const reference = /\$\{(?:secret|value):[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9-]*\}/g;
/** `${OTHER_KEY}`, which Laravel and Next fill in themselves. */
const interpolation = /\$\{[A-Za-z_]\w*\}/g;
const secretName = /pass(?:word|wd|phrase)|secret|token|key|credential|(?:^|_)pwd(?:_|$)/i;
const secretAtEnd = /(?:pass(?:word|wd|phrase)|secret|token|key|credentials?|pwd)$/i;
const harmless = /^(?:null|true|false|empty|\((?:null|true|false|empty)\))?$/i;
/** Values that give themselves away under any name. */
const secretShapes = [
	/^base64:[A-Za-z0-9+/]{20}/,
	/-----BEGIN [A-Z ]*PRIVATE KEY/,
	/\bA(?:KIA|SIA)[A-Z0-9]{16}\b/,
	/\b(?:gh[opsu]_|github_pat_|glpat-|xox[abprs]-|[rs]k_live_)[\w-]{10}/,
	/:\/\/[^\s/:@]*:[^\s/@]+@/,
];

const withoutReferences = (value: string): string => value.replaceAll(reference, '').replaceAll(interpolation, '');

const looksSecret = ({key, value}: EnvEntry): boolean => {
	const rest = withoutReferences(value).trim();
	if (secretShapes.some(shape => shape.test(rest))) return true;
	if (!secretName.test(key) || harmless.test(rest)) return false;
	// TOKEN_LIFETIME=60 is a setting; DB_PASSWORD=60 is a bad password, but a password.
	return secretAtEnd.test(key) || !/^\d{1,6}$/.test(rest);
};

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
