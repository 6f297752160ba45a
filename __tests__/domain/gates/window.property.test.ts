import {expect, test} from 'vitest';
import {nextSlot, windowAt, type Calendar} from '../../../src/domain/gates/window.ts';
import {closesAt, firstSlot, mayStart, wallClock} from '../oracle/gate-oracle.ts';
import {minuteOf, someCalendar} from '../oracle/random-calendar.ts';
import {baseSeed, randomFrom, seedOf, times, type Random} from '../oracle/random.ts';

const minuteMs = 60_000;

/** Instants at and just off the hours of the day, as far as no clock is changed in between, and anywhere around. */
const instantsAround = (random: Random, {timeZone, window}: Calendar, instant: number): readonly number[] => {
	const wall = minuteOf(wallClock(timeZone, instant).time);
	const minute = Math.floor(instant / minuteMs) * minuteMs;
	const edge = (time: string): number => minute + (minuteOf(time) - wall) * minuteMs + random.pick([0, -1, 1]);
	return [
		instant,
		...(window ? [edge(window.from), edge(window.until)] : []),
		instant + random.whole(-3 * 1440, 3 * 1440) * minuteMs,
	];
};

const parts = 5;
const perPart = times(2000);

test.each(Array.from({length: parts}, (_, part) => part))(
	'window: calendars of part %i are open, close and open again when a naive oracle says so',
	{timeout: 300_000},
	part => {
		let open = 0;
		for (let index = part * perPart; index < (part + 1) * perPart; index++) {
			const random = randomFrom(seedOf(index + 20_000_000));
			const {calendar, instant} = someCalendar(random);
			const name = `ORACLE_SEED=${baseSeed}, calendar ${index}: ${JSON.stringify(calendar)}`;
			for (const at of instantsAround(random, calendar, instant)) {
				const state = windowAt(calendar, at);
				if (state.isOpen) open++;
				if (state.isOpen !== mayStart(calendar, at))
					expect(state, `${name} at ${at}, ${new Date(at).toISOString()}`).toMatchObject({
						isOpen: !state.isOpen,
					});
				if (state.isOpen && calendar.window && index % 8 === 0)
					expect(state.until, `${name}, open at ${at} until`).toBe(closesAt(calendar, at));
			}
			if (index % 40 !== 0) continue;
			const length = calendar.window ? minuteOf(calendar.window.until) - minuteOf(calendar.window.from) : 9;
			const durationMs = random.pick([0, 1, 2, length * minuteMs, length * 30_000]);
			expect(
				nextSlot(calendar, instant, durationMs)?.from,
				`${name}, next from ${instant} for ${durationMs} ms`,
			).toBe(firstSlot(calendar, instant, durationMs));
		}
		expect(open / perPart).toBeGreaterThan(0.5);
	},
);
