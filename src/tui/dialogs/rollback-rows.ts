import {carriedOn} from '../../domain/host-clock.ts';
import {shortCommit} from '../../domain/build.ts';
import {databaseSnapshotWords} from '../../domain/backups/database-snapshot.ts';
import {age, clockTime, duration, moment, size} from '../../domain/format.ts';
import {takesOverText, type RollbackReview} from '../../app/rollback/review-rollback.ts';
import type {OpenRollback} from '../../store/rollback/rollback-review.ts';
import {numberedSteps, numberOf} from '../../store/runs/step-numbers.ts';
import {leftRows, verdictRow} from '../kit/migrations/migration-rows.ts';
import {blank, pad, span, type Row} from '../kit/rows.ts';
import {firstFitting, columnsOf, loose, problemRows, turning, wrap, type Look} from '../kit/layout.ts';

const fact = (label: string, value: Row): Row => [...pad([span(label, 'muted')], 6), ...value];

/** Without its day in the last 20 hours. */
const sinceText = (at: number, now: number, timeZone: string): string =>
	(now - at < 20 * 3_600_000 ? clockTime : moment)(at, timeZone);

const nameOf = ({release, commit}: {readonly release?: string; readonly commit?: string}): string =>
	commit === undefined ? (release ?? 'not known') : shortCommit(commit);

const fromRow = (review: RollbackReview, machineNow: number): Row => {
	const {from, timeZone} = review;
	const now = carriedOn(review, machineNow) ?? machineNow;
	const at = from.since === undefined ? Number.NaN : Date.parse(from.since);
	const since = Number.isNaN(at) ? '' : `  live since ${sinceText(at, now, timeZone)}, ${age(now - at)}`;
	const by = from.by === undefined ? '' : `, by ${from.by}`;
	return fact('from', [span(nameOf(from), 'value', {bold: true}), span(`${since}${by}`, 'muted')]);
};

const targetText = ({to}: RollbackReview): string =>
	to.kind === 'snapshot'
		? `${to.name}${to.commit === undefined || to.release === undefined ? '' : `, ${to.release}`}`
		: `${to.name}.tar.gz${to.sizeBytes === undefined ? '' : `, ${size(to.sizeBytes)}`}`;

/** The run that is ended on the way, before the word. */
const takesOverRows = (review: RollbackReview, width: number, {glyphs}: Look): readonly Row[] => {
	const text = takesOverText(review);
	return text === undefined
		? []
		: wrap(`${glyphs.attention} Takes over ${text}.`, width).map((line): Row => [span(line, 'attention')]);
};

const facts = (review: RollbackReview, now: number, {glyphs}: Look): readonly Row[] => {
	const warning = `${glyphs.attention} It was gone back from once: look why before you return to it.`;
	return [
		fromRow(review, now),
		fact('to', [span(nameOf(review.to), 'value', {bold: true}), span(`  ${targetText(review)}`)]),
		fact('on', [span(review.address, 'value', {bold: true}), span(`  ${review.environment}`, 'muted')]),
		...(review.to.hasFailed ? [[span(warning, 'attention' as const)]] : []),
	];
};

const stepRows = ({steps}: RollbackReview, width: number): readonly Row[] =>
	columnsOf(
		steps.map(({id, title}): Row => [span(`${numberOf(steps, id) ?? ' '} `, 'muted'), span(title)]),
		width,
	);

const expectedRow = ({expected, usual}: RollbackReview): Row => {
	const {durationMs, downtimeMs} = expected;
	const downtime = downtimeMs === undefined ? 'downtime not known yet' : `downtime about ${duration(downtimeMs)}`;
	if (durationMs === undefined)
		return [
			span('How long it takes is not known here yet', 'muted'),
			span(downtimeMs === undefined ? ', nor the downtime' : `, ${downtime}`, 'muted'),
		];
	return [
		span(`about ${duration(durationMs)}`, 'value', {bold: true}),
		span(`, ${downtime}`),
		span(`  median of ${usual.count}`, 'muted'),
	];
};

const migrationRows = (
	{migrationsSince, migrations}: RollbackReview,
	width: number,
	most: number,
	look: Look,
): readonly Row[] => {
	const {glyphs} = look;
	if (!migrationsSince)
		return [[span(`${glyphs.unclear} Not known which migrations ran since. None is undone.`, 'attention')]];
	const count = migrationsSince.length;
	if (count === 0) return [[span(`${glyphs.done} no migration ran since`, 'muted')]];
	const [ran, stay] = count === 1 ? ['1 migration ran', 'It stays'] : [`${count} migrations ran`, 'They stay'];
	const shown = migrationsSince.slice(0, most);
	const rest = shown.length > 0 ? count - shown.length : 0;
	return [
		[span(`${glyphs.attention} ${ran} since. ${stay} in the database.`, 'attention')],
		...(migrations ? [[span('  '), ...verdictRow(migrations.reports, look)]] : []),
		...shown.map((name): Row => pad([span(`  ${name}`)], width)),
		...(rest > 0 ? [[span(`  and ${rest} more`, 'muted' as const)]] : []),
		...(migrations && most > 0
			? [
					[
						span(
							`  ${'unknown' in migrations.command ? 'what each did' : 'what each did, and the line that takes them back'}: `,
							'muted',
						),
						span('Tab', 'accent'),
					] as Row,
				]
			: []),
	];
};

/** What hooks said of the database, to be read and never run from here. */
const snapshotRows = ({databaseSnapshots = []}: RollbackReview, width: number, isOpen: boolean): readonly Row[] =>
	databaseSnapshots.flatMap(snapshot => {
		const {restore} = snapshot;
		return [
			...wrap(databaseSnapshotWords(snapshot), width).map((line): Row => [span(line, 'value')]),
			...(isOpen && restore !== undefined
				? wrap(`Restored by hand: ${restore}`, width).map((line): Row => [span(line, 'muted')])
				: []),
		];
	});

/** What it leaves in the database, before every command of it. */
export const leftPage = ({migrations}: RollbackReview, width: number, look: Look): readonly Row[] =>
	migrations
		? [[span(' Left in the database', 'value', {bold: true})], ...leftRows(migrations, width, look), blank]
		: [];

const always =
	'Open at any hour: no window, no soak, no checklist. Settings, storage and uploads stay as live has them.';

/** What a rollback will do, in at most `height` rows; what must be read before the word is never left out. */
const rollbackSummary = (
	review: RollbackReview,
	now: number,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const parts = (
		most: number,
		hasSteps: boolean,
		isOpen: boolean,
		hasRestore = true,
	): readonly (readonly Row[])[] => [
		facts(review, now, look),
		...(hasSteps ? [stepRows(review, width)] : []),
		[
			...takesOverRows(review, width, look),
			expectedRow(review),
			...migrationRows(review, width, most, look),
			...snapshotRows(review, width, hasRestore),
		],
		...(isOpen ? [wrap(always, width).map((line): Row => [span(line, 'muted')])] : []),
	];
	return firstFitting(
		[
			loose(parts(6, true, true)),
			loose(parts(3, true, true)),
			loose(parts(1, true, false)),
			parts(1, true, false).flat(),
			parts(0, true, false).flat(),
			parts(0, false, false).flat(),
			parts(0, false, false, false).flat(),
		],
		height,
	);
};

/** The inside of the review above its word, or instead of it. */
export const rollbackRows = (
	{review, choice}: OpenRollback,
	now: number,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const {glyphs} = look;
	switch (review.state) {
		case 'loading':
			return [
				[
					span(`${turning(glyphs, now)} `, 'accent'),
					span(`Asks ${choice.environment} what going back would do. Nothing is changed.`),
					span(`  ${age(now - review.since)}`, 'muted'),
				],
			];
		case 'failed':
			return [
				[span(`${glyphs.failed} ${review.problem.what}`, 'danger', {bold: true})],
				...problemRows(review.problem, width, 'strong'),
			].slice(0, height);
		case 'ready': {
			const {refusal} = review.review;
			if (!refusal) return rollbackSummary(review.review, now, width, height, look);
			const blocked: readonly Row[] = [
				[span(`${glyphs.failed} ROLLBACK BLOCKED`, 'danger', {bold: true})],
				...problemRows({...refusal, now: 'Nothing was changed.'}, width, 'strong'),
			];
			const room = height - blocked.length - 1;
			return [...blocked, blank, ...(room > 3 ? facts(review.review, now, look) : [])].slice(0, height);
		}
	}
};

/** `8 steps` */
export const stepCount = ({steps}: Pick<RollbackReview, 'steps'>): string => `${numberedSteps(steps).length} steps`;
