import {understand} from '../../commands/answers.ts';
import {parseEnvRead, readEnv, valueFilesOf, type HostValues} from '../../commands/env/read-env.ts';
import {compareValues, type EnvReading} from '../../domain/environments/compare-values.ts';
import {parseEnvFile, type EnvEntry} from '../../domain/environments/env-file.ts';
import type {EnvColumn, EnvTable} from '../../domain/environments/env-table.ts';
import {
	primaryHost,
	targetOf,
	type AppName,
	type AppTarget,
	type Environment,
} from '../../domain/environments/environment.ts';
import {DeployError, stepFailed} from '../../domain/errors.ts';
import {textIn} from '../../domain/ledger/ledger.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {answerTo, whyOf} from '../known.ts';
import {targetIn} from '../target-of.ts';
import {readTemplate, shownPath, templateOf, workingFile} from './env-places.ts';
import {readInUse} from './in-use.ts';

type Services = Pick<AppServices, 'sessions' | 'ledgers' | 'envFiles' | 'clock'>;

type Entry = Pick<EnvEntry, 'key' | 'value' | 'line'>;

type Read = Pick<EnvReading, 'column' | 'entries'>;

/** Asks a host for the files an app reads its values from. Throws DeployError as `execOn`, `step-failed` and `answer-unreadable`. */
export const readHostValues = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	app: AppName,
): Promise<readonly HostValues[]> => {
	const answer = await execOn(services, environment, readEnv(targetIn(environment, app)), {lane: 'poll'});
	const {code} = answer;
	// What it printed may hold secrets, so that none of it is told.
	const failed = (why: string): DeployError =>
		stepFailed({
			what: `The values on ${primaryHost(environment).name} could not be read`,
			why,
			now: 'Nothing was changed.',
			next: 'Look at the host, then ask again.',
		});
	if (code !== 0) throw failed(`the program that reads them ended with ${code}`);
	return understand(primaryHost(environment).name, {...answer, stderr: ''}, parseEnvRead).files;
};

/** Lines that can't be read, and who else may read the file. Quotes no value. */
const notesOf = (file: string, text: string, mode: number): readonly string[] => [
	...parseEnvFile(text).faults.map(({line, problem}) => `${file} line ${line} ${problem}`),
	...((mode & 0o004) === 0
		? []
		: [`everybody on that machine may read ${file} (mode ${mode.toString(8).padStart(4, '0')})`]),
];

const withNotes = (column: EnvColumn, notes: readonly string[]): EnvColumn =>
	notes.length > 0 ? {...column, notes} : column;

/** What Next compiles in, which no file on the host can change. */
const compiledIn = (target: AppTarget): readonly Entry[] =>
	target.recipe === 'nextjs'
		? Object.entries(target.buildEnvironment).map(([key, value]) => ({key, value, line: 0}))
		: [];

const readHost = async (services: Services, environment: Environment, app: AppName): Promise<Read> => {
	const {name, title} = environment;
	const target = targetIn(environment, app);
	const host = primaryHost(environment).name;
	const compiled = compiledIn(target);
	const yaml = compiled.length > 0 ? [`compiled in by ${shownPath(environment, environment.file)}`] : [];
	const names = valueFilesOf(target).map(file => `${host}:${target.path}/${file}`);
	const column = (files: readonly string[]): EnvColumn => ({
		id: name,
		title,
		file: [...files, ...yaml].join(', '),
		readAt: services.clock.now(),
	});
	if (names.length === 0) return {column: column([]), entries: compiled};
	const answer = await answerTo(() => readHostValues(services, environment, app));
	if ('unknown' in answer) return {column: {...column(names), problem: answer.unknown}, entries: undefined};
	const files = answer.value;
	const shown = files.map(({path, text, mode, owner}) =>
		text === undefined ? `${host}:${path}` : `${host}:${path} (${mode.toString(8).padStart(4, '0')}, ${owner})`,
	);
	const bad = files.filter(({problem}) => problem !== undefined);
	if (bad.length > 0) {
		const problem = bad.map(({path, problem = ''}) => `${path}: ${problem}`).join('; ');
		return {column: {...column(shown), problem}, entries: undefined};
	}
	return {
		column: withNotes(
			column(shown),
			files.flatMap(({path, text = '', mode}) => notesOf(path, text, mode)),
		),
		entries: [...files.flatMap(({text = ''}) => parseEnvFile(text).entries), ...compiled],
	};
};

const readHere = async (
	services: Services,
	environments: readonly Environment[],
	{environment: {name, title}, app}: {readonly environment: Environment; readonly app: AppName},
): Promise<Read> => {
	const file = workingFile(environments, app);
	const column: EnvColumn = {id: name, title, file: file?.shown ?? '', readAt: services.clock.now()};
	if (!file) return {column: {...column, problem: `no environment has a ${app}`}, entries: undefined};
	try {
		const found = await services.envFiles.read(file.path);
		if (!found) {
			const problem = `${file.shown} is not there; cockpit env use ${name} writes it`;
			return {column: {...column, problem}, entries: undefined};
		}
		return {
			column: withNotes(column, notesOf(file.shown, found.text, found.mode)),
			entries: parseEnvFile(found.text).entries,
		};
	} catch (error) {
		return {column: {...column, problem: whyOf(error)}, entries: undefined};
	}
};

type SetBy = ReadonlyMap<string, {readonly at: number; readonly by: string}>;

/** When the cockpit last set each value, by the ledger; nothing where it can't be read. */
const readSetBy = async ({ledgers}: Services, environment: Environment, app: AppName): Promise<SetBy> => {
	const answer = await answerTo(() => ledgers.read(environment, {lane: 'poll'}));
	if ('unknown' in answer) return new Map();
	return new Map(
		answer.value.entries.flatMap(({type, at, actor, data}) => {
			const key = textIn(data['key']);
			return type === 'env.set' && data['app'] === app && key !== undefined
				? [[key, {at, by: actor?.name ?? 'not known'}] as const]
				: [];
		}),
	);
};

export type EnvTableOptions = {
	readonly environments: readonly Environment[];
	readonly app: AppName;
	/** Name of the one environment that is asked. */
	readonly only?: string;
};

/**
 * The values of one app in every environment, side by side, without a secret among them. A host that can't be asked is a
 * column with its problem. Throws DeployError `blocked` for a template that can't be read.
 */
export const readEnvTable = async (
	services: Services,
	{environments, app, only}: EnvTableOptions,
): Promise<EnvTable> => {
	const [local] = environments.filter(({hosts}) => hosts.length === 0);
	const asked = environments
		.filter(({name}) => only === undefined || name === only)
		.filter(one => one === local || (one.hosts.length > 0 && targetOf(one, app)));
	const source = workingFile(environments, app)?.source;
	const [readings, setBy, askedFor, inUse] = await Promise.all([
		Promise.all(
			asked.map(async (environment): Promise<EnvReading> => {
				const [template, read] = await Promise.all([
					readTemplate(services, environment, app),
					environment === local
						? readHere(services, environments, {environment, app})
						: readHost(services, environment, app),
				]);
				return {...read, template};
			}),
		),
		Promise.all(
			asked
				.filter(({hosts}) => hosts.length > 0)
				.map(async environment => [environment.name, await readSetBy(services, environment, app)] as const),
		),
		source === undefined ? new Map<string, readonly string[]>() : services.envFiles.askedFor(source),
		readInUse(services, environments),
	]);
	return cleanText({
		app,
		columns: [
			{
				id: 'template',
				title: 'template',
				file: asked.map(environment => shownPath(environment, templateOf(environment))).join(', '),
				readAt: services.clock.now(),
			},
			...readings.map(({column}) => column),
		],
		rows: compareValues(readings, {
			print: secret => services.envFiles.print(secret),
			askedFor,
			setBy: new Map(setBy),
		}),
		inUse,
	});
};
