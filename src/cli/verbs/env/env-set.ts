import {Argument, type Command} from 'commander';
import {
	dueChange,
	prepareEnvChange,
	requireFile,
	requireKey,
	requireValue,
	type EnvRequest,
} from '../../../app/env/set-env.ts';
import {isOfWorkingCopy} from '../../../app/env/set-here.ts';
import {mostValueBytes, type EnvChange} from '../../../domain/environments/env-edit.ts';
import {primaryHost, type AppName} from '../../../domain/environments/environment.ts';
import {usage, type DeployError} from '../../../domain/errors.ts';
import {changeWord, checkWords} from '../../../domain/runs/confirm.ts';
import {driveChange} from '../../env/drive-change.ts';
import {planHere, setInWorkingCopy} from '../../env/set-in-working-copy.ts';
import {environmentOption, jsonOption, onlyAppOption, planOption, wordsOption, type JsonOption} from '../../options.ts';
import {tell} from '../../print-json.ts';
import {printPlan} from '../../print-plan.ts';
import type {Terminal} from '../../terminal.ts';
import type {Actions, Place} from '../../verb.ts';

/** Registers `set` among what can be done with values. */
export const registerEnvSet = (group: Command, {onEnvironment}: Actions): void => {
	group
		.command('set')
		.description('change one value on a host, or in the working copy; the value comes on standard input')
		.addArgument(new Argument('<key>', 'its name in the .env'))
		.addOption(environmentOption())
		.addOption(onlyAppOption().default('backend'))
		.addOption(wordsOption('the word to type'))
		.option('--empty', 'set it to nothing', false)
		.option('--remove', 'take it away, with its line', false)
		.option('--create', 'make the file where there is none', false)
		.addOption(planOption())
		.addOption(jsonOption())
		.action(onEnvironment(setValue));
};

type SetOptions = JsonOption & {
	readonly app: AppName;
	readonly confirm: readonly string[];
	readonly empty: boolean;
	readonly remove: boolean;
	readonly create: boolean;
	readonly plan: boolean;
};

const changeOf = (key: string, {remove, create}: SetOptions): EnvChange => ({
	key,
	verb: remove ? 'remove' : 'set',
	...(create && !remove ? {create: true} : {}),
});

/**
 * `cockpit env set KEY --env E < value`: a run that changes one value of a host, or a file of the working copy. The value
 * is on no command line, in no record and on no screen.
 */
const setValue = async (place: Place, key: string, options: SetOptions, command: Command): Promise<number> => {
	requireKey(key);
	return isOfWorkingCopy(place.environment)
		? setValueHere(place, key, options)
		: setValueOnHost(place, key, options, command);
};

const setValueHere = async (place: Place, key: string, options: SetOptions): Promise<number> => {
	const {
		terminal,
		environment,
		cockpit: {environments},
	} = place;
	const {app, plan, json, empty} = options;
	const asked = {environments, environment, app, change: changeOf(key, options)};
	if (plan) {
		planHere(terminal, asked, json);
		return 0;
	}
	const request = {...asked, value: await valueOf(terminal, asked.change, options)};
	if (asked.change.verb === 'set') requireValue(request, empty);
	return setInWorkingCopy(place, request, {json, unneeded: unneeded(request)});
};

const setValueOnHost = async (place: Place, key: string, options: SetOptions, command: Command): Promise<number> => {
	const {terminal, services, environment} = place;
	const {app, confirm, plan, json, empty} = options;
	const change = changeOf(key, options);
	requireFile({environment, app, change});
	if (plan) {
		printPlan(terminal, await prepareEnvChange(services, {environment, app, change, value: undefined}), json);
		return 0;
	}
	const what = `${change.verb} ${key} of ${app} on ${environment.name}`;
	const words = [changeWord(environment)];
	const asks = terminal.isInteractive && !json && confirm.length === 0;
	if (!asks) checkWords(what, words, confirm, 'CHANGE BLOCKED');
	const request = {environment, app, change, value: await valueOf(terminal, change, options)};
	if (change.verb === 'set') requireValue(request, empty);
	await services.sessions.session(primaryHost(environment)).connect();
	const due = await dueChange(services, request);
	if (due === 'nothing') {
		const why = unneeded(request);
		tell(terminal, json, {type: 'env.unneeded', key, app, environment: environment.name, why}, why);
		return 0;
	}
	const {create: _, ...edit} = change;
	const settled = {...request, change: due === 'make' ? change : edit};
	const pipeline = await prepareEnvChange(services, settled);
	return driveChange(place, pipeline, {app, change, what, json, asks}, command);
};

const unneeded = ({change: {key, verb}, app, environment}: EnvRequest): string =>
	verb === 'set'
		? `${key} of the ${app} has that value on ${environment.title} already: nothing to change.`
		: `There is no ${key} of the ${app} on ${environment.title}: nothing to change.`;

const notRead = (change: EnvChange, why: string): DeployError =>
	usage({
		what: `${change.key} is not changed`,
		why,
		next: `cockpit env set ${change.key} --env ... < FILE-WITH-THE-VALUE`,
	});

/** From standard input; at a terminal it is asked for. One line break at its end does not count. */
const valueOf = async (
	{readHidden}: Terminal,
	change: EnvChange,
	{remove, empty}: SetOptions,
): Promise<string | undefined> => {
	if (remove) return undefined;
	if (empty) return '';
	const bytes = await readHidden(`Value of ${change.key} (it is not shown): `, mostValueBytes + 2);
	if (bytes === undefined) throw notRead(change, 'no value was typed');
	if (bytes.length > mostValueBytes + 2)
		throw notRead(change, `the value is larger than ${mostValueBytes / 1024} KiB`);
	try {
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes).replace(/\r?\n$/, '');
	} catch {
		throw notRead(change, 'the value is not UTF-8');
	}
};
