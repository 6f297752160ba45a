/** A column as a migration names it. */
export type Column = {
	readonly name: string;
	/** As the schema builder calls it: `string`, `unsignedBigInteger`. */
	readonly type: string;
	/** Length of text, or digits. */
	readonly size?: number;
	readonly isUnsigned: boolean;
	readonly isNullable: boolean;
	/** The database has a value for it where an insert names none. */
	readonly fillsItself: boolean;
	/** What else its type is told, of types whose values can't be compared by it: places, the values of an enum. */
	readonly details?: string;
};

/**
 * One thing a migration does. What of it can't be read is `unknown`, with its line and why. `isConditional`: whether it
 * happens is decided on the host.
 */
export type Change = {readonly table: string; readonly isConditional?: true} & (
	| {readonly kind: 'create-table'}
	/** `mustBeThere`: it fails where the table is gone. */
	| {readonly kind: 'drop-table'; readonly mustBeThere?: true}
	| {readonly kind: 'rename-table'; readonly to: string}
	| {readonly kind: 'add-column'; readonly column: Column}
	| {readonly kind: 'change-column'; readonly column: Column}
	| {readonly kind: 'drop-column'; readonly column: string}
	| {readonly kind: 'rename-column'; readonly column: string; readonly to: string}
	/** `name`: where it has one of its own. */
	| {
			readonly kind: 'add-index';
			readonly index: IndexKind;
			readonly columns: readonly string[];
			readonly name?: string;
	  }
	/** `columns`: told by them, not by its name. `isUnclear`: what kind it is is not told. */
	| {
			readonly kind: 'drop-index';
			readonly index: IndexKind;
			readonly name: string;
			readonly columns?: readonly string[];
			readonly isUnclear?: true;
	  }
	/** Rows are inserted, changed or removed; `verb` as the query builder has it. */
	| {readonly kind: 'rows'; readonly verb: string}
	/** Empty table. */
	| {readonly kind: 'sql'; readonly text: string | undefined}
	/** Empty table. `line`: of the file. */
	| {readonly kind: 'unknown'; readonly line: number; readonly why: string}
);

export type IndexKind = 'index' | 'unique' | 'primary' | 'foreign key';

/** What `down()` is. `empty`, and a file without one: rolling it back forgets that it ran, and does nothing. */
export type Down =
	| {readonly kind: 'missing' | 'empty' | 'throws'}
	| {readonly kind: 'changes'; readonly changes: readonly Change[]};

/** A migration as its file says it. */
export type Migration = {
	/** As `migrate:status` names it. */
	readonly name: string;
	readonly up: readonly Change[];
	readonly down: Down;
};
