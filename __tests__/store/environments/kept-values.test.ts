import {expect, test} from 'vitest';
import type {EnvTable} from '../../../src/domain/environments/env-table.ts';
import {keepValues} from '../../../src/store/environments/kept-values.ts';
import {table, unreadAt} from '../../tui/screens/environments/fixtures.ts';
import {storyTime} from '../../support/tui/quiet-cockpit.ts';

const why = 'connect ECONNREFUSED';
const first = keepValues(undefined, table);
const cellOf = ({rows}: EnvTable, key: string, column: string): unknown =>
	rows.find(row => row.key === key)?.cells[column];

test('kept values: what was read is shown as it is', () => {
	expect(first).toEqual({table, keptFrom: {}});
	expect(keepValues(first, table)).toEqual({table, keptFrom: {}});
});

test('kept values: a place that was never read has no values to keep', () => {
	const unread = unreadAt('production', why);

	expect(keepValues(undefined, unread)).toEqual({table: unread, keptFrom: {}});
});

test('kept values: a place that can not be read keeps its last values, and when they were read', () => {
	const {table: shown, keptFrom} = keepValues(first, unreadAt('production', why));

	expect(keptFrom).toEqual({production: storyTime - 6000});
	expect(cellOf(shown, 'APP_ENV', 'production')).toEqual({kind: 'value', text: 'production', line: 13});
	expect(cellOf(shown, 'APP_KEY', 'production')).toEqual({kind: 'secret', print: 'c2e8', line: 13});
	expect(shown.columns.find(({id}) => id === 'production')?.problem).toBe(why);
});

test('kept values: still unread, they are as old as they were; read again, they are new', () => {
	const once = keepValues(first, unreadAt('preprod', why));
	const twice = keepValues(once, unreadAt('preprod', why));
	expect(twice.keptFrom).toEqual({preprod: storyTime - 6000});
	expect(twice.table.rows.find(({key}) => key === 'LOG_LEVEL')?.repeated['preprod']).toHaveLength(2);

	expect(keepValues(twice, table)).toEqual(first);
});

test('kept values: a key that only the silent place had stays, in its order, and elsewhere it is missing', () => {
	const next = unreadAt('production', why);
	expect(next.rows.some(({key}) => key === 'LEGACY_SSO_URL')).toBe(false);
	const {table: shown} = keepValues(first, next);

	expect(shown.rows.map(({key}) => key).slice(0, 4)).toEqual(first.table.rows.map(({key}) => key).slice(0, 4));
	expect(shown.rows[1]).toMatchObject({
		key: 'LEGACY_SSO_URL',
		cells: {local: {kind: 'missing'}, production: {kind: 'secret'}},
	});
});

test('kept values: a key that is new while a place is silent is not there in what is kept of it', () => {
	const {rows, ...rest} = unreadAt('production', why);
	const [row] = rows;
	if (!row) throw new Error('no row');
	const {table: shown} = keepValues(first, {...rest, rows: [...rows, {...row, key: 'NEW_KEY'}]});

	expect(cellOf(shown, 'NEW_KEY', 'production')).toEqual({kind: 'missing'});
});
