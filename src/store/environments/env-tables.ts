import type {StateCreator} from 'zustand';
import {cleanText} from '../../app/clean-text.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {EnvCell, EnvTable} from '../../domain/environments/env-table.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';
import type {EnvGroup} from './env-lines.ts';
import {keepValues, type KeptTable} from './kept-values.ts';

/** The values of one app as last read; kept while they are read again. Times: epoch milliseconds of this machine. */
export type EnvTableReading = {
	readonly kept: KeptTable | undefined;
	/** Since when they are being read. */
	readonly askedAt: number | undefined;
	/** Why none of them could be read. */
	readonly problem: Problem | undefined;
};

export type EnvTablesSlice = {
	readonly envReadings: {readonly [App in AppName]?: EnvTableReading};
	/** Only keys with which something is wrong, or not known, are listed. */
	readonly isEnvTroubleOnly: boolean;
	/** Groups that can be folded, and are open. */
	readonly envOpened: readonly EnvGroup[];
	/** Everything about the key under the cursor stands in place of the list. */
	readonly isEnvPageOpen: boolean;
	/** The values of an app are being read since `at`, were read, or could not be. */
	readonly envAsked: (app: AppName, at: number) => void;
	readonly envRead: (table: EnvTable) => void;
	readonly envUnread: (app: AppName, problem: Problem) => void;
	readonly turnEnvTrouble: () => void;
	readonly foldEnvGroup: (group: EnvGroup) => void;
	readonly openEnvPage: (isOpen: boolean) => void;
};

const nothingRead: EnvTableReading = {kept: undefined, askedAt: undefined, problem: undefined};

/** One line: where a value goes over several, its breaks are seen. */
const oneLine = (text: string): string => text.replaceAll(/\r?\n/g, String.raw`\n`);

const oneLineCell = (cell: EnvCell): EnvCell => (cell.kind === 'value' ? {...cell, text: oneLine(cell.text)} : cell);

/** A table that can be drawn: what it holds was written by others. */
const drawable = (table: EnvTable): EnvTable =>
	cleanText({
		...table,
		rows: table.rows.map(row => ({
			...row,
			cells: Object.fromEntries(Object.entries(row.cells).map(([id, cell]) => [id, oneLineCell(cell)])),
			repeated: Object.fromEntries(
				Object.entries(row.repeated).map(([id, cells]) => [id, cells.map(oneLineCell)]),
			),
		})),
	});

export const createEnvTablesSlice: StateCreator<CockpitState, [], [], EnvTablesSlice> = (set, get) => {
	const change = (app: AppName, changes: Partial<EnvTableReading>): void => {
		const {envReadings} = get();
		set({envReadings: {...envReadings, [app]: {...nothingRead, ...envReadings[app], ...changes}}});
	};
	return {
		envReadings: {},
		isEnvTroubleOnly: false,
		envOpened: [],
		isEnvPageOpen: false,
		envAsked: (app, askedAt) => change(app, {askedAt}),
		envRead: table => {
			const kept = keepValues(get().envReadings[table.app]?.kept, drawable(table));
			change(table.app, {kept, askedAt: undefined, problem: undefined});
			const {cursor} = get().lists.environments;
			const isGone = !kept.table.rows.some(({key}) => key === cursor);
			// What is told about a key is never told about another one in its place.
			if (get().app === table.app && get().isEnvPageOpen && isGone) set({isEnvPageOpen: false});
		},
		envUnread: (app, problem) => change(app, {askedAt: undefined, problem}),
		turnEnvTrouble: () => set({isEnvTroubleOnly: !get().isEnvTroubleOnly}),
		foldEnvGroup: group => {
			const {envOpened} = get();
			set({
				envOpened: envOpened.includes(group) ? envOpened.filter(one => one !== group) : [...envOpened, group],
			});
		},
		openEnvPage: isEnvPageOpen => set({isEnvPageOpen}),
	};
};

/** What is known of the values of the app on screen. */
export const selectEnvReading = ({app, envReadings}: Pick<CockpitState, 'app' | 'envReadings'>): EnvTableReading =>
	envReadings[app] ?? nothingRead;
