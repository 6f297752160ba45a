/**
 * The clock of a host, carried on from when it was read: what a host wrote down is as old as that clock says, whatever
 * this machine's does. Undefined as long as it was not read. Epoch milliseconds; `readAt` and `now` by this machine.
 */
export const carriedOn = (
	{time, readAt}: {readonly time: number | undefined; readonly readAt: number | undefined},
	now: number,
): number | undefined =>
	time === undefined || readAt === undefined || !Number.isFinite(time) ? undefined : time + Math.max(0, now - readAt);

/**
 * By how much the clock of a host is ahead of this machine's, once it was read again: `time` was read there after it was
 * asked for and before its answer came, both by this machine. How long the answer was on its way nobody knows, so that
 * what is `known` stays unless this reading rules it out: a late answer would make the host's clock look slow. `stepMs`:
 * how coarse `time` is. All in milliseconds.
 */
export const aheadBy = (
	known: number | undefined,
	{
		time,
		askedAt,
		answeredAt,
		stepMs = 0,
	}: {readonly time: number; readonly askedAt: number; readonly answeredAt: number; readonly stepMs?: number},
): number => {
	const least = time - answeredAt;
	const most = time + stepMs - askedAt;
	return known === undefined ? least : Math.max(least, Math.min(known, most));
};

/** Beyond the year 9999 no clock of a host is right, and no zone can write it. */
const latest = Date.UTC(9999, 11, 31);

/** Whether epoch milliseconds are a time that a host may have meant, and that can be shown. */
export const isTime = (at: number): boolean => Number.isFinite(at) && Math.abs(at) <= latest;

/** Epoch milliseconds of ISO 8601 text that a host wrote; undefined for anything else. */
export const timeWritten = (text: unknown): number | undefined => {
	const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
	return isTime(at) ? at : undefined;
};
