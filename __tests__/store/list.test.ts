import {expect, test} from 'vitest';
import {createCockpitStore} from '../../src/store/create-store.ts';
import {moved, movedTo, turned} from '../../src/store/list.ts';

const rows = ['a', 'b', 'c'];

test('list: a move ends at the ends, and shows the first row when the cursor stands on none', () => {
	expect(moved(rows, 1, at => at + 1)).toBe('c');
	expect(moved(rows, 2, at => at + 1)).toBe('c');
	expect(moved(rows, 1, (at, _, page) => at - page)).toBe('a');
	expect(moved(rows, 0, (_, last) => last)).toBe('c');
	expect(moved(rows, -1, (_, last) => last)).toBe('a');
	expect(moved([], 0, at => at + 1)).toBeUndefined();
	expect(movedTo(5, 200, (at, _, page) => at + page)).toBe(15);
});

test('list: turning goes round, either way', () => {
	expect(turned(rows, 'c', 1)).toBe('a');
	expect(turned(rows, 'a', -1)).toBe('c');
	expect(turned([], 'a', 1)).toBeUndefined();
});

test('list: each list keeps its own place; pointing at another row shows its detail from its begin', () => {
	const store = createCockpitStore({project: 'qsights', environments: [], now: 0});
	const {pointAt, scrollDetail, filterList, typeFilter, dropFilter} = store.getState();
	pointAt('checklist', 'home-page');
	scrollDetail('checklist', 7);
	filterList('history', 'csv');
	typeFilter('history', true);

	expect(store.getState().lists.checklist).toMatchObject({cursor: 'home-page', scroll: 7});
	expect(store.getState().lists.history).toMatchObject({filter: 'csv', isTyping: true, cursor: undefined});
	pointAt('checklist', 'deep-link');
	dropFilter('history');
	expect(store.getState().lists.checklist).toMatchObject({cursor: 'deep-link', scroll: 0});
	expect(store.getState().lists.history).toMatchObject({filter: '', isTyping: false});
});
