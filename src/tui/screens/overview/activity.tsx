import {memo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import type {CockpitState} from '../../../store/create-store.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {hostNow, inWords, selectActivity, targetsOf} from '../../../store/overview/overview-facts.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import {eventRows} from '../../kit/event-rows.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {lineMarks} from '../../kit/marks.ts';
import {fit, ofHeight, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {firstOfPage} from '../../kit/list.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {when} from '../../kit/times.ts';
import {zoneName} from '../../../domain/zone-name.ts';
import {panelTitle} from './look.ts';
import {panelHead, type ScreenProps} from '../../kit/layout.ts';

const select = ({environments, lists, panel, now}: CockpitState) => ({
	environments,
	/** Id of the line that is highlighted. */
	cursor: lists.activity.cursor,
	isFocused: panel === 'activity',
	// Times are shown in minutes.
	now: Math.floor(now / 60_000) * 60_000,
});

type ActivityView = ReturnType<typeof select>;

/** How many entries each ledger has. */
const counts = (targets: readonly EnvironmentView[]): string =>
	targets
		.flatMap(view => {
			const last = view.status?.ledger.head?.seq;
			return last === undefined ? [] : [`${inWords(view)} ${last.toLocaleString('en-GB')}`];
		})
		.join(', ');

const heading = (view: ActivityView, width: number, glyphs: Glyphs): Row => {
	const targets = targetsOf(view.environments);
	const zone = zoneName(view.now, targets[0]?.timeZone ?? 'UTC');
	const entries = counts(targets);
	const title = panelTitle('Activity', view.isFocused, glyphs);
	const room = width - widthOf(title) - 10;
	const facts = [entries === '' ? zone : `entries: ${entries}, ${zone}`, zone].find(fact => fact.length <= room);
	return panelHead(
		fit(title, Math.max(0, width - 4), glyphs.cut),
		width,
		{glyphs},
		facts ? [span(facts, 'muted')] : [],
	);
};

const empty = (targets: readonly EnvironmentView[]): string =>
	targets.some(({status, silence}) => !status && !silence) ? 'asking' : 'nothing is recorded yet';

/** What happened, newest first, exactly `height` rows with the head. */
export const activityRows = (view: ActivityView, width: number, height: number, glyphs: Glyphs): readonly Row[] => {
	const {environments, cursor, isFocused, now} = view;
	const lines = selectActivity({environments});
	const targets = targetsOf(environments);
	const [first] = targets;
	const zone = first?.timeZone ?? 'UTC';
	const today = first ? hostNow(first, now) : now;
	const at = lines.findIndex(({id}) => isFocused && id === cursor);
	const start = firstOfPage(at, lines.length, height - 1);
	const shown = lines.slice(start, start + Math.max(0, height - 1));
	const placeWidth = Math.min(12, Math.max(0, ...targets.map(view => inWords(view).length)));
	const rows = eventRows(
		shown.map(line => ({
			...line,
			start: [],
			time: when(line.at, today, zone),
			mark: line.outcome === 'silent' ? (['failed', 'danger'] as const) : lineMarks[line.outcome],
			end: [],
			isHere: isFocused && line.id === cursor,
		})),
		{environments, placeWidth},
		width,
		glyphs,
	);
	const body = rows.length > 0 ? rows : [pad([span(` ${empty(targets)}`, 'muted')], width, glyphs.cut)];
	return ofHeight([heading(view, width, glyphs), ...body], height);
};

export const Activity = memo(function Activity({width, height}: ScreenProps) {
	const {glyphs} = useTheme();
	const view = useCockpit(useShallow(select));
	return <Rows rows={activityRows(view, width, height, glyphs)} />;
});
