import type {StateCreator} from 'zustand';
import type {AppName} from '../domain/environments/environment.ts';
import type {CockpitState} from './create-store.ts';

/** The tabs, in the order of their digits. */
export const tabs = [
	{name: 'Overview', screen: 'overview'},
	{name: 'Checklist', screen: 'checklist'},
	{name: 'Deploy', screen: 'deploy'},
	{name: 'Backups', screen: 'backups'},
	{name: 'Health', screen: 'health'},
	{name: 'Logs', screen: 'logs'},
	{name: 'History', screen: 'history'},
] as const;

export type ScreenName = (typeof tabs)[number]['screen'] | 'environments' | 'guides';

/** Screens beside the tabs: they have a key, and their name stands in the header while they are shown. */
export const besideTabs: readonly {readonly name: string; readonly screen: ScreenName; readonly key: string}[] = [
	{name: 'Environments', screen: 'environments', key: '8'},
	{name: 'Guides', screen: 'guides', key: '9'},
];

/** A dialog over the screen. `cursor` counts the entries left by the filter. */
export type Dialog =
	| {readonly kind: 'help'; readonly filter: string; readonly scroll: number}
	| {readonly kind: 'palette'; readonly filter: string; readonly selected: string | undefined}
	| {readonly kind: 'quit'; readonly selected: QuitChoice}
	| {readonly kind: 'cancel'; readonly selected: 'stay' | 'cancel'};

export type QuitChoice = 'stay' | 'leave' | 'cancel';

export type Notice = {
	readonly tone: 'success' | 'attention' | 'danger' | 'muted';
	readonly text: string;
	readonly at: number;
};

export type NavigationSlice = {
	readonly screen: ScreenName;
	/** The app the boards and the next deploy speak of. */
	readonly app: AppName;
	/** Panel with focus on the overview. */
	readonly panel: 'environments' | 'activity' | 'next';
	readonly dialog: Dialog | undefined;
	/** Last word to the user; an error stays until Esc. */
	readonly notice: Notice | undefined;
	/** Epoch milliseconds, advanced by the clock tick: ages are computed from it. */
	readonly now: number;
	readonly show: (screen: ScreenName) => void;
	/** Speaks of the other app from now on. */
	readonly switchApp: () => void;
	readonly focusPanel: (panel: NavigationSlice['panel']) => void;
	readonly open: (dialog: Dialog) => void;
	readonly close: () => void;
	readonly say: (tone: Notice['tone'], text: string) => void;
	readonly hush: () => void;
	readonly tick: (now: number) => void;
};

const noticeMs = 5000;

export const createNavigationSlice =
	(now: number): StateCreator<CockpitState, [], [], NavigationSlice> =>
	(set, get) => ({
		screen: 'overview',
		app: 'backend',
		panel: 'environments',
		dialog: undefined,
		notice: undefined,
		now,
		show: screen => set({screen}),
		switchApp: () => set({app: get().app === 'backend' ? 'frontend' : 'backend'}),
		focusPanel: panel => set({panel}),
		open: dialog => set({dialog}),
		close: () => set({dialog: undefined}),
		say: (tone, text) => set({notice: {tone, text, at: get().now}}),
		hush: () => set({notice: undefined}),
		tick: now => {
			const {notice} = get();
			const isOver = notice !== undefined && notice.tone !== 'danger' && now - notice.at > noticeMs;
			set(isOver ? {now, notice: undefined} : {now});
		},
	});
