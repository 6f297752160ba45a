import type {AppName} from '../../../domain/environments/environment.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {beside, fit, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {checkedAge, healthAnswer, hostLimits, liveBuild, servicesRow} from './host-facts.ts';
import {hereWords, linkWords} from './link-words.ts';
import {distance, keyFile, sources, template, tools, you} from './local-facts.ts';
import {watchedFacts, type WatchedFacts} from './watched-facts.ts';
import {fitting, factRow, unclear} from './look.ts';
import {shortTitle} from '../../../store/overview/overview-facts.ts';

export type EnvironmentsView = Pick<CockpitState, 'environments' | 'healths' | 'links' | 'local' | 'now'>;

/** Rows of a card of which only the overview's own poll is known, its head included. */
const leastHeight = 8;

/** Rows of the tallest card. Those of a watched environment have as many more as there is to say. */
export const cardHeight = (state: Pick<CockpitState, 'environments' | 'healths' | 'now'>, glyphs: Glyphs): number =>
	leastHeight + Math.max(0, ...state.environments.map(view => Object.keys(watchedFacts(view, state, glyphs)).length));

/** Below this a card could not hold its facts beside each other. */
const leastCard = 31;

/** Cells of each card and the gap after it, or undefined when the cards do not fit beside each other. */
export const cardStep = (count: number, width: number): number | undefined => {
	const step = Math.floor((width + 2) / Math.max(1, count));
	return step - 2 < leastCard ? undefined : step;
};

/** `━━ PRE-PROD ━━━━━━━ ● ssh 12 ms ━▸`, exactly `width` cells; the last one leads nowhere. */
const head = (view: EnvironmentView, right: Row, width: number, glyphs: Glyphs, isLast: boolean): Row => {
	const tone = view.tier;
	const {thickRule, prompt, cut} = glyphs;
	const end: Row = [span(' '), ...right, span(` ${thickRule}${isLast ? '' : prompt}`, tone)];
	const start = (title: string): Row => [
		span(`${thickRule.repeat(2)} `, tone),
		span(title.toUpperCase(), tone, {bold: true}),
		span(' '),
	];
	const room = Math.max(0, width - widthOf(end));
	const left = fit(fitting([start(view.title), start(shortTitle(view))], room), room, cut);
	return [...left, span(thickRule.repeat(Math.max(0, room - widthOf(left))), tone), ...fit(end, width, cut)];
};

const localCard = ({local}: EnvironmentsView, width: number, glyphs: Glyphs): readonly Row[] => {
	const room = width - 9;
	const of = (row: (reading: NonNullable<typeof local>, glyphs: Glyphs, isShort: boolean) => Row): Row =>
		local ? fitting([row(local, glyphs, false), row(local, glyphs, true)], room) : unclear('asking', glyphs);
	const facts: readonly (readonly [string, Row])[] = [
		['backend', of(sources)],
		[
			'frontend',
			fitting([[span('its review tells what changed', 'muted')], [span('see its review', 'muted')]], room),
		],
		['git', of(distance)],
		['tools', of(tools)],
		['env', of(template)],
		['key', of(keyFile)],
		['you', of(you)],
	];
	return facts.map(([label, value]) => factRow(label, value, width, glyphs));
};

const hostCard = (state: EnvironmentsView, view: EnvironmentView, width: number, glyphs: Glyphs): readonly Row[] => {
	const {now} = state;
	const more = watchedFacts(view, state, glyphs);
	const fact = (label: keyof WatchedFacts): readonly (readonly [string, Row])[] => {
		const row = more[label];
		return row ? [[label, row]] : [];
	};
	const room = width - 9;
	const live = (app: AppName): Row => {
		const build = liveBuild(view, now, glyphs, {app});
		const who = span(view.status?.[app]?.by ?? '', 'muted');
		return fitting([[...pad(build, 22), who], [...pad(build, 19), who], build], room);
	};
	const answer = healthAnswer(view, now, glyphs, 0);
	const bars = Math.min(14, room - widthOf(answer) - 2);
	// The certificate has a line of its own where its probe is known.
	const limits = (show: 'all' | 'without free space'): Row => hostLimits(view, now, glyphs, show, !more.tls);
	const facts: readonly (readonly [string, Row])[] = [
		['backend', live('backend')],
		['frontend', live('frontend')],
		['api', healthAnswer(view, now, glyphs, bars)],
		...fact('site'),
		...fact('pm2'),
		['services', servicesRow(view, now, glyphs)],
		...fact('tls'),
		['host', fitting([limits('all'), limits('without free space')], room)],
		...fact('watch'),
		['checked', checkedAge(view, now)],
		...(view.silence ? [['why', [span(view.silence.why, 'muted')]] as const] : []),
	];
	return facts.map(([label, value]) => factRow(label, value, width, glyphs));
};

/** The environments beside each other, in the order builds go through them. */
export const cardRows = (state: EnvironmentsView, width: number, step: number, glyphs: Glyphs): readonly Row[] => {
	const {environments, links, now} = state;
	const last = environments.length - 1;
	const parts = environments.map((view, index) => {
		const cells = index === last ? width - step * last : step - 2;
		const isHere = view.tier === 'local';
		const right = isHere ? hereWords(state.local, now, glyphs) : linkWords(view, links[view.name], now, glyphs);
		const headWidth = index === last ? cells : cells + 1;
		return {
			head: head(view, right, headWidth, glyphs, index === last),
			rows: isHere ? localCard(state, cells, glyphs) : hostCard(state, view, cells, glyphs),
			width: cells,
		};
	});
	const heads = parts.flatMap(({head}, index): Row => [...(index > 0 ? [span(' ')] : []), ...head]);
	return [heads, ...beside(parts, 2)].map(row => pad(row, width, glyphs.cut));
};
