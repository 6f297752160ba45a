import {workingFile} from '../../app/env/env-places.ts';
import {fileHere, isOfWorkingCopy, setHere, type ChangedHere} from '../../app/env/set-here.ts';
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
import {environmentCalled, sayProblem, type ControlOptions} from '../part.ts';
import type {RunDriver} from '../runs/run-driver.ts';

/**
 * Changes one value for the screen. On a host: takes it, asks the host, takes the word, begins the run. In the working
 * copy: takes it and writes it.
 */
export type ValueChanger = {
	/** Asks for another value of a key of the app on screen. */
	readonly begin: (key: string) => void;
	/** Goes on with what was typed: from the value to the word, and behind it begins the run; here it is written at once. */
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

/** The same of the working copy, which has no host and no word. */
const placeHere = (
	environments: readonly Environment[],
	environment: Environment,
	{app, key}: Pick<ValueChange, 'app' | 'key'>,
): ChangePlace => {
	const {name, title, tier} = environment;
	const place = {name, title, tier, address: 'this working copy', word: undefined};
	try {
		requireKey(key);
		const {shown} = fileHere({environments, environment, app, change: {key, verb: 'set'}});
		return {...place, file: shown, refusal: undefined};
	} catch (error) {
		return {...place, file: '', refusal: problemOf(error, nothingChanged)};
	}
};

/** What a change of the working copy has to say in one line. */
const toldOf = (
	{key}: Pick<ValueChange, 'key'>,
	{file, kept, others, tracked}: ChangedHere,
): readonly [tone: 'success' | 'attention', text: string] => {
	const [open] = tracked;
	const what = `${key} is set in ${file}${others === undefined ? '' : `, which has the values of ${others}`}`;
	const before = kept === undefined ? '' : `; kept before: ${kept}`;
	return open === undefined
		? ['success', `${what}${before}.`]
		: ['attention', `${what}. git would take ${open} into a commit: add it to .gitignore.`];
};

/**
 * The value leaves the store with the dialog, and goes to the run or the file alone. `readAgain`: what is on screen of an
 * app is not what there is any more.
 */
export const createValueChanger = (
	{services, environments, store, onFault}: ControlOptions,
	driver: RunDriver,
	readAgain: (app: AppName) => void,
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
			.filter(environment =>
				isOfWorkingCopy(environment) ? workingFile(environments, app) : targetOf(environment, app),
			)
			.map(environment =>
				isOfWorkingCopy(environment)
					? placeHere(environments, environment, {app, key})
					: placeIn(environment, app, key),
			);
		const row = selectEnvReading(state).kept?.table.rows.find(one => one.key === key);
		const lacking = places.find(({name}) => row?.cells[name]?.kind === 'missing');
		const place = lacking ?? places[0];
		if (place) state.openValueChange({key, app, places, place: place.name});
		else state.say('attention', `No environment here has the ${app}.`);
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

	/** Who has closed the dialog meanwhile still hears what became of the file. */
	const writeHere = async (change: ValueChange): Promise<void> => {
		const request = requestOf(change);
		store.getState().valueAsked();
		const {valueRefused, closeValueChange, say} = store.getState();
		try {
			requireValue(request, false);
			const changed = await setHere(services, {...request, environments});
			if (changed.isChanged) say(...toldOf(change, changed));
			else say('muted', `${change.key} has that value in ${changed.file} already: nothing to change.`);
			if (isOpen(change)) closeValueChange();
			if (changed.isChanged) readAgain(change.app);
		} catch (error) {
			if (isOpen(change)) valueRefused(problemOf(error, nothingChanged));
			else sayProblem(store, error);
		}
	};

	const start = (change: ValueChange, word: string): void => {
		const {closeValueChange, say, show, beginChange} = store.getState();
		const wrong = wordRefusal(word, change.typed);
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
		const {word} = placeOfChange(change);
		if (change.at === 'value' && change.value === '' && goOnRefusal(change) === undefined)
			return store.getState().valueEmptyRefused();
		if (change.at === 'word' && word !== undefined) start(change, word);
		else if (goOnRefusal(change) === undefined)
			(word === undefined ? writeHere(change) : askHost(change)).catch(onFault);
	};

	return {begin, goOn};
};
