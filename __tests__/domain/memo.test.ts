import {expect, test} from 'vitest';
import {memoOn} from '../../src/domain/memo.ts';

test('memo: works once for each object, also where nothing comes of it', () => {
	const asked: object[] = [];
	const first = memoOn((list: readonly number[]) => {
		asked.push(list);
		return list.length === 0 ? undefined : [...list];
	});
	const [one, same, none] = [[1], [1], []];

	expect(first(one)).toBe(first(one));
	expect(first(same)).toEqual([1]);
	expect(first(same)).not.toBe(first(one));
	expect([first(none), first(none)]).toEqual([undefined, undefined]);
	expect(asked).toEqual([one, same, none]);
});
