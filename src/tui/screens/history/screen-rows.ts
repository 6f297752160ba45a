import {knownUntil} from '../../../app/history/history-detail.ts';
import {historyNumbers} from '../../../app/history/history.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {selectAllHistory, selectHistory, selectHistoryLine, type ChainCheck} from '../../../store/history/history.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {hostNow, inWords, targetsOf} from '../../../store/overview/overview-facts.ts';
import {blank, justify, muted, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {placeSpan} from '../../kit/event-rows.ts';
import {firstOfPage, listPage} from '../../kit/list.tsx';
import {hanging, isWide, panelHead, type Look} from '../../kit/layout.ts';
import {stopwatch, timeOfDay} from '../../kit/times.ts';
import {zoneName} from '../../../domain/zone-name.ts';
import {age} from '../../../domain/format.ts';
import {detailOf, detailRows, detailShort} from './detail-rows.ts';
import {listRows} from './list-rows.ts';

/** What the screen shows of a state. */
export const viewOf = (state: CockpitState) => ({
	...state,
	/** Every line, and those that are asked for. */
	all: selectAllHistory(state),
	lines: selectHistory(state),
	line: selectHistoryLine(state),
	detail: detailOf(state),
});

type HistoryView = ReturnType<typeof viewOf>;

const checksOf = ({environments, historyChecks}: HistoryView): readonly (readonly [EnvironmentView, ChainCheck])[] =>
	targetsOf(environments).flatMap(view => {
		const check = historyChecks[view.name];
		return check ? [[view, check] as const] : [];
	});

/** Sentences about ledgers that do not hold: as the last poll or the last check found. */
const faultsOf = (view: HistoryView): readonly string[] => {
	const polled = targetsOf(view.environments).flatMap(({title, status}) =>
		status?.ledger.fault === undefined ? [] : [`The ledger of ${title} ${status.ledger.fault}`],
	);
	const checked = checksOf(view).flatMap(([{title}, {state, problem}]) =>
		state === 'broken' ? [`The ledger of ${title} ${problem ?? 'does not hold together'}`] : [],
	);
	return [...new Set([...polled, ...checked])];
};

const entriesIn = ({environments, historyRemembered}: HistoryView): number =>
	targetsOf(environments).reduce(
		(sum, {name, status}) => sum + (status?.ledger.entries ?? historyRemembered[name] ?? []).length,
		0,
	);

/** Whether the ledgers hold together, and when that was found out. */
const chainFact = (view: HistoryView, isShort: boolean, look: Look): Row => {
	const {glyphs} = look;
	const checks = checksOf(view).map(([, check]) => check);
	const zone = targetsOf(view.environments)[0]?.timeZone ?? 'UTC';
	if (checks.some(({state}) => state === 'checking'))
		return [span(`${glyphs.running[0] ?? ''} `, 'accent'), span('verifies the chain')];
	const at = Math.min(...checks.map(({at}) => at));
	const time: Row =
		checks.length === 0
			? []
			: muted(isShort ? `  ${timeOfDay(at, zone)}` : `  checked ${timeOfDay(at, zone)} ${zoneName(at, zone)}`);
	if (faultsOf(view).length > 0) return [span(`${glyphs.failed} chain broken`, 'danger', {bold: true}), ...time];
	if (checks.length === 0) return muted(`${entriesIn(view).toLocaleString('en')} entries, v verifies the chain`);
	const silent = checks.filter(({state}) => state === 'silent').length;
	const total = checks.reduce((sum, {entries}) => sum + entries, 0).toLocaleString('en');
	return silent > 0
		? [span(`${glyphs.unclear} ${silent} of ${checks.length} could not be verified`, 'attention'), ...time]
		: [span(glyphs.done, 'success'), span(` chain intact, ${total} entries`), ...time];
};

const filterRow = (view: HistoryView, width: number, look: Look): Row => {
	const {historyAsked, environments} = view;
	const {kind, who, app} = historyAsked;
	const isShort = !isWide(width + 2);
	const environment = environments.find(({name}) => name === historyAsked.environment);
	const part = (label: string, value: string, isAll: boolean): Row => [
		span(`${label} `, 'muted'),
		span(value, isAll ? 'value' : 'accent', {bold: !isAll}),
		span(isShort ? '  ' : '   '),
	];
	const left: Row = [
		span(' '),
		...part('show', kind, kind === 'all'),
		...part(isShort ? 'on' : 'environment', environment ? inWords(environment) : 'all', !environment),
		...part('who', who ?? 'anyone', who === undefined),
		...part('app', app ?? 'both', app === undefined),
	];
	return justify(left, chainFact(view, isShort, look), width);
};

/** Hosts that are silent, and how far their ledgers are known. */
const silenceRows = (view: HistoryView, {glyphs}: Look): readonly Row[] =>
	targetsOf(view.environments).flatMap(environment => {
		const {name, status, silence, timeZone} = environment;
		const remembered = view.historyRemembered[name];
		const entries = status?.ledger.entries ?? remembered ?? [];
		const last = entries.at(-1);
		const known = last
			? `what is known ends with ${knownUntil(entries, timeZone)}, ${age(hostNow(environment, view.now) - last.at)} ago`
			: 'nothing of it is known here';
		if (silence)
			return [
				[
					span(` ${glyphs.unclear} ${inWords(environment)} is silent`, 'attention'),
					span(` for ${age(view.now - silence.since)}: ${known}`, 'muted'),
				],
			];
		if (status || !remembered) return [];
		return [[span(` ${glyphs.unclear} ${inWords(environment)} is still asked: ${known}`, 'muted')]];
	});

const unverifiedRows = (view: HistoryView, {glyphs}: Look): readonly Row[] =>
	checksOf(view).flatMap(([environment, {state, problem}]) =>
		state === 'silent'
			? [
					[
						span(` ${glyphs.unclear} ${inWords(environment)} could not be verified`, 'attention'),
						span(`: ${problem ?? 'not known why'}`, 'muted'),
					],
				]
			: [],
	);

const faultRows = (view: HistoryView, width: number, {glyphs}: Look): readonly Row[] =>
	faultsOf(view).flatMap(text => hanging(span(` ${glyphs.failed} `, 'danger'), `${text}.`, width, 'danger'));

const quarterMs = 90 * 86_400_000;

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const numbersPanel = (view: HistoryView, now: number, width: number, look: Look): readonly Row[] => {
	const numbers = historyNumbers(view.all, now - quarterMs);
	if (numbers.length === 0) return [];
	return [
		panelHead('In numbers', width, look, 'last 90 days'),
		...numbers.map(({environment, app, deploys, rollbacks, failed, medianMs, longestMs}): Row => {
			const row: Row = [
				span(' '),
				...pad([placeSpan(view.environments, environment)], 11),
				...pad([span(app)], 9),
				...pad([span(count(deploys, 'deploy'))], 11),
				...pad([span(count(rollbacks, 'rollback'))], 13),
				...pad([span(`${failed} failed`, failed > 0 ? 'danger' : 'muted')], 9),
				span(medianMs === undefined ? '' : ` median ${stopwatch(medianMs)}`),
			];
			const most: Row = longestMs === undefined ? [] : [span(`  most ${stopwatch(longestMs)}`, 'muted')];
			return widthOf([...row, ...most]) <= width ? [...row, ...most] : row;
		}),
	];
};

const emptyRows = ({environments, all, lists}: HistoryView, {glyphs}: Look): readonly Row[] => {
	const targets = targetsOf(environments);
	const {filter} = lists.history;
	if (targets.length === 0) return [muted(' No environment here has a host, so nothing is recorded.')];
	if (all.length > 0)
		return [
			muted(filter.trim() === '' ? ' Nothing is recorded that fits.' : ` Nothing that fits holds "${filter}".`),
		];
	return targets.some(({status, silence}) => !status && !silence)
		? [[span(` ${glyphs.running[0] ?? ''} `, 'accent'), span('Asks the hosts for their ledgers.')]]
		: [muted(' Nothing is recorded yet. The first run begins a ledger.')];
};

/** The whole screen: what is asked for, the lines, what is known of the one under the cursor. */
export const historyRows = (view: HistoryView, width: number, height: number, look: Look): readonly Row[] => {
	const {lines, line, detail, environments, now} = view;
	const [first] = targetsOf(environments);
	const today = first ? hostNow(first, now) : now;
	const timeZone = first?.timeZone ?? 'UTC';
	return listPage(
		{
			title: 'History',
			top: [
				filterRow(view, width, look),
				...faultRows(view, width, look).slice(0, 4),
				...silenceRows(view, look),
				...unverifiedRows(view, look),
				...(height >= 28 ? [blank] : []),
			],
			items: lines,
			at: line ? lines.indexOf(line) : 0,
			firstOf: firstOfPage,
			left: Math.min(Math.max(75, width - 50), width - 43),
			gap: 2,
			fact: muted(zoneName(today, timeZone)),
			empty: () => emptyRows(view, look),
			list: (shown, cells, hasNumbers) =>
				listRows(shown, {line, environments, hostNow: today, timeZone, hasNumbers}, cells, look),
			below: (cells, room) => (room >= 18 ? numbersPanel(view, today, cells, look) : []),
			isBelowLast: true,
			detail,
			detailRows,
			detailShort,
			shortHeight: 7,
		},
		width,
		height,
		look,
	);
};
