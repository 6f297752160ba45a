import type {CockpitState} from '../../../store/create-store.ts';
import {selectListedSources, selectLogPlace, selectLogs} from '../../../store/logs/logs.ts';
import type {LogRoom} from '../../../store/logs/log-view.ts';
import {hostNow} from '../../../store/overview/overview-facts.ts';
import {isWide} from '../../kit/layout.ts';
import {day} from '../../kit/times.ts';
import {heightIn, timeWidths, type EntryShape} from './entry-rows.ts';

/** Cells of the sources where they stand beside the entries, and the gap between. */
export const sideWidth = 25;
export const sideGap = 2;

/** Longest name of a source that is shown whole before an entry. */
const longestTitle = 12;

/** Name of a source for people; with its host where another one has a log of that name. */
export const titleOf = (state: Pick<CockpitState, 'logSources' | 'logHost'>, id: string): string => {
	const {logSources, logHost} = state;
	const source = logSources.find(one => one.id === id);
	if (!source) return id;
	const hasTwin =
		logHost === undefined && logSources.some(({title, host}) => title === source.title && host !== source.host);
	return hasTwin ? `${source.host} ${source.title}` : source.title;
};

/** What was written on another day says which: then the column of times is wider. */
const timeWidthIn = (state: CockpitState): number => {
	const place = selectLogPlace(state);
	const [first] = selectLogs(state).lines;
	if (!place || !first) return timeWidths.today;
	const {timeZone} = place;
	return day(first.entry.at, timeZone) === day(hostNow(place, state.now), timeZone)
		? timeWidths.today
		: timeWidths.other;
};

/** How entries are laid out in a panel of so many cells. */
export const shapeOf = (state: CockpitState, width: number): EntryShape => {
	const {logView} = state;
	const listed = selectListedSources(state);
	const titles = listed.map(({id}) => titleOf(state, id).length);
	return {
		width,
		isWrapped: logView.isWrapped,
		timeWidth: logView.hasTimes ? timeWidthIn(state) : 0,
		unfolded: new Set(logView.unfolded),
		sourceWidth: listed.length > 1 ? Math.min(longestTitle, Math.max(...titles)) : 0,
	};
};

/** What moves go by, in the panel as it was drawn. */
export const roomOf = (state: CockpitState): LogRoom => ({
	listing: selectLogs(state),
	next: state.logBook.next,
	heightOf: heightIn(shapeOf(state, state.logView.width)),
});

/** Room of the entries, in cells: below the head of their panel, above the line that says which they are. */
export const entriesRoom = (width: number, height: number): {readonly width: number; readonly rows: number} => {
	const isBeside = isWide(width + 2);
	return {
		width: isBeside ? width - sideWidth - sideGap : width,
		rows: Math.max(1, height - topHeight(width, height) - 2),
	};
};

/** Rows above the panels. */
export const topHeight = (width: number, height: number): number => (isWide(width + 2) && height < 24 ? 1 : 2);
