import type {Change} from './migration.ts';

/** Tables, and columns as `table.column`, that are known to be there or not to be; of all others nothing is known. */
export type Things = Map<string, boolean>;

const keyOf = (table: string, column: string): string => `${table}.${column}`;

const forget = (things: Things, table: string): void => {
	for (const key of things.keys()) if (key === table || key.startsWith(`${table}.`)) things.delete(key);
};

const move = (things: Things, from: string, to: string): void => {
	const moved = [...things].filter(([key]) => key.startsWith(`${from}.`));
	forget(things, to);
	for (const [key, isThere] of moved) things.set(`${to}${key.slice(from.length)}`, isThere);
	forget(things, from);
	things.set(from, false);
	things.set(to, true);
};

/** What is there behind a change. What is not understood may have done anything to everything. */
export const happens = (things: Things, change: Change): void => {
	const {table} = change;
	if (change.kind === 'unknown' || change.kind === 'sql') things.clear();
	else if (change.isConditional) forget(things, table);
	else if (change.kind === 'create-table') {
		forget(things, table);
		things.set(table, true);
	} else if (change.kind === 'drop-table') {
		forget(things, table);
		things.set(table, false);
	} else if (change.kind === 'rename-table') move(things, table, change.to);
	else if (change.kind === 'add-column') things.set(keyOf(table, change.column.name), true);
	else if (change.kind === 'drop-column') things.set(keyOf(table, change.column), false);
	else if (change.kind === 'rename-column') {
		things.set(keyOf(table, change.column), false);
		things.set(keyOf(table, change.to), true);
	}
};

/** Why the database refuses a change; undefined where nothing is known against it. */
export const refused = (things: Things, change: Change): string | undefined => {
	const {table} = change;
	const gone = (key: string): string | undefined =>
		things.get(key) === false ? `${key} is not there then` : undefined;
	const there = (key: string): string | undefined =>
		things.get(key) === true ? `${key} is there already` : undefined;
	const column = (name: string): string => keyOf(table, name);
	if (change.isConditional) return undefined;
	switch (change.kind) {
		case 'create-table':
			return there(table);
		case 'drop-table':
			return change.mustBeThere ? gone(table) : undefined;
		case 'rename-table':
			return gone(table) ?? there(change.to);
		case 'add-column':
			return gone(table) ?? there(column(change.column.name));
		case 'change-column':
			return gone(table) ?? gone(column(change.column.name));
		case 'drop-column':
			return gone(table) ?? gone(column(change.column));
		case 'rename-column':
			return gone(table) ?? gone(column(change.column)) ?? there(column(change.to));
		case 'add-index':
		case 'drop-index':
		case 'rows':
			return gone(table);
		case 'sql':
		case 'unknown':
			return undefined;
	}
};

/** What a change made is there still, or what it took is not back; undefined where neither is known. */
export const remains = (things: Things, change: Change): string | undefined => {
	const {table} = change;
	const stays = (key: string): string | undefined => (things.get(key) === true ? `${key} stays` : undefined);
	const lost = (key: string): string | undefined =>
		things.get(key) === false ? `${key} does not come back` : undefined;
	switch (change.kind) {
		case 'create-table':
			return stays(table);
		case 'drop-table':
			return lost(table);
		case 'add-column':
			return things.get(table) === false ? undefined : stays(keyOf(table, change.column.name));
		case 'drop-column':
			return lost(keyOf(table, change.column));
		case 'rename-table':
		case 'rename-column':
		case 'change-column':
		case 'add-index':
		case 'drop-index':
		case 'rows':
		case 'sql':
		case 'unknown':
			return undefined;
	}
};
