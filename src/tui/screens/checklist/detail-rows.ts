import type {ChecklistItem} from '../../../domain/checklist/checklist.ts';
import {attemptsText, besideText} from '../../../domain/checklist/observation.ts';
import type {ItemState, SignOff} from '../../../domain/checklist/sign-off.ts';
import {pendingOn, waitingOn} from '../../../store/checklist/checklist.ts';
import {blank, muted, pad, span, type Row} from '../../kit/rows.ts';
import {panelHead, turning, wrap, type Look, type ScreenProps} from '../../kit/layout.ts';
import type {Tone} from '../../kit/theme.tsx';
import {age} from '../../../domain/format.ts';
import {boundsOf} from '../../kit/ask-rows.ts';
import {stateLook, type ChecklistView} from './look.ts';
import {when, whenInZone} from '../../kit/times.ts';
import {recordedLook, resultWord, whoOf} from '../../kit/marks.ts';

/** Text below a heading, or beside it where the screen is narrow. */
type Block = {readonly label: string; readonly lines: readonly Row[]};

const toned = (words: string, width: number, tone?: Tone): readonly Row[] =>
	wrap(words, width).map(line => [span(line, tone)]);

const text = (label: string, words: string, width: number): Block => ({
	label,
	lines: toned(words, Math.max(10, width)),
});

const limits = ({answer}: ChecklistItem): string | undefined => {
	if (answer.kind === 'tick') return undefined;
	if (answer.kind === 'choice')
		return answer.options
			.map((option, index) => `${index + 1} ${option}${answer.passing.includes(option) ? ' (passes)' : ''}`)
			.join(', ');
	const bounds = boundsOf(answer);
	return bounds.length === 0 ? answer.ask : `${answer.ask}: ${bounds.join(', ')}`;
};

/** What a person or a probe said, with the unit that was asked for. */
const saidText = ({answer}: ChecklistItem, {value, note, by}: SignOff): string =>
	[
		...(value === undefined
			? []
			: [`saw ${answer.kind === 'value' && by === 'person' && answer.unit ? `${value} ${answer.unit}` : value}`]),
		...(note === undefined ? [] : [`"${note}"`]),
	].join('  ');

const voidedReasons = {
	build: 'That was another build than the one that runs now.',
	text: 'Its text has changed since.',
	run: 'What is live was changed since.',
} as const;

/** State, who, when: the first thing to see. */
const stateRows = (one: ItemState, view: ChecklistView, width: number, look: Look): readonly Row[] => {
	const {item, signOff, isCarried, voided, history} = one;
	const {now, timeZone, hostNow} = view;
	const pending = pendingOn(view, item.id);
	const waiting = waitingOn(view, item.id);
	const {glyph, word, tone} = stateLook(one, view, look.glyphs);
	const lines = (words: string, tone: Tone): readonly Row[] => toned(words, width, tone);
	const under = pending?.result ?? waiting?.result;
	const first: Row = [
		span(glyph, tone),
		span(` ${word}`, tone === 'success' ? 'value' : tone),
		...(under === undefined ? [] : [span(` ${resultWord(under)}`)]),
		...(signOff && under === undefined
			? [span(`  ${whoOf(signOff)}, ${whenInZone(signOff.at, hostNow, timeZone)}`, 'muted' as const)]
			: []),
	];
	if (pending) {
		const means =
			pending.what === 'probing'
				? 'what its probe sees now is what is signed'
				: 'it counts once the ledger has it';
		return [first, ...lines(`since ${age(now - pending.since)}; ${means}`, 'muted')];
	}
	if (waiting) return [first, ...lines('The host does not answer. It is sent when it does.', 'muted')];
	if (signOff) {
		const said = saidText(item, signOff);
		const commit = view.commitAt(one, signOff.seq);
		return [
			first,
			...(said === '' ? [] : lines(said, 'value')),
			...besideText(signOff).flatMap(text => lines(text, 'muted')),
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
	const reason = voidedReasons[voided];
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
	return [
		{
			label: 'Probe',
			lines: [
				...toned(asks, width),
				...observationRows(one, view, width, look),
				[span('r', 'accent', {bold: true}), span(' asks it again', 'muted')],
			],
		},
	];
};

/** What the probe saw, when, how often, and what that allows. */
const observationRows = (one: ItemState, view: ChecklistView, width: number, {glyphs}: Look): readonly Row[] => {
	const known = view.probeOf(one);
	if (!known) return [muted('not asked yet')];
	const {observation, isAsking} = known;
	if (!observation || isAsking) return [[span(turning(glyphs, view.now), 'accent'), span(' is being asked')]];
	const {outcome, text, at, attempts} = observation;
	const {glyph, tone} = recordedLook(outcome, glyphs);
	const tried = attemptsText(attempts);
	return [
		...wrap(`${text}, ${age(Math.max(0, view.hostNow - at))} ago`, width - 2).map((line, index): Row => [
			span(index === 0 ? `${glyph} ` : '  ', tone),
			span(line, tone === 'success' ? 'value' : tone),
		]),
		...(tried === '' ? [] : toned(tried, width, attempts.failed + attempts.unclear > 0 ? 'attention' : 'muted')),
		...toned(allowed[outcome], width, 'muted'),
	];
};

const allowed = {
	passed: 'p asks it again and signs what it sees then.',
	failed: 'While it fails it cannot be signed as passed; f asks it again and signs it failed.',
	unclear: 'While it is unclear it cannot be signed as passed; i signs it unclear, with a note.',
} as const;

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
				...(before.length > 5 ? [muted(`and ${before.length - 5} more`)] : []),
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

const labelWidth = 9;

/** Where the detail is drawn: in a column, its headings above what they say, or below the list, its headings at the left. */
type Place = ScreenProps & {readonly isBelow: boolean};

const bodyOf = (one: ItemState, view: ChecklistView, {width, isBelow}: Place, look: Look): readonly Row[] => {
	const inner = isBelow ? width - labelWidth - 2 : width - 1;
	const state = stateRows(one, view, inner, look);
	const beside = ({label, lines}: Block): readonly Row[] =>
		lines.map((line, index): Row => [
			...pad(muted(index === 0 ? label.replace('To clear it', 'Clear') : ''), labelWidth),
			...line,
		]);
	const below = ({label, lines}: Block): readonly Row[] => [blank, muted(label), ...lines];
	const rows = [
		...(isBelow ? beside({label: 'State', lines: state}) : state),
		...blocks(one, view, inner, look).flatMap(isBelow ? beside : below),
	];
	return rows.map(row => (row.length === 0 ? row : [span(' '), ...row]));
};

/** Everything about the item under the cursor. */
export const detailPanel = (view: ChecklistView, place: Place, look: Look): readonly Row[] => {
	const {item: one, checklistPanel, lists} = view;
	if (!one) return [];
	const body = bodyOf(one, view, place, look);
	const {glyph, word, tone} = stateLook(one, view, look.glyphs);
	const fact: Row = place.isBelow ? [span(glyph, tone), span(` ${word}`, tone === 'success' ? 'muted' : tone)] : [];
	const room = Math.max(0, place.height - 1);
	const from = Math.max(0, Math.min(lists.checklist.scroll, body.length - room));
	const left = body.length - room - from;
	const more = left > 0 ? muted(`${fact.length > 0 ? '  ' : ''}${left} more`) : [];
	const title = span(one.item.title, checklistPanel === 'detail' ? 'accent' : 'value', {bold: true});
	return [panelHead([title], place.width, look, [...fact, ...more]), ...body.slice(from, from + room)];
};

/** How far the detail can be scrolled there. */
export const scrollLimit = (view: ChecklistView, place: Place, look: Look): number =>
	view.item ? Math.max(0, bodyOf(view.item, view, place, look).length - Math.max(0, place.height - 1)) : 0;
