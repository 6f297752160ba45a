import type {Trigger} from '../../../domain/watch/watch.ts';
import {fit, justify, span, widthOf, type Row} from '../../kit/rows.ts';
import {inLines, panelHead, wrap, type Look} from '../../kit/layout.ts';
import {when} from '../../kit/times.ts';
import {ageRow, hostTime, focusedTitle, type HealthView} from './look.ts';
import type {WatchPlace} from './watch-rows.ts';

const triggerOrder: readonly Trigger['state'][] = ['fired', 'unclear', 'quiet'];

/** Those that fired first. */
const orderedTriggers = (triggers: readonly Trigger[]): readonly Trigger[] =>
	triggers.toSorted((a, b) => triggerOrder.indexOf(a.state) - triggerOrder.indexOf(b.state));

type Moment = {readonly hostNow: number; readonly zone: string};

const markOf = ({state}: Trigger, {glyphs}: Look): Row[number] =>
	state === 'fired'
		? span(`${glyphs.failed} FIRED `, 'danger', {bold: true})
		: state === 'unclear'
			? span(`${glyphs.unclear} unclear `, 'attention')
			: span(`${glyphs.done} `, 'success');

const toneOf = ({state}: Trigger) => (state === 'fired' ? 'danger' : state === 'unclear' ? 'attention' : 'muted');

/** What fires it and what was seen, in the longest words that fit; what does not fit even short is cut in what was seen. */
const triggerRow = (trigger: Trigger, {hostNow, zone}: Moment, width: number, look: Look): Row => {
	const {state, title, text, since, short = {title, text}} = trigger;
	const from = since === undefined || state !== 'fired' ? '' : `, since ${when(since, hostNow, zone)}`;
	const way = (name: string, seen: string): {readonly left: Row; readonly right: Row} => ({
		left: [span(' '), markOf(trigger, look), span(name)],
		right: [span(seen, toneOf(trigger))],
	});
	const least = way(short.title, `${short.text}${from}`);
	const ways = [
		way(title, `${text}${from}`),
		...(state === 'quiet' ? [] : [way(short.title, `${text}${from}`)]),
		way(title, `${short.text}${from}`),
		least,
		way(short.title, short.text),
		// That it is quiet says its mark.
		...(state === 'quiet' ? [way(short.title, '')] : []),
	];
	const {left, right} =
		ways.find(one => widthOf(one.left) + widthOf(one.right) + (widthOf(one.right) > 0 ? 2 : 0) <= width) ??
		way(short.title, short.text);
	const shown = fit(right, Math.max(8, width - widthOf(left) - 2), look.glyphs.cut);
	return justify(fit(left, Math.max(0, width - widthOf(shown) - 1), look.glyphs.cut), shown, width);
};

/** The same with all that was seen: below its title where it is too long to stand beside it. */
const triggerRows = (trigger: Trigger, at: Moment, width: number, look: Look): readonly Row[] => {
	const {state, title, text, since, short} = trigger;
	const from = since === undefined || state !== 'fired' ? '' : `, since ${when(since, at.hostNow, at.zone)}`;
	const left: Row = [span(' '), markOf(trigger, look), span(title)];
	const spare = title.length - (short ?? trigger).title.length;
	const isFitting = widthOf(left) - spare + text.length + from.length + 2 <= width;
	if (state === 'quiet' || isFitting) return [triggerRow(trigger, at, width, look)];
	return [left, ...wrap(`${text}${from}`, width - 4).map((line): Row => [span(`   ${line}`, toneOf(trigger))])];
};

/** The six reasons to go back. In little room only those that speak, and how many are quiet. */
export const triggersPanel = (
	view: HealthView,
	{health, report}: WatchPlace,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const at = {hostNow: hostTime(health, view.now), zone: health.environment.timeZone};
	const triggers = orderedTriggers(report.triggers);
	const fired = triggers.filter(({state}) => state === 'fired').length;
	const headOf = (hidden: number): Row =>
		panelHead(
			focusedTitle('Roll back if', view.panel === 'triggers', look),
			width,
			look,
			[
				...(hidden > 0 ? [span(`${look.glyphs.below} ${hidden} more: Tab  `, 'accent')] : []),
				span(`${fired} of ${triggers.length} fired, `, fired > 0 ? 'danger' : 'muted', {bold: fired > 0}),
				...ageRow(health, view.now, look),
			],
			fired > 0 ? 'danger' : 'muted',
		);
	const room = height - 1;
	const row = (trigger: Trigger, cells: number): Row => triggerRow(trigger, at, cells, look);
	const whole = triggers.flatMap(one => triggerRows(one, at, width, look));
	if (whole.length <= room) return [headOf(0), ...whole];
	if (triggers.length <= room) return [headOf(0), ...triggers.map(one => row(one, width))];
	// What speaks has a line of its own; the quiet ones share theirs.
	const speaking = triggers.filter(({state}) => state !== 'quiet').slice(0, Math.max(0, room));
	const quiet = triggers.filter(({state}) => state === 'quiet').slice(0, Math.max(0, 2 * (room - speaking.length)));
	const half = Math.floor(width / 2);
	const shared = inLines(
		quiet.map((one, index) => row(one, index % 2 === 0 ? half - 1 : width - half)),
		width,
		2,
	);
	return [
		headOf(triggers.length - speaking.length - quiet.length),
		...speaking.map(one => row(one, width)),
		...shared,
	];
};
