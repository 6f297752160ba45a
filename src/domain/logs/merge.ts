import type {LogEntry} from './log.ts';

/**
 * Puts entries of several logs into one order by time. Hosts answer one after the other, so an entry may come late: it goes
 * to its place, but no further back than `windowMs` before the newest, or what somebody reads would move. Entries of one
 * log keep their order. Of more than `limit` the oldest are left out. `list` is in order already.
 */
export const mergeEntries = <Entry extends Pick<LogEntry, 'at'>>(
	list: readonly Entry[],
	added: readonly Entry[],
	{windowMs = 5000, limit = Infinity}: {readonly windowMs?: number; readonly limit?: number} = {},
): readonly Entry[] => {
	if (added.length === 0) return list;
	const floor = (list.at(-1)?.at ?? -Infinity) - windowMs;
	const earliest = Math.max(
		floor,
		added.reduce((least, {at}) => Math.min(least, at), Infinity),
	);
	let from = list.length;
	while (from > 0 && (list[from - 1]?.at ?? 0) > earliest) from -= 1;
	// What is later than its place allows is sorted by where it may go; the sort is stable.
	const tail = [...list.slice(from), ...added]
		.map(entry => ({entry, at: Math.max(entry.at, floor)}))
		.sort((one, other) => one.at - other.at)
		.map(({entry}) => entry);
	const all = [...list.slice(0, from), ...tail];
	return all.length > limit ? all.slice(all.length - limit) : all;
};
