import {expect, test} from 'vitest';
import {redeploySlots} from '../../../src/domain/gates/redeploy-slots.ts';
import type {DeployWindow} from '../../../src/domain/environments/environment.ts';

const ist = (time: string): number => Date.parse(`${time}+05:30`);
const timeZone = 'Asia/Kolkata';
const window: DeployWindow = {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: false};
const weekdays: DeployWindow = {
	days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
	from: '10:00',
	until: '16:00',
	notBeforeHolidays: false,
};
const policy = {timeZone, window, soakHours: 24, approvals: 0};
const usualMs = 600_000;

test.each([
	{
		when: 'Tuesday noon: the deploy has to leave room for soak and run before the Wednesday window closes',
		now: '2026-02-10T12:00',
		by: '2026-02-10T13:50',
		slot: '2026-02-11T12:00',
		later: '2026-02-17T11:00',
	},
	{
		when: 'Tuesday 13:50, the last moment',
		now: '2026-02-10T13:50',
		by: '2026-02-10T13:50',
		slot: '2026-02-11T13:50',
		later: '2026-02-17T11:00',
	},
	{
		when: 'a minute later: no window is left this week, and any day up to Monday leads to the next one',
		now: '2026-02-10T13:51',
		by: '2026-02-16T13:50',
		slot: '2026-02-17T11:00',
		later: '2026-02-18T11:00',
	},
	{
		when: 'Friday night: the deploy waits for the window of the environment before',
		now: '2026-02-13T22:00',
		by: '2026-02-16T13:50',
		slot: '2026-02-17T11:00',
		later: '2026-02-18T11:00',
	},
])('redeploy slots: $when', ({now, by, slot, later}) => {
	const found = redeploySlots({from: {timeZone, window: weekdays}, policy, now: ist(now), usualMs});

	expect(found && {by: found.by, slot: found.slot.from, later: found.later?.from}).toEqual({
		by: ist(by),
		slot: ist(slot),
		later: ist(later),
	});
});

test('redeploy slots: without a window any time after the soak will do', () => {
	const now = ist('2026-02-10T12:00');
	const open = {timeZone, soakHours: 2, approvals: 0};

	expect(redeploySlots({from: {timeZone}, policy: open, now, usualMs})).toEqual({
		by: undefined,
		slot: {from: now + 2 * 3_600_000, until: undefined},
		later: undefined,
	});
});

test('redeploy slots: none when a run has no room in any window', () => {
	const now = ist('2026-02-10T12:00');

	expect(redeploySlots({from: {timeZone}, policy, now, usualMs: 4 * 3_600_000})).toBeUndefined();
});
