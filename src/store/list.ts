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

const begin: ListPlace = {cursor: undefined, filter: '', isTyping: false, scroll: 0};

/** Every list there is. */
const listNames = [
	'activity',
	'next',
	'checklist',
	'backups',
	'health',
	'probes',
	'comparisons',
	'history',
	'environments',
] as const;

export type ListName = (typeof listNames)[number];

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

/** Where a move leads from row `at`: `last` is the last row there is, `page` how many go by at once. */
export type Move = (at: number, last: number, page: number) => number;

/** Rows that page keys go by in a list. */
const pageRows = 10;

/** Where a move leads to, never beyond the ends. */
export const movedTo = (at: number, last: number, to: Move): number =>
	Math.max(0, Math.min(last, to(at, last, pageRows)));

/** The row a move leads to; the first one when the cursor stands on none. */
export const moved = <Item>(items: readonly Item[], at: number, to: Move): Item | undefined =>
	items[at < 0 ? 0 : movedTo(at, items.length - 1, to)];

/** The one behind the last is the first, and the other way round. */
export const turned = <Item>(items: readonly Item[], now: Item | undefined, by: 1 | -1): Item | undefined =>
	items[(items.findIndex(item => item === now) + by + items.length) % items.length];

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
		lists: Object.fromEntries(listNames.map(list => [list, begin])) as ListsSlice['lists'],
		pointAt: (list, cursor) => change(list, {cursor, scroll: 0}),
		filterList: (list, filter) => change(list, {filter}),
		typeFilter: (list, isTyping) => change(list, {isTyping}),
		dropFilter: list => change(list, {filter: '', isTyping: false}),
		scrollDetail: (list, scroll) => change(list, {scroll}),
	};
};
