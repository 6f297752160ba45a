import {readEnvTable} from '../../../app/env/read-env-table.ts';
import type {EnvTable} from '../../../domain/environments/env-table.ts';
import {targetOf, type AppName, type Environment} from '../../../domain/environments/environment.ts';
import {exitCodes} from '../../../domain/errors.ts';
import {type CliContext, type Cockpit} from '../../cli-context.ts';
import {countFindings, printEnvTable, printInUse} from '../../env/print-table.ts';
import {switchValues} from '../../env/switch-values.ts';
import {environmentOption, jsonOption, onlyAppOption, wordsOption, type JsonOption} from '../../options.ts';
import {printJson} from '../../print-json.ts';
import type {Place, RegisterVerb} from '../../verb.ts';
import {registerEnvRestore} from './env-restore.ts';
import {registerEnvSet} from './env-set.ts';

export const register: RegisterVerb = (program, actions) => {
	const {withCockpit, onEnvironment} = actions;
	const env = program.command('env').description('the values in .env of all environments, without a secret shown');
	env.command('show')
		.description('every value of one environment, against its template')
		.addOption(environmentOption())
		.addOption(onlyAppOption())
		.addOption(jsonOption())
		.action(onEnvironment(show));
	env.command('diff')
		.description('what is missing, extra, given twice, or the same where it should differ')
		.addOption(onlyAppOption())
		.option('--only-trouble', 'leave out what is as the templates say', false)
		.addOption(jsonOption())
		.action(withCockpit(diff));
	env.command('use')
		.description('give the working copy the values of an environment; what it had is kept')
		.argument('<environment>', 'local, preprod, production')
		.addOption(wordsOption('the word to type, where secrets of production come to this machine'))
		.option('--from-host', 'fill in secrets from the files on the host', false)
		.addOption(jsonOption())
		.action(withCockpit(switchValues));
	registerEnvSet(env, actions);
	registerEnvRestore(env, actions);
};

type ShowOptions = JsonOption & {readonly app?: AppName};

/** The apps that are meant, of those that any of the environments has. */
const appsIn = (environments: readonly Environment[], app: AppName | undefined): readonly AppName[] =>
	(app === undefined ? (['backend', 'frontend'] as const) : [app]).filter(one =>
		environments.some(environment => targetOf(environment, one)),
	);

const printObjects = ({terminal}: Pick<CliContext, 'terminal'>, table: EnvTable, onlyTrouble: boolean): void => {
	const {app, columns, rows, inUse} = table;
	printJson(terminal, {type: 'env', app, columns, counts: countFindings(table), inUse});
	for (const row of rows)
		if (!onlyTrouble || row.problems.length > 0) printJson(terminal, {type: 'env-value', app, ...row});
};

/** Nothing read: 5 where a host was asked; something lacking or ambiguous: 7. Source: design, "Command line". */
const exitOf = (tables: readonly EnvTable[], asked: readonly Environment[]): number => {
	const places = tables.flatMap(({columns}) => columns.filter(({id}) => id !== 'template'));
	if (
		places.length > 0 &&
		places.every(({problem}) => problem !== undefined) &&
		asked.some(({hosts}) => hosts.length > 0)
	)
		return exitCodes.unreachable;
	const isBad = tables.some(
		({rows, columns}) =>
			rows.some(({finding, repeated}) => finding === 'missing' || Object.keys(repeated).length > 0) ||
			(asked.length === 1 && columns.some(({problem}) => problem !== undefined)),
	);
	return isBad ? exitCodes['checked-bad'] : 0;
};

/** `cockpit env show`: every value of one environment. */
const show = async (
	{terminal, services, cockpit: {environments}, environment}: Place,
	{app, json}: ShowOptions,
): Promise<number> => {
	const tables = await Promise.all(
		appsIn(environments, app).map(one => readEnvTable(services, {environments, app: one, only: environment.name})),
	);
	for (const table of tables) {
		if (json) printObjects({terminal}, table, false);
		else
			printEnvTable(terminal, table, {
				now: services.clock.now(),
				timeZone: environment.timeZone,
				onlyTrouble: false,
				whole: true,
			});
	}
	return exitOf(tables, [environment]);
};

/** `cockpit env diff`: the values of all environments side by side. */
const diff = async (
	{terminal}: CliContext,
	{services, environments}: Cockpit,
	{app, json, onlyTrouble}: ShowOptions & {readonly onlyTrouble: boolean},
): Promise<number> => {
	const tables = await Promise.all(
		appsIn(environments, app).map(one => readEnvTable(services, {environments, app: one})),
	);
	const timeZone = environments.at(-1)?.timeZone ?? 'UTC';
	for (const table of tables) {
		if (json) printObjects({terminal}, table, onlyTrouble);
		else printEnvTable(terminal, table, {now: services.clock.now(), timeZone, onlyTrouble, whole: false});
	}
	const [first] = tables;
	if (first && !json) printInUse(terminal, first);
	return exitOf(tables, environments);
};
