import {severityText, worst, type Severity} from './old-code.ts';
import {summedUp, type MigrationReport} from './report.ts';
import {revertText} from './revert.ts';

/** One line of what is said of migrations, the same in both front ends. `severity`: of what old code meets. */
export type MigrationLine = {
	readonly text: string;
	readonly kind: 'name' | 'does' | 'meets' | 'revert';
	readonly severity?: Severity;
};

/** Everything about migrations: what each does, what old code meets, whether it can be taken back. */
export const migrationLines = (reports: readonly MigrationReport[]): readonly MigrationLine[] =>
	reports.flatMap(({name, does, findings, revert}): MigrationLine[] => [
		{kind: 'name', text: name, severity: worst(findings)},
		{kind: 'does', text: does.length === 0 ? 'does nothing' : does.join('; ')},
		...findings
			.filter(({severity}) => severity !== 'fine')
			.map(({severity, text}): MigrationLine => ({
				kind: 'meets',
				severity,
				text: `${severityText[severity]}: ${text}`,
			})),
		{
			kind: 'revert',
			text: [`taken back: ${revertText[revert.kind]}`, ...revert.why].join('; '),
		},
	]);

/** `2 migrations pending` and what counts of them; nothing behind it where there is none. */
export const migrationsInShort = (reports: readonly MigrationReport[], what: string): string => {
	const {length} = reports;
	if (length === 0) return `no migrations ${what}`;
	const {severity, revert} = summedUp(reports);
	return `${length === 1 ? '1 migration' : `${length} migrations`} ${what}; old code: ${severityText[severity]}; taken back by migrate:rollback: ${revertText[revert]}`;
};
