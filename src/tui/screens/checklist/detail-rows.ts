import type {ChecklistItem} from '../../../domain/checklist/checklist.ts';
import type {ItemState, SignOff} from '../../../domain/checklist/sign-off.ts';
import {pendingOn, waitingOn} from '../../../store/checklist/checklist.ts';
import {blank, pad, rule, span, type Row} from '../../kit/rows.ts';
import {wrap, type Look} from '../../kit/layout.ts';
import {age} from '../../kit/times.ts';
import {stateLook, type ChecklistView} from './look.ts';
import {exactly, when} from '../../kit/times.ts';
import {recordedLook, resultWord, whoOf} from '../../kit/item-marks.ts';

/** Text below a heading, or beside it where the screen is narrow. */
type Block = {readonly label: string; readonly lines: readonly Row[]};

const text = (label: string, words: string, width: number): Block => ({
	label,
	lines: wrap(words, Math.max(10, width)).map((line): Row => [span(line)]),
});

const limits = ({answer}: ChecklistItem): string | undefined => {
	if (answer.kind === 'tick') return undefined;
	if (answer.kind === 'choice')
		return answer.options
			.map((option, index) => `${index + 1} ${option}${answer.passing.includes(option) ? ' (passes)' : ''}`)
			.join(', ');
	const {ask, unit = '', atMost, atLeast} = answer;
	const bound = [
		...(atLeast === undefined ? [] : [`at least ${atLeast} ${unit}`.trim()]),
		...(atMost === undefined ? [] : [`at most ${atMost} ${unit}`.trim()]),
	].join(', ');
	return `${ask}${bound === '' ? '' : `: ${bound}`}`;
};

/** What a person or a probe said, with the unit that was asked for. */
const saidText = ({answer}: ChecklistItem, {value, note, by}: SignOff): string =>
	[
		...(value === undefined
			? []
			: [`saw ${answer.kind === 'value' && by === 'person' && answer.unit ? `${value} ${answer.unit}` : value}`]),
		...(note === undefined ? [] : [`"${note}"`]),
	].join('  ');

/** State, who, when: the first thing to see. */
const stateRows = (one: ItemState, view: ChecklistView, width: number, look: Look): readonly Row[] => {
	const {item, signOff, isCarried, voided, history} = one;
	const {now, timeZone, hostNow} = view;
	const pending = pendingOn(view, item.id);
	const waiting = waitingOn(view, item.id);
	const {glyph, word, tone} = stateLook(one, {pending, waiting, now}, look.glyphs);
	const under = pending?.result ?? waiting?.result;
	const lines = (words: string, lineTone: 'value' | 'muted' | 'attention'): readonly Row[] =>
		wrap(words, width).map((line): Row => [span(line, lineTone)]);
	const first: Row = [
		span(glyph, tone),
		span(` ${word}`, tone === 'success' ? 'value' : tone),
		...(under === undefined ? [] : [span(` ${resultWord(under)}`)]),
		...(signOff && under === undefined
			? [span(`  ${whoOf(signOff)}, ${exactly(signOff.at, hostNow, timeZone)}`, 'muted' as const)]
			: []),
	];
	if (pending)
		return [first, ...lines(`since ${age(now - pending.since)}; it counts once the ledger has it`, 'muted')];
	if (waiting) return [first, ...lines('The host does not answer. It is sent when it does.', 'muted')];
	if (signOff) {
		const said = saidText(item, signOff);
		const commit = view.commitAt(one, signOff.seq);
		return [
			first,
			...(said === '' ? [] : lines(said, 'value')),
			...(signOff.isClaimed
				? lines('Without a checked signature: it counts because it is bad. A retest replaces it.', 'attention')
				: []),
			...(isCarried
				? lines(
						`Carried over: signed ${age(hostNow - signOff.at)} ago${commit ? ` on ${commit}` : ''}, which still runs.`,
						'muted',
					)
				: []),
		];
	}
	const [last] = history;
	if (!last || !voided) return [first];
	const reason =
		voided === 'build' ? 'That was another build than the one that runs now.' : 'Its text has changed since.';
	return [
		first,
		...lines(
			`${whoOf(last)} signed it ${resultWord(last.result)}, ${when(last.at, hostNow, timeZone)}. ${reason}`,
			'attention',
		),
	];
};

const probeBlock = (one: ItemState, view: ChecklistView, width: number, look: Look): readonly Block[] => {
	const {probe} = one.item;
	if (!probe) return [];
	const within = probe.withinMs === undefined ? '' : ` within ${probe.withinMs} ms`;
	const holds = probe.contains === undefined ? '' : ` with ${JSON.stringify(probe.contains)}`;
	const asks = `GET ${probe.path} of the ${probe.on}: ${probe.status}${within}${holds}`;
	const seen = view.probed && recordedLook(view.probed.outcome, look.glyphs);
	return [
		{
			label: 'Probe',
			lines: [
				...wrap(asks, width).map((line): Row => [span(line)]),
				...(view.probed && seen
					? wrap(`${view.probed.text}, at the gates`, width - 2).map((line, index): Row => [
							span(index === 0 ? `${seen.glyph} ` : '  ', seen.tone),
							span(line, view.probed?.outcome === 'failed' ? 'danger' : 'value'),
						])
					: []),
				[span('r', 'accent', {bold: true}), span(' runs it and records what it sees', 'muted')],
			],
		},
	];
};

const historyRow = (signOff: SignOff, one: ItemState, view: ChecklistView, look: Look): Row => {
	const {result, seq, at, value} = signOff;
	const mark =
		result === 'undone'
			? {glyph: look.glyphs.rolledBack, tone: 'muted' as const}
			: recordedLook(result, look.glyphs);
	return [
		span(mark.glyph, mark.tone),
		span(' '),
		...pad([span(whoOf(signOff))], 8),
		...pad([span(view.commitAt(one, seq) ?? (result === 'undone' ? 'undone' : ''), 'muted')], 9),
		...pad([span(when(at, view.hostNow, view.timeZone), 'muted')], 11),
		span(value ?? ''),
	];
};

const historyBlock = (one: ItemState, view: ChecklistView, look: Look): readonly Block[] => {
	const before = one.history.filter(({seq}) => seq !== one.signOff?.seq);
	if (before.length === 0) return [];
	return [
		{
			label: 'History',
			lines: [
				...before.slice(0, 5).map(signOff => historyRow(signOff, one, view, look)),
				...(before.length > 5 ? [[span(`and ${before.length - 5} more`, 'muted' as const)]] : []),
			],
		},
	];
};

const clearBlock = ({state, item}: ItemState, view: ChecklistView, width: number): readonly Block[] => {
	const app = item.scope === 'both' ? 'what it touches' : `the ${item.scope}`;
	const title = view.checklistEnvironment?.title ?? '';
	if (state === 'failed')
		return [
			text(
				'To clear it',
				`Fix, deploy ${app} to ${title} (the soak starts again), sign again; or retest here if the run was unlucky.`,
				width,
			),
		];
	return state === 'unclear' ? [text('To clear it', 'Look again: p, f or n records what you find.', width)] : [];
};

const coversText = ({scope, mayNotApply}: ChecklistItem): string =>
	`${scope === 'both' ? 'backend and frontend' : scope}: a new build of it voids the answer${mayNotApply ? '; may not apply' : ''}`;

const blocks = (one: ItemState, view: ChecklistView, width: number, look: Look): readonly Block[] => {
	const {item} = one;
	const asked = limits(item);
	return [
		...probeBlock(one, view, width, look),
		...(asked === undefined ? [] : [text('Asks for', asked, width)]),
		text('How', item.how.trim(), width),
		text('Why', item.why.trim(), width),
		...historyBlock(one, view, look),
		...clearBlock(one, view, width),
		text('Covers', coversText(item), width),
	];
};

const scrolled = (rows: readonly Row[], scroll: number, height: number): readonly Row[] => {
	const from = Math.max(0, Math.min(scroll, rows.length - height));
	return rows.slice(from, from + Math.max(0, height));
};

const moreText = (all: number, height: number, scroll: number): string => {
	const left = all - height - Math.min(scroll, Math.max(0, all - height));
	return left > 0 ? `${left} more` : '';
};

const indent = (row: Row): Row => (row.length === 0 ? row : [span(' '), ...row]);

const framedPanel = (
	title: string,
	body: readonly Row[],
	{
		view,
		width,
		height,
		fact = [],
	}: {readonly view: ChecklistView; readonly width: number; readonly height: number; readonly fact?: Row},
	{glyphs}: Look,
): readonly Row[] => {
	const isFocused = view.checklistPanel === 'detail';
	const room = Math.max(0, height - 1);
	const more = moreText(body.length, room, view.lists.checklist.scroll);
	return [
		rule(
			[span(title, isFocused ? 'accent' : 'value', {bold: true})],
			[...fact, ...(more === '' ? [] : [span(`${fact.length > 0 ? '  ' : ''}${more}`, 'muted' as const)])],
			width,
			{line: glyphs.rule},
		),
		...scrolled(body, view.lists.checklist.scroll, room),
	];
};

const columnBody = (one: ItemState, view: ChecklistView, width: number, look: Look): readonly Row[] =>
	[
		...stateRows(one, view, width - 1, look),
		...blocks(one, view, width - 1, look).flatMap(({label, lines}): readonly Row[] => [
			blank,
			[span(label, 'muted')],
			...lines,
		]),
	].map(indent);

/** Everything about the item under the cursor, in a column. */
export const detailPanel = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const {item: one} = view;
	return one ? framedPanel(one.item.title, columnBody(one, view, width, look), {view, width, height}, look) : [];
};

const labelWidth = 9;

const belowBody = (one: ItemState, view: ChecklistView, width: number, look: Look): readonly Row[] => {
	const inner = width - labelWidth - 2;
	const beside = ({label, lines}: Block): readonly Row[] =>
		lines.map((line, index): Row => [
			...pad([span(index === 0 ? label.replace('To clear it', 'Clear') : '', 'muted')], labelWidth),
			...line,
		]);
	return [
		...beside({label: 'State', lines: stateRows(one, view, inner, look)}),
		...blocks(one, view, inner, look).flatMap(beside),
	].map(indent);
};

/** The same with its headings at the left, below the list. */
export const detailBelow = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const {item: one} = view;
	if (!one) return [];
	const {glyph, word, tone} = stateLook(
		one,
		{pending: pendingOn(view, one.item.id), waiting: waitingOn(view, one.item.id), now: view.now},
		look.glyphs,
	);
	const fact: Row = [span(glyph, tone), span(` ${word}`, tone === 'success' ? 'muted' : tone)];
	return framedPanel(one.item.title, belowBody(one, view, width, look), {view, width, height, fact}, look);
};

/** How far the detail can be scrolled in a panel of this size. */
export const scrollLimit = (
	view: ChecklistView,
	{isBelow, width, height}: {readonly isBelow: boolean; readonly width: number; readonly height: number},
	look: Look,
): number => {
	if (!view.item) return 0;
	const body = isBelow ? belowBody(view.item, view, width, look) : columnBody(view.item, view, width, look);
	return Math.max(0, body.length - Math.max(0, height - 1));
};
