import {isMet} from '../../domain/checklist/sign-off.ts';
import type {WatchPhase, WatchReport} from '../../domain/watch/watch-report.ts';
import type {Look} from './layout.ts';
import {fit, pad, span, widthOf, type Row} from './rows.ts';
import {stopwatch} from './times.ts';

const stateOf = ({items}: WatchPhase): 'done' | 'open' | 'failed' => {
	if (items.some(({state}) => state === 'failed')) return 'failed';
	return items.every(isMet) ? 'done' : 'open';
};

const openIn = ({items}: WatchPhase): number => items.filter(({state}) => state === 'open').length;

const phaseMark = (phase: WatchPhase, {glyphs}: Look): Row[number] => {
	const state = stateOf(phase);
	if (state === 'failed') return span(glyphs.failed, 'danger');
	if (phase.state === 'now') return span(glyphs.running[0] ?? '', 'accent');
	if (phase.state === 'over' && state === 'done') return span(glyphs.done, 'success');
	return span(glyphs.open, phase.state === 'over' ? 'attention' : 'muted');
};

/** How much is told of a phase: all, without the unit and the time left, and of those to come nothing but when. */
type Telling = 'all' | 'short' | 'shortest' | 'least';

const phaseText = (phase: WatchPhase, hostNow: number, telling: Telling): Row => {
	const title = telling === 'all' ? phase.title : phase.title.replace(/ min$/, '');
	const isShort = telling === 'shortest' || telling === 'least';
	const left = phase.state === 'now' && !isShort ? [`${stopwatch(phase.until - hostNow)} left`] : [];
	const count = telling === 'least' && phase.state === 'before' ? 0 : openIn(phase);
	const open = count > 0 ? [`${count}${isShort ? ' left' : ' to sign'}`] : [];
	const words = [...left, ...open].join(', ');
	const isLate = phase.state === 'over' && count > 0;
	return [span(title), span(words === '' ? '' : `  ${words}`, isLate ? 'attention' : 'muted')];
};

/** Cells behind the words of a phase; the last one needs none but the margin. */
const gapAfter = (index: number, count: number): number => (index < count - 1 ? 2 : 1);

/** Cells of each phase: room for its words first, what is left by how long it lasts. */
const phaseCells = (phases: readonly WatchPhase[], words: readonly Row[], width: number): readonly number[] => {
	const all = phases.reduce((sum, {from, until}) => sum + (until - from), 0) || 1;
	const needed = words.map((row, index) => widthOf(row) + gapAfter(index, words.length));
	const rest = width - needed.reduce((sum, cells) => sum + cells, 0);
	if (rest < 0) return phases.map(() => Math.floor(width / Math.max(1, phases.length)));
	const cells = phases.map(
		({from, until}, index) => (needed[index] ?? 0) + Math.floor(((until - from) / all) * rest),
	);
	const used = cells.slice(0, -1).reduce((sum, count) => sum + count, 0);
	return [...cells.slice(0, -1), width - used];
};

/** Time gone by in a line with a mark between the phases, and what of each phase is left to do. */
export const timelineRows = (
	{phases}: Pick<WatchReport, 'phases'>,
	hostNow: number,
	width: number,
	look: Look,
): readonly Row[] => {
	const {glyphs} = look;
	const tellings: readonly Telling[] = ['all', 'short', 'shortest', 'least'];
	const told = tellings.map(telling =>
		phases.map((phase): Row => [phaseMark(phase, look), span(' '), ...phaseText(phase, hostNow, telling)]),
	);
	const fitting = (rows: readonly Row[]): boolean =>
		rows.reduce((sum, row, index) => sum + widthOf(row) + gapAfter(index, rows.length), 0) <= width - 2;
	const texts = told.find(fitting) ?? told.at(-1) ?? [];
	const cells = phaseCells(phases, texts, width - 2);
	const line = phases.flatMap(({from, until}, index): Row => {
		const room = (cells[index] ?? 0) - (index < phases.length - 1 ? 1 : 0);
		const part = Math.max(0, Math.min(1, (hostNow - from) / Math.max(1, until - from)));
		const full = Math.floor(part * room);
		const hasTip = part > 0 && part < 1 && full < room;
		return [
			span(glyphs.barDone.repeat(full) + (hasTip ? glyphs.barTip : ''), 'accent'),
			span(glyphs.barRest.repeat(Math.max(0, room - full - (hasTip ? 1 : 0))), 'muted'),
			...(index < phases.length - 1 ? [span(glyphs.mark, 'muted')] : []),
		];
	});
	const words = texts.flatMap((text, index): Row =>
		pad(fit(text, (cells[index] ?? 1) - 1, glyphs.cut), cells[index] ?? 0),
	);
	return [
		[span(' '), ...line],
		[span(' '), ...words],
	];
};
