import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {selectEnvItem, selectEnvLines} from '../../../src/store/environments/env-lines.ts';
import {selectEnvReading} from '../../../src/store/environments/env-tables.ts';
import {
	hostile,
	hostileTable,
	problem,
	row,
	stageOf,
	table,
	unreadAt,
} from '../../tui/screens/environments/fixtures.ts';

const heads = (store: CockpitStore): readonly string[] =>
	selectEnvLines(store.getState()).flatMap(line => (line.kind === 'head' ? [`${line.group} ${line.count}`] : []));

const keys = (store: CockpitStore): readonly string[] =>
	selectEnvLines(store.getState()).flatMap(line => (line.kind === 'key' ? [line.row.key] : []));

const filtered = (text: string): readonly string[] =>
	keys(stageOf(({filterList}) => filterList('environments', text))());

test('values: what is wrong stands first, then what differs; what is the same is folded', () => {
	const store = stageOf()();

	expect(heads(store)).toEqual(['missing 1', 'extra 1', 'twice 1', 'same 1', 'unlike 1', 'different 8', 'equal 24']);
	expect(selectEnvItem(store.getState())?.id).toBe('MAIL_TIMEOUT');
	expect(selectEnvLines(store.getState()).at(-1)).toMatchObject({kind: 'fold', group: 'equal', isOpen: false});
	expect(keys(store)).not.toContain('APP_NAME');
});

test('values: an open group lists its keys, and is folded again', () => {
	const store = stageOf(({foldEnvGroup}) => foldEnvGroup('equal'))();
	expect(keys(store)).toContain('APP_NAME');
	store.getState().foldEnvGroup('equal');

	expect(keys(store)).not.toContain('APP_NAME');
});

test('values: while a place is not read, nothing is told as equal', () => {
	expect(heads(stageOf(() => undefined, unreadAt('production', 'no route'))())).toContain('unclear 24');
	// Also where its last values are the same.
	expect(heads(stageOf(({envRead}) => envRead(unreadAt('production', 'no route')))())).toContain('unclear 24');
	// A cell alone that is not known is enough.
	const unclear = row('ODD', 'equal', ['1', '1', '?', '1']);
	expect(heads(stageOf(() => undefined, {...table, rows: [unclear]})())).toEqual(['unclear 1']);
});

test('values: only trouble leaves out what is as it should be, never what is not known', () => {
	const store = stageOf(({turnEnvTrouble, envRead}) => {
		turnEnvTrouble();
		envRead(unreadAt('production', 'no route'));
	})();
	expect(heads(store)).toEqual(['missing 1', 'extra 1', 'twice 1', 'same 1', 'unlike 1', 'unclear 24']);
	store.getState().envRead(table);

	expect(heads(store)).toEqual(['missing 1', 'extra 1', 'twice 1', 'same 1', 'unlike 1']);
});

test('values: a filter goes by key and by value, also of one that is given twice, and opens what is folded', () => {
	expect(filtered('mail_')).toEqual(['MAIL_TIMEOUT', 'MAIL_FROM', 'MAIL_PORT']);
	expect(filtered(' RDS-Prod')).toEqual(['DB_HOST']);
	expect(filtered('app_n')).toEqual(['APP_NAME']);
	const repeated = row('LEVEL', 'twice', ['-', 'b', 'b', 'b'], {
		repeated: {local: [{kind: 'value', text: 'overruled', line: 1}]},
	});
	const store = stageOf(({filterList}) => filterList('environments', 'overr'), {...table, rows: [repeated]})();
	expect(keys(store)).toEqual(['LEVEL']);
});

test('values: no secret is found by what it is, nor by its digits', () => {
	expect(filtered('71c0')).toEqual([]);
	expect(filtered('****')).toEqual([]);
	expect(filtered('secret')).toEqual([]);
});

test('values: nothing that a terminal would obey is kept, and lines of a value are seen', () => {
	const store = stageOf(() => undefined, hostileTable)();
	const {kept} = selectEnvReading(store.getState());

	expect(JSON.stringify(kept)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]|\\u00[01]/);
	expect(kept?.table.rows[0]?.cells['preprod']).toMatchObject({text: String.raw`first\nsecond\nthird`});
	expect(kept?.table.rows[0]?.cells['production']).toMatchObject({text: hostile.wide});
});

test('values: each app has its own; what could not be read again stays as it was', () => {
	const store = stageOf()();
	store.getState().switchApp();
	expect(selectEnvReading(store.getState())).toEqual({kept: undefined, askedAt: undefined, problem: undefined});
	store.getState().switchApp();
	store.getState().envAsked('backend', 5);
	expect(selectEnvReading(store.getState())).toMatchObject({askedAt: 5, kept: {table: {app: 'backend'}}});
	store.getState().envUnread('backend', problem);
	expect(selectEnvReading(store.getState())).toMatchObject({
		askedAt: undefined,
		problem,
		kept: {table: {app: 'backend'}},
	});
	store.getState().envRead(table);

	expect(selectEnvReading(store.getState()).problem).toBeUndefined();
});
