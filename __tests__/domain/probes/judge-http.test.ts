import {expect, test} from 'vitest';
import {judgeCertificate} from '../../../src/domain/probes/certificate.ts';
import {judgeHttp, type HttpExpectation} from '../../../src/domain/probes/judge-http.ts';
import type {ProbeAnswer} from '../../../src/domain/ports.ts';

const answer = (changes: Partial<ProbeAnswer> = {}): ProbeAnswer => ({
	durationMs: 63.6,
	outcome: {status: 200},
	body: '{"data": {"total": 0, "rows": null}}',
	headers: {'x-frame-options': 'DENY', 'content-type': 'application/json'},
	...changes,
});

test.each<{what: string; expected?: Partial<HttpExpectation>; got?: Partial<ProbeAnswer>; text: string}>([
	{what: 'another status', got: {outcome: {status: 500}}, text: '500, not 200'},
	{
		what: 'a redirect, by where it leads without what may be a token',
		got: {outcome: {status: 302}, headers: {location: 'https://x.test/login?token=geheim#there'}},
		text: '302 to https://x.test/login, not 200',
	},
	{what: 'no answer', got: {outcome: {error: 'no answer within 10 s'}}, text: 'no answer within 10 s'},
	{what: 'a body without the text', expected: {contains: 'ok'}, text: '200 without "ok"'},
	{what: 'a missing key', expected: {jsonKeys: ['data.total', 'data.next']}, text: '200 without the key data.next'},
	{what: 'a key below null', expected: {jsonKeys: ['data.rows.first']}, text: '200 without the key data.rows.first'},
	{what: 'an inherited key', expected: {jsonKeys: ['data.toString']}, text: '200 without the key data.toString'},
	{what: 'no JSON', expected: {jsonKeys: ['data']}, got: {body: '<html>'}, text: '200, but not JSON'},
	{
		what: 'JSON that was cut',
		expected: {jsonKeys: ['data']},
		got: {body: '{"data": [', isCut: true},
		text: '200, too long to read as JSON',
	},
	{what: 'a missing header', expected: {headers: {'x-powered-by': ''}}, text: '200 without the header x-powered-by'},
	{
		what: 'another header',
		expected: {headers: {'x-frame-options': 'SAMEORIGIN'}},
		text: '200, header x-frame-options without "SAMEORIGIN"',
	},
	{what: 'too long a time', expected: {withinMs: 63}, text: '64 ms, limit 63 ms'},
])('an answer fails by $what', ({expected, got, text}) => {
	expect(judgeHttp({status: 200, ...expected}, answer(got))).toMatchObject({state: 'fail', unit: 'ms', text});
});

test('an answer passes when all of it is as it must be, with its time and limit', () => {
	const expected = {
		status: 200,
		withinMs: 64,
		contains: 'total',
		jsonKeys: ['data.total', 'data.rows'],
		headers: {'x-frame-options': 'DENY', 'content-type': ''},
	};

	expect(judgeHttp(expected, answer({parts: {dns: 1, tcp: 2, firstByte: 60}}))).toEqual({
		state: 'pass',
		value: 64,
		unit: 'ms',
		limit: 64,
		parts: {dns: 1, tcp: 2, firstByte: 60},
		text: '200 in 64 ms',
	});
});

test('what never came has no time that could be compared', () => {
	expect(judgeHttp({status: 200}, answer({outcome: {error: 'connection refused'}}))).not.toHaveProperty('value');
});

const at = Date.parse('2026-02-10T05:50:00Z');
const terms = {at, atLeastDays: 14, timeZone: 'Asia/Kolkata'};
const until = (days: number): number => at + days * 86_400_000;

test.each<{got: Partial<ProbeAnswer>; state: string; value?: number; text: string}>([
	{got: {certificateUntil: until(41)}, state: 'pass', value: 41, text: '41 days, until Mon 23 Mar'},
	{got: {certificateUntil: until(14)}, state: 'pass', value: 14, text: '14 days, until Tue 24 Feb'},
	{
		got: {certificateUntil: until(13.9)},
		state: 'fail',
		value: 13,
		text: '13 days left, until Tue 24 Feb 08:56 IST, at least 14 days',
	},
	{got: {certificateUntil: until(-0.5)}, state: 'fail', value: -1, text: 'expired, until Mon 9 Feb 23:20 IST'},
	{
		got: {certificateUntil: until(9), certificateProblem: 'for another name', outcome: {error: 'x'}},
		state: 'fail',
		value: 9,
		text: 'for another name, until Thu 19 Feb 11:20 IST',
	},
	{got: {outcome: {error: 'connection refused'}}, state: 'unclear', text: 'connection refused'},
])('a certificate: $text', ({got, state, value, text}) => {
	expect(judgeCertificate(answer(got), terms)).toEqual({
		state,
		...(value === undefined ? {} : {value}),
		unit: 'days',
		limit: 14,
		text,
	});
});
