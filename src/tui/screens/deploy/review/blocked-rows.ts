import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import {shortCommit} from '../../../../domain/build.ts';
import {age, moment} from '../../../../domain/format.ts';
import type {Gate, GateName} from '../../../../domain/gates/gates.ts';
import {countItems, type ItemState} from '../../../../domain/checklist/sign-off.ts';
import {blockingItems, firstClosed} from '../../../../store/deploy/blocked.ts';
import {gateMark, recordedLook, voidedWord, whoOf} from '../../../kit/marks.ts';
import {justify, pad, span, widthOf, type Row} from '../../../kit/rows.ts';
import {when} from '../../../kit/times.ts';
import {banner, emergencyRows} from '../environment-bar.ts';
import {gateRows, inSight, nextSlotRow} from './gates-rows.ts';
import {
	flow,
	isWide,
	labelled,
	loose,
	panelHead,
	paragraph,
	stack,
	textRows,
	wrap,
	type Look,
} from '../../../kit/layout.ts';

type View = {readonly review: DeployReview; readonly now: number};

/** What a gate is there for: somebody who meets a closed one should not have to look it up. */
const asks: Readonly<Record<GateName, string>> = {
	policy: 'What is asked of a build may not become less, or come from elsewhere, without somebody who accepts it.',
	identity: 'Only the very build that runs, as it was deployed, on the environment before goes on.',
	checklist: 'Everything the checklist asks has to be seen to work for this build.',
	probes: 'The probes run again for each decision, and none may fail.',
	soak: 'A build goes on once it has been live, unchanged and healthy for long enough.',
	window: 'Deploys start only in the window of the environment, and not before a holiday.',
	approvals: 'Others than the one who deploys have to sign this build.',
	lock: 'One run at a time changes an environment.',
};

const beforeTitle = ({decision: {evidence}}: DeployReview): string => evidence?.facts.from.title ?? '';

/** What puts it right, and what that costs: mending what failed takes a new deploy to the environment before. */
const openRows = (gate: Gate, review: DeployReview, width: number): readonly Row[] => {
	const {soakHours} = review.decision.report.policy;
	const isMended = gate.state === 'failed' && soakHours > 0 && beforeTitle(review) !== '';
	const text = [
		gate.clears === undefined ? '' : `${gate.clears[0]?.toUpperCase() ?? ''}${gate.clears.slice(1)}.`,
		gate.at === undefined ? '' : `It opens ${moment(gate.at, review.timeZone)}.`,
		isMended ? `A new deploy to ${beforeTitle(review)} starts its ${soakHours} h of soak anew.` : '',
	];
	return wrap(text.filter(part => part !== '').join(' '), Math.max(8, width - 14)).map((line, index) =>
		labelled(index === 0 ? 'To open it' : '', [span(line, index === 0 ? 'strong' : 'value')], 11),
	);
};

/** What was found, and by whom and when. */
const foundOf = ({signOff}: ItemState): string => signOff?.value ?? signOff?.note ?? '';

/** A recorded state, what it is the state of, and at the right who or what says so. */
const stateRow = (state: ItemState['state'], title: Row, right: string, width: number, {glyphs}: Look): Row => {
	const {glyph, word, tone} = recordedLook(state, glyphs);
	return justify([span(` ${glyph} `, tone), ...pad([span(word)], 9), ...title], [span(`${right} `, 'muted')], width);
};

const itemRow = (
	one: ItemState,
	{review, now}: View,
	{width, titleWidth}: {readonly width: number; readonly titleWidth: number},
	look: Look,
): Row => {
	const {signOff, item} = one;
	const who = signOff ? `${whoOf(signOff)}, ${when(signOff.at, now, review.timeZone)}` : voidedWord(one);
	const title = [...pad([span(item.title)], titleWidth), span(`  ${foundOf(one).replaceAll(/\s+/g, ' ')}`, 'muted')];
	return stateRow(one.state, title, who, width, look);
};

const itemRows = (items: readonly ItemState[], most: number, view: View, width: number, look: Look): readonly Row[] => {
	const shown = items.slice(0, most);
	const rest = items.length - shown.length;
	const longest = Math.max(0, ...shown.map(({item}) => widthOf([span(item.title)])));
	const titleWidth = Math.min(longest, Math.max(16, Math.floor(width * 0.45)));
	return [
		...shown.map(one => itemRow(one, view, {width, titleWidth}, look)),
		...(rest > 0
			? [
					[
						span(`   ${shown.length === 0 ? rest : `${rest} more`}, `, 'muted'),
						span('o', 'accent'),
						span(' lists them', 'muted'),
					],
				]
			: []),
	];
};

/** The probes that do not pass, with what they saw. */
const probeRows = ({decision: {evidence}}: DeployReview, width: number, look: Look): readonly Row[] => {
	const probes = evidence?.facts.probes;
	const bad = probes && 'value' in probes ? probes.value.filter(({outcome}) => outcome !== 'passed') : [];
	return bad.map(({title, outcome, text}) => stateRow(outcome, [span(title)], text, width, look));
};

/** The first closed gate: what is so, why it is asked, and what would open it. */
const firstPanel = (gate: Gate, view: View, most: number, width: number, look: Look): readonly Row[] => {
	const {review} = view;
	const {mark, tone} = gateMark(gate.state, look.glyphs);
	const items = gate.gate === 'checklist' ? blockingItems(review) : [];
	const {met, all} = countItems(review.decision.evidence?.items ?? []);
	const probes = gate.gate === 'probes' ? probeRows(review, width, look) : [];
	const title: Row = [
		span(`${mark} ${gate.gate}`, tone, {bold: true}),
		...(items.length > 0 ? [span(`  ${met} of ${all}`)] : []),
	];
	const body =
		items.length > 0
			? itemRows(items, most, view, width, look)
			: [
					...textRows(gate.text, width - 1),
					...probes.slice(0, most),
					...textRows(asks[gate.gate], width - 1, 'muted'),
				];
	return [panelHead(title, width, look, 'first closed gate'), ...body, ...openRows(gate, review, width)];
};

const others = ({decision: {report}}: DeployReview, first: Gate): readonly Gate[] =>
	report.gates.filter(gate => gate !== first);

const othersPanel = (review: DeployReview, first: Gate, width: number, look: Look): readonly Row[] => {
	const gates = others(review, first);
	return gates.length === 0
		? []
		: [panelHead('The other gates', width, look), ...gateRows({gates}, review.timeZone, width, look)];
};

/** The other gates by name alone, for a low screen. */
const othersLine = (review: DeployReview, first: Gate, width: number, {glyphs}: Look): readonly Row[] =>
	flow(
		others(review, first).map(({gate, state}): Row => {
			const {mark, tone} = gateMark(state, glyphs);
			return [span(` ${mark} `, tone), span(`${gate} `, state === 'met' ? 'muted' : 'value')];
		}),
		width,
	);

/** A reason not to start that is none of the gates. */
const checksPanel = ({refusal, decision}: DeployReview, width: number, look: Look): readonly Row[] => {
	const isTold =
		refusal?.code === 'locked' && decision.report.gates.some(({gate, state}) => gate === 'lock' && state !== 'met');
	return !refusal || isTold
		? []
		: [
				panelHead([span(`${look.glyphs.failed} Pre-flight checks`, 'danger', {bold: true})], width, look),
				...paragraph('Why', refusal.why, width),
				...paragraph('Next', refusal.next, width, 'accent'),
			];
};

/** `label   date`, for each way that leads there. */
const slotsOf = (review: DeployReview): readonly (readonly [label: string, text: string])[] => {
	const {decision, afterRedeploy, timeZone} = review;
	const {gates} = decision.report;
	const slot = inSight(decision.report.nextSlot, timeZone, decision.report.clock);
	const before = beforeTitle(review);
	if (before === '') return [['all else met', slot]];
	const isThere = gates.some(({gate, state}) => gate === 'identity' && state === 'met');
	const asIs = ['with all else met, no new deploy', slot] as const;
	if (!afterRedeploy) return [asIs];
	const {by, slot: after, later} = afterRedeploy;
	const until = by === undefined ? 'now' : `by ${moment(by, timeZone)}`;
	return [
		...(isThere ? [asIs] : []),
		[`live on ${before} ${until}`, inSight(after.from, timeZone)],
		...(by === undefined ? [] : [['later than that', inSight(later?.from, timeZone)] as const]),
	];
};

const slotsPanel = ({review, now}: View, width: number, look: Look): readonly Row[] => {
	const slots = slotsOf(review);
	const labelWidth = Math.max(...slots.map(([label]) => label.length));
	return [
		panelHead('When it can go', width, look, `read ${age(now - review.readAt)} ago`),
		...slots.map(([label, text], index) =>
			labelled(label, [span(` ${text}`, 'value', {bold: index === 0})], labelWidth),
		),
	];
};

const lastRows = ({environment, hasEmergency, decision}: DeployReview, width: number): readonly Row[] => {
	const changed = isWide(width + 2) ? `Nothing was changed on ${environment}.` : 'Nothing was changed.';
	const way = decision.emergency
		? 'E: the usual way'
		: hasEmergency
			? 'E: its emergency profile'
			: 'No override exists';
	return textRows(`${changed} ${way}; rolling back is always open.`, width, 'muted');
};

/**
 * What closes the gates of a deploy, what would open them, and when it could go. The first closed gate is told at
 * length; what there is no room for is counted, and the dates and the last line come before more of its items.
 */
export const blockedPage = (view: View, width: number, height: number, look: Look): readonly Row[] => {
	const {review} = view;
	const {decision, timeZone} = review;
	const first = firstClosed(review);
	if (!first) return [];
	const subject = `${review.app} ${shortCommit(review.build.commit)}  to  ${review.environment}  ${review.address}`;
	const count = Math.max(blockingItems(review).length, 1);
	const panels = (most: number, isFull: boolean, hasAllSlots: boolean): readonly (readonly Row[])[] => [
		[
			...banner('DEPLOYMENT BLOCKED', [subject], width, isWide(width + 2) ? height : 0),
			...emergencyRows(decision.emergency, timeZone, width, height),
		],
		firstPanel(first, view, most, width, look),
		checksPanel(review, width, look),
		isFull ? othersPanel(review, first, width, look) : othersLine(review, first, width, look),
		hasAllSlots
			? slotsPanel(view, width, look)
			: [[...nextSlotRow(decision.report, timeZone, look), span(', with all else met', 'muted')]],
		lastRows(review, width),
	];
	const shapes = [
		{isFull: true, hasAllSlots: true, isLoose: true, least: 4},
		{isFull: true, hasAllSlots: true, isLoose: false, least: 3},
		{isFull: true, hasAllSlots: false, isLoose: false, least: 2},
		{isFull: false, hasAllSlots: false, isLoose: false, least: 0},
	];
	for (const {isFull, hasAllSlots, isLoose, least} of shapes) {
		for (let most = count; most >= Math.min(least, count); most--) {
			const all = panels(most, isFull, hasAllSlots);
			if ((isLoose ? loose(all) : all.flat()).length <= height) return stack(all, height);
		}
	}
	return stack(panels(0, false, false), height);
};
