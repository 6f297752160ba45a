import {isMet, type ItemState} from '../../../domain/checklist/sign-off.ts';
import type {PausePoint} from '../../../store/checklist/checklist.ts';
import {beside, blank, muted, pad, padStart, span, type Row} from '../../kit/rows.ts';
import {pointLook, type ChecklistView} from './look.ts';
import {when} from '../../kit/times.ts';
import {recordedLook} from '../../kit/marks.ts';
import {atMost, panelHead, type Look} from '../../kit/layout.ts';

const isAt = ({item}: ChecklistView, {states}: PausePoint): boolean =>
	states.some(one => one.item.id === item?.item.id);

const pointRow = (point: PausePoint, view: ChecklistView, width: number, look: Look): Row => {
	const {states} = point;
	const {glyph, tone} = pointLook(states, look.glyphs);
	const met = states.filter(isMet).length;
	const isHere = isAt(view, point);
	const cursor = isHere ? look.glyphs.cursor : ' ';
	const isFull = met === states.length;
	return [
		span(cursor, view.checklistPanel === 'points' ? 'accent' : 'muted'),
		span(glyph, tone),
		span(' '),
		...pad([span(point.title, 'value', {bold: isHere})], Math.max(4, width - 8)),
		...padStart([span(`${met}/${states.length}`, isFull ? 'muted' : 'value')], 5),
	];
};

/** Pause points below each other with their counts. */
export const pointsPanel = (view: ChecklistView, width: number, look: Look): readonly Row[] => [
	panelHead('Pause points', width, look),
	...view.points.map(point => pointRow(point, view, width, look)),
];

/** The same beside each other, for a narrow screen. */
export const pointsGrid = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const columns = width >= 74 ? 3 : 2;
	const each = Math.floor((width - (columns - 1) * 2) / columns);
	const tall = Math.ceil(view.points.length / columns);
	const at = Math.max(
		0,
		view.points.findIndex(point => isAt(view, point)),
	);
	const room = Math.max(1, height - 1);
	const from = Math.max(0, Math.min((at % tall) - Math.floor(room / 2), tall - room));
	const parts = Array.from({length: columns}, (_, column) => ({
		width: each,
		rows: view.points
			.slice(column * tall, (column + 1) * tall)
			.slice(from, from + room)
			.map(point => pointRow(point, view, each, look)),
	}));
	return [panelHead('Pause points', width, look, [span('[ ] to switch', 'muted')]), ...beside(parts, 2)];
};

/** Rows `pointsGrid` would like. */
export const gridRows = ({points}: ChecklistView, width: number): number =>
	1 + Math.ceil(points.length / (width >= 74 ? 3 : 2));

type Signer = {readonly name: string; readonly count: number; readonly last: number};

const signers = (states: readonly ItemState[]): readonly Signer[] => {
	const found = new Map<string, Signer>();
	for (const {signOff, isCarried} of states) {
		if (!signOff || isCarried) continue;
		const name = signOff.by === 'probe' ? 'probes' : signOff.actor.name;
		const {count, last} = found.get(name) ?? {count: 0, last: 0};
		found.set(name, {name, count: count + 1, last: Math.max(last, signOff.at)});
	}
	return [...found.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
};

/** Who signed how many for this build, and when last. */
export const signedPanel = (view: ChecklistView, width: number, look: Look): readonly Row[] => {
	const states = view.points.flatMap(point => point.states);
	const carried = states.filter(({isCarried}) => isCarried).length;
	const name = Math.max(4, width - 14);
	const row = (who: string, count: number, at: number | undefined): Row => [
		span(' '),
		...pad([span(who)], name),
		...padStart([span(String(count))], 3),
		...padStart([span(at === undefined ? '' : when(at, view.hostNow, view.timeZone), 'muted')], 10),
	];
	const rows = signers(states);
	return [
		panelHead('Signed by', width, look),
		...atMost(
			rows.map(({name: who, count, last}) => row(who, count, last)),
			6,
		),
		...(carried > 0 ? [row('carried', carried, undefined)] : []),
		...(rows.length === 0 && carried === 0 ? [muted(' nobody yet')] : []),
	];
};

/** Who has the checklist open now. */
export const herePanel = ({checklistHere: here}: ChecklistView, width: number, look: Look): readonly Row[] => {
	const rows = here.map(({name, section, isMe}): Row => [
		span(' '),
		span(look.glyphs.healthy, 'success'),
		span(` ${name}`),
		span(isMe ? '  you' : section === '' ? '' : `  in ${section}`, 'muted'),
	]);
	return rows.length === 0 ? [] : [panelHead('Here now', width, look), ...atMost(rows, 6)];
};

/** The same in one line. */
export const hereRow = ({checklistHere: here}: ChecklistView, {glyphs}: Look): Row =>
	here.some(({isMe}) => !isMe)
		? [
				span(' '),
				span('Here now', 'muted'),
				...here
					.filter(({isMe}) => !isMe)
					.flatMap(({name, section}): Row => [
						span('  '),
						span(glyphs.healthy, 'success'),
						span(` ${name}`),
						span(section === '' ? '' : ` in ${section}`, 'muted'),
					]),
			]
		: blank;

const legendRow = (state: ItemState['state'], text: string, {glyphs}: Look): Row => {
	const {glyph, tone} = recordedLook(state, glyphs);
	return [span(' '), span(glyph, tone), span(` ${text}`)];
};

/** What counts towards the gate. */
export const countsPanel = (width: number, look: Look): readonly Row[] => [
	panelHead('Counts', width, look),
	legendRow('passed', 'passed', look),
	[span(' '), span(look.glyphs.carried, 'success'), span(' carried over')],
	legendRow('not-applicable', 'n/a with reason', look),
];

export const countsNotPanel = (width: number, look: Look): readonly Row[] => [
	panelHead('Does not count', width, look),
	legendRow('open', 'open', look),
	legendRow('unclear', 'unclear', look),
	legendRow('failed', 'failed', look),
	blank,
	muted(' A new deploy voids'),
	muted(' what it touches.'),
];
