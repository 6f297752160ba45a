import {memo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {moment} from '../../../domain/format.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {
	hostNow,
	inWords,
	selectActivity,
	targetsOf,
	type ActivityLine,
} from '../../../store/overview/overview-facts.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import type {Glyphs} from '../../kit/glyphs.ts';
import {lineMark} from '../../kit/line-look.ts';
import {fit, ofHeight, pad, rule, span, widthOf, type Row} from '../../kit/rows.ts';
import {useTheme, type Tone} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {when} from '../../kit/ages.ts';
import {panelTitle, tierTone} from './look.ts';

export type ActivityView = Pick<CockpitState, 'environments' | 'now'> & {
	/** Id of the line that is highlighted. */
	readonly cursor: string | undefined;
	readonly isFocused: boolean;
};

const markOf = (outcome: ActivityLine['outcome'], glyphs: Glyphs): readonly [string, Tone] =>
	outcome === 'silent' ? [glyphs.failed, 'danger'] : lineMark(outcome, glyphs);

/** First line of the page the highlighted one is on: the list moves a page at a time, so few lines change. */
const firstShown = (lines: readonly ActivityLine[], selected: string | undefined, height: number): number => {
	const index = lines.findIndex(({id}) => id === selected);
	const page = Math.floor(Math.max(0, index) / Math.max(1, height)) * height;
	return Math.max(0, Math.min(page, lines.length - height));
};

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
	const zone =
		moment(view.now, targets[0]?.timeZone ?? 'UTC')
			.split(' ')
			.at(-1) ?? '';
	const entries = counts(targets);
	const title = panelTitle('Activity', view.isFocused, glyphs);
	const room = width - widthOf(title) - 10;
	const facts = [entries === '' ? zone : `entries: ${entries}, ${zone}`, zone].find(fact => fact.length <= room);
	return rule(fit(title, Math.max(0, width - 4), glyphs.cut), facts ? [span(facts, 'muted')] : [], width, {
		line: glyphs.rule,
	});
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
	const start = firstShown(lines, isFocused ? cursor : undefined, height - 1);
	const shown = lines.slice(start, start + Math.max(0, height - 1));
	const times = shown.map(({at}) => when(at, today, zone));
	const timeWidth = Math.max(5, ...times.map(({length}) => length));
	const whoWidth = Math.min(10, Math.max(4, ...shown.map(({who}) => who.length)));
	const nameWidth = Math.min(12, Math.max(0, ...targets.map(view => inWords(view).length)));
	const byName = new Map(environments.map(view => [view.name, view]));
	const rows = shown.map(({id, environment, outcome, who, text}, index): Row => {
		const [mark, tone] = markOf(outcome, glyphs);
		const from = byName.get(environment);
		const isHere = isFocused && id === cursor;
		return pad(
			[
				isHere ? span(glyphs.cursor, 'accent') : span(' '),
				...pad([span(times[index] ?? '', 'muted')], timeWidth),
				span(` ${mark} `, tone),
				...pad([span(who)], whoWidth, glyphs.cut),
				span(' '),
				...pad(
					[span(from ? inWords(from) : environment, from ? tierTone(from.tier) : 'value')],
					nameWidth,
					glyphs.cut,
				),
				span(' '),
				span(text, 'value', {bold: isHere}),
			],
			width,
			glyphs.cut,
		);
	});
	const body = rows.length > 0 ? rows : [pad([span(` ${empty(targets)}`, 'muted')], width, glyphs.cut)];
	return ofHeight([heading(view, width, glyphs), ...body], height);
};

const select = ({environments, lists, panel, now}: CockpitState): ActivityView => ({
	environments,
	cursor: lists.activity.cursor,
	isFocused: panel === 'activity',
	// Times are shown in minutes.
	now: Math.floor(now / 60_000) * 60_000,
});

export const Activity = memo(function Activity({width, height}: {readonly width: number; readonly height: number}) {
	const {glyphs} = useTheme();
	const view = useCockpit(useShallow(select));
	return <Rows rows={activityRows(view, width, height, glyphs)} />;
});
