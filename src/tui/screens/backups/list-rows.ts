import {shortCommit} from '../../../domain/build.ts';
import {age, size} from '../../../domain/format.ts';
import type {Backup, BackupState} from '../../../domain/backups/backup.ts';
import type {BackupRow, BackupTask} from '../../../store/backups/backups.ts';
import {markSpan, type Marked} from '../../kit/marks.ts';
import {pad, padStart, span, type Row} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';
import type {Look} from '../../kit/layout.ts';
import {shortRelease} from '../../kit/names.ts';

type ListView = {
	/** The one under the cursor. */
	readonly row: BackupRow | undefined;
	readonly task: BackupTask | undefined;
	/** Epoch milliseconds by the host's clock. */
	readonly hostNow: number;
};

const nameWidth = 24;

/** `1d20b7e`, or what is known instead. */
export const holdsText = ({commit, release}: Pick<Backup, 'commit' | 'release'>): string =>
	commit === undefined || commit === ''
		? release === undefined
			? 'unknown'
			: releaseText(release)
		: shortCommit(commit);

/** `4e81d0c`, or `adopted` for a release that was taken over as it was. */
export const releaseText = (release: string): string =>
	release.endsWith('-adopted') ? 'adopted' : shortRelease(release);

const stateMarks: Readonly<Record<BackupState, Marked>> = {
	bad: ['failed', 'danger'],
	pending: ['waits', 'attention'],
	verified: ['done', 'success'],
	unchecked: ['unclear', 'attention'],
};

const stateOf = ({state, reason, isRestorable, notRestorable}: Backup): readonly [Marked, string] => {
	if (state === 'unchecked' && !isRestorable)
		return [['notApplicable', 'muted'], `not restorable${notRestorable === undefined ? '' : `: ${notRestorable}`}`];
	return [stateMarks[state], (state === 'bad' || state === 'pending' ? reason : undefined) ?? state];
};

/** Glyph and word of a state. */
export const stateSpans = (backup: Backup, {glyphs}: Look): Row => {
	const [mark, word] = stateOf(backup);
	return [markSpan(mark, glyphs), span(` ${word}`, mark[1] === 'success' ? 'muted' : mark[1])];
};

const whyText = ({pinned, why, origin}: Backup): Row =>
	pinned ? [span('pinned', 'accent')] : [span(why ?? origin, 'muted')];

const cells = (row: BackupRow, {task, hostNow}: ListView, isSelected: boolean, look: Look): Row => {
	if (row.kind === 'snapshot') {
		return [
			...pad([span('snapshot beside live', 'value', {bold: isSelected})], nameWidth),
			...padStart([], 7),
			...padStart([], 8),
			span('  '),
			...pad([span(releaseText(row.release))], 8),
			...pad([span('live before', 'muted')], 16),
			span(look.glyphs.done, 'success'),
			span(' ready', 'muted'),
		];
	}
	const {backup} = row;
	const tone: Tone = backup.isRestorable ? 'value' : 'muted';
	const isBusy = task?.kind === 'verify' && task.name === backup.name;
	return [
		...pad([span(backup.app === undefined ? backup.shown : backup.name, tone, {bold: isSelected})], nameWidth),
		...padStart([span(age(hostNow - backup.takenAt), 'muted')], 7),
		...padStart([span(size(backup.sizeBytes), tone)], 8),
		span('  '),
		...pad([span(holdsText(backup), tone)], 8),
		...(backup.state === 'unchecked' && !backup.isRestorable ? [] : [...pad(whyText(backup), 15), span(' ')]),
		...(isBusy ? [span(look.glyphs.running[0] ?? '', 'accent'), span(' verifying')] : stateSpans(backup, look)),
	];
};

export const columns: Row = [
	...pad([span('  file (.tar.gz)', 'muted')], nameWidth + 2),
	...padStart([span('age', 'muted')], 7),
	...padStart([span('size', 'muted')], 8),
	span('  '),
	...pad([span('release', 'muted')], 8),
	...pad([span('why', 'muted')], 16),
	span('state', 'muted'),
];

/** Rows of the list, each `width` cells. */
export const listRows = (shown: readonly BackupRow[], view: ListView, width: number, look: Look): readonly Row[] =>
	shown.map((row): Row => {
		const isSelected = row === view.row;
		const cursor = span(isSelected ? look.glyphs.cursor : ' ', 'accent');
		return pad([cursor, span(' '), ...cells(row, view, isSelected, look)], width);
	});
