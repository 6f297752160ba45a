import type {OutputRing} from './output-ring.ts';

/** What the output panel shows of the ring. */
export type OutputView = {
	/** Number of the first line shown; undefined follows the end. */
	readonly from: number | undefined;
	/** Number the next line had when the view was frozen: what came since is new. */
	readonly seen: number;
	/** Lines the panel has room for, as last drawn. */
	readonly rows: number;
	readonly isWide: boolean;
	readonly search: string;
	/** Number of the line that was found. */
	readonly hit: number | undefined;
};

export const freshOutput: OutputView = {from: undefined, seen: 0, rows: 1, isWide: false, search: '', hit: undefined};

type Ring = Pick<OutputRing, 'start' | 'end' | 'find'>;

/** The first line shown: the last page while following, never before the oldest line there is. */
export const firstShown = (
	{from, rows}: Pick<OutputView, 'from' | 'rows'>,
	{start, end}: Pick<Ring, 'start' | 'end'>,
): number => Math.max(start, from ?? end - rows);

const at = (view: OutputView, ring: Ring, first: number): OutputView => {
	const isEnd = first + view.rows >= ring.end;
	if (isEnd) return {...view, from: undefined};
	return {...view, from: Math.max(ring.start, first), seen: view.from === undefined ? ring.end : view.seen};
};

/** Moves by lines; scrolling up stops following, reaching the end follows again. */
export const scrollOutput = (view: OutputView, ring: Ring, by: number): OutputView =>
	at(view, ring, firstShown(view, ring) + by);

export const toStart = (view: OutputView, ring: Ring): OutputView => at(view, ring, ring.start);

export const follow = (view: OutputView): OutputView => ({...view, from: undefined});

/** Goes to the next line that holds the search words, around the end; undefined when no line does. */
export const findNext = (view: OutputView, ring: Ring, direction: 'forward' | 'backward'): OutputView | undefined => {
	if (view.search === '') return undefined;
	const here = view.hit ?? firstShown(view, ring) + (direction === 'forward' ? -1 : view.rows);
	const next = ring.find(view.search, here + (direction === 'forward' ? 1 : -1), direction);
	const hit = next >= 0 ? next : ring.find(view.search, direction === 'forward' ? ring.start : ring.end, direction);
	if (hit < 0) return undefined;
	const first = firstShown(view, ring);
	const isShown = hit >= first && hit < first + view.rows;
	return {...at(view, ring, isShown ? first : hit - Math.floor(view.rows / 2)), hit};
};
