import {expect, test} from 'vitest';
import type {HostFacts} from '../../src/commands/host/host-facts.ts';
import {checkHost} from '../../src/recipes/laravel/check-host.ts';
import {goodFacts, laravelPlan} from './laravel-plan.ts';

const plan = laravelPlan();
const refusal = (changes: Partial<HostFacts>) => checkHost(plan, {...goodFacts, ...changes});
const mib = 1024;
const room = (app: number, backups: number, state: number, tmp = 458 * mib): Pick<HostFacts, 'freeKib'> => ({
	freeKib: {app, backups, state, tmp},
});
const one = {device: {app: '1', backups: '1', state: '1', tmp: '1'}};

test('host check: a good host is not refused', () => {
	expect(refusal({})).toBeUndefined();
});

/* 100 MiB live, 50 MiB shared, 64 MiB to spare at each place. */
test.each([
	{case: 'each place has exactly enough', facts: room(164 * mib, 214 * mib, 64 * mib), short: undefined},
	{
		case: 'the app is 1 KiB short',
		facts: room(164 * mib - 1, 214 * mib, 64 * mib),
		short: /^disk full: app has 163 MiB free, needs 164 MiB$/,
	},
	{
		case: 'the backups are 1 KiB short',
		facts: room(164 * mib, 214 * mib - 1, 64 * mib),
		short: /^disk full: backups has 213/,
	},
	{
		case: 'the state is 1 KiB short',
		facts: room(164 * mib, 214 * mib, 64 * mib - 1),
		short: /^disk full: state has 63/,
	},
	{
		case: 'what programs put aside has 1 KiB too little, and its path is named',
		facts: {
			...room(164 * mib, 214 * mib, 64 * mib, 16 * mib - 1),
			places: {app: '/a', backups: '/b', state: '/s', tmp: '/tmp'},
		},
		short: /^disk full: tmp \(\/tmp\) has 15 MiB free, needs 16 MiB$/,
	},
	{
		case: 'one disk has room for all four',
		facts: {...room(458 * mib, 458 * mib, 458 * mib), ...one},
		short: undefined,
	},
	{
		case: 'one disk has room for each alone',
		facts: {...room(457 * mib, 457 * mib, 457 * mib, 457 * mib), ...one},
		short: /needs 458 MiB/,
	},
	{case: 'free space is not known', facts: room(Number.NaN, 999 * mib, 999 * mib), short: /app has unknown MiB/},
	{
		case: 'nothing is live yet',
		facts: {...room(64 * mib, 64 * mib, 64 * mib), layout: 'empty', liveKib: Number.NaN, sharedKib: Number.NaN},
		short: undefined,
	},
	{
		case: 'inodes at the limit',
		facts: {freeInodes: {app: 20_000, backups: 100, state: 1000, tmp: 1000}},
		short: undefined,
	},
	{
		case: 'one inode less',
		facts: {freeInodes: {app: 19_999, backups: 100, state: 1000, tmp: 1000}},
		short: /^app has 19999 inodes free, needs 20000$/,
	},
	{
		case: 'no inode left for the state',
		facts: {
			freeInodes: {app: 20_000, backups: 100, state: 0, tmp: 1000},
			places: {app: '/srv/app', backups: '/srv/backups', state: '/srv/state', tmp: '/tmp'},
		},
		short: /^state \(\/srv\/state\) has 0 inodes free, needs 1000$/,
	},
	{
		case: 'a file system without inodes',
		facts: {freeInodes: {app: Number.NaN, backups: Number.NaN, state: Number.NaN, tmp: 1000}},
		short: undefined,
	},
] as const)('host check, space: $case', ({facts, short}) => {
	const why = refusal(facts)?.why;

	if (short === undefined) expect(why).toBeUndefined();
	else expect(why).toMatch(short);
});

test.each([
	{facts: {layout: 'directory'}, code: 'answer-needed', why: /plain directory/},
	{facts: {layout: 'none'}, code: 'answer-needed', why: /does not exist/},
	{facts: {layout: 'other'}, code: 'answer-needed', why: /neither/},
	{facts: {ownPaths: ['storage/app']}, code: 'answer-needed', why: /held by the live release itself: storage\/app/},
	{
		facts: {missingTools: ['flock'], php: 'sh: php: not found', composer: ''},
		code: undefined,
		why: /flock, php, composer/,
	},
	{facts: {owner: 'sudo: a password is required'}, code: undefined, why: /a password is required/},
	{facts: {denied: ['nginx -t', 'mv a b']}, code: undefined, why: /nginx -t; mv a b/},
	{facts: {killsUserProcesses: true}, code: undefined, why: /KillUserProcesses/},
	{facts: {stateOnNfs: true}, code: undefined, why: /NFS/},
	{facts: {notWritable: '/home/ubuntu'}, code: undefined, why: /ubuntu can't write to/},
	{facts: {missingEnv: '/x/.env'}, code: undefined, why: /no \.env on the host/},
] as const)('host check: refuses $facts', ({facts, code, why}) => {
	const found = refusal(facts);

	expect(found?.code).toBe(code);
	expect(found?.why).toMatch(why);
	expect(found?.next).toMatch(/\S/);
});

test('host check: the lock of another run comes first, our own is no obstacle', () => {
	const holder = {
		run: 'other',
		attempt: 1,
		token: 1,
		since: '2026-02-10T05:53:41Z',
		name: 'Asha',
		machine: 'm',
		running: [],
	};

	expect(refusal({lock: holder, layout: 'directory'})).toMatchObject({
		code: 'locked',
		why: expect.stringContaining('Asha') as string,
	});
	expect(refusal({lock: {...holder, run: plan.record.run}})).toBeUndefined();
});
