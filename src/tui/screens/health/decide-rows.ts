import {age, clockTime, duration} from '../../../domain/format.ts';
import {shortCommit} from '../../../domain/build.ts';
import type {WatchWayBack} from '../../../store/health/health.ts';
import {isEndedBad} from '../../../store/health/health-places.ts';
import type {WatchReport} from '../../../domain/watch/watch-report.ts';
import {shortRelease} from '../../kit/names.ts';
import {fit, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {panelHead, type Look} from '../../kit/layout.ts';
import {hostTime, type HealthView} from './look.ts';
import type {WatchPlace} from './watch-rows.ts';

/** A key and what it does, in the longest words that fit. */
const keyed = (key: string, label: string, ways: readonly string[], width: number, {glyphs}: Look): Row => {
	const start: Row = [
		span('  '),
		...pad([span(key, 'accent', {bold: true})], 3),
		...pad([span(label, 'value', {bold: true})], 13),
	];
	const room = width - widthOf(start);
	const text = ways.find(({length}) => length <= room) ?? ways.at(-1) ?? '';
	return fit([...start, span(text, 'muted')], width, glyphs.cut);
};

/** `to 4e81d0c, snapshot, about 8 s`, as far as the host could be asked. */
const goalText = (way: WatchWayBack | undefined): string => {
	if (way?.state === 'unknown') return `its host could not be asked: ${way.why}`;
	if (way?.state !== 'known') return 'to the release before, asks how long';
	const {to, expected} = way.review;
	const build = to.commit === undefined ? shortRelease(to.release ?? to.name) : shortCommit(to.commit);
	const took =
		expected.durationMs === undefined ? 'no past run tells how long' : `about ${duration(expected.durationMs)}`;
	return `to ${build}, ${to.kind}, ${took}`;
};

/** What going back does not undo. */
const staysText = (way: WatchWayBack | undefined): string => {
	if (way?.state !== 'known') return 'what stays in the database is not known yet';
	const {migrationsSince} = way.review;
	if (migrationsSince === undefined) return 'stays: migrations, which ones could not be found out';
	if (migrationsSince.length === 0) return 'no migration ran since; what users wrote stays';
	const count = migrationsSince.length;
	return `stays in the database: ${count} ${count === 1 ? 'migration' : 'migrations'}, and what users wrote`;
};

/** What is bad in a word, and since when nobody has decided. */
const titleOf = (report: WatchReport, hostNow: number): string => {
	if (isEndedBad(report, hostNow)) return 'ENDED BAD: decide';
	return report.triggers.some(({state}) => state === 'fired') ? 'FIRED: decide' : 'WORSE: decide';
};

const openFor = ({triggers}: WatchReport, hostNow: number): string => {
	const since = triggers.flatMap(one => (one.state === 'fired' && one.since !== undefined ? [one.since] : []));
	return since.length === 0 ? 'nobody has yet' : `nobody has yet, ${age(hostNow - Math.min(...since))}`;
};

/** Whether somebody has to decide about a watch. */
export const isUndecided = ({isBad}: Pick<WatchReport, 'isBad'>): boolean => isBad;

/** What can be done about a watch that is bad; `height` counts the head. The way back is never the row that is left out. */
export const decidePanel = (
	view: HealthView,
	{health, report}: WatchPlace,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	if (!isUndecided(report) || height <= 0) return [];
	const hostNow = hostTime(health, view.now);
	const {endsAt, ended} = report.watch;
	const isOver = isEndedBad(report, hostNow);
	const until = clockTime(isOver ? (ended?.at ?? endsAt) : endsAt, health.environment.timeZone);
	const title: Row = [span(`${look.glyphs.attention} ${titleOf(report, hostNow)}`, 'danger', {bold: true})];
	const head = panelHead(title, width, look, openFor(report, hostNow), 'danger');
	const goal = goalText(view.wayBack);
	const back = keyed('R', 'Go back now', [`${goal}; opens the ROLLBACK review`, goal], width, look);
	const stays = keyed('', '', [staysText(view.wayBack)], width, look);
	const goesOn = isOver ? `the watch ended ${until}` : `the watch goes on until ${until}`;
	const accept = keyed(
		'a',
		'Accept',
		[`with a reason, recorded for the team; ${goesOn}`, 'with a reason, recorded'],
		width,
		look,
	);
	const first = keyed('6', 'Look first', ['the logs since the swap'], width, look);
	const both = keyed(
		'a',
		'Accept',
		['with a reason, recorded; 6 looks at the logs first', 'with a reason; 6 logs first'],
		width,
		look,
	);
	if (height >= 5) return [head, back, stays, accept, first];
	if (height >= 4) return [head, back, stays, both];
	return [head, back, both].slice(0, height);
};
