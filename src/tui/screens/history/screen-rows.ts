import {knownUntil} from '../../../app/history/history-detail.ts';
import {historyNumbers} from '../../../app/history/history.ts';
import type {LedgerLine} from '../../../app/ledger/ledger-lines.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {ChainCheck} from '../../../store/history/history.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {hostNow, inWords, targetsOf} from '../../../store/overview/overview-facts.ts';
import {beside, blank, justify, pad, rule, span, widthOf, type Row} from '../../kit/rows.ts';
import {isWide, stack, wrap, type Look} from '../../kit/layout.ts';
import {age, clock, timeOfDay, zoneName} from '../../kit/times.ts';
import {detailRows, detailShort, type DetailView} from './detail-rows.ts';
import {listRows, rangeText, type ListView} from './list-rows.ts';

export type HistoryView = Pick<
	CockpitState,
	'environments' | 'now' | 'historyAsked' | 'lists' | 'historyChecks' | 'historyRemembered'
> & {
	/** Every line, and those that are asked for. */
	readonly all: readonly LedgerLine[];
	readonly lines: readonly LedgerLine[];
	readonly line: LedgerLine | undefined;
	readonly detail: DetailView | undefined;
};

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
			: [
					span(
						isShort ? `  ${timeOfDay(at, zone)}` : `  checked ${timeOfDay(at, zone)} ${zoneName(at, zone)}`,
						'muted',
					),
				];
	if (faultsOf(view).length > 0) return [span(`${glyphs.failed} chain broken`, 'danger', {bold: true}), ...time];
	if (checks.length === 0) {
		const entries = entriesIn(view).toLocaleString('en');
		return [span(`${entries} entries, v verifies the chain`, 'muted')];
	}
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
	faultsOf(view).flatMap(text =>
		wrap(`${text}.`, width - 4).map((line, index): Row => [
			span(index === 0 ? ` ${glyphs.failed} ` : '   ', 'danger'),
			span(line, 'danger'),
		]),
	);

const quarterMs = 90 * 86_400_000;

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const numbersPanel = (view: HistoryView, now: number, width: number, look: Look): readonly Row[] => {
	const numbers = historyNumbers(view.all, now - quarterMs);
	if (numbers.length === 0) return [];
	const names = new Map(view.environments.map(view => [view.name, view]));
	return [
		rule([span('In numbers', 'value', {bold: true})], [span('last 90 days', 'muted')], width, {
			line: look.glyphs.rule,
		}),
		...numbers.map(({environment, app, deploys, rollbacks, failed, medianMs, longestMs}): Row => {
			const place = names.get(environment);
			const row: Row = [
				span(' '),
				...pad([span(place ? inWords(place) : environment, place?.tier ?? 'value')], 11),
				...pad([span(app)], 9),
				...pad([span(count(deploys, 'deploy'))], 11),
				...pad([span(count(rollbacks, 'rollback'))], 13),
				...pad([span(`${failed} failed`, failed > 0 ? 'danger' : 'muted')], 9),
				span(medianMs === undefined ? '' : ` median ${clock(medianMs)}`),
			];
			const most: Row = longestMs === undefined ? [] : [span(`  most ${clock(longestMs)}`, 'muted')];
			return widthOf([...row, ...most]) <= width ? [...row, ...most] : row;
		}),
	];
};

const emptyRows = ({environments, all, lists}: HistoryView, {glyphs}: Look): readonly Row[] => {
	const targets = targetsOf(environments);
	const {filter} = lists.history;
	if (targets.length === 0) return [[span(' No environment here has a host, so nothing is recorded.', 'muted')]];
	if (all.length > 0)
		return [
			[
				span(
					filter.trim() === '' ? ' Nothing is recorded that fits.' : ` Nothing that fits holds "${filter}".`,
					'muted',
				),
			],
		];
	return targets.some(({status, silence}) => !status && !silence)
		? [[span(` ${glyphs.running[0] ?? ''} `, 'accent'), span('Asks the hosts for their ledgers.')]]
		: [[span(' Nothing is recorded yet. The first run begins a ledger.', 'muted')]];
};

/** The whole screen: what is asked for, the lines, what is known of the one under the cursor. */
export const historyRows = (view: HistoryView, width: number, height: number, look: Look): readonly Row[] => {
	const {lines, line, detail, environments, now} = view;
	const [first] = targetsOf(environments);
	const today = first ? hostNow(first, now) : now;
	const timeZone = first?.timeZone ?? 'UTC';
	const top = [
		filterRow(view, width, look),
		...faultRows(view, width, look).slice(0, 4),
		...silenceRows(view, look),
		...unverifiedRows(view, look),
		...(height >= 28 ? [blank] : []),
	];
	const room = height - top.length;
	const list: ListView = {lines, line, environments, hostNow: today, timeZone};
	const isBeside = isWide(width + 2);
	const left = isBeside ? Math.min(Math.max(75, width - 50), width - 43) : width;
	const head = (fact: string): Row =>
		rule(
			[span('History', 'value', {bold: true})],
			[span(fact === '' ? zoneName(today, timeZone) : `${fact}, ${zoneName(today, timeZone)}`, 'muted')],
			left,
			{line: look.glyphs.rule},
		);
	if (!detail) return stack([top, [head(''), ...emptyRows(view, look)]], height);
	if (isBeside) {
		const numbers = room >= 18 ? numbersPanel(view, today, left, look) : [];
		const below = numbers.length > 0 ? numbers.length + 1 : 0;
		const most = Math.max(3, room - below - 1);
		const shown = listRows(list, left, most, {hasNumbers: true}, look);
		const column = [
			head(rangeText(list, most)),
			...shown,
			...Array.from({length: below > 0 ? most - shown.length : 0}, () => blank),
			...(below > 0 ? [blank, ...numbers] : []),
		];
		const right = width - left - 2;
		return [
			...top,
			...beside(
				[
					{rows: column, width: left},
					{rows: detailRows(detail, right, room, look), width: right},
				],
				2,
			),
		].slice(0, height);
	}
	const below = detailShort(detail, width, room >= 16 ? 7 : 4, look);
	const most = Math.max(2, room - below.length - 2);
	const shown = listRows(list, width, most, {hasNumbers: false}, look);
	return [...top, head(rangeText(list, most)), ...shown, blank, ...below].slice(0, height);
};
