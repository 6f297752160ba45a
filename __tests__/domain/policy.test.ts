import {expect, test} from 'vitest';
import {policyIn, policyRecord, weakerThan, type PolicyRecord} from '../../src/domain/policy.ts';

const window = {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: true} as const;
const before: PolicyRecord = {soakHours: 24, approvals: 2, window, holidays: 14, items: 46};

test.each<{what: string; now: Partial<PolicyRecord>; is: readonly string[]}>([
	{what: 'the same', now: {}, is: []},
	{
		what: 'more of everything',
		now: {
			soakHours: 25,
			approvals: 3,
			window: {...window, days: ['Tue'], from: '11:01', until: '13:59'},
			holidays: 15,
			items: 47,
		},
		is: [],
	},
	{what: 'an hour less of soak', now: {soakHours: 23}, is: ['soak 24 h, now 23 h']},
	{what: 'a signature less', now: {approvals: 1}, is: ['approvals 2, now 1']},
	{
		what: 'a window that opens a minute earlier',
		now: {window: {...window, from: '10:59'}},
		is: ['window Tue/Wed 11:00 to 14:00, now Tue/Wed 10:59 to 14:00'],
	},
	{
		what: 'a window that closes a minute later',
		now: {window: {...window, until: '14:01'}},
		is: ['window Tue/Wed 11:00 to 14:00, now Tue/Wed 11:00 to 14:01'],
	},
	{
		what: 'another day, though not one more',
		now: {window: {...window, days: ['Tue', 'Thu']}},
		is: ['window Tue/Wed 11:00 to 14:00, now Tue/Thu 11:00 to 14:00'],
	},
	{
		what: 'no window',
		now: {window: null},
		is: ['window Tue/Wed 11:00 to 14:00, now none', 'the day before a holiday was closed, now it is open'],
	},
	{
		what: 'the eve of a holiday',
		now: {window: {...window, notBeforeHolidays: false}},
		is: ['the day before a holiday was closed, now it is open'],
	},
	{what: 'a holiday less', now: {holidays: 13}, is: ['14 holidays, now 13']},
	{what: 'an item less', now: {items: 45}, is: ['46 checklist items, now 45']},
])('policy: $what', ({now, is}) => {
	expect(weakerThan(before, {...before, ...now})).toEqual(is);
});

test('policy: where there was no window any is narrower', () => {
	expect(weakerThan({...before, window: null}, before)).toEqual([]);
});

test('policy: what a run keeps of it is read back as it was; an entry that keeps none has none', () => {
	const kept = policyRecord({timeZone: 'UTC', soakHours: 24, approvals: 2, window}, 46);

	expect(kept).toEqual({...before, holidays: 0});
	expect(policyIn(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
	expect(policyIn({...kept, window: {days: 'Tue'}})).toEqual({...kept, window: null});
	for (const none of [undefined, {}, {soakHours: 24}, {soakHours: '24', approvals: 1}])
		expect(policyIn(none)).toBeUndefined();
});
