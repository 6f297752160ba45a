/**
 * The clock of a host, carried on from when it was read: what a host wrote down is as old as that clock says, whatever
 * this machine's does. Undefined as long as it was not read. Epoch milliseconds; `readAt` and `now` by this machine.
 */
export const carriedOn = (
	{time, readAt}: {readonly time: number | undefined; readonly readAt: number | undefined},
	now: number,
): number | undefined =>
	time === undefined || readAt === undefined || !Number.isFinite(time) ? undefined : time + Math.max(0, now - readAt);
