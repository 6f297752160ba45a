import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import type {Screen} from '../__tests__/support/screen.ts';
import {residentMb, slopePerMinute} from './tui-quiet.ts';
import {openNode, print, quantile, type Ways} from './tui-ways.ts';

/** Keys that each change the frame, and what shows that they have. */
const ways = {
	'pause and follow': [
		['k', 'PAUSED'],
		['G', 'FOLLOW'],
	],
	'level, listed anew': [
		['v', 'level info and above'],
		['v', 'level warn and above'],
		['v', 'level error'],
		['v', 'level all'],
	],
} as const;

const timeKeys = async (
	screen: Screen,
	keys: readonly (readonly [string, string])[],
	count: number,
): Promise<readonly number[]> => {
	const times: number[] = [];
	for (let index = 0; index < count; index += 1) {
		const [key, shown] = keys[index % keys.length] ?? ['', ''];
		await wait(40 + ((index * 37) % 70));
		const start = performance.now();
		screen.send(key);
		// Each key has to arrive: the next one waits for what this one shows.
		await screen.waitFor(() => screen.text().includes(shown));
		times.push(performance.now() - start);
	}
	return times;
};

/** The screen of logs under a flood: key to frame, memory, and bytes while nothing comes. */
export const measureLogs = async (
	paths: Ways,
	options: {readonly keys: number; readonly minutes: number; readonly idle: number},
): Promise<void> => {
	const log = join(paths.home, 'log');
	const rows: (readonly (string | number)[])[] = [];
	for (const which of ['one', 'all'])
		for (const [name, keys] of Object.entries(ways))
			for (const rate of ['0', '5000']) {
				await using screen = openNode(paths, [paths.logs, rate, log, which]);
				await screen.waitFor('q quit');
				// Until the ring is full.
				await wait(rate === '0' ? 500 : 6000);
				const times = await timeKeys(screen, keys, options.keys);
				rows.push([
					`${name}, ${which}, ${rate} lines/s`,
					quantile(times, 0.5),
					quantile(times, 0.9),
					quantile(times, 0.99),
				]);
			}
	print(`Logs: key to frame, ms, ${options.keys} keys`, [['way', 'p50', 'p90', 'p99'], ...rows]);

	await using screen = openNode(paths, [paths.logs, '5000', log, 'all']);
	await screen.waitFor('q quit');
	const sample: number[] = [];
	for (let second = 0; second < options.minutes * 60; second += 1) {
		await wait(1000);
		sample.push(residentMb(screen.pid));
	}
	const late = sample.slice(sample.length / 2);
	print(`Logs: memory over ${options.minutes} min at 5,000 lines/s, MB`, [
		['at the start', sample[0] ?? Number.NaN],
		['in the middle', late[0] ?? Number.NaN],
		['at the end', sample.at(-1) ?? Number.NaN],
		['highest', Math.max(...sample)],
		['slope of the second half, per minute', slopePerMinute(late)],
	]);

	await using quiet = openNode(paths, [paths.logs, '0', log]);
	await quiet.waitFor('q quit');
	await wait(2000);
	const {bytes} = quiet;
	await wait(options.idle * 1000);
	print('Logs: bytes written while nothing comes', [[`in ${options.idle} s`, quiet.bytes - bytes]]);
};
