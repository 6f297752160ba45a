import type {CockpitState} from '../../../store/create-store.ts';
import type {EnvironmentView} from '../../../store/overview.ts';
import {isStale} from '../../../store/overview-facts.ts';
import type {Glyphs} from '../../glyphs.ts';
import {beside, fit, justify, pad, span, widthOf, type Row} from '../../rows.ts';
import {checkedAge, healthAnswer, hostLimits, liveBuild, serviceStates} from './host-facts.ts';
import {linkWords} from './link-words.ts';
import {distance, keyFile, sources, template, tools, you} from './local-facts.ts';
import {labelled, sides, tierTone, unclear} from './look.ts';

export type EnvironmentsView = Pick<CockpitState, 'environments' | 'links' | 'local' | 'now'>;

/** Rows of the tallest card, its head included. */
export const cardHeight = 8;
/** Below this a card could not hold its facts beside each other. */
const leastCard = 31;

/** Cells of each card and the gap after it, or undefined when the cards do not fit beside each other. */
export const cardStep = (count: number, width: number): number | undefined => {
	const step = Math.floor((width + 2) / Math.max(1, count));
	return step - 2 < leastCard ? undefined : step;
};

/** `━━ PRE-PROD ━━━━━━━ ● ssh 12 ms ━▸`, exactly `width` cells; the last one leads nowhere. */
const head = (view: EnvironmentView, right: Row, width: number, glyphs: Glyphs, isLast: boolean): Row => {
	const tone = tierTone(view.tier);
	const {thickRule, prompt, cut} = glyphs;
	const end: Row = [span(' '), ...right, span(` ${thickRule}${isLast ? '' : prompt}`, tone)];
	const start: Row = [
		span(`${thickRule.repeat(2)} `, tone),
		span(view.title.toUpperCase(), tone, {bold: true}),
		span(' '),
	];
	const room = Math.max(0, width - widthOf(end));
	const left = fit(start, room, cut);
	return [...left, span(thickRule.repeat(Math.max(0, room - widthOf(left))), tone), ...fit(end, width, cut)];
};

const localCard = ({local}: EnvironmentsView, width: number, glyphs: Glyphs): readonly Row[] => {
	const of = (row: (reading: NonNullable<typeof local>, glyphs: Glyphs) => Row): Row =>
		local ? row(local, glyphs) : unclear('asking', glyphs);
	const facts: readonly (readonly [string, Row])[] = [
		['backend', of(sources)],
		['frontend', [span('not part of this version', 'muted')]],
		['git', of(distance)],
		['tools', of(tools)],
		['env', of(template)],
		['key', of(keyFile)],
		['you', of(you)],
	];
	return facts.map(([label, value]) => labelled(label, value, width, glyphs));
};

const hostCard = (view: EnvironmentView, now: number, width: number, glyphs: Glyphs): readonly Row[] => {
	const by = view.status?.backend.by ?? '';
	const build = liveBuild(view, now, glyphs);
	const room = width - 9;
	const who: Row = widthOf(build) + by.length + 1 <= room ? [span(by, 'muted')] : [];
	const answer = healthAnswer(view, now, glyphs, 0);
	const bars = Math.min(14, room - widthOf(answer) - 2);
	const facts: readonly (readonly [string, Row])[] = [
		['backend', sides(build, who, room, glyphs)],
		['frontend', [span(glyphs.notApplicable, 'muted')]],
		['api', healthAnswer(view, now, glyphs, bars)],
		['services', serviceStates(view, now, glyphs)],
		['host', hostLimits(view, now, glyphs)],
		['checked', checkedAge(view, now)],
		...(view.silence ? [['why', [span(view.silence.why, 'muted')]] as const] : []),
	];
	return facts.map(([label, value]) => labelled(label, value, width, glyphs));
};

/** The environments beside each other, in the order builds go through them. */
export const cardRows = (state: EnvironmentsView, width: number, step: number, glyphs: Glyphs): readonly Row[] => {
	const {environments, links, now} = state;
	const last = environments.length - 1;
	const parts = environments.map((view, index) => {
		const cells = index === last ? width - step * last : step - 2;
		const isHere = view.tier === 'local';
		const right: Row = isHere ? [span('this machine', 'muted')] : linkWords(view, links[view.name], now, glyphs);
		const headWidth = index === last ? cells : cells + 1;
		return {
			head: head(view, right, headWidth, glyphs, index === last),
			rows: isHere ? localCard(state, cells, glyphs) : hostCard(view, now, cells, glyphs),
			width: cells,
		};
	});
	const heads = parts.flatMap(({head}, index): Row => [...(index > 0 ? [span(' ')] : []), ...head]);
	return [heads, ...beside(parts, 2)].map(row => pad(row, width, glyphs.cut));
};

/** The environments below each other, two lines each. */
export const lineRows = (state: EnvironmentsView, width: number, glyphs: Glyphs): readonly Row[] => {
	const {environments, links, local, now} = state;
	const names = environments.map(({title}) => title.replace(/ \(.*\)$/, '').toUpperCase());
	const indent = Math.min(16, Math.max(...names.map(({length}) => length)) + 3);
	const room = width - indent;
	return environments.flatMap((view, index) => {
		const tone = tierTone(view.tier);
		const title = pad(
			[span(`${glyphs.thickRule} `, tone), span(names[index] ?? '', tone, {bold: true})],
			indent - 1,
			glyphs.cut,
		);
		const start: Row = [...title, span(' ')];
		const isHere = view.tier === 'local';
		const [first, second] = isHere ? localLines(local, room, glyphs) : hostLines(view, links[view.name], now, room, glyphs);
		return [
			[...start, ...first],
			[span(' '.repeat(indent)), ...second],
		];
	});
};

const localLines = (local: EnvironmentsView['local'], room: number, glyphs: Glyphs): readonly [Row, Row] => {
	if (!local) return [sides(unclear('asking', glyphs), [span('this machine', 'muted')], room, glyphs), pad([], room)];
	const gap = span('  ');
	const all: Row = [
		...tools(local, glyphs, true),
		gap,
		...keyFile(local, glyphs, true),
		gap,
		...template(local, glyphs, true),
		gap,
		...distance(local, glyphs, true),
	];
	return [sides(sources(local, glyphs), [span('this machine', 'muted')], room, glyphs), pad(all, room, glyphs.cut)];
};

const hostLines = (
	view: EnvironmentView,
	link: EnvironmentsView['links'][string],
	now: number,
	room: number,
	glyphs: Glyphs,
): readonly [Row, Row] => {
	const build: Row = [span('backend ', 'muted'), ...liveBuild(view, now, glyphs, true)];
	const right = checkedAge(view, now);
	const gap = span('  ');
	const near = hostLimits(view, now, glyphs, true);
	// Old values beside a long age: what may be wrong now is of less use than when it is known again.
	const rest: Row = [gap, ...serviceStates(view, now, glyphs, true), ...(near.length > 0 ? [gap, ...near] : [])];
	const left = isStale(view.readAt, now) ? [] : rest;
	const taken = widthOf(healthAnswer(view, now, glyphs, 0, 'api')) + widthOf(left) + widthOf(right);
	const bars = Math.min(8, room - taken - 3);
	const second: Row = [...healthAnswer(view, now, glyphs, bars >= 4 ? bars : 0, 'api'), ...left];
	return [
		sides(build, linkWords(view, link, now, glyphs), room, glyphs),
		pad(justify(fit(second, Math.max(0, room - widthOf(right) - 1), glyphs.cut), right, room), room, glyphs.cut),
	];
};
