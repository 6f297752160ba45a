import type {StateCreator} from 'zustand';
import type {CockpitState} from './create-store.ts';

/** Where a person is in a list: all there is about it but what it lists. */
export type ListPlace = {
	/** Id of the row under the cursor; undefined: the first one that is shown. */
	readonly cursor: string | undefined;
	/** Only what holds this text is listed. */
	readonly filter: string;
	/** The filter is being typed. */
	readonly isTyping: boolean;
	/** Rows of what is told about the row under the cursor that are above its panel. */
	readonly scroll: number;
};

export type ListName = 'activity' | 'next' | 'checklist' | 'backups' | 'history';

/** The same few verbs for every list. */
export type ListsSlice = {
	readonly lists: Readonly<Record<ListName, ListPlace>>;
	/** Puts the cursor on a row, and what is told about it to its begin. */
	readonly pointAt: (list: ListName, id: string | undefined) => void;
	readonly filterList: (list: ListName, text: string) => void;
	/** Begins typing the filter, or ends it and keeps what was typed. */
	readonly typeFilter: (list: ListName, isTyping: boolean) => void;
	/** Ends typing the filter and lists everything again. */
	readonly dropFilter: (list: ListName) => void;
	readonly scrollDetail: (list: ListName, scroll: number) => void;
};

const begin: ListPlace = {cursor: undefined, filter: '', isTyping: false, scroll: 0};

/** The places with one of them changed. */
export const inList = (
	lists: ListsSlice['lists'],
	list: ListName,
	changes: Partial<ListPlace>,
): Pick<ListsSlice, 'lists'> => ({lists: {...lists, [list]: {...lists[list], ...changes}}});

export const createListsSlice: StateCreator<CockpitState, [], [], ListsSlice> = set => {
	const change = (list: ListName, changes: Partial<ListPlace>): void =>
		set(({lists}) => inList(lists, list, changes));
	return {
		lists: {activity: begin, next: begin, checklist: begin, backups: begin, history: begin},
		pointAt: (list, cursor) => change(list, {cursor, scroll: 0}),
		filterList: (list, filter) => change(list, {filter}),
		typeFilter: (list, isTyping) => change(list, {isTyping}),
		dropFilter: list => change(list, {filter: '', isTyping: false}),
		scrollDetail: (list, scroll) => change(list, {scroll}),
	};
};
