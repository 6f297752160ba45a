import type {StateCreator} from 'zustand';
import {wordRefusal} from '../../domain/runs/confirm.ts';
import type {AppName, Tier} from '../../domain/environments/environment.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';

/** Where a value can be set. */
export type ChangePlace = {
	readonly name: string;
	/** For people: `Pre-Prod`. */
	readonly title: string;
	readonly tier: Tier;
	/** Primary host, `ubuntu@10.0.0.7`; of the working copy, that it is here. */
	readonly address: string;
	/** The file there; empty where `refusal` says why there is none to change. */
	readonly file: string;
	/** The word before it is changed; undefined: none is asked for, it is a file of the working copy. */
	readonly word: string | undefined;
	readonly refusal: Problem | undefined;
};

/** The dialog that takes a value and then its word. Bound to the key that was under the cursor when it opened. */
export type ValueChange = {
	readonly key: string;
	readonly app: AppName;
	readonly places: readonly ChangePlace[];
	/** Name of the place that is meant. */
	readonly place: string;
	/** `asking`: whether there is anything to change; in the working copy it is changed with that. */
	readonly at: 'value' | 'asking' | 'word';
	/** In the memory of this process alone; never drawn, and gone with the dialog. */
	readonly value: string;
	readonly typed: string;
	/** Why the host did not go on with it. */
	readonly problem: Problem | undefined;
};

export type ValueChangeSlice = {
	readonly valueChange: ValueChange | undefined;
	readonly openValueChange: (change: Pick<ValueChange, 'key' | 'app' | 'places' | 'place'>) => void;
	readonly changeValueAt: (place: string) => void;
	readonly typeValue: (value: string) => void;
	readonly typeChangeWord: (typed: string) => void;
	/** The host is asked, is ready for the word, or says why not. */
	readonly valueAsked: () => void;
	readonly valueReady: () => void;
	readonly valueRefused: (problem: Problem) => void;
	/** What can't be typed here: nothing, and what has several lines. How it is set is said whole, in the dialog. */
	readonly valueEmptyRefused: () => void;
	readonly valuePasteRefused: () => void;
	readonly closeValueChange: () => void;
};

export const createValueChangeSlice: StateCreator<CockpitState, [], [], ValueChangeSlice> = (set, get) => {
	const change = (changes: Partial<ValueChange>): void => {
		const {valueChange} = get();
		if (valueChange) set({valueChange: {...valueChange, ...changes}});
	};
	const refuse = (what: string, why: string, next: (command: string) => string): void => {
		const {valueChange} = get();
		if (!valueChange) return;
		const {key, app, place} = valueChange;
		const command = `cockpit env set ${key} --env ${place} --app ${app}`;
		change({problem: {what, why, now: 'Nothing was changed.', next: next(command)}});
	};
	return {
		valueChange: undefined,
		openValueChange: opened =>
			set({valueChange: {...opened, at: 'value', value: '', typed: '', problem: undefined}}),
		changeValueAt: place => change({place, problem: undefined}),
		typeValue: value => change({value, problem: undefined}),
		typeChangeWord: typed => change({typed}),
		valueAsked: () => change({at: 'asking', problem: undefined}),
		valueReady: () => change({at: 'word', typed: ''}),
		valueRefused: problem => change({at: 'value', problem}),
		valueEmptyRefused: () =>
			refuse(
				'Nothing was typed',
				'an empty value is one that is meant',
				command => `To set it to nothing: ${command} --empty`,
			),
		valuePasteRefused: () =>
			refuse(
				'Not pasted',
				'it has several lines or control characters',
				command => `On standard input: ${command} < FILE`,
			),
		closeValueChange: () => set({valueChange: undefined}),
	};
};

/** The place that is meant. Throws TypeError for one that is not there: names come from the list itself. */
export const placeOfChange = ({places, place}: Pick<ValueChange, 'places' | 'place'>): ChangePlace => {
	const found = places.find(({name}) => name === place);
	if (!found) throw new TypeError(`no place ${place}`);
	return found;
};

/** Whether a value can be typed now. */
export const takesValue = (change: ValueChange): boolean =>
	change.at === 'value' && placeOfChange(change).refusal === undefined;

/** Whether something else than the word, or its beginning, was typed. */
export const isOtherChangeWord = (change: ValueChange): boolean =>
	!(placeOfChange(change).word ?? '').startsWith(change.typed);

/** Why Enter does nothing now; undefined when it does. */
export const goOnRefusal = (change: ValueChange): string | undefined => {
	const {at, typed} = change;
	const {refusal, word} = placeOfChange(change);
	if (refusal) return refusal.why;
	if (at === 'asking') return word === undefined ? 'it is being written' : 'the host is still being asked';
	if (at === 'value') return undefined;
	const wrong = isOtherChangeWord(change) || word === undefined ? undefined : wordRefusal(word, typed);
	return wrong && `${wrong}; nothing was changed`;
};
