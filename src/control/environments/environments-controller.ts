import {readEnvTable} from '../../app/env/read-env-table.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {nothingChanged, problemOf} from '../../store/problem-of.ts';
import {selectEnvReading} from '../../store/environments/env-tables.ts';
import type {ControlOptions, Part} from '../part.ts';
import type {RunDriver} from '../runs/run-driver.ts';
import {createValueChanger, type ValueChanger} from './change-value.ts';
import {createValuesSwitcher, type ValuesSwitcher} from './switch-values.ts';

/** The part of the controller that lays values side by side; it changes what hosts have only behind its word. */
export type EnvironmentsController = ValueChanger &
	ValuesSwitcher &
	Pick<Part, 'stop'> & {
		/** Goes to the values and reads them. */
		readonly open: () => void;
		/** Speaks of the other app, and reads its values where they are not known yet. */
		readonly switchApp: () => void;
		/** Reads the values on screen again. */
		readonly reload: () => void;
	};

/** Reads values for the screen: when it is opened and when somebody asks, one question for an app at a time. */
export const createEnvironmentsController = (options: ControlOptions, driver: RunDriver): EnvironmentsController => {
	const {services, environments, store, onFault} = options;
	let isStopped = false;
	/** Apps whose values were changed while they were being read. */
	const outdated = new Set<AppName>();

	const ask = async (app: AppName): Promise<void> => {
		store.getState().envAsked(app, services.clock.now());
		try {
			const table = await readEnvTable(services, {environments, app});
			if (!isStopped) store.getState().envRead(table);
		} catch (error) {
			if (!isStopped) store.getState().envUnread(app, problemOf(error, nothingChanged));
		}
		if (outdated.delete(app) && !isStopped) await ask(app);
	};
	const readAgain = (app: AppName): void => {
		if (store.getState().envReadings[app]?.askedAt === undefined) ask(app).catch(onFault);
		else outdated.add(app);
	};
	const reload = (): void => {
		const state = store.getState();
		if (selectEnvReading(state).askedAt === undefined) ask(state.app).catch(onFault);
	};
	return {
		...createValueChanger(options, driver, readAgain),
		...createValuesSwitcher(options, readAgain),
		stop: async () => void (isStopped = true),
		open: () => {
			const {openEnvPage, show} = store.getState();
			openEnvPage(false);
			show('environments');
			reload();
		},
		switchApp: () => {
			const {switchApp, pointAt} = store.getState();
			switchApp();
			pointAt('environments', undefined);
			if (!selectEnvReading(store.getState()).kept) reload();
		},
		reload,
	};
};
