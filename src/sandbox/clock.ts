import {readFile} from 'node:fs/promises';
import type {HostLayout} from './host/host-layout.ts';

/** Tuesday 10 February 2026, 11:20 in India: within the window of every environment. */
export const tuesday = new Date('2026-02-10T11:20:00+05:30');

/** Epoch milliseconds of the newest entry on a host; 0 where there is none. A line that was torn says nothing. */
const newestEntry = async ({ledger}: HostLayout): Promise<number> => {
	const text = await readFile(ledger, 'utf8').catch(() => '');
	const times = Array.from(text.matchAll(/^\{"seq":\d+,"time":"([^"]+)"/gm), ([, time = '']) => Date.parse(time));
	return times.reduce((newest, time) => (time > newest ? time : newest), 0);
};

/**
 * Seconds by which the clocks of the hosts are ahead of this machine's when a sandbox starts: they begin at `start`, or
 * right behind the newest entry of their ledgers, so that nothing that was written down lies in the future.
 */
export const clockOffset = async (layouts: readonly HostLayout[], start: Date): Promise<number> => {
	const newest = Math.max(...(await Promise.all(layouts.map(newestEntry))));
	return Math.ceil((Math.max(start.getTime(), newest + 1000) - Date.now()) / 1000);
};
