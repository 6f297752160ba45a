import {carriedOn} from '../../../domain/host-clock.ts';
import type {Board} from '../../../store/overview/evidence.ts';
import {age, duration, moment} from '../../../domain/format.ts';
import {isOpen, type Gate} from '../../../domain/gates/gates.ts';
import {windowAt} from '../../../domain/gates/window.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {inWords} from '../../../store/overview/overview-facts.ts';
import {gateMark} from '../../kit/marks.ts';
import {blank, span, type Row} from '../../kit/rows.ts';
import {when} from '../../kit/times.ts';
import {sides} from './look.ts';
import type {Look} from '../../kit/layout.ts';

type BoardView = {readonly board: Board; readonly environments: readonly EnvironmentView[]; readonly now: number};

const hostNow = ({view: {facts, at}}: Board, now: number): number | undefined =>
	carriedOn({time: 'value' in facts.to.now ? facts.to.now.value : undefined, readAt: at}, now);

/** What stands at the right of a gate: since when, until when. */
const factOf = (gate: Gate, {board}: BoardView, at: number, zone: string): string => {
	const {facts, policy} = board.view;
	if (gate.at !== undefined) return `opens ${moment(gate.at, zone)}`;
	switch (gate.gate) {
		case 'identity':
			return gate.state === 'met' && 'value' in facts.build ? facts.build.value.digest.slice(0, 8) : '';
		case 'soak':
			return 'value' in facts.from.live ? `since ${when(facts.from.live.value.since, at, zone)}` : '';
		case 'window': {
			const state = windowAt(policy, at);
			return state.isOpen && state.until !== undefined ? `${duration(state.until - at)} left` : '';
		}
		case 'policy':
		case 'checklist':
		case 'probes':
		case 'approvals':
		case 'lock':
			return '';
	}
};

const textOf = (gate: Gate, {environments, board}: BoardView): string => {
	if (gate.gate !== 'identity' || gate.state !== 'met') return gate.text;
	const from = environments.find(({name}) => name === board.view.from);
	return `same source as ${from ? inWords(from) : board.view.from}`;
};

const slotRow = ({board}: BoardView, at: number, zone: string, width: number, {glyphs}: Look): Row => {
	const {report, view} = board;
	const usual = view.facts.usualMs > 0 ? [span(`usually ${duration(view.facts.usualMs)}`, 'muted')] : [];
	const {nextSlot} = report;
	const text =
		nextSlot === undefined
			? report.clock === undefined
				? 'none in sight'
				: 'not known: clocks disagree'
			: nextSlot <= at
				? isOpen(report)
					? 'now'
					: 'now, once the rest is met'
				: `${moment(nextSlot, zone)}${isOpen(report) ? '' : ', with the rest met'}`;
	return sides(
		[span(` ${glyphs.prompt} `, 'accent'), span('Next slot  ', 'muted'), span(text, 'value', {bold: true})],
		usual,
		width,
		glyphs,
	);
};

/** Gates that have a row of their own; approvals only where some are asked. */
export const shownGates = ({report: {gates, policy}}: Board): readonly Gate[] =>
	gates.filter(({gate}) => gate !== 'approvals' || policy.approvals > 0);

/** A board without its head: the gates with their evidence, then the next slot. Nothing stale is green. */
export const boardRows = (view: BoardView, width: number, look: Look): readonly Row[] => {
	const {board, environments, now} = view;
	const {glyphs} = look;
	const {policy} = board.report;
	const zone = policy.timeZone || (environments.at(-1)?.timeZone ?? 'UTC');
	const at = hostNow(board, now) ?? now;
	const shown = shownGates(board);
	const rows = shown.map((gate): Row => {
		const {mark, tone} = board.isStale ? gateMark('unknown', glyphs) : gateMark(gate.state, glyphs);
		const text = textOf(gate, view);
		const isQuiet = gate.state === 'met' || board.isStale;
		const fact = board.isStale ? `${age(now - board.view.at)} ago` : factOf(gate, view, at, zone);
		return sides(
			[span(` ${mark} `, tone), span(gate.gate.padEnd(10)), span(text, isQuiet ? 'muted' : 'value')],
			fact === '' ? [] : [span(fact, board.isStale || gate.at !== undefined ? 'attention' : 'muted')],
			width,
			glyphs,
		);
	});
	return [...rows, ...(shown.length < 7 ? [blank] : []), slotRow(view, at, zone, width, look)];
};
