import type {StateCreator} from 'zustand';
import type {EnvTable} from '../../domain/environments/env-table.ts';
import type {Tier} from '../../domain/environments/environment.ts';
import {productionSecretsWord, wordRefusal} from '../../domain/runs/confirm.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';

/** A set of values the working copy can be given: the template of an environment. */
export type ValuesSet = {readonly name: string; readonly title: string; readonly tier: Tier};

/** The dialog that gives the working copy another set of values. What is planned, with its secrets, is not in here. */
export type ValuesSwitch = {
	readonly sets: readonly ValuesSet[];
	/** Name of the one that is meant. */
	readonly set: string;
	/** `reading`: what it takes; `word`: secrets of production would come here. */
	readonly at: 'set' | 'reading' | 'word' | 'writing';
	/** Keys of those secrets. */
	readonly secrets: readonly string[];
	readonly typed: string;
	/** Why it did not go on. */
	readonly problem: Problem | undefined;
};

export type ValuesSwitchSlice = {
	readonly valuesSwitch: ValuesSwitch | undefined;
	readonly openValuesSwitch: (opened: Pick<ValuesSwitch, 'sets' | 'set'>) => void;
	readonly chooseSet: (set: string) => void;
	/** What it takes is read, its word is asked for, the files are written, or it says why not. */
	readonly switchRead: () => void;
	readonly switchBrings: (secrets: readonly string[]) => void;
	readonly typeSwitchWord: (typed: string) => void;
	readonly switchWritten: () => void;
	readonly switchRefused: (problem: Problem) => void;
	readonly closeValuesSwitch: () => void;
};

export const createValuesSwitchSlice: StateCreator<CockpitState, [], [], ValuesSwitchSlice> = (set, get) => {
	const change = (changes: Partial<ValuesSwitch>): void => {
		const {valuesSwitch} = get();
		if (valuesSwitch) set({valuesSwitch: {...valuesSwitch, ...changes}});
	};
	return {
		valuesSwitch: undefined,
		openValuesSwitch: opened =>
			set({valuesSwitch: {...opened, at: 'set', secrets: [], typed: '', problem: undefined}}),
		chooseSet: name => change({set: name, problem: undefined}),
		switchRead: () => change({at: 'reading', problem: undefined}),
		switchBrings: secrets => change({at: 'word', secrets, typed: ''}),
		typeSwitchWord: typed => change({typed}),
		switchWritten: () => change({at: 'writing'}),
		switchRefused: problem => change({at: 'set', typed: '', problem}),
		closeValuesSwitch: () => set({valuesSwitch: undefined}),
	};
};

/** The set that is meant. Throws TypeError for one that is not there: names come from the list itself. */
export const setOfSwitch = ({sets, set}: Pick<ValuesSwitch, 'sets' | 'set'>): ValuesSet => {
	const found = sets.find(({name}) => name === set);
	if (!found) throw new TypeError(`no set ${set}`);
	return found;
};

/** Whether a file of the working copy has the values of a set, as they were written or changed since. */
export const isInUse = ({title, name}: ValuesSet, table: EnvTable | undefined): boolean =>
	(table?.inUse ?? []).some(
		({environment, text}) => environment === name || text.startsWith(`${title}, from .env.${name}`),
	);

/** Whether something else than the word, or its beginning, was typed. */
export const isOtherSwitchWord = ({typed}: ValuesSwitch): boolean => !productionSecretsWord.startsWith(typed);

/** Why Enter does nothing now; undefined when it does. */
export const switchRefusal = (chosen: ValuesSwitch): string | undefined => {
	const {at, typed} = chosen;
	if (at === 'reading') return 'what it takes is still being read';
	if (at === 'writing') return 'the files are being written';
	if (at === 'set' || isOtherSwitchWord(chosen)) return undefined;
	const wrong = wordRefusal(productionSecretsWord, typed);
	return wrong && `${wrong}; nothing was changed`;
};
