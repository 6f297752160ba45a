import {clockTime} from '../../../domain/format.ts';
import {shortCommit} from '../../../domain/build.ts';
import {shortRelease} from '../../kit/names.ts';
import type {EnvironmentHealth} from '../../../store/health/health.ts';
import {
	isOn,
	readingOfItem,
	itemsOfWatch,
	type HealthPlace,
	type WatchItem,
} from '../../../store/health/health-places.ts';
import type {WatchReport} from '../../../domain/watch/watch-report.ts';
import type {Watch} from '../../../domain/watch/watch.ts';
import {isHealthOld} from '../../../store/health/health-places.ts';
import {fit, justify, span, widthOf, type Row} from '../../kit/rows.ts';
import {panelHead, windowed, firstAround, type Look} from '../../kit/layout.ts';
import {recordedLook, whoOf} from '../../kit/marks.ts';
import {stopwatch, when} from '../../kit/times.ts';
import {environmentBar} from '../../kit/environment-bar.ts';
import {timelineRows} from '../../kit/watch-timeline.ts';
import type {ProbeReading} from '../../../domain/probes/probe.ts';
import {shortTitle} from '../../../store/overview/overview-facts.ts';
import {addressIn, ageRow, hostTime, liveIn, focusedTitle, type HealthView} from './look.ts';
import {plain} from '../../kit/rows.ts';

export type WatchPlace = Extract<HealthPlace, {kind: 'watch'}>;

/** What is watched, as people call it. */
export const buildOf = ({commit, release = 'not known'}: Watch): string => {
	if (commit !== undefined) return shortCommit(commit);
	// A release made of an archive has its name behind its own.
	const [, archive] = /-(from-.+)$/.exec(release) ?? [];
	return archive?.replace('-', ' ') ?? shortRelease(release);
};

const answerText = (name: string, reading: ProbeReading | undefined, {glyphs}: Look, isOld: boolean): string => {
	if (!reading) return '';
	const isGood = reading.state === 'pass';
	const mark = isOld || reading.state === 'unclear' ? glyphs.unclear : isGood ? glyphs.healthy : glyphs.failed;
	return `${name} ${mark} ${reading.text.replace(/^(\d+) in /, '$1  ')}`;
};

/** Where this happens, what is live there, and how its apps answer: red across the screen for production. */
export const barRow = (view: HealthView, place: WatchPlace, width: number, look: Look): Row => {
	const {health, report} = place;
	const {environment} = health;
	const {watch} = report;
	const isOld = isHealthOld(health, view.now);
	const answer = (name: string, probe: string): string =>
		answerText(
			name,
			health.readings.find(one => one.probe === probe),
			look,
			isOld,
		);
	const since = liveIn(view, health, watch.app)?.since;
	const build = `${watch.app} ${buildOf(watch)}`;
	const live =
		since === undefined ? '' : `, live since ${clockTime(Date.parse(since), environment.timeZone).slice(0, 5)}`;
	const [api, site] = [answer('api', 'backend.health'), answer('site', 'frontend.health')];
	const asked = plain(ageRow(health, view.now, look));
	const sides = (left: string, answers: readonly string[]) => ({
		left,
		right: [...answers, asked].filter(text => text !== '').join('   '),
	});
	const ways = [
		sides(`${build} on ${addressIn(health)}${live}`, [api, site]),
		sides(`${build} on ${addressIn(health)}`, [api, site]),
		sides(`${build}${live}`, [api]),
		sides(build, [api]),
		{left: build, right: api},
		sides(build, []),
	];
	const title = shortTitle(environment);
	const room = width - title.length - 6;
	const {left, right} = ways.find(way => way.left.length + way.right.length <= room) ?? sides(build, []);
	return environmentBar({tier: environment.tier, title, left, right}, width, look);
};

/** `17:05 of 30:00, until 12:00 IST, started by Ravi`, or how it ended. */
const watchFact = ({watch}: WatchReport, hostNow: number, timeZone: string): Row => {
	const {ended, startedAt, endsAt, by} = watch;
	const until = clockTime(endsAt, timeZone);
	if (ended) {
		const word = {good: 'good', bad: 'bad', unclear: 'unclear', replaced: 'replaced by another run'}[ended.outcome];
		const tone = {good: 'success', bad: 'danger', unclear: 'attention', replaced: 'muted'} as const;
		return [
			span(`ended ${clockTime(ended.at, timeZone)}: `, 'muted'),
			span(word, tone[ended.outcome], {bold: true}),
		];
	}
	if (hostNow >= endsAt) return [span(`over since ${until}, its end is not recorded yet`, 'attention')];
	return [
		span(stopwatch(hostNow - startedAt), 'value', {bold: true}),
		span(` of ${stopwatch(endsAt - startedAt)}, until ${until}, started by ${by}`, 'muted'),
	];
};

/** The timeline, with a head where there is room. */
export const timelinePanel = (
	view: HealthView,
	{health, report}: WatchPlace,
	width: number,
	hasHead: boolean,
	look: Look,
): readonly Row[] => {
	const hostNow = hostTime(health, view.now);
	const {timeZone, tier} = health.environment;
	const fact = watchFact(report, hostNow, timeZone);
	const isOver = !isOn(report, hostNow);
	const {problem} = health;
	const unrecorded: readonly Row[] =
		problem === undefined
			? []
			: [[span(` ${look.glyphs.attention} not recorded for the team: ${problem}`, 'attention')]];
	const rows = [...timelineRows(report, hostNow, width, look), ...unrecorded];
	if (hasHead)
		return [panelHead('Watch', width, look, fact, tier === 'production' ? 'production' : 'muted'), ...rows];
	return isOver ? [rows[0] ?? [], [span(' '), ...fact], ...unrecorded] : rows;
};

/** Who signed it and when, or by when it is due. */
const signedBy = ({phase, state}: WatchItem, hostNow: number, timeZone: string, pending: string | undefined): Row => {
	if (pending !== undefined) return [span(pending, 'accent')];
	const {signOff} = state;
	if (signOff) return [span(`${whoOf(signOff)} ${when(signOff.at, hostNow, timeZone)}`, 'muted')];
	const due = clockTime(phase.until, timeZone);
	return hostNow >= phase.until ? [span(`late since ${due}`, 'attention')] : [span(`by ${due}`, 'muted')];
};

/** Items to sign, the one under the cursor among them; `height` counts the head. */
export const handPanel = (
	view: HealthView,
	{health, report}: WatchPlace,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const {glyphs} = look;
	const items = itemsOfWatch(report);
	const hostNow = hostTime(health, view.now);
	const signed = items.filter(({state}) => state.state !== 'open').length;
	const at = Math.max(
		0,
		items.findIndex(({state}) => state.item.id === view.item),
	);
	const room = Math.max(1, height - 1);
	const hidden = Math.max(0, items.length - room);
	const from = hidden > 0 ? firstAround(at, items.length, room) : 0;
	const ends = [
		...(from > 0 ? [`${glyphs.above} ${from}`] : []),
		...(hidden > from ? [`${glyphs.below} ${hidden - from}`] : []),
	];
	const cue = hidden > 0 ? [span(`${ends.join(' ')} more: j, k  `, 'accent')] : [];
	const rows = windowed(items, at, room).map((one): Row => {
		const {item, state} = one.state;
		const {glyph, tone, word} = recordedLook(state, glyphs);
		const isHere = item.id === view.item;
		const pending = view.pending.findLast(({run, item: id}) => run === report.watch.run && id === item.id);
		const who = signedBy(one, hostNow, health.environment.timeZone, pending && pendingWord(pending.result));
		const bad = state === 'failed' || state === 'unclear' || state === 'not-applicable' ? `${word}  ` : '';
		const left: Row = [
			span(isHere ? (view.panel === 'items' ? glyphs.cursor : glyphs.prompt) : ' ', 'accent'),
			span(` ${glyph} `, tone),
			span(item.title, 'value', {bold: isHere}),
		];
		const answered: Row = [span(bad, tone, {bold: true}), ...who];
		// What is to be done is told whole before what is seen of it; that a probe fails it is said in any room.
		const taken = widthOf(left) + widthOf(answered);
		const ways = isHealthOld(health, view.now) ? [] : seenOf(health, one, width);
		const seen = ways.find(way => taken + widthOf(way) < width) ?? ways.at(-1) ?? [];
		const right: Row = [...seen, ...answered];
		return justify(fit(left, Math.max(0, width - widthOf(right) - 1), glyphs.cut), right, width);
	});
	const fact: Row = [...cue, span(`${signed} of ${items.length} signed`, 'muted')];
	const head = panelHead(focusedTitle('By hand', view.panel === 'items', look), width, look, fact);
	return items.length === 0 ? [head, [span(' nothing is to be signed in this watch', 'muted')]] : [head, ...rows];
};

/** What the probe of an item that is still open sees now, the longest way first; a pass only where there is room. */
const seenOf = (health: EnvironmentHealth, {state: {item, state}}: WatchItem, width: number): readonly Row[] => {
	const reading = state === 'open' ? readingOfItem(health, item.id) : undefined;
	if (!reading || (reading.state === 'pass' && width < 58)) return [];
	const tone = {pass: 'muted', fail: 'danger', unclear: 'attention'} as const;
	const way = (text: string): Row => [span(`${text}  `, tone[reading.state])];
	if (reading.state === 'pass') return [way(reading.text), []];
	const word = {fail: 'fails', unclear: 'unclear'}[reading.state];
	return [way(`probe ${word}: ${reading.text}`), way(`probe ${word}`), way(word)];
};

const pendingWord = (result: string | undefined): string => (result === undefined ? 'taking back' : 'recording');
