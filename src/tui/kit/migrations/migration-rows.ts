import type {LeftMigrations} from '../../../app/migrations/left-migrations.ts';
import {migrationLines} from '../../../domain/migrations/lines.ts';
import {severityText, type Severity} from '../../../domain/migrations/old-code.ts';
import type {MigrationReport} from '../../../domain/migrations/report.ts';
import {summedUp} from '../../../domain/migrations/report.ts';
import {revertText} from '../../../domain/migrations/revert.ts';
import {blank, span, type Row, type Span} from '../rows.ts';
import {hanging, wrap, type Look} from '../layout.ts';
import type {Tone} from '../theme.tsx';

export const severityTone: Readonly<Record<Severity, Tone>> = {
	fine: 'success',
	watch: 'attention',
	breaks: 'danger',
	unknown: 'attention',
};

const glyphOf = (severity: Severity, {glyphs}: Look): string =>
	({fine: glyphs.done, watch: glyphs.attention, breaks: glyphs.failed, unknown: glyphs.unclear})[severity];

const sign = (severity: Severity, look: Look): Span =>
	span(` ${glyphOf(severity, look)} `, severityTone[severity], {bold: severity === 'breaks'});

/** `old code: breaks`, `taken back: yes, and loses data`; nothing where there are none. */
export const verdictRow = (reports: readonly MigrationReport[], look: Look): Row => {
	if (reports.length === 0) return [];
	const {severity, revert} = summedUp(reports);
	return [
		span('old code: '),
		span(`${glyphOf(severity, look)} ${severityText[severity]}`, severityTone[severity], {
			bold: severity === 'breaks',
		}),
		span(`; taken back: ${revertText[revert]}`, revert === 'yes' ? 'muted' : 'attention'),
	];
};

/** Each migration with its name, what it does, what old code meets, and whether it can be taken back. */
export const toldMigrations = (reports: readonly MigrationReport[], width: number, look: Look): readonly Row[] =>
	migrationLines(reports).flatMap(({kind, severity = 'fine', text}): readonly Row[] => {
		const inner = width - 3;
		const under = (rows: readonly Row[]): readonly Row[] => rows.map(row => [span('   '), ...row]);
		if (kind === 'name') return hanging(sign(severity, look), text, width, undefined, true);
		if (kind === 'meets') return under(hanging(sign(severity, look), text, inner, severityTone[severity]));
		return under(wrap(text, inner - 1).map((line): Row => [span(line, 'muted')]));
	});

/** What a rollback leaves in the database, and how a person can take it back. */
export const leftRows = ({reports, command, sql}: LeftMigrations, width: number, look: Look): readonly Row[] => {
	const text = (words: string, tone?: Tone): readonly Row[] =>
		wrap(words, width - 2).map((line): Row => [span(` ${line}`, tone)]);
	return [
		...toldMigrations(reports, width, look),
		blank,
		...text(
			'unknown' in command
				? `There is no line that takes them back: ${command.unknown}.`
				: 'The cockpit does not take them back. Whoever must, pastes this; data that came since goes with it:',
			'attention',
		),
		...('unknown' in command ? [] : text(command.value, 'accent')),
		...('unknown' in command
			? []
			: 'unknown' in sql
				? text(`Its SQL is not known: ${sql.unknown}`, 'attention')
				: sql.value.length === 0
					? text('Artisan says that this would run no SQL.', 'attention')
					: [
							...text('It would run:'),
							...sql.value.flatMap(statement =>
								hanging(
									statement.isDestructive
										? span(` ${look.glyphs.attention} `, 'danger')
										: span('   '),
									statement.text,
									width,
									statement.isDestructive ? 'danger' : 'muted',
								),
							),
						]),
	];
};
