import {
	envFileOf,
	isEnvChangeDue,
	prepareEnvChange,
	requireFile,
	requireKey,
	requireValue,
	type EnvRequest,
} from '../../app/env/set-env.ts';
import {
	addressOf,
	primaryHost,
	targetOf,
	type AppName,
	type Environment,
} from '../../domain/environments/environment.ts';
import {changeWord, wordRefusal} from '../../domain/runs/confirm.ts';
import {selectEnvReading} from '../../store/environments/env-tables.ts';
import {
	goOnRefusal,
	isOtherChangeWord,
	placeOfChange,
	type ChangePlace,
	type ValueChange,
} from '../../store/environments/value-change.ts';
import {nothingChanged, problemOf} from '../../store/problem-of.ts';
import {environmentCalled, type ControlOptions} from '../part.ts';
import type {RunDriver} from '../runs/run-driver.ts';

/** Changes one value of a host for the screen: takes it, asks the host, takes the word, begins the run. */
export type ValueChanger = {
	/** Asks for another value of a key of the app on screen. */
	readonly begin: (key: string) => void;
	/** Goes on with what was typed: from the value to the word, and behind it begins the run. */
	readonly goOn: () => void;
};

const placeIn = (environment: Environment, app: AppName, key: string): ChangePlace => {
	const {name, title, tier} = environment;
	const place = {name, title, tier, address: addressOf(primaryHost(environment)), word: changeWord(environment)};
	try {
		requireKey(key);
		requireFile({environment, app, change: {key, verb: 'set'}});
		return {...place, file: envFileOf(environment, app), refusal: undefined};
	} catch (error) {
		return {...place, file: '', refusal: problemOf(error, nothingChanged)};
	}
};

/** The value leaves the store with the dialog, and goes to the run alone. */
export const createValueChanger = (
	{services, environments, store, onFault}: ControlOptions,
	driver: RunDriver,
): ValueChanger => {
	const requestOf = ({key, app, place, value}: ValueChange): EnvRequest => ({
		environment: environmentCalled(environments, place),
		app,
		change: {key, verb: 'set'},
		value,
	});

	const begin = (key: string): void => {
		if (driver.refusesBusy()) return;
		const state = store.getState();
		const {app} = state;
		const places = environments
			.filter(environment => environment.hosts.length > 0 && targetOf(environment, app))
			.map(environment => placeIn(environment, app, key));
		const row = selectEnvReading(state).kept?.table.rows.find(one => one.key === key);
		const lacking = places.find(({name}) => row?.cells[name]?.kind === 'missing');
		const place = lacking ?? places[0];
		if (place) state.openValueChange({key, app, places, place: place.name});
		else state.say('attention', `No environment here has a host with the ${app}.`);
	};

	/** Whether anybody still waits for what was asked. */
	const isOpen = ({key, app, place, value}: ValueChange): boolean => {
		const {valueChange: now} = store.getState();
		return now?.at === 'asking' && now.key === key && now.app === app && now.place === place && now.value === value;
	};

	const askHost = async (change: ValueChange): Promise<void> => {
		const request = requestOf(change);
		store.getState().valueAsked();
		const {valueReady, valueRefused, closeValueChange, say} = store.getState();
		try {
			requireValue(request, false);
			await services.sessions.session(primaryHost(request.environment)).connect();
			const isDue = await isEnvChangeDue(services, request);
			if (!isOpen(change)) return;
			if (isDue) return valueReady();
			say('muted', `${change.key} has that value on ${request.environment.title} already: nothing to change.`);
			closeValueChange();
		} catch (error) {
			if (isOpen(change)) valueRefused(problemOf(error, nothingChanged));
		}
	};

	const start = (change: ValueChange): void => {
		const {closeValueChange, say, show, beginChange} = store.getState();
		const wrong = wordRefusal(placeOfChange(change).word, change.typed);
		if (wrong !== undefined) {
			if (isOtherChangeWord(change)) closeValueChange();
			return say('attention', `Not started: ${wrong}. Nothing was changed.`);
		}
		closeValueChange();
		beginChange({app: change.app, environment: change.place});
		show('deploy');
		driver
			.prepare(() => prepareEnvChange(services, requestOf(change)), {attempt: 1, replaces: undefined})
			.catch(onFault);
	};

	const goOn = (): void => {
		const {valueChange: change} = store.getState();
		if (!change || driver.refusesBusy()) return;
		if (change.at === 'word') start(change);
		else if (goOnRefusal(change) === undefined) askHost(change).catch(onFault);
	};

	return {begin, goOn};
};
