import {expect, test} from 'vitest';
import {createLiveWatch} from '../../../src/app/runs/watch-live.ts';
import {downtimeAt, foldHealth, noHealth, type LiveAnswer} from '../../../src/domain/releases/live-health.ts';
import type {Clock, ProbeAnswer, ProbePort} from '../../../src/domain/ports.ts';

/** Time that passes only when everything that can happen has happened; what waits is woken in its order. */
const timeline = () => {
	let now = 0;
	let waiting: {readonly at: number; readonly go: () => void}[] = [];
	const clock: Clock = {
		now: () => now,
		wait: (ms, signal) =>
			new Promise((resolve, reject) => {
				const entry = {at: now + ms, go: resolve};
				waiting.push(entry);
				signal?.addEventListener('abort', () => {
					waiting = waiting.filter(one => one !== entry);
					reject(new Error('cancelled'));
				});
			}),
	};
	const settle = () => new Promise(resolve => setImmediate(resolve));
	const until = async (end: number): Promise<void> => {
		await settle();
		for (;;) {
			const next = waiting.toSorted((a, b) => a.at - b.at)[0];
			if (!next || next.at > end) break;
			waiting = waiting.filter(one => one !== next);
			now = Math.max(now, next.at);
			next.go();
			await settle();
		}
		now = end;
	};
	return {clock, until};
};

type Script = (at: number) => {
	readonly after: number;
	readonly outcome: ProbeAnswer['outcome'];
	headers?: ProbeAnswer['headers'];
};

const good = {after: 5, outcome: {status: 200}};
const bad = {after: 5, outcome: {status: 502}};

/** A watch of an app that answers by a script, on a clock of its own. */
const watched = (script: Script) => {
	const {clock, until} = timeline();
	const sent: number[] = [];
	const answers: LiveAnswer[] = [];
	const stopping = new AbortController();
	let isChanging = false;
	const probe: ProbePort = {
		get: async (_, {timeoutMs}) => {
			const at = clock.now();
			sent.push(at);
			const {after, outcome, headers} = script(at);
			await clock.wait(Math.min(after, timeoutMs));
			const told = after > timeoutMs ? {error: 'no answer'} : outcome;
			return {durationMs: clock.now() - at, outcome: told, body: '', ...(headers ? {headers} : {})};
		},
	};
	const watch = createLiveWatch(
		{probe, clock},
		{url: 'http://127.0.0.1/', status: 200, timeoutMs: 5000},
		{isChanging: () => isChanging, onAnswer: answer => answers.push(answer)},
	);
	const ended = watch.start(stopping.signal);
	return {
		clock,
		until,
		sent,
		between: (from: number, to: number) => sent.filter(at => at >= from && at < to),
		change: (to: boolean) => {
			isChanging = to;
			watch.wake();
		},
		downMs: () => downtimeAt(answers.reduce(foldHealth, noHealth), clock.now()),
		stop: async () => {
			stopping.abort();
			await until(clock.now() + 10_000);
			await ended;
		},
	};
};

test('watch of live: once a second outside of a change, every 20 ms in it, and for a calm second behind it', async () => {
	const live = watched(() => good);
	await live.until(10_350);
	expect(live.sent).toHaveLength(11);
	live.change(true);
	await live.until(11_350);
	live.change(false);
	await live.until(25_000);
	await live.stop();

	expect(live.between(10_350, 10_360), 'asks at once').toHaveLength(1);
	expect(live.between(10_350, 11_350).length).toBeGreaterThanOrEqual(48);
	expect(live.between(11_350, 12_350).length).toBeGreaterThanOrEqual(48);
	expect(live.between(14_000, 25_000).length).toBeLessThanOrEqual(12);
});

test.each([52, 297, 1500])('watch of live: an outage of %i ms around a swap is told as it was', async lastedMs => {
	const [from, to] = [10_371, 10_371 + lastedMs];
	const live = watched(at => (at >= from && at < to ? bad : good));
	await live.until(10_350);
	live.change(true);
	await live.until(13_000);
	live.change(false);
	await live.until(20_000);
	await live.stop();

	expect(Math.abs(live.downMs() - lastedMs)).toBeLessThanOrEqual(20);
});

test('watch of live: an outage that nobody announced is looked at closely from its first failure on', async () => {
	const live = watched(at => (at >= 10_000 && at < 11_500 ? bad : good));
	await live.until(20_000);
	await live.stop();

	expect(Math.abs(live.downMs() - 1500)).toBeLessThanOrEqual(25);
});

test('watch of live: requests that hang keep none of the others waiting, and only so many hang at a time', async () => {
	const live = watched(at => (at >= 1000 && at < 9000 ? {after: 60_000, outcome: {status: 200}} : good));
	await live.until(1000);
	live.change(true);
	await live.until(9000);
	const hanging = live.between(4000, 9000);
	live.change(false);
	await live.until(20_000);
	await live.stop();

	expect(Math.max(...hanging.slice(1).map((at, index) => at - (hanging[index] ?? at)))).toBeLessThanOrEqual(500);
	expect(hanging.length).toBeLessThanOrEqual(51);
	expect(Math.abs(live.downMs() - 8000)).toBeLessThanOrEqual(500);
});

test('watch of live: an app is not asked more often than four requests at a time, however slow it is', async () => {
	const live = watched(() => ({after: 400, outcome: {status: 200}}));
	await live.until(5000);
	live.change(true);
	await live.until(10_000);
	const sent = live.between(6000, 10_000);
	await live.stop();

	expect(sent.length).toBeLessThanOrEqual(40);
	expect(sent.length).toBeGreaterThan(30);
});

test('watch of live: a limiter is not run into, and what it refuses is no outage', async () => {
	let left = 60;
	const live = watched(() => {
		left -= 1;
		return left < 0
			? {after: 5, outcome: {status: 429}}
			: {...good, headers: {'x-ratelimit-limit': '60', 'x-ratelimit-remaining': String(left)}};
	});
	live.change(true);
	await live.until(60_000);
	await live.stop();
	expect(left).toBeGreaterThan(0);

	const refused = watched(() => ({after: 5, outcome: {status: 429}}));
	await refused.until(60_000);
	await refused.stop();
	expect([refused.downMs(), refused.sent.length]).toEqual([0, 13]);
});

test('watch of live: a long outage that nobody works at is asked about less often', async () => {
	const live = watched(() => bad);
	await live.until(60_000);
	await live.stop();

	expect(live.between(10_000, 20_000).length).toBeGreaterThan(400);
	expect(live.between(50_000, 60_000).length).toBeLessThanOrEqual(41);
});
