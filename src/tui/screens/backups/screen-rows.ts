import {size} from '../../../domain/format.ts';
import type {BackupList, BackupPlace, BackupRow} from '../../../store/backups/backups.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {beside, blank, justify, rule, span, type Row} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';
import {chip, isWide, labelled, paragraph, stack, type Look} from '../../kit/layout.ts';
import {age} from '../../kit/times.ts';
import {detailRows, detailShort, type DetailView} from './detail-rows.ts';
import {columns, listRows, rangeText, releaseText, type ListView} from './list-rows.ts';

export type BackupsView = Pick<
	CockpitState,
	'app' | 'now' | 'backupPlaces' | 'backupTask' | 'backupDifferences' | 'lists'
> & {
	readonly list: BackupList;
	readonly place: BackupPlace | undefined;
	readonly rows: readonly BackupRow[];
	/** The one under the cursor. */
	readonly row: BackupRow | undefined;
};

/** A list older than this is said to be so: it is read on entering and when asked for, not by itself. */
const oldMs = 60_000;

const appNames = ['backend', 'frontend'] as const;

/** Environments and apps as tabs, then what there is in all. */
const tabsRow = ({backupPlaces, place, app, list}: BackupsView, width: number, look: Look): Row => {
	const {listing} = list;
	const count = listing?.backups.length ?? 0;
	const total = listing?.backups.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0) ?? 0;
	const free = listing?.freeBytes === undefined || !isWide(width + 2) ? '' : `  ${size(listing.freeBytes)} free`;
	const fact = listing ? `${count} ${count === 1 ? 'backup' : 'backups'}  ${size(total)}${free}` : '';
	const tab = (name: string, isActive: boolean, tone: Tone): Row =>
		isActive ? chip(name, tone, look) : [span(` ${name} `, 'muted')];
	return justify(
		[
			...backupPlaces.flatMap(({environment, tier}) =>
				tab(environment, environment === place?.environment, tier),
			),
			span('    '),
			...appNames.flatMap(name => tab(name, name === app, 'accent')),
		],
		[span(fact, 'muted'), span(' ')],
		width,
	);
};

const readRow = ({list, now}: BackupsView): Row => {
	if (list.askedAt !== undefined) return [span(`asked ${age(now - list.askedAt)} ago`, 'muted')];
	if (list.readAt === undefined) return [];
	const ago = now - list.readAt;
	return [span(`read ${age(ago)} ago`, ago > oldMs ? 'attention' : 'muted')];
};

const problemPanel = ({list}: BackupsView, width: number, {glyphs}: Look): readonly Row[] =>
	list.problem
		? [
				rule([span(`${glyphs.failed} ${list.problem.what}`, 'danger', {bold: true})], [], width, {
					line: glyphs.rule,
					tone: 'danger',
				}),
				...paragraph('Why', list.problem.why, width),
				...paragraph(
					'Now',
					list.listing ? `${list.problem.now} What is below may be old.` : list.problem.now,
					width,
				),
				...paragraph('Next', list.problem.next, width, 'accent'),
			]
		: [];

const emptyRows = (view: BackupsView, width: number, {glyphs}: Look): readonly Row[] => {
	const {list, place, now, app} = view;
	const {filter} = view.lists.backups;
	if (!place) return [[span(' No environment here has a host, so there is nothing to go back to.', 'muted')]];
	if (!list.listing) {
		if (list.problem) return [];
		return [
			[
				span(` ${glyphs.running[Math.floor(now / 1000) % glyphs.running.length] ?? ''} `, 'accent'),
				span(`Asks ${place.environment} for its backups.`),
			],
		];
	}
	return filter.trim() === ''
		? paragraph(
				'',
				`No backup of the ${app} is in ${place.directory} on ${place.address}. The first deploy makes one.`,
				width,
				'muted',
			)
		: [[span(` No backup of the ${app} holds "${filter}".`, 'muted')]];
};

const livePanel = ({list, app, place}: BackupsView, width: number, {glyphs}: Look): readonly Row[] => {
	const live = list.listing?.live[app];
	const previous = list.listing?.previous[app];
	return [
		rule([span('Live now', 'value', {bold: true})], [span(place?.environment ?? '', 'muted')], width, {
			line: glyphs.rule,
		}),
		labelled(app, [
			span(live === undefined ? 'not known' : releaseText(live), 'value', {bold: true}),
			span(live === undefined ? '' : `  ${live}`, 'muted'),
		]),
		...(previous === undefined || previous === live
			? [[span(' No snapshot stands beside live.', 'muted' as const)]]
			: [
					[
						span('  R', 'accent', {bold: true}),
						span(`  goes back to the snapshot ${releaseText(previous)} in seconds`),
					],
				]),
	];
};

const hostNow = ({list, now}: BackupsView): number =>
	list.listing && list.readAt !== undefined && Number.isFinite(list.listing.time)
		? list.listing.time * 1000 + (now - list.readAt)
		: now;

/** The whole screen: tabs, list, what is under the cursor, what is live. */
export const backupsRows = (view: BackupsView, width: number, height: number, look: Look): readonly Row[] => {
	const {rows, row, place, backupTask, backupDifferences, now} = view;
	const tabs = [tabsRow(view, width, look), ...(height >= 28 ? [blank] : [])];
	const problem = problemPanel(view, width, look);
	const top = [...tabs, ...problem];
	const room = height - top.length;
	const isBeside = isWide(width + 2);
	const left = isBeside ? Math.min(80, width - 38) : width;
	const list: ListView = {rows, selected: row?.id, task: backupTask, hostNow: hostNow(view)};
	const detail: DetailView | undefined =
		row && place
			? {
					row,
					place,
					task: backupTask?.environment === place.environment ? backupTask : undefined,
					differences:
						backupDifferences[`${place.environment}/${row.kind === 'backup' ? row.backup.name : ''}`],
					now,
				}
			: undefined;
	const head = (fact: Row): Row =>
		rule([span('Backups', 'value', {bold: true})], fact, left, {line: look.glyphs.rule});
	if (!detail) return stack([top, [head(readRow(view)), ...emptyRows(view, left, look)]], height);
	if (isBeside) {
		const live = room >= 16 ? livePanel(view, left, look) : [];
		const most = Math.max(3, room - live.length - 3);
		const shown = listRows(list, left, most, look);
		const column = [
			head([span(`${rangeText(list, most)}, `, 'muted'), ...readRow(view)]),
			columns,
			...shown,
			...(live.length > 0 ? [blank, ...live] : []),
		];
		const right = width - left - 3;
		return [
			...top,
			...beside(
				[
					{rows: column, width: left},
					{rows: detailRows(detail, right, room, look), width: right},
				],
				3,
			),
		].slice(0, height);
	}
	const below = detailShort(detail, width, room >= 16 ? 8 : 4, look);
	const most = Math.max(2, room - below.length - 2);
	const shown = listRows(list, width, most, look);
	return [
		...top,
		head([span(`${rangeText(list, most)}, `, 'muted'), ...readRow(view)]),
		...shown,
		blank,
		...below,
	].slice(0, height);
};
