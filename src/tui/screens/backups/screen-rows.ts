import {carriedOn} from '../../../domain/host-clock.ts';
import {age, size} from '../../../domain/format.ts';
import {selectList, selectPlace, selectRow, selectRows} from '../../../store/backups/backups.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {blank, justify, muted, span, type Row} from '../../kit/rows.ts';
import {listPage} from '../../kit/list.tsx';
import type {Tone} from '../../kit/theme.tsx';
import {
	chip,
	firstAround,
	isWide,
	labelled,
	panelHead,
	paragraph,
	problemPanel,
	turning,
	type Look,
} from '../../kit/layout.ts';
import {detailRows, detailShort, type DetailView} from './detail-rows.ts';
import {columns, listRows, releaseText} from './list-rows.ts';

/** What the screen shows of a state. */
export const viewOf = (state: CockpitState) => {
	const rows = selectRows(state);
	return {...state, list: selectList(state), place: selectPlace(state), rows, row: selectRow(state, rows)};
};

type BackupsView = ReturnType<typeof viewOf>;

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

const problemOf = ({list: {problem, listing}}: BackupsView, width: number, look: Look): readonly Row[] =>
	problem
		? problemPanel(listing ? {...problem, now: `${problem.now} What is below may be old.`} : problem, width, look)
		: [];

const emptyRows = (view: BackupsView, width: number, {glyphs}: Look): readonly Row[] => {
	const {list, place, now, app} = view;
	const {filter} = view.lists.backups;
	if (!place) return [muted(' No environment here has a host, so there is nothing to go back to.')];
	if (!list.listing) {
		if (list.problem) return [];
		return [[span(` ${turning(glyphs, now)} `, 'accent'), span(`Asks ${place.environment} for its backups.`)]];
	}
	return filter.trim() === ''
		? paragraph(
				'',
				`No backup of the ${app} is in ${place.directory} on ${place.address}. The first deploy makes one.`,
				width,
				'muted',
			)
		: [muted(` No backup of the ${app} holds "${filter}".`)];
};

const livePanel = ({list, app, place}: BackupsView, width: number, look: Look): readonly Row[] => {
	const live = list.listing?.live[app];
	const previous = list.listing?.previous[app];
	return [
		panelHead('Live now', width, look, place?.environment ?? ''),
		labelled(app, [
			span(live === undefined ? 'not known' : releaseText(live), 'value', {bold: true}),
			span(live === undefined ? '' : `  ${live}`, 'muted'),
		]),
		...(previous === undefined || previous === live
			? [muted(' No snapshot stands beside live.')]
			: [
					[
						span('  R', 'accent', {bold: true}),
						span(`  goes back to the snapshot ${releaseText(previous)} in seconds`),
					],
				]),
	];
};

const hostNow = ({list: {listing, readAt}, now}: BackupsView): number =>
	carriedOn({time: listing && listing.time * 1000, readAt}, now) ?? now;

const detailOf = ({row, place, backupTask, backupDifferences, now}: BackupsView): DetailView | undefined =>
	row && place
		? {
				row,
				place,
				task: backupTask?.environment === place.environment ? backupTask : undefined,
				differences: backupDifferences[`${place.environment}/${row.kind === 'backup' ? row.backup.name : ''}`],
				now,
			}
		: undefined;

/** The whole screen: tabs, list, what is under the cursor, what is live. */
export const backupsRows = (view: BackupsView, width: number, height: number, look: Look): readonly Row[] => {
	const {rows, row, backupTask: task} = view;
	return listPage(
		{
			title: 'Backups',
			top: [tabsRow(view, width, look), ...(height >= 28 ? [blank] : []), ...problemOf(view, width, look)],
			items: rows,
			at: row ? rows.indexOf(row) : 0,
			firstOf: firstAround,
			left: Math.min(80, width - 38),
			gap: 3,
			fact: readRow(view),
			empty: cells => emptyRows(view, cells, look),
			columns: [columns],
			list: (shown, cells) => listRows(shown, {row, task, hostNow: hostNow(view)}, cells, look),
			below: (cells, room) => (room >= 16 ? livePanel(view, cells, look) : []),
			isBelowLast: false,
			detail: detailOf(view),
			detailRows,
			detailShort,
			shortHeight: 8,
		},
		width,
		height,
		look,
	);
};
