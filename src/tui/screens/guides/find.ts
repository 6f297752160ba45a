import type {CockpitState} from '../../../store/create-store.ts';
import {goToLine, lineAt} from '../../../store/guides/guide-view.ts';
import {selectGuideMatches, selectGuideView} from '../../../store/guides/guides.ts';
import {lineOfMatch} from './layout-guide.ts';
import {selectLayout} from './look.ts';

/** Goes to a match and puts the cursor on its line. */
const goToMatch = (state: CockpitState, match: number): void => {
	const layout = selectLayout(state);
	const found = selectGuideMatches(state)[match];
	if (!layout || !found) return;
	state.matchedGuide(match, goToLine(selectGuideView(state), layout, lineOfMatch(layout, found)));
};

/** While letters are typed: the first match from where the search began, or that place while nothing is found. */
export const findTyped = (state: CockpitState): void => {
	const layout = selectLayout(state);
	if (!layout) return;
	const from = state.guideSearchFrom;
	const begin = lineAt(layout, from.cursor);
	const matches = selectGuideMatches(state);
	const next = matches.findIndex(match => lineOfMatch(layout, match) >= begin);
	if (matches.length === 0) state.setGuideView(from);
	else goToMatch(state, Math.max(0, next));
};

/** The next or previous match from the cursor on, around the ends. */
export const findOther = (state: CockpitState, by: 1 | -1): void => {
	const layout = selectLayout(state);
	const matches = selectGuideMatches(state);
	if (!layout) return;
	if (matches.length === 0) return state.say('muted', `Nothing in this guide holds "${state.guideSearch}".`);
	const here = lineAt(layout, selectGuideView(state).cursor);
	const last = matches[state.guideMatch];
	// From the match one stands on to its neighbour; from anywhere else to the nearest one in that direction.
	if (last && lineOfMatch(layout, last) === here)
		return goToMatch(state, (state.guideMatch + by + matches.length) % matches.length);
	const places = matches.map(match => lineOfMatch(layout, match));
	const next = by > 0 ? places.findIndex(line => line >= here) : places.findLastIndex(line => line <= here);
	goToMatch(state, next >= 0 ? next : by > 0 ? 0 : matches.length - 1);
};
