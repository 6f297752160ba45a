import {describe, expect, test} from 'vitest';
import type {HttpProbe} from '../../../src/domain/checklist/checklist.ts';
import {
	attemptsText,
	filledValue,
	observed,
	probeRecord,
	probeRecordIn,
	refuseBeside,
	sightOf,
	type ProbedAnswer,
} from '../../../src/domain/checklist/observation.ts';

const timed: HttpProbe = {on: 'api', path: '/health', status: 200, withinMs: 500};
const untimed: HttpProbe = {on: 'api', path: '/health', status: 200};

const good = (durationMs: number): ProbedAnswer => ({fault: undefined, durationMs});
const bad = (fault: string): ProbedAnswer => ({fault, durationMs: 3});

describe('what answers say', () => {
	test.each([
		['one good answer', untimed, [good(84.4)], 'passed', '200 in 84 ms'],
		['one wrong answer', untimed, [bad('500, not 200')], 'failed', '500, not 200'],
		['all in time', timed, [good(60), good(84), good(90)], 'passed', '200 in 84 ms, limit 500 ms, 3 of 3'],
		['one late of three', timed, [good(60), good(900), good(90)], 'passed', '200 in 90 ms, limit 500 ms, 2 of 3'],
		['two late of three', timed, [good(60), good(900), good(612)], 'failed', '612 ms, limit 500 ms, 1 of 3'],
		['at the limit', timed, [good(500), good(500), good(500.4)], 'passed', '200 in 500 ms, limit 500 ms, 3 of 3'],
		['all wrong', timed, [bad('ECONNREFUSED'), bad('ECONNREFUSED'), bad('x')], 'failed', 'ECONNREFUSED, 0 of 3'],
		[
			'some wrong',
			timed,
			[good(60), bad('502, not 200'), good(60)],
			'unclear',
			'1 of 3: 502, not 200; the others answered 200',
		],
	] as const)('observation: %s', (_, probe, answers, outcome, text) => {
		expect(sightOf(probe, answers)).toMatchObject({outcome, text});
	});
});

test('observation: each time it is asked counts, and says so from the second on', () => {
	const first = observed(sightOf(untimed, [bad('502, not 200')]), 1000);
	const second = observed(sightOf(untimed, [good(60)]), 2000, first.attempts);
	const third = observed(sightOf(untimed, [good(70)]), 3000, second.attempts);

	expect(attemptsText(first.attempts)).toBe('');
	expect(attemptsText(third.attempts)).toBe('asked 3 times: 1 failed, 2 passed');
	expect(third).toMatchObject({at: 3000, outcome: 'passed', text: '200 in 70 ms'});
});

test('observation: only beside a probe that passes an item passes; what is bad may always be said', () => {
	const seen = (answers: readonly ProbedAnswer[]) => observed(sightOf(timed, answers), 0);
	const fails = seen([bad('500, not 200'), bad('x'), bad('x')]);
	const mixed = seen([good(1), bad('500, not 200'), good(1)]);

	expect(refuseBeside(undefined, 'passed')).toBe('what its probe sees is not known yet');
	expect(refuseBeside(fails, 'passed')).toBe('its probe fails: 500, not 200, 0 of 3');
	expect(refuseBeside(mixed, 'passed')).toMatch(/^its probe is unclear: 1 of 3: 500, not 200/);
	expect(refuseBeside(seen([good(1), good(1), good(1)]), 'passed')).toBeUndefined();
	for (const result of ['failed', 'unclear', 'not-applicable'])
		expect(refuseBeside(fails, result), result).toBeUndefined();
});

test('observation: a time that is asked for is filled in in its unit, anything else is for a person to say', () => {
	const seen = observed(sightOf(timed, [good(312), good(312), good(312)]), 0);
	const value = (unit?: string) => filledValue({answer: {kind: 'value', ask: 'x', ...(unit ? {unit} : {})}}, seen);

	expect(value('ms')).toBe('312');
	expect(value('s')).toBe('0.312');
	expect(value('rows')).toBeUndefined();
	expect(value()).toBeUndefined();
	expect(filledValue({answer: {kind: 'tick'}}, seen)).toBe(seen.text);
	expect(filledValue({answer: {kind: 'choice', options: ['a', 'b'], passing: ['a']}}, seen)).toBeUndefined();
});

test('observation: what a ledger keeps is read back; what says too little, or no moment, is nothing', () => {
	const seen = observed(sightOf(untimed, [good(60)]), Date.parse('2026-02-10T05:48:00Z'), {
		passed: 0,
		failed: 0,
		unclear: 2,
	});
	const kept: unknown = JSON.parse(JSON.stringify(probeRecord(seen)));

	expect(probeRecordIn(kept)).toEqual(probeRecord(seen));
	expect(probeRecordIn({outcome: 'passed', text: 'x', at: 1})).toEqual({
		outcome: 'passed',
		text: 'x',
		at: 1,
		attempts: {passed: 0, failed: 0, unclear: 0},
	});
	for (const wrong of [
		undefined,
		'x',
		{},
		{outcome: 'good', text: 'x', at: 1},
		{outcome: 'passed', text: 'x', at: 1e300},
	])
		expect(probeRecordIn(wrong)).toBeUndefined();
});
