/** A question a run asks a person in the middle of its work. */
export type Prompt = {
	/** Of the action that asks. */
	readonly id: string;
	readonly kind: 'migrations' | 'go-back';
	readonly title: string;
	/** What the answer is about, one fact a line. */
	readonly facts: readonly string[];
	/** What would be done to the database, statement by statement. */
	readonly sql?: readonly SqlStatement[];
	/** The safe one first. */
	readonly choices: readonly PromptChoice[];
	/** Settled before the run began; then nobody is asked. */
	readonly settled?: string;
};

export type PromptChoice = {readonly id: string; readonly label: string; readonly detail: string};

export type SqlStatement = {
	readonly migration: string;
	readonly text: string;
	/** Whether it takes something away or changes it in place: data may be lost, old code may break. */
	readonly isDestructive: boolean;
};

/**
 * Statements that take away or change in place. Source: design, "Pipelines", migrations.
 * MySQL drops a column by its quoted name alone.
 * SQLite rebuilds a table by a temporary one: what is dropped there is called `__temp__...`.
 */
const destructive =
	/\b(?:drop\s+[`"]|drop\s+(?:table|column|index|view|database|foreign|primary|constraint)|truncate|delete\s+from|rename(?:\s+(?:to|column|table|index))?|modify(?:\s+column)?|change(?:\s+column)?|alter\s+column)\b/i;

/** Whether a statement may lose data or break the code that is live now. */
export const isDestructive = (sql: string): boolean => destructive.test(sql);
