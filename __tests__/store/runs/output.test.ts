import {expect, test} from 'vitest';
import {OutputRing} from '../../../src/store/runs/output-ring.ts';
import {findNext, firstShown, follow, freshOutput, scrollOutput, toStart} from '../../../src/store/runs/output-view.ts';

const filled = (count: number, capacity = 5000): OutputRing => {
	const ring = new OutputRing(capacity);
	for (let index = 0; index < count; index++) ring.push(index, 'backup', [`line ${index}`]);
	return ring;
};
const view = {...freshOutput, rows: 10};

test('output ring: keeps the last lines under their own numbers', () => {
	const ring = filled(130, 100);

	expect([ring.start, ring.end]).toEqual([21, 130]);
	expect(ring.slice(0, 1)).toMatchObject([{number: 21, text: 'line 21'}]);
	expect(ring.slice(129, 5)).toMatchObject([{number: 129}]);
	expect(ring.slice(130, 5)).toEqual([]);
});

test('output ring: a line without end is cut', () => {
	const ring = new OutputRing();
	ring.push(0, 'x', ['a'.repeat(1_000_000)]);

	expect(ring.slice(0, 1)[0]?.text).toBe(`${'a'.repeat(2000)} [cut: the line is longer]`);
});

test.each([
	{needle: 'LINE 5', from: 0, direction: 'forward', found: 5},
	{needle: 'line 5', from: 6, direction: 'forward', found: 50},
	{needle: 'line 5', from: 99, direction: 'backward', found: 59},
	{needle: 'line 5', from: 4, direction: 'backward', found: -1},
	{needle: 'line 99', from: 100, direction: 'forward', found: -1},
	{needle: 'line 99', from: 1000, direction: 'backward', found: 99},
	{needle: 'nowhere', from: 0, direction: 'forward', found: -1},
] as const)('output ring: looks for $needle from $from $direction', ({needle, from, direction, found}) => {
	expect(filled(100).find(needle, from, direction)).toBe(found);
});

test('output view: following shows the end; scrolling up freezes it at a number', () => {
	const ring = filled(100);
	expect(firstShown(view, ring)).toBe(90);
	const paused = scrollOutput(view, ring, -3);
	ring.push(0, 'x', ['new', 'new']);

	expect(paused).toMatchObject({from: 87, seen: 100});
	expect(firstShown(paused, ring)).toBe(87);
	expect(scrollOutput(paused, ring, -1)).toMatchObject({from: 86, seen: 100});
});

test('output view: reaching the end follows again; the start is the oldest line held', () => {
	const ring = filled(130, 100);
	const paused = scrollOutput(view, ring, -50);

	expect(scrollOutput(paused, ring, 50).from).toBeUndefined();
	expect(toStart(view, ring).from).toBe(21);
	expect(scrollOutput(toStart(view, ring), ring, -1).from).toBe(21);
	expect(follow(paused).from).toBeUndefined();
});

test('output view: fewer lines than rows can not be scrolled', () => {
	expect(scrollOutput(view, filled(5), -1).from).toBeUndefined();
});

test('output view: a match that is on screen does not move it, another is brought into the middle', () => {
	const ring = filled(100);
	const onScreen = findNext({...view, search: 'line 95'}, ring, 'backward');
	expect(onScreen).toMatchObject({hit: 95, from: undefined});
	const far = findNext({...view, search: 'line 42'}, ring, 'backward');
	expect(far).toMatchObject({hit: 42, from: 37});
	expect(findNext({...view, search: 'nowhere'}, ring, 'forward')).toBeUndefined();
	expect(findNext(view, ring, 'forward')).toBeUndefined();
});
