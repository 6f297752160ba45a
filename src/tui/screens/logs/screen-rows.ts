import {age, size} from '../../../domain/format.ts';
import {zoneName} from '../../../domain/zone-name.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {
	selectListedSources,
	selectLogHosts,
	selectLogPlace,
	selectLogs,
	selectLogSource,
	selectOfferedSources,
	selectSinceSwap,
} from '../../../store/logs/logs.ts';
import {placeOfLine, type LogListing} from '../../../store/logs/log-listing.ts';
import {logWindow} from '../../../store/logs/log-view.ts';
import {hostNow, inWords, targetsOf} from '../../../store/overview/overview-facts.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {chip, hanging, isWide, panelHead, type Look} from '../../kit/layout.ts';
import {beside, blank, fit, justify, muted, ofHeight, span, widthOf, type Row} from '../../kit/rows.ts';
import {entryRows, heightIn} from './entry-rows.ts';
import {entriesRoom, shapeOf, sideGap, sideWidth, titleOf, topHeight} from './look.ts';
import {countText, sideRows} from './side-rows.ts';

const placeTabs = (state: CockpitState, look: Look): Row => {
	const place = selectLogPlace(state);
	const hosts = selectLogHosts(state).length > 1 ? [span(` ${state.logHost ?? 'all hosts'}`, 'accent')] : [];
	return targetsOf(state.environments).flatMap(view =>
		view.name === place?.name
			? [...chip(inWords(view), view.tier, look), ...hosts]
			: [span(` ${inWords(view)} `, 'muted')],
	);
};

/** `timeout  2 of 7`: what is looked for, and which of those that hold it is under the cursor. */
const searchFact = (state: CockpitState, {matches, lines}: LogListing, keys: string): Row => {
	const {logSearch, isLogTyping, logView} = state;
	if (logSearch === '') return [];
	const cursor = logView.cursor ?? lines.at(-1)?.number;
	const at = matches.findIndex(({number}) => number === cursor);
	const count = matches.length.toLocaleString('en');
	const found = matches.length === 0 ? 'none' : at < 0 ? count : `${(at + 1).toLocaleString('en')} of ${count}`;
	return [
		span('search ', 'muted'),
		span(logSearch, 'accent', {bold: true}),
		span(`  ${found}`, matches.length === 0 ? 'attention' : 'value'),
		span(isLogTyping || matches.length === 0 ? '' : keys, 'muted'),
	];
};

const levelFact = ({logLevel}: CockpitState): Row =>
	logLevel === 'debug'
		? [span('level ', 'muted'), span('all')]
		: [
				span('level ', 'muted'),
				span(logLevel === 'error' ? 'error' : `${logLevel} and above`, 'accent', {bold: true}),
			];

/** Sources beside each other, the one on screen among them. */
const sourceTabs = (state: CockpitState, width: number, look: Look): Row => {
	const chosen = selectLogSource(state);
	const {isLogMerged, logPanel} = state;
	const offered = selectOfferedSources(state);
	const tone = logPanel === 'sources' ? 'accent' : 'value';
	const tabs = offered.map(({id}): Row => {
		const errors = state.logBook.tally(id)?.counts.error ?? 0;
		const count: Row = errors > 0 ? [span(`${errors.toLocaleString('en')} `, 'danger')] : [];
		const title = titleOf(state, id);
		return id === chosen?.id ? [...chip(title, tone, look), ...count] : [span(` ${title} `, 'muted'), ...count];
	});
	const all: readonly Row[] = isLogMerged ? [chip('all', tone, look), ...tabs] : tabs;
	const at = Math.max(
		0,
		offered.findIndex(({id}) => id === chosen?.id),
	);
	let from = 0;
	while (from < at && widthOf(all.slice(from, at + 1).flat()) + (from > 0 ? 2 : 0) > width - 2) from += 1;
	return fit(
		[...(from > 0 ? [span(`${look.glyphs.cut} `, 'muted')] : []), ...all.slice(from).flat()],
		width,
		look.glyphs.cut,
	);
};

const topRows = (
	state: CockpitState,
	listing: LogListing,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	if (isWide(width + 2)) {
		const search = searchFact(state, listing, ', n N next, previous');
		const left: Row = [span(' '), ...placeTabs(state, look), span('   '), ...search];
		return [justify(left, [...levelFact(state), span(' ')], width), blank].slice(0, topHeight(width, height));
	}
	const places = [span(' '), ...placeTabs(state, look), span(' ')];
	const since = selectSinceSwap(state);
	const counts: Row = since
		? [
				span(countText('error', since.counts.error), since.counts.error > 0 ? 'danger' : 'muted'),
				span('  '),
				span(countText('warn', since.counts.warn), since.counts.warn > 0 ? 'attention' : 'muted'),
				span(width >= 70 ? ' since the swap ' : ' since swap ', 'muted'),
				...(since.unread > 0
					? [span(` ${look.glyphs.unclear} ${since.unread} not counted `, 'attention')]
					: []),
				...(since.skippedBytes > 0 ? [span(` ${size(since.skippedBytes)} not read `, 'attention')] : []),
			]
		: muted('since the swap not known ');
	const search = searchFact(state, listing, '  n N');
	return [
		[...places, ...sourceTabs(state, width - widthOf(places), look)],
		justify([span(' '), ...(search.length > 0 ? search : levelFact(state))], counts, width),
	];
};

/** `FOLLOW`, or `PAUSED +12 new`; what one does not see, and whether what one sees is old. */
const followFact = (state: CockpitState, listing: LogListing, width: number, look: Look): Row => {
	const {logView, logFiles, now} = state;
	const listed = selectListedSources(state).map(({id}) => logFiles[id]);
	const silent = listed.find(file => file?.state === 'silent');
	if (silent)
		return [
			span(
				`${look.glyphs.unclear} no answer for ${age(now - (silent.silentSince ?? now))}: ${silent.why ?? ''}`,
				'attention',
			),
		];
	if (!listed.some(file => file?.state === 'reading')) return [];
	if (logView.top === undefined) return [span('FOLLOW', 'success', {bold: true})];
	const isLost = (listing.lines[0]?.number ?? 0) > logView.top && placeOfLine(listing.lines, logView.top) === 0;
	const lost = isLost && listing.dropped > 0 ? '  older lines only in the file' : '';
	return [
		span('PAUSED', 'attention', {bold: true}),
		span(`  +${(listing.added - logView.seen).toLocaleString('en')} new`),
		span(lost, 'attention'),
		span(width >= 60 ? '  G follow' : '', 'muted'),
	];
};

/** Why there is no entry to see. */
const emptyRows = (state: CockpitState, width: number, look: Look): readonly Row[] => {
	const {logSources, logFiles, logLevel} = state;
	if (logSources.length === 0) return [muted(' No log of this environment is known.')];
	const listed = selectListedSources(state);
	const faults = listed.flatMap(source => {
		const {state: how, why = '', file = source.path} = logFiles[source.id] ?? {};
		return how === 'fault' || how === 'silent' ? [`${file}: ${why}`] : [];
	});
	if (faults.length === listed.length)
		return faults.flatMap(text => hanging(span(` ${look.glyphs.unclear} `, 'attention'), text, width, 'attention'));
	if (listed.some(({id}) => logFiles[id] === undefined))
		return [[span(` ${look.glyphs.running[0] ?? ''} `, 'accent'), span('Asks the host.')]];
	if (logLevel !== 'debug') return [muted(` Nothing of level ${logLevel} or above. v lists other levels.`)];
	return [muted(' Nothing is written in it.')];
};

/** Entries in sight, below the head of their panel, and which of all they are. */
const entriesPanel = (
	state: CockpitState,
	listing: LogListing,
	room: ReturnType<typeof entriesRoom>,
	place: EnvironmentView,
	look: Look,
): readonly Row[] => {
	const {timeZone} = place;
	const now = hostNow(place, state.now);
	const {width, rows} = room;
	const {logView, logPanel, logSearch} = state;
	const source = selectLogSource(state);
	const title: Row = [
		span(source ? titleOf(state, source.id) : state.isLogMerged ? 'All by time' : 'Logs', 'value', {bold: true}),
		...(logView.hasTimes ? muted(`  ${zoneName(now, timeZone)}`) : []),
	];
	const head = panelHead(title, width, look, followFact(state, listing, width, look));
	const {lines} = listing;
	if (lines.length === 0) return [head, ...ofHeight(emptyRows(state, width, look), rows), blank];
	const shape = shapeOf(state, width);
	const window = logWindow({...logView, rows, width}, listing, heightIn(shape));
	const drawn: Row[] = [];
	let at = window.top;
	for (; at < lines.length && drawn.length < rows + window.skip; at += 1) {
		const line = lines[at];
		if (!line) break;
		const cursor = lines[window.cursor]?.number;
		const titled = (id: string): string => titleOf(state, id);
		drawn.push(
			...entryRows(line, {
				shape,
				look,
				timeZone,
				now,
				search: logSearch,
				titleOf: titled,
				cursor,
				isFocused: logPanel === 'entries',
			}),
		);
	}
	const [first, last, all] = [window.top + 1, at, lines.length].map(place =>
		(listing.dropped + place).toLocaleString('en'),
	);
	const word = state.logLevel === 'debug' ? 'entry' : 'of that level';
	return [
		head,
		...ofHeight(drawn.slice(window.skip), rows),
		justify([], muted(` ${word} ${first} to ${last} of ${all} ${look.glyphs.rule}`), width, look.glyphs.rule),
	];
};

/** The whole screen: which logs, what was counted since the swap, the entries. */
export const logsRows = (state: CockpitState, width: number, height: number, look: Look): readonly Row[] => {
	const place = selectLogPlace(state);
	if (!place) return [muted(' No environment here has a host, so there is no log to follow.')];
	const listing = selectLogs(state);
	const room = entriesRoom(width, height);
	const entries = entriesPanel(state, listing, room, place, look);
	const top = topRows(state, listing, width, height, look);
	if (!isWide(width + 2)) return [...top, ...entries];
	const side = sideRows(state, sideWidth, height - top.length, look);
	return [
		...top,
		...beside(
			[
				{rows: side, width: sideWidth},
				{rows: entries, width: room.width},
			],
			sideGap,
		),
	];
};
