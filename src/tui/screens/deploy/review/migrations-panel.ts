import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import {panelHead, textRows, type Look} from '../../../kit/layout.ts';
import {toldMigrations, verdictRow} from '../../../kit/migrations/migration-rows.ts';
import {span, type Row} from '../../../kit/rows.ts';

type Reviewed = Pick<DeployReview, 'migrations' | 'about'>;

const asked = 'They are asked about before the swap, with their SQL: run, skip or stop.';

const count = (length: number): string => (length === 0 ? 'none pending' : `${length} pending`);

/** What becomes of the database, in a panel of its own; no row for an app without migrations. */
export const migrationsPanel = ({migrations, about}: Reviewed, width: number, look: Look): readonly Row[] => {
	if (!about.hasMigrations) return [];
	if (!migrations || 'unknown' in migrations)
		return [
			panelHead('Migrations', width, look, [span('which are pending is not known', 'attention')]),
			...(migrations ? textRows(migrations.unknown, width, 'muted') : []),
			...textRows(asked, width, 'muted'),
		];
	const {value: reports} = migrations;
	const more: Row = [span(' what each does: ', 'muted'), span('m', 'accent')];
	return [
		panelHead('Migrations', width, look, [span(count(reports.length), reports.length === 0 ? 'muted' : 'value')]),
		...(reports.length === 0
			? []
			: [[span(' '), ...verdictRow(reports, look)], more, ...toldMigrations(reports, width, look)]),
	];
};

/** The same in one row, behind its label. */
export const migrationsShort = ({migrations, about}: Reviewed, look: Look): Row | undefined => {
	if (!about.hasMigrations) return undefined;
	if (!migrations || 'unknown' in migrations)
		return [span('which are pending is not known; asked before the swap', 'attention')];
	const {value: reports} = migrations;
	return reports.length === 0
		? [span('none pending')]
		: [span(`${count(reports.length)} (`), span('m', 'accent'), span('); '), ...verdictRow(reports, look)];
};

/** Everything about them. */
export const migrationPage = ({migrations, about}: Reviewed, width: number, look: Look): readonly Row[] => {
	if (!about.hasMigrations) return textRows('This app has no migrations.', width);
	if (!migrations || 'unknown' in migrations)
		return textRows(
			`Which are pending is not known: ${migrations?.unknown ?? 'the host was not asked'}`,
			width,
			'attention',
		);
	const {value: reports} = migrations;
	return reports.length === 0
		? textRows('The database has seen all migrations of this build.', width)
		: [
				[span(' '), ...verdictRow(reports, look)],
				...toldMigrations(reports, width, look),
				...textRows(asked, width, 'muted'),
			];
};
