import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {openNode, print, type Ways} from './tui-ways.ts';

/** Bytes written while nothing happens. */
export const measureIdle = async (ways: Ways, seconds: number): Promise<void> => {
	const log = join(ways.home, 'log');
	const measure = async (args: readonly string[]): Promise<number> => {
		await using screen = openNode(ways, args);
		await screen.waitFor('q quit');
		await wait(2000);
		const {bytes} = screen;
		await wait(seconds * 1000);
		return screen.bytes - bytes;
	};
	const [quiet, running] = await Promise.all([
		measure([ways.stage, 'nothing', log]),
		measure([ways.stream, '0', log]),
	]);
	print(`Bytes written in ${seconds} s`, [
		['no host, no run', quiet],
		['a run on screen, no output', running],
	]);
};

export const residentMb = (pid: number): number => {
	const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
	return Number(match?.[1]) / 1024;
};

/** Change of a sample taken once a second, per minute, by least squares. */
export const slopePerMinute = (sample: readonly number[]): number => {
	const n = sample.length;
	const meanX = (n - 1) / 2;
	const meanY = sample.reduce((sum, value) => sum + value, 0) / n;
	const top = sample.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0);
	const bottom = sample.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
	return (top / bottom) * 60;
};

/** Resident memory under a stream of 5,000 lines/s, its slope over the second half. */
export const measureMemory = async (ways: Ways, minutes: number): Promise<void> => {
	await using screen = openNode(ways, [ways.stream, '5000', join(ways.home, 'log')]);
	await screen.waitFor('q quit');
	const [bytes, frames] = [screen.bytes, screen.frames];
	const sample: number[] = [];
	for (let second = 0; second < minutes * 60; second += 1) {
		await wait(1000);
		sample.push(residentMb(screen.pid));
	}
	const late = sample.slice(sample.length / 2);
	print(`Memory over ${minutes} min at 5,000 lines/s, MB`, [
		['at the start', sample[0] ?? Number.NaN],
		['in the middle', late[0] ?? Number.NaN],
		['at the end', sample.at(-1) ?? Number.NaN],
		['highest', Math.max(...sample)],
		['slope of the second half, per minute', slopePerMinute(late)],
		['frames per second', (screen.frames - frames) / (minutes * 60)],
		['bytes per frame', (screen.bytes - bytes) / Math.max(1, screen.frames - frames)],
	]);
};
