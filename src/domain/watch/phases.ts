import type {ItemState} from '../checklist/sign-off.ts';
import type {Watch} from './watch.ts';
import type {WatchPhase} from './watch-report.ts';

const minuteMs = 60_000;

/**
 * Where phases end, in minutes: each lasts as much longer than the one before as the first lasts, so that three in half
 * an hour end after 5, 15 and 30. In whole minutes where there are enough of them. Source: workflow, "Monitoring
 * after production".
 */
const endsIn = (minutes: number, count: number): readonly number[] => {
	const whole = (count * (count + 1)) / 2;
	const ends = Array.from({length: count}, (_, index) => (minutes * (index + 1) * (index + 2)) / 2 / whole);
	return minutes >= whole ? ends.map(Math.round) : ends;
};

const inMinutes = (minutes: number): string =>
	Number.isInteger(minutes) ? String(minutes) : minutes.toFixed(1).replace(/\.0$/, '');

/**
 * The phases of a watch. `sections`: what is to be signed in each, in order; without any it is one phase. `minutes`: what
 * a watch lasts that nobody extended; what was added belongs to the last phase.
 */
export const watchPhases = (
	{startedAt, endsAt}: Pick<Watch, 'startedAt' | 'endsAt'>,
	{
		sections,
		minutes,
		now,
	}: {readonly sections: readonly (readonly ItemState[])[]; readonly minutes: number; readonly now: number},
): readonly WatchPhase[] => {
	const given = sections.length === 0 ? [[]] : sections;
	const ends = endsIn(Math.min(minutes, (endsAt - startedAt) / minuteMs), given.length);
	return given.map((items, index) => {
		const isLast = index === given.length - 1;
		const start = ends[index - 1] ?? 0;
		const end = isLast ? (endsAt - startedAt) / minuteMs : (ends[index] ?? 0);
		const from = startedAt + start * minuteMs;
		const until = startedAt + end * minuteMs;
		return {
			title: `${inMinutes(start)} to ${inMinutes(end)} min`,
			from,
			until,
			state: now >= until ? 'over' : now >= from ? 'now' : 'before',
			items,
		};
	});
};
