import {age, size} from '../../../domain/format.ts';
import {escapeName, type Backup} from '../../../domain/backups/backup.ts';
import {
	whyNotRestorable,
	type BackupDifferences,
	type BackupPlace,
	type BackupRow,
	type BackupTask,
} from '../../../store/backups/backups.ts';
import {muted, span, widthOf, type Row} from '../../kit/rows.ts';
import {atMost, labelled, paragraph, panelHead, stack, textRows, turning, type Look} from '../../kit/layout.ts';
import {day, timeOfDay} from '../../kit/times.ts';
import {zoneName} from '../../../domain/zone-name.ts';
import {holdsText, releaseText, stateSpans} from './list-rows.ts';

export type DetailView = {
	readonly row: BackupRow;
	readonly place: BackupPlace;
	readonly differences: BackupDifferences | undefined;
	readonly task: BackupTask | undefined;
	/** Epoch milliseconds of this machine. */
	readonly now: number;
};

const moment = (at: number, timeZone: string): string =>
	`${day(at, timeZone)} ${timeOfDay(at, timeZone)} ${zoneName(at, timeZone)}`;

const short = (sha256: string): string => `${sha256.slice(0, 4)}…${sha256.slice(-4)}`;

const lines = (label: string, text: string, width: number): readonly Row[] =>
	paragraph(label, text, width - 1, 'value', 8);

const filesText = ({sizeBytes, entries}: Backup): string =>
	entries === undefined ? size(sizeBytes) : `${size(sizeBytes)}, ${entries.toLocaleString('en')} files`;

const facts = (backup: Backup, {address, directory, timeZone}: BackupPlace, width: number): readonly Row[] => [
	...(backup.app === undefined ? lines('name', backup.shown, width) : []),
	labelled('holds', [span(`${backup.app ?? ''} ${holdsText(backup)}`.trimStart(), 'value', {bold: true})], 8),
	labelled('made', [span(moment(backup.takenAt, timeZone))], 8),
	labelled('by', [span(backup.by ?? backup.origin)], 8),
	...(backup.why === undefined ? [] : lines('why', backup.why, width)),
	labelled('size', [span(filesText(backup))], 8),
	labelled('sha256', [span(backup.sha256 === undefined ? 'not known' : short(backup.sha256), 'muted')], 8),
	labelled('on', [span(address)], 8),
	[span(`   ${directory}`, 'muted')],
];

/** What hooks asked to be kept with it: names first, since values may be long. */
const keptPanel = ({kept}: Backup, width: number, look: Look): readonly Row[] =>
	kept === undefined
		? []
		: [
				panelHead('Kept by hooks', width, look),
				...Object.entries(kept).flatMap(([name, value]) => textRows(`${name}: ${value}`, width - 1, 'value')),
			];

const isBusy = ({task, row}: DetailView, kind: BackupTask['kind']): boolean =>
	task?.kind === kind && row.kind === 'backup' && task.name === row.backup.name;

const busyRow = ({task, now}: DetailView, what: string, {glyphs}: Look): Row => [
	span(` ${turning(glyphs, now)} `, 'accent'),
	span(what),
	span(task ? `  ${age(now - task.since)}` : '', 'muted'),
];

const verifiedPanel = (view: DetailView, backup: Backup, width: number, look: Look): readonly Row[] => {
	const {place} = view;
	const title = ({bad: 'Bad', verified: 'Verified', pending: 'Not finished', unchecked: 'Not checked'} as const)[
		backup.state
	];
	const fact = backup.verifiedAt === undefined ? 'v reads it through' : 'v again';
	const by = backup.verifiedBy === undefined ? '' : `by ${backup.verifiedBy}, `;
	const when = backup.verifiedAt === undefined ? '' : `${by}${moment(backup.verifiedAt, place.timeZone)}`;
	return [
		panelHead(title, width, look, fact),
		...(isBusy(view, 'verify')
			? [busyRow(view, 'reads it through to its end', look)]
			: [[span(' '), ...stateSpans(backup, look)]]),
		...(backup.reason !== undefined && widthOf(stateSpans(backup, look)) > width - 2
			? textRows(backup.reason, width - 1, backup.state === 'bad' ? 'danger' : 'attention')
			: []),
		...(when === '' ? [] : [muted(` ${when}`)]),
	];
};

const differencesPanel = (view: DetailView, width: number, look: Look): readonly Row[] => {
	const {differences, now} = view;
	if (isBusy(view, 'compare')) {
		return [panelHead('Against live', width, look), busyRow(view, 'compares every file with live', look)];
	}
	if (!differences) return [panelHead('Against live', width, look, 'd compares')];
	const {differ, onlyLive, onlyInBackup, at} = differences;
	const names = [
		...differ.map(name => ` differs    ${escapeName(name)}`),
		...onlyLive.map(name => ` only live  ${escapeName(name)}`),
		...onlyInBackup.map(name => ` only here  ${escapeName(name)}`),
	];
	return [
		panelHead('Against live', width, look, `${age(now - at)} ago, d again`),
		[span(` ${differ.length} differ  ${onlyLive.length} only live  ${onlyInBackup.length} only here`)],
		...atMost(names.map(muted), 6),
	];
};

const restorePanel = ({row}: DetailView, width: number, look: Look): readonly Row[] => {
	if (row.kind === 'backup' && !row.backup.isRestorable) {
		return [
			panelHead('Restoring it', width, look),
			...textRows(`Not restorable: ${whyNotRestorable(row.backup)}.`, width - 1, 'attention'),
		];
	}
	return [
		panelHead('Going back to it', width, look),
		[span(' Enter', 'accent', {bold: true}), span(' shows what it would do', 'muted')],
		[span(` ${look.glyphs.done} open at any hour: no gate`, 'muted')],
	];
};

const snapshotPanel = (release: string, {address}: BackupPlace, width: number, look: Look): readonly Row[] => [
	panelHead('snapshot beside live', width, look),
	labelled('holds', [span(releaseText(release), 'value', {bold: true})], 8),
	...lines('release', release, width),
	...lines('on', `${address}, beside live`, width),
	...textRows(
		'The release that was live before, whole and still on the host: going back takes seconds.',
		width - 1,
		'muted',
	),
];

/** What is known of the row under the cursor, in a column. */
export const detailRows = (view: DetailView, width: number, height: number, look: Look): readonly Row[] => {
	const {row, place} = view;
	if (row.kind === 'snapshot') {
		return stack([snapshotPanel(row.release, place, width, look), restorePanel(view, width, look)], height);
	}
	const {backup} = row;
	return stack(
		[
			[
				panelHead(backup.app === undefined ? backup.shown : backup.name, width, look),
				...facts(backup, place, width),
			],
			...(backup.kept === undefined ? [] : [keptPanel(backup, width, look)]),
			verifiedPanel(view, backup, width, look),
			...(backup.isRestorable ? [differencesPanel(view, width, look)] : []),
			restorePanel(view, width, look),
		],
		height,
	);
};

/** The same in a few lines below the list. */
export const detailShort = (view: DetailView, width: number, height: number, look: Look): readonly Row[] => {
	const {row, place, differences} = view;
	if (row.kind === 'snapshot') {
		return [
			panelHead('snapshot beside live', width, look, [
				span(look.glyphs.done, 'success'),
				span(' ready', 'muted'),
			]),
			labelled('holds', [span(row.release, 'value', {bold: true})]),
			labelled('back', [span('R or Enter: seconds, since the release is whole on the host')]),
		].slice(0, height);
	}
	const {backup} = row;
	const made = `${moment(backup.takenAt, place.timeZone)} by ${backup.by ?? backup.origin}`;
	const sha = backup.sha256 === undefined ? '' : `, sha256 ${short(backup.sha256)}`;
	const against = isBusy(view, 'compare')
		? busyRow(view, 'compares every file with live', look)
		: [
				span(
					differences
						? `${differences.differ.length} differ, ${differences.onlyLive.length} only live, ${differences.onlyInBackup.length} only here`
						: 'd compares every file with live',
					differences ? 'value' : 'muted',
				),
			];
	const state = isBusy(view, 'verify')
		? busyRow(view, 'reads it through to its end', look)
		: stateSpans(backup, look);
	return [
		panelHead(backup.app === undefined ? backup.shown : backup.name, width, look, state),
		labelled('holds', [
			span(`${backup.app ?? ''} ${holdsText(backup)}`.trimStart(), 'value', {bold: true}),
			span(`, made ${made}`, 'muted'),
		]),
		labelled('file', [span(`${filesText(backup)}${sha}`)]),
		...(backup.reason === undefined ? [] : [labelled('reason', [span(backup.reason, 'danger')])]),
		backup.isRestorable
			? labelled('against', against)
			: labelled('restore', [span(`not restorable: ${whyNotRestorable(backup)}`, 'attention')]),
		...Object.entries(backup.kept ?? {}).map(([name, value]) => labelled('kept', [span(`${name}: ${value}`)])),
		...(backup.why === undefined ? [] : [labelled('why', [span(backup.why)])]),
		labelled('on', [span(`${place.address}:${place.directory}`, 'muted')]),
	].slice(0, Math.max(0, height));
};
