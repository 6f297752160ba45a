import {expect, test} from 'vitest';
import {carriedOn} from '../../src/domain/host-clock.ts';

test('host clock: it goes on from when it was read, never back, and is not known before', () => {
	expect(carriedOn({time: 1000, readAt: 50}, 80)).toBe(1030);
	expect(carriedOn({time: 1000, readAt: 50}, 40)).toBe(1000);
	expect(carriedOn({time: 1000, readAt: undefined}, 80)).toBeUndefined();
	expect(carriedOn({time: Number.NaN, readAt: 50}, 80)).toBeUndefined();
});
