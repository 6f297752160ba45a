import {expect, test} from 'vitest';
import {guardDeploy} from '../../../src/app/gates/run-guard.ts';
import {hold} from '../../../src/app/ledger/hold.ts';
import {signItem} from '../../../src/app/checklist/sign-off.ts';
import type {RunRecord} from '../../../src/domain/runs/pipeline.ts';
import type {PromotionRecord} from '../../../src/domain/gates/policy.ts';
import {asha, build, checklists, deployed, now, otherBuild, ravi, type Changes} from './evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';
import {sees200} from '../../support/observation.ts';

const run = '20260210T055341Z-backend-9b1d';
const record: RunRecord = {
	version: 1,
	run,
	kind: 'deploy',
	app: 'backend',
	environment: 'production',
	startedAt: '2026-02-10T05:53:41.000Z',
	...build,
	actor: ravi,
};

const signAll = async ({services, from}: FakeHosts): Promise<void> => {
	for (const item of ['one', 'two', 'shared'])
		await signItem(services, {environment: from, checklists, finding: {item, result: 'passed', probe: sees200}});
};

/** Hosts of which every gate is met, production locked by the run, and what holds the run to its gates. */
const locked = async (changes: Changes = {}, more: Partial<RunRecord> = {}, attempt = 1) => {
	const hosts = fakeHosts(changes);
	await signAll(hosts);
	hosts.production.locks.set('backend', {
		holder: `${run} 1 4\n{"since":"2026-02-10T05:49:00Z","name":"Ravi","machine":"thinkpad"}`,
		record,
	});
	for (const name of ['preprod', 'production'] as const) hosts[name].asked.length = 0;
	const guard = guardDeploy(hosts.services, {
		record: {...record, ...more},
		environment: hosts.to,
		environments: hosts.environments,
		checklists,
		attempt,
	});
	const {signal} = new AbortController();
	return {hosts, guard, signal, underLock: () => guard.underLock(signal)};
};

const holdPreprodAs = async (hosts: FakeHosts, who: typeof asha): Promise<void> => {
	hosts.actor.current = who;
	await hold(hosts.services, {environment: hosts.from, apps: ['backend'], reason: 'load test', minutes: 60});
	hosts.actor.current = ravi;
	hosts.preprod.asked.length = 0;
};

test('guard: first pre-prod is kept as it is, then every gate is asked again of both hosts', async () => {
	const {hosts, signal, underLock} = await locked();

	await underLock();

	const [lease, ...rest] = hosts.preprod.asked;
	expect(lease).toEqual({
		label: 'hold',
		lane: 'run',
		signal,
		as: undefined,
		parameters: [
			'.cockpit/qsights/preprod',
			run,
			'120',
			`"name":"Ravi","machine":"thinkpad","reason":"Production takes this build","run":"${run}"`,
			`"type":"environment.leased","actor":{"name":"Ravi","machine":"thinkpad"},"data":{"app":"backend","run":"${run}","to":"production"}`,
			'"project":"qsights","environment":"preprod"',
			'backend',
			'--',
			'/var/www/qsights/backend',
			'/var/www/qsights/.backend',
			'.cockpit/qsights/preprod',
			'qsights',
			'preprod',
			'backend',
		],
	});
	expect(rest.map(({label}) => label).toSorted()).toEqual([
		'ask-for-the-status',
		'compare-live-with-what-was-deployed',
		'read-the-ledger',
	]);
	expect(hosts.labels('production')).toEqual(['ask-for-the-status', 'read-the-ledger']);
	expect(hosts.gets).toContain('http://127.0.0.1/preprod/api/health');
	const files = rest.filter(({label}) => label === 'compare-live-with-what-was-deployed');
	expect(files.map(({lane}) => lane)).toEqual(['run']);
	expect(rest.map(one => one.signal === signal)).toEqual([true, true, true]);
});

test('guard: a run that is driven on is asked about its own build, wherever whoever does it stands', async () => {
	const {hosts, underLock} = await locked({}, {}, 2);
	Object.assign(hosts.head, otherBuild);

	await underLock();

	await signItem(hosts.services, {
		environment: hosts.from,
		checklists,
		finding: {item: 'one', result: 'failed', note: 'rows are missing', retest: true},
	});
	await expect(underLock()).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringContaining('1 failed: Item one') as string,
		now: 'Live of Production is untouched; what was prepared is removed, the lock is given back.',
	});
});

test('guard: what it took it gives back, once, and only that', async () => {
	const {hosts, guard, underLock} = await locked();
	await guard.release();
	expect(hosts.preprod.asked).toEqual([]);
	await underLock();
	expect(hosts.preprod.holds.get('backend')).toContain(`${run} ${now / 1000 + 7200}\n`);

	await Promise.all([guard.release(), guard.release()]);

	expect(hosts.preprod.holds.size).toBe(0);
	const lifts = hosts.preprod.asked.filter(({label}) => label === 'lift-the-hold');
	expect(lifts.map(({parameters}) => parameters)).toEqual([['.cockpit/qsights/preprod', run, '', 'backend']]);
});

test('guard: who drives a run on gives back what the driver before has taken, also before asking for anything', async () => {
	const {hosts, guard} = await locked({}, {}, 2);
	hosts.preprod.holds.set('backend', `${run} ${now / 1000 + 60}\n{"name":"Ravi"}`);

	await guard.release();

	expect(hosts.preprod.holds.size).toBe(0);
});

test('guard: a lease that somebody else has taken over meanwhile stays theirs', async () => {
	const {hosts, guard, underLock} = await locked();
	await underLock();
	const theirs = `other ${now / 1000 + 60}\n{"name":"Asha"}`;
	hosts.preprod.holds.set('backend', theirs);

	await guard.release();

	expect(hosts.preprod.holds.get('backend')).toBe(theirs);
});

test('guard: a pre-prod that somebody else holds can not be kept: locked, nothing more is asked, nothing is lifted', async () => {
	const {hosts, guard, underLock} = await locked();
	await holdPreprodAs(hosts, asha);

	await expect(underLock()).rejects.toMatchObject({
		code: 'locked',
		what: "Pre-Prod backend can't be kept as it is",
		why: 'Asha on mac holds it: load test',
		now: 'Nothing was changed; the lock is given back.',
	});
	await guard.release();

	expect(hosts.labels('preprod')).toEqual(['hold']);
	expect(hosts.labels('production')).toEqual([]);
	expect(hosts.preprod.holds.size).toBe(1);
});

test('guard: a host that can not write it down says so in its own words', async () => {
	const {hosts, underLock} = await locked();
	hosts.preprod.faults.set('hold', {code: 94, stderr: 'sh: No space left on device\n'});

	await expect(underLock()).rejects.toMatchObject({code: 'locked', why: 'sh: No space left on device'});
	hosts.preprod.faults.set('hold', {code: 94});
	await expect(underLock()).rejects.toMatchObject({code: 'locked', why: 'its host refused'});
});

test('guard: where the link broke over it the lease may be there, and is given back; a host that is silent fails no run', async () => {
	const {hosts, guard, underLock} = await locked();
	hosts.preprod.isSilent = true;
	await expect(underLock()).rejects.toMatchObject({code: 'unreachable'});
	await expect(guard.release()).resolves.toBeUndefined();

	const second = await locked();
	second.hosts.preprod.before.set('hold', () => {
		second.hosts.preprod.holds.set('backend', `${run} ${now / 1000 + 7200}\n{"name":"Ravi"}`);
		second.hosts.preprod.isSilent = true;
	});
	second.hosts.preprod.faults.set('hold', {code: 0});
	await expect(second.underLock()).rejects.toMatchObject({code: 'blocked'});
	second.hosts.preprod.isSilent = false;
	await second.guard.release();
	expect(second.hosts.preprod.holds.size).toBe(0);
});

test.each<{what: string; changes?: Changes; act: (hosts: FakeHosts) => unknown; code?: string; why: string}>([
	{
		what: 'a colleague deployed to pre-prod',
		act: hosts => {
			hosts.writeLedger('preprod', [deployed(25), deployed(0, otherBuild)]);
			Object.assign(hosts.services, {ledgers: hosts.stranger.ledgers});
		},
		why: [
			'identity: Pre-Prod runs 4e81d0c, not 7f3a9c2',
			'checklist: 0 of 3, 3 open: Item one, Item two and 1 more',
			'soak: 0 min of 24 h on Pre-Prod',
		].join('\n'),
	},
	{
		what: 'a file was changed on pre-prod',
		act: ({preprod}) => preprod.files.set('artisan', 'hacked\n'),
		why: 'identity: 1 file on Pre-Prod not as deployed: changed artisan',
	},
	{
		what: 'an item failed',
		act: ({services, from}) =>
			signItem(services, {
				environment: from,
				checklists,
				finding: {item: 'one', result: 'failed', note: 'it broke under load'},
			}),
		why: 'checklist: 2 of 3, 1 failed: Item one',
	},
	{
		what: 'a probe began to fail',
		act: ({web}) => (web.probe = 500),
		why: 'probes: 0 of 1 pass; Item two: 500, not 200',
	},
	{
		what: 'pre-prod went down',
		act: ({web}) => (web.up = 502),
		why: 'soak: Pre-Prod is not healthy: 502',
	},
	{
		what: 'the window closed',
		changes: {to: {window: {days: ['Tue'], from: '11:00', until: '11:30', notBeforeHolidays: false}}},
		act: ({preprod, production}) => {
			preprod.time = now + 600_000;
			production.time = now + 600_000;
		},
		why: 'window: closed at 11:30',
	},
	{
		what: 'production was held before the lock was taken',
		act: ({production}) => {
			production.locks.clear();
			const about = JSON.stringify({...asha, reason: 'load test'});
			production.holds.set('backend', `asha ${now / 1000 + 60}\n${about}`);
		},
		code: 'locked',
		why: 'lock: held by Asha on mac: load test',
	},
	{
		what: 'somebody else took the lock over',
		act: ({production}) =>
			production.locks.set('backend', {
				holder: 'other 1 5\n{"since":"2026-02-10T05:49:30Z","name":"Asha","machine":"mac"}',
				record: {...record, run: 'other'},
			}),
		code: 'locked',
		why: 'lock: Asha on mac since Tue 10 Feb 11:19 IST, run other',
	},
])('guard: $what while the words were typed: refused, nothing changed', async ({changes, act, code, why}) => {
	const {hosts, underLock} = await locked(changes);
	await act(hosts);

	await expect(underLock()).rejects.toMatchObject({
		code: code ?? 'blocked',
		why,
		now: 'Nothing was changed on Production; the lock is given back.',
	});
});

test('guard: sources that moved on are refused, even where all gates are met for them', async () => {
	const {hosts, underLock} = await locked();
	Object.assign(hosts.head, otherBuild);
	hosts.writeLedger('preprod', [deployed(25, otherBuild)]);
	Object.assign(hosts.services, {ledgers: hosts.stranger.ledgers});
	await signAll(hosts);

	await expect(underLock()).rejects.toMatchObject({
		code: 'blocked',
		why: 'the sources here have changed since the run was prepared',
	});
});

test('guard: a run that was begun as an emergency is held to the emergency profile, any other to the usual one', async () => {
	const emergency = {soakHours: 0, approvals: 1, reviewWithinHours: 48};
	const promotion = {emergency: 'site is down'} as PromotionRecord;
	const open = async (more: Partial<RunRecord>): Promise<unknown> => {
		const {hosts, underLock} = await locked({to: {emergency}}, more);
		hosts.writeLedger('preprod', [
			deployed(1),
			{type: 'build.approved', actor: asha, data: {app: 'backend', build}},
		]);
		Object.assign(hosts.services, {ledgers: hosts.stranger.ledgers});
		return underLock().then(
			() => 'open',
			({why}: {why: string}) => why,
		);
	};

	expect(await open({promotion})).toBe('open');
	expect(await open({})).toBe(
		'checklist: 0 of 3, 3 open: Item one, Item two and 1 more\nsoak: 1 h of 24 h on Pre-Prod',
	);
});

test('guard: nothing is kept for a deploy to pre-prod; its window and lock are asked again', async () => {
	const window = {days: ['Tue'], from: '10:00', until: '11:20', notBeforeHolidays: false} as const;
	const hosts = fakeHosts({from: {window}});
	const guard = guardDeploy(hosts.services, {
		record: {...record, environment: 'preprod'},
		environment: hosts.from,
		environments: hosts.environments,
		checklists,
	});

	await expect(guard.underLock(new AbortController().signal)).rejects.toMatchObject({
		code: 'blocked',
		why: 'window: closed at 11:20',
		now: 'Nothing was changed on Pre-Prod; the lock is given back.',
	});
	await guard.release();
	expect(hosts.labels('preprod')).toEqual(['ask-for-the-status', 'read-the-ledger']);
});
