import {isMet, type ItemState} from '../../../domain/checklist/sign-off.ts';
import {pendingOn, waitingOn, type PausePoint} from '../../../store/checklist/checklist.ts';
import {justify, muted, pad, padStart, span, type Row} from '../../kit/rows.ts';
import {panelHead, turning, windowed, type Look} from '../../kit/layout.ts';
import {stateLook, type ChecklistView} from './look.ts';
import {when} from '../../kit/times.ts';
import {recordedLook, resultWord, voidedWord, whoOf} from '../../kit/marks.ts';

const wordWidth = 8;
const whenWidth = 9;

/** What stands right of the title: state, who, when; of an open item why an older answer does not count. */
const facts = (one: ItemState, view: ChecklistView, whoWidth: number, look: Look): Row => {
	const {item, signOff} = one;
	const {word, tone} = stateLook(one, view, look.glyphs);
	const said = span(word, tone === 'success' ? 'muted' : tone);
	// What is under way is no column: it says more than a state in one word.
	const rest = (row: Row): Row =>
		pad([...pad([said], Math.max(wordWidth, word.length + 1)), ...row], wordWidth + whoWidth + 1 + whenWidth);
	const under = pendingOn(view, item.id)?.result ?? waitingOn(view, item.id)?.result;
	if (under !== undefined) return rest([span(resultWord(under), 'muted')]);
	if (!signOff) return rest(probeFact(one, view, look) ?? [span(voidedWord(one), 'muted')]);
	return [
		...pad([said], wordWidth),
		...pad([span(whoOf(signOff), 'muted')], whoWidth),
		span(' '),
		...padStart([span(when(signOff.at, view.hostNow, view.timeZone), 'muted')], whenWidth),
	];
};

/** What the probe of an open item saw; a person has to sign with it. */
const probeFact = (one: ItemState, view: ChecklistView, {glyphs}: Look): Row | undefined => {
	const known = view.probeOf(one);
	if (!known) return undefined;
	const {observation, isAsking} = known;
	if (!observation || isAsking) return [span(turning(glyphs, view.now), 'accent'), span(' probe', 'muted')];
	const {glyph, tone} = recordedLook(observation.outcome, glyphs);
	return [span(glyph, tone), span(` ${observation.seen}`, tone === 'success' ? 'muted' : tone)];
};

const itemRow = (one: ItemState, view: ChecklistView, width: number, look: Look): Row => {
	const {item} = one;
	const isSelected = item.id === view.item?.item.id;
	const {glyph, tone} = stateLook(one, view, look.glyphs);
	const whoWidth = width >= 74 ? 10 : 6;
	const title = Math.max(8, width - 4 - 1 - wordWidth - whoWidth - 1 - whenWidth);
	const cursor = span(isSelected ? look.glyphs.cursor : ' ', view.checklistPanel === 'items' ? 'accent' : 'muted');
	return [
		cursor,
		span(' '),
		span(glyph, tone),
		span(' '),
		...pad([span(item.title, 'value', {bold: isSelected})], title),
		span(' '),
		...facts(one, view, whoWidth, look),
	];
};

type Line = {readonly row: Row; readonly item: string | undefined};

const pointLines = (point: PausePoint, view: ChecklistView, width: number, look: Look): readonly Line[] => {
	const all = view.points.find(({id}) => id === point.id)?.states ?? [];
	return [
		{
			item: undefined,
			row: justify(muted(`  ${point.title}`), muted(`${all.filter(isMet).length} of ${all.length}`), width),
		},
		...point.states.map(one => ({item: one.item.id, row: itemRow(one, view, width, look)})),
	];
};

/** What the list leaves out, so that nobody takes it for all there is. */
const filterText = ({isOnlyOpen, lists}: ChecklistView): string =>
	[...(isOnlyOpen ? ['only open'] : []), ...(lists.checklist.filter.trim() === '' ? [] : ['filtered'])].join(', ');

const emptyRow = ({points, app, lists}: ChecklistView): Row => {
	const filter = lists.checklist.filter.trim();
	if (points.length === 0) return muted(`  No item of the checklists speaks of the ${app}.`);
	return muted(filter === '' ? '  Nothing is open.' : `  No item holds "${filter}".`);
};

/** All items by pause point, `height` rows with the head, as wide as its column. */
export const itemsPanel = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const lines = view.shown.flatMap(point => pointLines(point, view, width, look));
	const room = Math.max(1, height - 1);
	const at = Math.max(
		0,
		lines.findIndex(({item}) => item !== undefined && item === view.item?.item.id),
	);
	const shown = windowed(lines, at, room);
	const ids = lines.flatMap(({item}) => item ?? []);
	const inSight = shown.flatMap(({item}) => item ?? []);
	const total = view.points.reduce((sum, {states}) => sum + states.length, 0);
	const range =
		inSight.length === ids.length
			? `${ids.length} of ${total}`
			: `${ids.indexOf(inSight[0] ?? '') + 1} to ${ids.indexOf(inSight.at(-1) ?? '') + 1} of ${ids.length}`;
	const filter = filterText(view);
	const fact: Row = [span(filter === '' ? range : `${filter}, ${range}`, filter === '' ? 'muted' : 'accent')];
	const head = panelHead('Items', width, look, fact);
	return [head, ...(lines.length === 0 ? [emptyRow(view)] : shown.map(({row}) => row))];
};

const shownPoint = ({shown, item}: ChecklistView): PausePoint | undefined =>
	shown.find(({states}) => states.some(one => one.item.id === item?.item.id));

/** The items of one pause point, for a narrow screen. */
export const pointPanel = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const point = shownPoint(view);
	if (!point) return [panelHead('Items', width, look), emptyRow(view)];
	const number = view.points.findIndex(({id}) => id === point.id) + 1;
	const all = view.points[number - 1]?.states ?? [];
	const filter = filterText(view);
	const head = panelHead(
		[
			span(point.title, 'value', {bold: true}),
			span(`  pause point ${number} of ${view.points.length}`, 'muted'),
			span(filter === '' ? '' : `  ${filter}`, 'accent'),
		],
		width,
		look,
		`${all.filter(isMet).length} of ${all.length}`,
	);
	const at = point.states.findIndex(one => one.item.id === view.item?.item.id);
	const shown = windowed(point.states, at, Math.max(1, height - 1));
	return [head, ...shown.map(one => itemRow(one, view, width, look))];
};

/** Rows `pointPanel` would like. */
export const pointRows = (view: ChecklistView): number => 1 + (shownPoint(view)?.states.length ?? 1);
