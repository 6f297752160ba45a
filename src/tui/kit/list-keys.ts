import type {CockpitState} from '../../store/create-store.ts';
import {moved, turned, type ListName, type Move} from '../../store/list.ts';
import {bind, type Binding, type KeyScope} from '../keys/binding.ts';
import type {ScreenName} from '../../store/navigation.ts';

/** What moves, and why it can't now. */
type Moving = Pick<Binding, 'refusal'> & {
	readonly act: (state: CockpitState, to: Move) => void;
	readonly pageDown?: Binding['keys'] | undefined;
	/** Place in the footer of the key that shows the next page; absent: none. */
	readonly rank?: number | undefined;
};

/** The six keys that move, the same ones everywhere. */
export const moveKeys = (
	scope: KeyScope,
	{act, pageDown = ['pagedown'], refusal, rank}: Moving,
): readonly Binding[] => {
	const key = (name: string, keys: Binding['keys'], to: Move, more: Pick<Binding, 'rank'> = {}): Binding =>
		bind(scope, name, keys, name, ({store}) => act(store.getState(), to), {
			group: 'move',
			isHidden: true,
			refusal,
			...more,
		});
	return [
		key('down', ['j', 'down'], at => at + 1),
		key('up', ['k', 'up'], at => at - 1),
		key('a page down', pageDown, (at, _, page) => at + page, {rank}),
		key('a page up', ['pageup'], (at, _, page) => at - page),
		key('first', ['g', 'home'], () => 0),
		key('last', ['G', 'end'], (_, last) => last),
	];
};

/** Moves in a page of rows that is taller than its panel. */
export const scrollKeys = (scope: KeyScope, pageDown?: Binding['keys'], rank?: number): readonly Binding[] =>
	moveKeys(scope, {
		pageDown,
		rank,
		act: ({scroll, pageRows, scrollTo}, to) => scrollTo(to(scroll, Number.MAX_SAFE_INTEGER, pageRows)),
	});

/** A list the cursor of which is moved: the ids of its rows in order, and the one under the cursor. */
export type Listed = {readonly list: ListName; readonly ids: readonly string[]; readonly current: string | undefined};

/** Puts the cursor where a move leads. */
export const moveCursor = ({pointAt}: CockpitState, {list, ids, current}: Listed, to: Move): void => {
	const id = moved(ids, ids.indexOf(current ?? ''), to);
	if (id !== undefined) pointAt(list, id);
};

/** Moves the cursor of a list; of none where there is none now. */
export const cursorKeys = (
	scope: KeyScope,
	listed: (state: CockpitState) => Listed | undefined,
	refusal: NonNullable<Binding['refusal']>,
): readonly Binding[] =>
	moveKeys(scope, {
		refusal,
		act: (state, to) => {
			const now = listed(state);
			if (now) moveCursor(state, now, to);
		},
	});

/** Lists with a line in which their filter is typed; their screens are called like them. */
type Filtered = Extract<ListName, ScreenName>;

/** Begins to type the filter of a list. */
export const filterKey = (list: Filtered, rank: number, refusal?: Binding['refusal']): Binding =>
	bind(list, 'filter', ['/'], 'filter', ({store}) => store.getState().typeFilter(list, true), {
		group: 'move',
		rank,
		refusal,
	});

/** What ends typing a filter: Enter keeps it, Esc lists everything again. */
export const filterTypingKeys = (list: Filtered): readonly Binding[] => {
	const scope = `${list}.filter` as const;
	return [
		bind(scope, 'keep', ['enter'], 'keep the filter', ({store}) => store.getState().typeFilter(list, false), {
			rank: 1,
			isHidden: true,
		}),
		bind(scope, 'leave', ['esc'], 'show all', ({store}) => store.getState().dropFilter(list), {
			rank: 2,
			isHidden: true,
		}),
	];
};

/** Esc: the last word to the user goes first, then `leave` goes one step back. */
export const backKey = (
	scope: KeyScope,
	leave: (state: CockpitState) => void,
	{
		label = 'back',
		keys = ['esc'],
		rank,
	}: {readonly label?: string; readonly keys?: Binding['keys']; readonly rank?: number} = {},
): Binding =>
	bind(
		scope,
		'back',
		keys,
		label,
		({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else leave(state);
		},
		{rank, isHidden: rank === undefined},
	);

/** Tab and Shift-Tab go round the panels of a screen. `rank`: place of Tab in the footer. */
export const panelKeys = <Panel extends string>(
	scope: KeyScope,
	panels: readonly Panel[],
	current: (state: CockpitState) => Panel,
	focus: (state: CockpitState, panel: Panel) => void,
	rank?: number,
): readonly Binding[] => {
	const turn =
		(by: 1 | -1): Binding['run'] =>
		({store}) => {
			const state = store.getState();
			const next = turned(panels, current(state), by);
			if (next !== undefined) focus(state, next);
		};
	const more = {group: 'move', isHidden: true} as const;
	return [
		bind(scope, 'panel', ['tab'], 'next panel', turn(1), {...more, rank}),
		bind(scope, 'panel-back', ['shift-tab'], 'previous panel', turn(-1), more),
	];
};
