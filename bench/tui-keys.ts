import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {activeTab} from '../__tests__/support/tui/active-tab.ts';
import type {Screen} from '../__tests__/support/screen.ts';
import {openNode, print, quantile, type Ways} from './tui-ways.ts';

/** A program that answers each byte at once: what the terminal and this process cost anyway. */
const echo = 'process.stdin.setRawMode(true).on("data", key => process.stdout.write("<" + key + ">\\n"));';

/** Milliseconds from a key to the frame that shows what it did, at gaps no frame rate divides. */
const timeKeys = async (
	screen: Screen,
	count: number,
	isShown: (key: string) => boolean,
): Promise<readonly number[]> => {
	const times: number[] = [];
	for (let index = 0; index < count; index += 1) {
		const key = index % 2 === 0 ? '1' : '3';
		await wait(40 + ((index * 37) % 70));
		const start = performance.now();
		screen.send(key);
		await screen.waitFor(() => isShown(key));
		times.push(performance.now() - start);
	}
	return times;
};

const measure = async (
	ways: Ways,
	args: readonly string[],
	count: number,
): Promise<{times: readonly number[]; bytes: number}> => {
	await using screen = openNode(ways, args);
	await screen.waitFor('q quit');
	screen.send('3');
	await screen.waitFor(() => activeTab(screen) === '3 Deploy');
	const [bytes, frames] = [screen.bytes, screen.frames];
	const times = await timeKeys(screen, count, key => activeTab(screen).startsWith(key));
	return {times, bytes: (screen.bytes - bytes) / Math.max(1, screen.frames - frames)};
};

const measureEcho = async (ways: Ways, count: number): Promise<{times: readonly number[]; bytes: number}> => {
	await using screen = openNode(ways, ['-e', `console.log("ready"); ${echo}`]);
	await screen.waitFor('ready');
	let seen = '';
	const times = await timeKeys(screen, count, key => {
		const {raw} = screen;
		const isNew = raw !== seen && raw.trimEnd().endsWith(`<${key}>`);
		if (isNew) seen = raw;
		return isNew;
	});
	return {times, bytes: 5};
};

/** Key press to frame, and bytes of a frame: between two screens, the most a key can change. */
export const measureKeys = async (ways: Ways, count: number): Promise<void> => {
	const log = join(ways.home, 'log');
	const cases = [
		['echo of a byte', await measureEcho(ways, count)],
		['idle', await measure(ways, [ways.stream, '0', log], count)],
		['under 5,000 lines/s', await measure(ways, [ways.stream, '5000', log], count)],
	] as const;
	print(`Key to frame, ms, ${count} keys`, [
		['way', 'p50', 'p90', 'p99', 'bytes/frame'],
		...cases.map(([name, {times, bytes}]) => [
			name,
			quantile(times, 0.5),
			quantile(times, 0.9),
			quantile(times, 0.99),
			bytes,
		]),
	]);
};
