import type {CockpitState} from '../../../store/create-store.ts';
import type {GuideLines} from '../../../store/guides/guide-view.ts';
import {selectGuide} from '../../../store/guides/guides.ts';
import {copiedRows} from './copied-rows.ts';
import {markCells, spareCells} from './draw-line.ts';
import {guideLayout, type GuideLayout} from './layout-guide.ts';

/** Cells of the contents where they stand beside the text, and the gap between. */
export const contentsWidth = 38;
export const contentsGap = 2;

/** The widest line of a diagram, with what marks it: contents leave that much. */
const leastText = 78;

/** Whether contents stand beside the text. */
export const isBeside = (width: number): boolean => width - contentsWidth - contentsGap >= leastText;

/** Whether the line of the search stands below the tabs. */
export const hasSearch = ({isGuideTyping, guideSearch}: Pick<CockpitState, 'isGuideTyping' | 'guideSearch'>): boolean =>
	isGuideTyping || guideSearch !== '';

/** Room of the text: below tabs, search and its head, above the line that says what comes. */
export const textRoom = (
	state: Pick<CockpitState, 'isGuideTyping' | 'guideSearch' | 'guideCopied'>,
	width: number,
	height: number,
): CockpitState['guideRoom'] => {
	const copied = copiedRows(state.guideCopied, width + 2);
	return {
		width: isBeside(width) ? width - contentsWidth - contentsGap : width,
		rows: Math.max(1, height - (hasSearch(state) ? 2 : 1) - 2 - copied.length),
	};
};

/** Cells the text is wrapped in. */
export const textCells = (width: number): number => width - markCells - spareCells;

/** The guide on screen, laid out as it was drawn; undefined as long as it is not made. */
export const selectLayout = (
	state: Pick<CockpitState, 'guides' | 'guideId' | 'guideRoom'>,
): (GuideLayout & GuideLines) | undefined => {
	const guide = selectGuide(state);
	const {width, rows} = state.guideRoom;
	return guide && {...guideLayout(guide, textCells(width)), height: rows};
};
