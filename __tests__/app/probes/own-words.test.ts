import {expect, test} from 'vitest';
import {besideOwnWords, createBeginnings} from '../../../src/app/probes/own-words.ts';
import type {LogErrors} from '../../../src/app/probes/log-errors.ts';
import type {ProbeFinding} from '../../../src/domain/probes/probe.ts';

const at = Date.parse('2026-02-10T05:50:00Z');
const second = 1000;

const health = (state: ProbeFinding['state'], text: string): ProbeFinding => ({
	probe: 'backend.health',
	title: 'API health',
	kind: 'http',
	app: 'backend',
	state,
	text,
});

test('own words: what fails began when it was last well, or a minute before it was not', () => {
	const seen = (...looks: readonly (readonly [number, ProbeFinding['state']])[]) => {
		const beginnings = createBeginnings();
		for (const [after, state] of looks) beginnings.note([health(state, '')], at + after * second);
		const begun = beginnings.begunAt('backend.health');
		return begun === undefined ? undefined : (begun - at) / second;
	};
	expect(seen([0, 'fail'], [10, 'fail'])).toBeUndefined();
	expect(seen([0, 'pass'], [10, 'fail'], [20, 'fail'], [30, 'unclear'], [40, 'fail'])).toBe(-50);
	expect(seen([0, 'pass'], [300, 'fail'])).toBe(0);
	expect(seen([0, 'pass'], [10, 'fail'], [20, 'pass'])).toBeUndefined();
	expect(seen([0, 'pass'], [10, 'fail'], [20, 'pass'], [200, 'fail'])).toBe(20);
});

test('own words: a log is asked for what it said since then', () => {
	const asked: Parameters<LogErrors['wordsOf']>[] = [];
	const wordsOf = (...call: Parameters<LogErrors['wordsOf']>): readonly string[] => {
		asked.push(call);
		return [];
	};
	const heard = {hosts: [], logs: new Map([['web-1', {wordsOf}]]), begunAt: () => at};
	const finding = health('fail', '502, not 200');

	expect(besideOwnWords([finding], heard)).toEqual([finding]);
	expect(asked).toEqual([['backend', {isAnyAge: false, from: at}]]);
});
