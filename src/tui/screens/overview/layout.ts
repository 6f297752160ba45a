import {cardStep} from './environment-cards.ts';

export type Layout = {
	/** Cards and boards beside each other; else one column. */
	readonly isWide: boolean;
	/** Cells between the screen's margins. */
	readonly inner: number;
	/** Empty rows before the environments, and between the bands. */
	readonly gap: 0 | 1;
	readonly hasBoards: boolean;
	readonly bottom: {
		readonly height: number;
		readonly activity: number;
		/** 0: the panel takes the other one's place when it has focus. */
		readonly next: number;
	};
};

/** Rows the list below must keep before something above gives way. */
const leastBottom = 3;

/** Who gets how much of `width` x `height`. Below 100 columns one column, as the pictures. */
export const layoutOf = (options: {
	readonly width: number;
	readonly height: number;
	readonly environments: number;
	/** Rows of the tallest card. */
	readonly cards: number;
	/** Rows of the boards. */
	readonly promotion: number;
}): Layout => {
	const {width, height, environments, cards, promotion} = options;
	const inner = Math.max(0, width - 2);
	const step = width >= 100 ? cardStep(environments, inner) : undefined;
	const wideHeight = cards + promotion + 3 + leastBottom;
	const isWide = step !== undefined && height >= wideHeight;
	const top = isWide ? cards : environments * 2;
	const gap = height >= top + promotion + 3 + leastBottom ? 1 : 0;
	const withBoards = height - top - promotion - 3 * gap;
	const hasBoards = withBoards >= leastBottom;
	const rest = hasBoards ? withBoards : height - top - 2 * gap;
	const next = isWide ? Math.max(28, Math.min(46, inner - step * (environments - 1))) : 0;
	return {
		isWide,
		inner,
		gap,
		hasBoards,
		bottom: {height: Math.max(0, rest), activity: isWide ? inner - next - 2 : inner, next},
	};
};
