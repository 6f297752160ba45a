import {expect, test} from 'vitest';
import {aheadBy, carriedOn} from '../../src/domain/host-clock.ts';

test('host clock: it goes on from when it was read, never back, and is not known before', () => {
	expect(carriedOn({time: 1000, readAt: 50}, 80)).toBe(1030);
	expect(carriedOn({time: 1000, readAt: 50}, 40)).toBe(1000);
	expect(carriedOn({time: 1000, readAt: undefined}, 80)).toBeUndefined();
	expect(carriedOn({time: Number.NaN, readAt: 50}, 80)).toBeUndefined();
});

test('host clock: a late answer takes nothing from what a quick one has told, a clock that was set does', () => {
	const quick = aheadBy(undefined, {time: 1_000_100, askedAt: 0, answeredAt: 200});
	expect(quick).toBe(999_900);
	// Read at once, told 60 s later.
	expect(aheadBy(quick, {time: 1_010_100, askedAt: 10_000, answeredAt: 70_000})).toBe(quick);
	// Late at first: the next quick answer mends it.
	expect(aheadBy(940_000, {time: 1_080_100, askedAt: 80_000, answeredAt: 80_200})).toBe(999_900);
	// Set back by a minute, and forward.
	expect(aheadBy(quick, {time: 1_030_100, askedAt: 90_000, answeredAt: 90_200})).toBe(940_100);
	expect(aheadBy(quick, {time: 1_150_100, askedAt: 90_000, answeredAt: 90_200})).toBe(1_059_900);
	// A clock of whole seconds may be most of one further than it says.
	expect(aheadBy(quick, {time: 1_090_000, askedAt: 90_200, answeredAt: 90_300, stepMs: 1000})).toBe(quick);
});
