import {memo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import type {AppName} from '../../../domain/environments/environment.ts';
import {shortCommit} from '../../../domain/build.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {selectBoard, type Board} from '../../../store/overview/evidence.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {hostNow, inWords, isStale, targetsOf} from '../../../store/overview/overview-facts.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import {beside, fit, muted, ofHeight, span, widthOf, type Row, type Span} from '../../kit/rows.ts';
import {verdictTone} from '../../kit/marks.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {when} from '../../kit/times.ts';
import {age} from '../../../domain/format.ts';
import {boardRows} from './board-rows.ts';
import {buildName, sides} from './look.ts';
import {chip, panelHead, type Look} from '../../kit/layout.ts';

export type PromotionView = Pick<CockpitState, 'environments' | 'evidence' | 'app' | 'now'>;

/** Rows of a board: its head, up to seven gates, the next slot. */
export const promotionHeight = 9;

const line = (mark: Span, label: string, value: Row, right: Row, width: number, {glyphs}: Look): Row =>
	sides([span(' '), mark, span(` ${label.padEnd(6)} `), ...value], right, width, glyphs);

const named = (view: EnvironmentView): Span => span(inWords(view), view.tier);

/** Facts of a host as far as they may be relied on. */
const known = ({status, readAt, silence}: EnvironmentView, now: number) =>
	status && !isStale(readAt, now) ? {status} : {why: silence ? 'no answer' : 'asking'};

const buildLine = (
	app: AppName,
	{from, to}: {readonly from: EnvironmentView; readonly to: EnvironmentView},
	now: number,
	width: number,
	look: Look,
): Row => {
	const {glyphs} = look;
	const [a, b] = [known(from, now), known(to, now)];
	const put = (mark: Span, value: Row, right: Row = []): Row => line(mark, 'build', value, right, width, look);
	const question = span(glyphs.unclear, 'attention');
	if (!a.status || !b.status) {
		const silent = a.status ? to : from;
		return put(question, [span('not known, '), named(silent), span(`: ${(a.status ? b : a).why}`)]);
	}
	const [here, there] = [a.status[app], b.status[app]];
	if (!here || !there) return put(span(glyphs.notApplicable, 'muted'), [span('not on both', 'muted')]);
	if (here.digest !== undefined && here.digest === there.digest)
		return put(span(glyphs.done, 'success'), [span('same source on both')], muted(here.digest.slice(0, 8)));
	const unknown = [from, to].find(({status}) => status?.[app]?.commit === undefined);
	if (unknown) return put(question, [span('commit not known on '), named(unknown)]);
	return put(span(glyphs.open), [
		span(buildName(here), 'value', {bold: true}),
		span(' on '),
		named(from),
		span(', '),
		span(buildName(there), 'value', {bold: true}),
		span(' on '),
		named(to),
	]);
};

const lockLine = (app: AppName, view: EnvironmentView, now: number, width: number, look: Look): Row => {
	const {glyphs} = look;
	const {status, why} = known(view, now);
	const put = (mark: Span, words: string, right: Row): Row =>
		line(mark, 'lock', [named(view), span(`  ${words}`)], right, width, look);
	if (!status) {
		const asked = view.readAt === undefined ? [] : [span(`${age(now - view.readAt)} ago`, 'attention')];
		return put(span(glyphs.unclear, 'attention'), `not known, ${why}`, asked);
	}
	const lock = status.lock?.app === app ? status.lock : undefined;
	if (!lock) return put(span(glyphs.done, 'success'), 'free', []);
	const since = when(Date.parse(lock.since), hostNow(view, now), view.timeZone);
	const held = `held by ${lock.by} on ${lock.machine}`;
	return put(span(glyphs.attention, 'attention'), held, muted(`since ${since}`));
};

/** What is known while the evidence is still being looked at: builds and locks. */
const linesBefore = (
	app: AppName,
	targets: readonly EnvironmentView[],
	now: number,
	width: number,
	look: Look,
): readonly Row[] => {
	const pair = targets.slice(-2);
	const [from, to] = pair;
	return [
		...(from && to ? [buildLine(app, {from, to}, now, width, look)] : []),
		...pair.map(view => lockLine(app, view, now, width, look)),
		line(span(look.glyphs.unclear, 'attention'), 'gates', [span('asking', 'muted')], [], width, look),
	];
};

/** One app's name as a tab. */
const tab = (name: AppName, isActive: boolean, hasColour: boolean): Span =>
	isActive ? span(hasColour ? ` ${name} ` : `[${name}]`, 'value', {inverse: true}) : span(` ${name} `, 'muted');

const apps = ['backend', 'frontend'] as const;

const verdictOf = (board: Board | undefined, look: Look): Row => {
	if (!board) return [];
	const verdict = board.isStale ? 'HOLD' : board.report.verdict;
	return chip(verdict, verdictTone[verdict], look);
};

/** Where a board leads to, as far as there is room beside its verdict. */
const wayOf = (board: Board | undefined, targets: readonly EnvironmentView[]): Row => {
	const to = board ? targets.find(({name}) => name === board.view.to) : targets.at(-1);
	const build =
		board && 'value' in board.view.facts.build ? `${shortCommit(board.view.facts.build.value.commit)} ` : '';
	return to ? [span(`${build}to `, 'muted'), named(to)] : [];
};

const heading = (title: Row, fact: Row, width: number, {glyphs}: Look): Row => {
	// A rule cuts with a sign that not every terminal has, so nothing is left for it to cut.
	const shown = widthOf(title) + widthOf(fact) + 10 > width ? [] : fact;
	return panelHead(fit(title, Math.max(0, width - 4), glyphs.cut), width, {glyphs}, shown);
};

/** Both apps beside each other, or one at a time. */
export const promotionRows = (state: PromotionView, width: number, isWide: boolean, look: Look): readonly Row[] => {
	const {app, now} = state;
	const targets = targetsOf(state.environments);
	const linesOf = (name: AppName, board: Board | undefined, cells: number): readonly Row[] =>
		board
			? boardRows({board, environments: state.environments, now}, cells, look)
			: linesBefore(name, targets, now, cells, look);
	const boards = apps.map(name => ({name, board: selectBoard(state, name)}));
	if (!isWide) {
		const title = boards.flatMap(({name, board}): Row => [
			tab(name, name === app, look.hasColour),
			...(board ? [...verdictOf(board, look), span(' ')] : []),
		]);
		const shown = boards.find(({name}) => name === app);
		const way = wayOf(shown?.board, targets);
		return [heading(title, way, width, look), ...linesOf(app, shown?.board, width)];
	}
	const half = Math.floor((width - 2) / 2);
	const parts = boards.map(({name, board}, index) => {
		const cells = index === 0 ? half : width - 2 - half;
		const title = [span(`${name} `, 'value', {bold: true}), ...wayOf(board, targets)];
		return {
			rows: [heading(title, verdictOf(board, look), cells, look), ...linesOf(name, board, cells)],
			width: cells,
		};
	});
	return beside(parts, 2).slice(0, promotionHeight);
};

const select = ({environments, evidence, app, now}: CockpitState): PromotionView => ({
	environments,
	evidence,
	app,
	now: Math.floor(now / 1000) * 1000,
});

/** `width`: without the screen's margins. */
export const PromotionBoard = memo(function PromotionBoard({
	width,
	isWide,
}: {
	readonly width: number;
	readonly isWide: boolean;
}) {
	const {glyphs, hasColour} = useTheme();
	const state = useCockpit(useShallow(select));
	const rows = ofHeight(promotionRows(state, width, isWide, {glyphs, hasColour}), promotionHeight);
	return <Rows rows={rows.map(row => [span(' '), ...row])} />;
});
