import {expect, test} from 'vitest';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import type {Clock} from '../../../src/domain/ports.ts';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import {createBatch} from '../../../src/control/batch.ts';
import {downtimeAt, foldHealth, noHealth, type LiveAnswer} from '../../../src/domain/releases/live-health.ts';
import {outputText} from '../../../src/store/runs/output-lines.ts';
import {foldDetail, noDetail} from '../../../src/store/runs/run-detail.ts';
import {hasSwapBegun, selectIsLinkLost} from '../../../src/store/runs/run.ts';
import {failed, finished, now, running, swapped} from '../../tui/screens/deploy/fixtures.ts';

const storeWith = (events: readonly RunEvent[]) => {
	const store = createCockpitStore({project: 'qsights', environments: [], now});
	store.getState().beginDriving();
	store.getState().applyRunEvents(events);
	return store.getState();
};

test('run slice: folds the events of a run to its end', () => {
	const {run, runDetail} = storeWith(finished);

	expect(run?.steps.every(({state}) => state === 'done')).toBe(true);
	expect(runDetail).toMatchObject({swappedAt: now + 204_000, lockAt: now + 17_000, asked: 1});
	expect(runDetail.touches['upload-files']).toBe('candidate');
});

test('run slice: nothing can be cancelled from the start of the swap step on', () => {
	expect(hasSwapBegun(storeWith(running).run)).toBe(false);
	expect(hasSwapBegun(storeWith(swapped.slice(0, -1)).run)).toBe(true);
	expect(hasSwapBegun(storeWith(failed).run)).toBe(true);
	expect(hasSwapBegun(undefined)).toBe(false);
});

test('run slice: a link is lost only while the run is driven, and until it is back', () => {
	const lost: RunEvent = {at: now, type: 'link.lost', host: 'preprod-1', reason: 'no answer'};
	const back: RunEvent = {at: now, type: 'link.resumed', host: 'preprod-1', afterMs: 7000};

	expect(selectIsLinkLost(storeWith([...running, lost]))).toBe(true);
	expect(selectIsLinkLost(storeWith([...running, lost, back]))).toBe(false);
	expect(selectIsLinkLost({...storeWith([...running, lost]), isDriving: false})).toBe(false);
});

test('run facts: a new run starts from nothing', () => {
	const [started] = running;
	if (!started) throw new Error('no first event');
	const facts = swapped.reduce(foldDetail, noDetail);

	expect(facts.swappedAt).toBeDefined();
	expect(foldDetail(facts, started)).toMatchObject({swappedAt: undefined, lockAt: undefined, actions: {}});
});

const answer = (at: number, isGood: boolean, durationMs = 10): LiveAnswer => ({
	at,
	durationMs,
	isGood,
	text: isGood ? '200' : '502',
});

test('live health: an outage lasts from the first bad request to the first good one', () => {
	const health = [answer(1000, true), answer(2000, false), answer(2250, false), answer(4390, true)].reduce(
		foldHealth,
		noHealth,
	);

	expect(health).toMatchObject({downtimeMs: 2390, downSince: undefined, count: 4});
	expect(downtimeAt(health, 99_000)).toBe(2390);
});

test('live health: an outage under way counts, several add up, the list stays short', () => {
	const twice = [answer(0, false), answer(990, true), answer(5000, false)].reduce(foldHealth, noHealth);
	expect(downtimeAt(twice, 6000)).toBe(1990);
	const many = Array.from({length: 500}, (_, index) => answer(index * 1000, true)).reduce(foldHealth, noHealth);
	expect(many.answers).toHaveLength(60);
	expect(many.count).toBe(500);
	const quick = Array.from({length: 500}, (_, index) => answer(index * 20, index !== 250)).reduce(
		foldHealth,
		noHealth,
	);
	expect(quick.answers.length, 'ten seconds, and the turns in them').toBeLessThan(20);
	expect(quick.answers.map(({isGood}) => isGood)).toContain(false);
});

const fakeClock = () => {
	let time = 0;
	let waiting: {at: number; go: () => void}[] = [];
	const clock: Clock = {now: () => time, wait: ms => new Promise(go => waiting.push({at: time + ms, go}))};
	const advance = async (ms: number): Promise<void> => {
		time += ms;
		const due = waiting.filter(({at}) => at <= time);
		waiting = waiting.filter(({at}) => at > time);
		for (const {go} of due) go();
		await new Promise(resolve => setImmediate(resolve));
	};
	return {clock, advance};
};

test('batch: the first item at once, the rest together once the time is over', async () => {
	const {clock, advance} = fakeClock();
	const seen: number[][] = [];
	const batch = createBatch<number>({
		clock,
		everyMs: 100,
		apply: items => void seen.push([...items]),
		onFault: () => undefined,
	});
	for (let item = 0; item < 1000; item++) batch.push(item);
	expect(seen).toEqual([[0]]);
	await advance(99);
	expect(seen).toHaveLength(1);
	await advance(1);
	expect(seen.map(({length}) => length)).toEqual([1, 999]);
	await advance(500);
	batch.push(1);
	expect(seen).toHaveLength(3);
	batch.push(2);
	batch.flush();
	expect(seen).toHaveLength(4);
});

test('batch: a store that fails is told and the next items still come', async () => {
	const {clock, advance} = fakeClock();
	const faults: unknown[] = [];
	let calls = 0;
	const batch = createBatch<number>({
		clock,
		everyMs: 100,
		apply: () => {
			calls += 1;
			throw new Error('a screen');
		},
		onFault: error => faults.push(error),
	});
	batch.push(1);
	batch.push(2);
	await advance(100);

	expect(calls).toBe(2);
	expect(faults).toHaveLength(2);
});

test('output lines: what other panels show does not repeat itself in the output', () => {
	expect(running.flatMap(event => outputText(event)?.source ?? [])).toEqual(['run', 'check', 'lock']);
	expect(
		outputText({at: 0, type: 'step.output', step: 'install-dependencies', command: 'composer', lines: ['a']}),
	).toEqual({source: 'composer', lines: ['a']});
});
