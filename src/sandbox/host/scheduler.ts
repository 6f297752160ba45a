import {utimes} from 'node:fs/promises';
import type {HostLayout} from './host-layout.ts';
import {logFile} from './log-file.ts';

const minuteMs = 60_000;

/** What `artisan schedule:run` prints in Laravel 8. */
const ranAt = (time: Date): string =>
	`[${time.toISOString().slice(0, 19)}+00:00] Running scheduled command: '/usr/bin/php8.1' 'artisan' reminders:send > '/dev/null' 2>&1\n`;

export type Scheduler = {
	/** Resolves once nothing is written any more. */
	readonly stop: () => Promise<void>;
};

/**
 * Cron of the hosts: runs the scheduler of each at every full minute of their clock, and once at the start. Its log has
 * the time of that clock as its own, too: that is how it is asked whether it ran.
 */
export const startScheduler = (layouts: readonly HostLayout[], now: () => Date): Scheduler => {
	const logs = layouts.map(({schedulerLog}) => ({file: schedulerLog, log: logFile(schedulerLog)}));
	let running: Promise<unknown> = Promise.resolve();
	let timer: NodeJS.Timeout | undefined;
	const run = async (time: Date): Promise<void> => {
		await Promise.all(
			logs.map(async ({file, log}) => {
				log.write(ranAt(time));
				await log.settled();
				await utimes(file, time, time).catch(() => undefined);
			}),
		);
	};
	const tick = (): void => {
		const time = now();
		running = run(time);
		// Never keeps a process alive that has nothing else to do.
		timer = setTimeout(tick, minuteMs - (time.getTime() % minuteMs)).unref();
	};
	tick();
	return {
		stop: async () => {
			clearTimeout(timer);
			await running;
		},
	};
};
