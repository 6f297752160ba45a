import {expect, test} from 'vitest';
import {watchPhases} from '../../../src/domain/watch/phases.ts';

const minute = 60_000;
const phases = (minutes: number, sections: number, {ends = minutes, now = 0} = {}) =>
	watchPhases(
		{startedAt: 0, endsAt: ends * minute},
		{sections: Array.from({length: sections}, () => []), minutes, now: now * minute},
	);
const titles = (...options: Parameters<typeof phases>): readonly string[] => phases(...options).map(({title}) => title);

test('phases: three sections of half an hour are those of the workflow', () => {
	expect(titles(30, 3)).toEqual(['0 to 5 min', '5 to 15 min', '15 to 30 min']);
	expect(phases(30, 3).map(({from, until}) => [from / minute, until / minute])).toEqual([
		[0, 5],
		[5, 15],
		[15, 30],
	]);
});

test.each([
	[60, 3, ['0 to 10 min', '10 to 30 min', '30 to 60 min']],
	[30, 2, ['0 to 10 min', '10 to 30 min']],
	[30, 1, ['0 to 30 min']],
	[30, 0, ['0 to 30 min']],
	[30, 4, ['0 to 3 min', '3 to 9 min', '9 to 18 min', '18 to 30 min']],
	[1, 3, ['0 to 0.2 min', '0.2 to 0.5 min', '0.5 to 1 min']],
])('phases: of %i minutes with %i sections', (minutes, sections, expected) => {
	expect(titles(minutes, sections)).toEqual(expected);
});

test.each([
	[0, ['now', 'before', 'before']],
	[4.99, ['now', 'before', 'before']],
	[5, ['over', 'now', 'before']],
	[15, ['over', 'over', 'now']],
	[30, ['over', 'over', 'over']],
])('phases: after %d minutes', (now, states) => {
	expect(phases(30, 3, {now}).map(({state}) => state)).toEqual(states);
});

test('phases: minutes that somebody added belong to the last', () => {
	expect(titles(30, 3, {ends: 45})).toEqual(['0 to 5 min', '5 to 15 min', '15 to 45 min']);
});
