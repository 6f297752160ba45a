import {applySwitch, planSwitch, secretsIn, type SwitchPlan} from '../../app/env/use-values.ts';
import type {KeptNotes} from '../../app/env/kept-file.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {productionSecretsWord, wordRefusal} from '../../domain/runs/confirm.ts';
import {selectEnvReading} from '../../store/environments/env-tables.ts';
import {isInUse, isOtherSwitchWord, switchRefusal, type ValuesSwitch} from '../../store/environments/values-switch.ts';
import {nothingChanged, problemOf} from '../../store/problem-of.ts';
import {environmentCalled, sayProblem, type ControlOptions} from '../part.ts';

/** Gives the working copy another set of values for the screen. */
export type ValuesSwitcher = {
	/** Asks which one. */
	readonly beginSwitch: () => void;
	/** Goes on with the one that was chosen: switches, with its word first where secrets of production come here. */
	readonly goOnSwitch: () => void;
};

/** What a switch has to say in one line; what somebody has to do first. */
const toldOf = (
	{environment: {title}, files}: SwitchPlan,
	{tracked}: KeptNotes,
): readonly [tone: 'success' | 'attention' | 'muted', text: string] => {
	const changed = files.filter(({change}) => change !== undefined);
	const empty = files.flatMap(one => one.empty);
	const left = empty.length === 0 ? '' : ` Left empty, yours to fill in: ${empty.join(', ')}.`;
	const [open] = tracked;
	const taken = open === undefined ? '' : ` git would take ${open} into a commit: add it to .gitignore.`;
	const tone = left + taken === '' ? undefined : 'attention';
	if (changed.length === 0)
		return [tone ?? 'muted', `The working copy is already ${title}: nothing to change.${taken}${left}`];
	const kept = changed.filter(({keptName}) => keptName !== undefined).length;
	const before = kept === 0 ? '' : `, ${kept === 1 ? 'the file' : 'both files'} before kept beside`;
	return [tone ?? 'success', `The working copy has the values of ${title}${before}.${taken}${left}`];
};

/** The plan holds secrets: it is in here alone, and gone with its dialog. */
export const createValuesSwitcher = (
	{services, environments, store, onFault}: ControlOptions,
	readAgain: (app: AppName) => void,
): ValuesSwitcher => {
	/** How often it was asked for: an answer to an earlier dialog is none to this one. */
	let round = 0;
	let planned: SwitchPlan | undefined;

	const isOpen = (mine: number, at: ValuesSwitch['at']): boolean =>
		mine === round && store.getState().valuesSwitch?.at === at;

	const readAllAgain = (): void => {
		const {app, envReadings} = store.getState();
		for (const one of ['backend', 'frontend'] as const) if (one === app || envReadings[one]) readAgain(one);
	};

	const write = async (plan: SwitchPlan): Promise<void> => {
		const mine = round;
		planned = undefined;
		store.getState().switchWritten();
		const {closeValuesSwitch, switchRefused, say} = store.getState();
		try {
			const notes = await applySwitch(services, plan);
			say(...toldOf(plan, notes));
			if (isOpen(mine, 'writing')) closeValuesSwitch();
			readAllAgain();
		} catch (error) {
			if (isOpen(mine, 'writing')) switchRefused(problemOf(error, nothingChanged));
			else sayProblem(store, error);
		}
	};

	const read = async ({set}: ValuesSwitch): Promise<void> => {
		const mine = round;
		store.getState().switchRead();
		try {
			const environment = environmentCalled(environments, set);
			const plan = await planSwitch(services, {environments, environment, fromHost: false});
			if (!isOpen(mine, 'reading')) return;
			if (!plan.bringsSecrets) return await write(plan);
			planned = plan;
			store.getState().switchBrings(secretsIn(plan));
		} catch (error) {
			if (isOpen(mine, 'reading')) store.getState().switchRefused(problemOf(error, nothingChanged));
		}
	};

	const takeWord = (chosen: ValuesSwitch): void => {
		const wrong = wordRefusal(productionSecretsWord, chosen.typed);
		if (wrong === undefined && planned) return void write(planned).catch(onFault);
		if (isOtherSwitchWord(chosen)) store.getState().closeValuesSwitch();
		store.getState().say('attention', `Not switched: ${wrong ?? 'nothing is planned'}. Nothing was changed.`);
	};

	return {
		beginSwitch: () => {
			round += 1;
			planned = undefined;
			const state = store.getState();
			const table = selectEnvReading(state).kept?.table;
			const sets = environments.map(({name, title, tier}) => ({name, title, tier}));
			const other = sets.find(set => !isInUse(set, table)) ?? sets[0];
			if (other) state.openValuesSwitch({sets, set: other.name});
		},
		goOnSwitch: () => {
			const {valuesSwitch: chosen} = store.getState();
			if (!chosen || switchRefusal(chosen) !== undefined) return;
			if (chosen.at === 'word') takeWord(chosen);
			else read(chosen).catch(onFault);
		},
	};
};
