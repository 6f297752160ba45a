import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {isStale, shortTitle} from '../../../store/overview/overview-facts.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {pad, span, widthOf, type Row} from '../../kit/rows.ts';
import type {EnvironmentsView} from './environment-cards.ts';
import {checkedAge, healthAnswer, hostLimits, liveBuild, servicesRow} from './host-facts.ts';
import {hereWords, linkWords} from './link-words.ts';
import {distance, keyFile, sources, template, tools} from './local-facts.ts';
import {watchedFacts} from './watched-facts.ts';
import {gap, joined, sides, unclear} from './look.ts';

/** The environments below each other, two lines each. */
export const lineRows = (state: EnvironmentsView, width: number, glyphs: Glyphs): readonly Row[] => {
	const {environments, local, now} = state;
	const names = environments.map(view => shortTitle(view).toUpperCase());
	const indent = Math.min(16, Math.max(...names.map(({length}) => length)) + 3);
	const room = width - indent;
	return environments.flatMap((view, index) => {
		const tone = view.tier;
		const title = pad(
			[span(`${glyphs.thickRule} `, tone), span(names[index] ?? '', tone, {bold: true})],
			indent - 1,
			glyphs.cut,
		);
		const start: Row = [...title, span(' ')];
		const isHere = view.tier === 'local';
		const [first, second] = isHere ? localLines(local, now, room, glyphs) : hostLines(state, view, room, glyphs);
		return [
			[...start, ...first],
			[span(' '.repeat(indent)), ...second],
		];
	});
};

const localLines = (
	local: EnvironmentsView['local'],
	now: number,
	room: number,
	glyphs: Glyphs,
): readonly [Row, Row] => {
	if (!local) return [sides(unclear('asking', glyphs), hereWords(local, now, glyphs), room, glyphs), pad([], room)];
	const all = joined([tools, keyFile, template, distance].map(fact => fact(local, glyphs, true)));
	return [sides(sources(local, glyphs), hereWords(local, now, glyphs), room, glyphs), pad(all, room, glyphs.cut)];
};

const hostLines = (
	state: EnvironmentsView,
	view: EnvironmentView,
	room: number,
	glyphs: Glyphs,
): readonly [Row, Row] => {
	const {now} = state;
	const link = state.links[view.name];
	const build: Row = [
		span('backend ', 'muted'),
		...liveBuild(view, now, glyphs, {isShort: true}),
		...(view.status?.frontend
			? [gap, span('frontend ', 'muted'), ...liveBuild(view, now, glyphs, {app: 'frontend', isShort: true})]
			: []),
	];
	const right = checkedAge(view, now);
	const near = hostLimits(view, now, glyphs, 'only near');
	// Only what is not well has room here; 5 tells the rest.
	const {site, pm2, watch} = watchedFacts(view, state, glyphs);
	const failing = [watch?.slice(0, 1), site && [span('site '), ...site], pm2 && [span('pm2 '), ...pm2]].filter(row =>
		row?.some(({tone}) => tone === 'danger'),
	);
	// Old values beside a long age: what may be wrong now is of less use than when it is known again.
	const rest: Row = [
		...failing.flatMap(row => (row ? [gap, ...row] : [])),
		gap,
		...servicesRow(view, now, glyphs, true),
		...(near.length > 0 ? [gap, ...near] : []),
	];
	const left = isStale(view.readAt, now) ? [] : rest;
	const taken = widthOf(healthAnswer(view, now, glyphs, 0, 'api')) + widthOf(left) + widthOf(right);
	const bars = Math.min(8, room - taken - 3);
	const second: Row = [...healthAnswer(view, now, glyphs, bars >= 4 ? bars : 0, 'api'), ...left];
	return [sides(build, linkWords(view, link, now, glyphs), room, glyphs), sides(second, right, room, glyphs)];
};
