import {understand} from '../../commands/answers.ts';
import {askEnvKeys, parseEnvKeys} from '../../commands/env/env-keys.ts';
import {primaryHost, targetOf, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';
import type {ExpectedValues} from '../../recipes/deploy/plan.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';
import {answerTo} from '../known.ts';
import {readTemplate} from './env-places.ts';

type Options = {
	readonly environment: Environment;
	readonly app: AppName;
	readonly commit: string;
	readonly before?: ExpectedValues['before'];
};

/**
 * What the template of an environment says its host gives an app, and where the build asks for it. Connects to nothing.
 * No template where the app is given no `.env`, or nobody here has one: then nothing is compared.
 */
export const readExpected = async (
	services: Pick<AppServices, 'envFiles' | 'isRehearsal'>,
	{environment, app, commit, before}: Options,
): Promise<ExpectedValues> => {
	const {isRehearsal = false} = services;
	const target = targetOf(environment, app);
	if (!target?.shared.files.includes('.env')) return {isRehearsal};
	const [entries, asked] = await Promise.all([
		readTemplate(services, environment, app),
		services.envFiles.askedFor(target.source, commit),
	]);
	if (entries.length === 0) return {isRehearsal};
	return {
		isRehearsal,
		template: entries.map(({key}) => {
			const [askedFor] = asked.get(key) ?? [];
			return askedFor === undefined ? {key} : {key, askedFor};
		}),
		...(before ? {before} : {}),
	};
};

/** What the environment before gives an app, by name; undefined where there is none, or it can't be asked now. */
export const readBefore = async (
	services: Pick<AppServices, 'sessions' | 'clock'>,
	{
		environments,
		environment,
		app,
	}: {readonly environments: readonly Environment[]} & Pick<Options, 'environment' | 'app'>,
): Promise<ExpectedValues['before']> => {
	const from = promotionTo(environments, environment)?.from;
	const target = from && targetOf(from, app);
	if (!from || !target?.shared.files.includes('.env')) return undefined;
	const answer = await answerTo(async () => {
		const said = await execOn(services, from, askEnvKeys(target), {lane: 'poll'});
		if (said.code !== 0) return undefined;
		return {...understand(primaryHost(from).name, said, parseEnvKeys), now: services.clock.now()};
	});
	if ('unknown' in answer || answer.value?.keys === undefined) return undefined;
	const {keys, time, now} = answer.value;
	return {title: from.title, keys, aheadMs: time * 1000 - now};
};
