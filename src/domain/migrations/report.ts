import {typeText} from './columns.ts';
import type {Change, Migration} from './migration.ts';
import {droppedIndexText, nothingNew, oldCodeMeets, worst, type MigrationFinding, type Severity} from './old-code.ts';
import {readMigration} from './read-migration.ts';
import {revertsOf, worstRevert, type Revert} from './revert.ts';

/** What is said of one migration before it is run, or left behind. */
export type MigrationReport = {
	/** As `migrate:status` names it. */
	readonly name: string;
	/** `creates reports, 6 columns`; in the order of the file. */
	readonly does: readonly string[];
	/** What code that does not know it meets. */
	readonly findings: readonly MigrationFinding[];
	readonly revert: Revert;
	/** Nothing of it is asked of a database before it is understood: `down()` may do anything. */
	readonly isDownRead: boolean;
};

/** Text of each file by the name of its migration; one that is missing could not be read. */
export type MigrationFiles = ReadonlyMap<string, string>;

/** Reports on migrations in the order in which they run: what one makes is new to code from before, whatever the next does with it. */
export const reportMigrations = (names: readonly string[], files: MigrationFiles): readonly MigrationReport[] => {
	const known = nothingNew();
	const migrations = names.map(name => {
		const text = files.get(name);
		return text === undefined ? undefined : readMigration(name, text);
	});
	const reverts = revertsOf(migrations);
	return names.map((name, at) => {
		const migration = migrations[at];
		const revert = reverts[at];
		if (!migration || !revert) return notRead(name, revert);
		return {
			name,
			does: whatItDoes(migration),
			findings: oldCodeMeets(migration, known),
			revert,
			isDownRead:
				migration.down.kind !== 'changes' || migration.down.changes.every(({kind}) => kind !== 'unknown'),
		};
	});
};

const notRead = (name: string, revert: Revert | undefined): MigrationReport => ({
	name,
	does: ['its file could not be read'],
	findings: [{severity: 'unknown', text: 'its file could not be read'}],
	revert: revert ?? {kind: 'unknown', why: ['its file could not be read']},
	isDownRead: false,
});

/** Columns and indexes of a table that is made are counted with it. */
const whatItDoes = ({up}: Migration): readonly string[] => {
	const made = new Set(up.flatMap(({kind, table}) => (kind === 'create-table' ? [table] : [])));
	return up.flatMap(change => {
		if (change.kind !== 'create-table' && made.has(change.table)) return [];
		if (change.kind !== 'create-table') return [whatAChangeDoes(change)];
		const count = up.filter(({kind, table}) => kind === 'add-column' && table === change.table).length;
		return [`creates ${change.table}, ${count === 1 ? '1 column' : `${count} columns`}`];
	});
};

const whatAChangeDoes = (change: Exclude<Change, {kind: 'create-table'}>): string => {
	const {table} = change;
	switch (change.kind) {
		case 'drop-table':
			return `drops ${table}`;
		case 'rename-table':
			return `renames ${table} to ${change.to}`;
		case 'add-column':
			return `adds ${table}.${change.column.name}, ${typeText(change.column)}${change.column.isNullable ? ', may be empty' : ''}`;
		case 'change-column':
			return `changes ${table}.${change.column.name} to ${typeText(change.column)}`;
		case 'drop-column':
			return `drops ${table}.${change.column}`;
		case 'rename-column':
			return `renames ${table}.${change.column} to ${change.to}`;
		case 'add-index':
			return `adds ${change.index === 'index' ? 'an index' : `a ${change.index}${change.index === 'foreign key' ? '' : ' key'}`} on ${table}.${change.columns.join(', ')}`;
		case 'drop-index':
			return `drops ${droppedIndexText(change)}`;
		case 'rows':
			return `changes rows of ${table} (${change.verb})`;
		case 'sql':
			return `runs raw SQL: ${change.text ?? 'put together while it runs'}`;
		case 'unknown':
			return `something that is not understood: line ${change.line}, ${change.why}`;
	}
};

/** What counts of several: the worst that old code meets, and whether all of them can be taken back. */
export const summedUp = (
	reports: readonly MigrationReport[],
): {readonly severity: Severity; readonly revert: Revert['kind']} => ({
	severity: worst(reports.flatMap(({findings}) => findings)),
	revert: worstRevert(reports.map(({revert}) => revert.kind)),
});
