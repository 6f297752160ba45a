import {describe, expect, test} from 'vitest';
import {
	acceptedPolicy,
	decideDeploy,
	requireOpen,
	type DecideOptions,
	type Decision,
} from '../../../src/app/gates/gate.ts';
import {guardDeploy} from '../../../src/app/gates/run-guard.ts';
import {signItem} from '../../../src/app/checklist/sign-off.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {Hook} from '../../../src/domain/environments/hooks.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {acceptable} from '../../../src/domain/gates/gates.ts';
import type {PolicyMemory} from '../../../src/domain/gates/policy.ts';
import type {CountedPolicy} from '../../../src/domain/ports.ts';
import type {Said} from '../../support/ledger.ts';
import {policyCommit} from '../../support/policy.ts';
import {ago, build, checklists, firstEntries, ravi, type Changes} from './evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';
import {sees200} from '../../support/observation.ts';

const decide = ({services, environments, to}: FakeHosts, more: Partial<DecideOptions> = {}) =>
	decideDeploy(services, {environments, environment: to, app: 'backend', checklists, ...more});

/** A run that has gone by a policy; it came back from its swap, so that what is live stays what it was. */
const went = (policy: PolicyMemory | undefined, run = 'r1', hours = 101): readonly Said[] => [
	{time: ago(hours), type: 'deploy.started', actor: ravi, data: {run, app: 'backend', policy}},
	{time: ago(hours), type: 'deploy.failed', actor: ravi, data: {run, app: 'backend', wentBack: true}},
];

/** Hosts of which every gate is met, and whose production remembers the policy they were opened with. */
const remembering = async (changes: Changes = {}): Promise<FakeHosts & {readonly policy: PolicyMemory}> => {
	const hosts = fakeHosts(changes);
	for (const item of ['one', 'two', 'shared'])
		await signItem(hosts.services, {
			environment: hosts.from,
			checklists,
			finding: {item, result: 'passed', probe: sees200},
		});
	const {policy} = await decide(hosts);
	if (!policy) throw new Error('no policy');
	for (const name of ['preprod', 'production'] as const) {
		const environment = name === 'production' ? hosts.to : hosts.from;
		const own = await decide(hosts, {environment});
		if (name === 'production') hosts.writeLedger(name, [...went(own.policy), ...firstEntries.production]);
	}
	return {...hosts, services: hosts.stranger, policy};
};

/** What counts now: what was opened, with other environments, checklists or origin. */
const now = (
	{counts, environments}: FakeHosts,
	{to = {}, from = {}, ...more}: Changes & Partial<CountedPolicy> = {},
): void => {
	const [before, target] = environments;
	counts.now = {
		environments: [{...before, ...from} as Environment, {...target, ...to} as Environment],
		commit: policyCommit,
		...more,
	};
};

const policyRow = ({report}: Decision): string | undefined => {
	const row = report.gates.find(({gate}) => gate === 'policy');
	return row && `${row.state}: ${row.text}`;
};

const whyClosed = (decision: Decision, {to}: FakeHosts): DeployError | undefined => {
	try {
		requireOpen(decision, {environment: to, app: 'backend'});
		return undefined;
	} catch (error) {
		if (error instanceof DeployError) return error;
		throw error;
	}
};

describe('what the host remembers', () => {
	test('policy: the same as at the last run says nothing, and neither does one that asks more', async () => {
		const hosts = await remembering();
		expect([policyRow(await decide(hosts)), (await decide(hosts)).report.verdict]).toEqual([undefined, 'GO']);
		now(hosts, {from: {soakHours: 25}, to: {headless: 'forbid'}});
		expect(policyRow(await decide(hosts))).toBeUndefined();
		expect((await decide(hosts)).weaker).toEqual([]);
	});

	test.each<{what: string; change: Changes & Partial<CountedPolicy>; text: string}>([
		{
			what: 'a tier that asks nothing, with nothing before it',
			change: {to: {tier: 'preprod', promotedFrom: undefined} as unknown as Partial<Environment>},
			text: 'tier production, now preprod, promoted from preprod, now none',
		},
		{what: 'no soak', change: {from: {soakHours: 0}}, text: 'soak 24 h, now 0 h'},
		{
			what: 'a checklist of one item',
			change: {checklists: {...checklists, files: [], digest: 'x'}},
			text: '3 checklist items of the backend gone: one, two, shared',
		},
		{what: 'no commit to be named', change: {to: {headless: 'allow'}}, text: 'headless expect, now allow'},
		{
			what: 'an emergency profile',
			change: {to: {emergency: {soakHours: 0, approvals: 1, reviewWithinHours: 48}}},
			text: 'emergency none, now soak 0 h',
		},
	])('policy: $what closes, whatever the words are', async ({change, text}) => {
		const hosts = await remembering();
		now(hosts, change);

		const decision = await decide(hosts);

		expect(policyRow(decision)).toMatch(/^open: not as at the last run: /);
		expect(policyRow(decision)).toContain(text);
		expect(decision.report.verdict).not.toBe('GO');
		expect(whyClosed(decision, hosts)?.next).toContain(
			`--accept-policy ${decision.policy?.digest.slice(0, 12) ?? ''}`,
		);
	});

	test('policy: it opens for exactly what somebody accepted, and the run writes down what that was', async () => {
		const hosts = await remembering();
		now(hosts, {from: {soakHours: 1}});
		const closed = await decide(hosts);
		const digest = closed.policy?.digest ?? '';
		expect(acceptable(closed.report)).toBe(digest);
		expect(closed.policy).not.toHaveProperty('accepted');

		const decision = await decide(hosts, {acceptPolicy: digest.slice(0, 12)});

		expect(policyRow(decision)).toBe('met: accepted, not as at the last run: soak 24 h, now 1 h');
		expect(decision.report.verdict).toBe('GO');
		expect(decision.policy).toEqual({...closed.policy, accepted: ['soak 24 h, now 1 h']});
		expect(acceptedPolicy(closed)).toEqual(decision.policy);
		for (const wrong of ['', digest.slice(0, 11), hosts.policy.digest, `${digest}0`])
			expect(policyRow(await decide(hosts, {acceptPolicy: wrong}))).toMatch(/^open: /);
		// Once a run has gone by it, it is what the next one is held against.
		hosts.writeLedger('production', [
			...went(hosts.policy),
			...went(decision.policy, 'r2', 40),
			...firstEntries.production,
		]);
		expect(policyRow(await decide({...hosts, services: hosts.stranger}))).toBeUndefined();
	});

	test('policy: what was production at the last run asks for both words; nothing weaker leaves nothing accepted', async () => {
		const hosts = await remembering();
		const {policy} = await decide(hosts, {acceptPolicy: hosts.policy.digest});
		expect(policy).not.toHaveProperty('accepted');

		now(hosts, {to: {tier: 'preprod'}});
		expect((await decide(hosts)).words).toEqual(['VERIFIED', 'DEPLOY-TO-PRODUCTION']);
	});

	test('policy: with another gate closed nothing can be accepted on the way', async () => {
		const hosts = await remembering();
		now(hosts, {from: {soakHours: 1}});
		hosts.web.probe = 500;
		expect(acceptable((await decide(hosts)).report)).toBeUndefined();
	});

	test('policy: what is not committed can not be accepted', async () => {
		const hosts = await remembering();
		now(hosts, {
			to: {tier: 'preprod', promotedFrom: undefined} as unknown as Partial<Environment>,
			commit: undefined,
		});
		const decision = await decide(hosts, {acceptPolicy: (await decide(hosts)).policy?.digest ?? ''});
		expect(policyRow(decision)).toContain('open: not as at the last run: tier production, now preprod');
		expect(acceptable(decision.report)).toBeUndefined();
		expect(whyClosed(decision, hosts)?.next).toContain('what is not committed can not be accepted');
	});

	test('policy: one of another project or environment closes', async () => {
		const hosts = await remembering();
		const policy = {...hosts.policy, project: 'other', environment: 'live'};
		hosts.writeLedger('production', [...went(policy), ...firstEntries.production]);
		expect(policyRow(await decide({...hosts, services: hosts.stranger}))).toBe(
			'open: not as at the last run: project other, now qsights, environment live, now production',
		);
	});

	test('policy: holidays that are over are not missed, those ahead are', async () => {
		const holidays = (...dates: readonly string[]) => ({
			file: 'in.yaml',
			source: 's',
			covers: {from: '2026-01-01', until: '2026-12-31'},
			days: dates.map(date => ({date, name: 'off'})),
		});
		const hosts = await remembering({to: {holidays: holidays('2026-01-26', '2026-03-03')}});
		now(hosts, {to: {holidays: holidays('2026-03-03')}});
		expect(policyRow(await decide(hosts))).toBeUndefined();
		now(hosts, {to: {holidays: holidays('2026-01-26')}});
		expect(policyRow(await decide(hosts))).toContain('holiday gone: 2026-03-03');
	});

	test('policy: pre-prod is held against its own ledger', async () => {
		const hosts = fakeHosts({from: {approvals: 2}});
		const own = (await decide(hosts, {environment: hosts.from})).policy;
		hosts.writeLedger('preprod', [...went(own), ...firstEntries.preprod]);
		now(hosts, {from: {approvals: 0, tier: 'local'}});
		const decision = await decide({...hosts, services: hosts.stranger}, {environment: hosts.from});
		expect(decision.report.gates.map(({gate, state}) => `${gate} ${state}`)).toEqual([
			'policy open',
			'window met',
			'lock met',
		]);
		expect(decision.weaker).toEqual(['tier preprod, now local', 'approvals 2, now 0']);
	});
});

describe('where a policy is from', () => {
	test('policy: a change that does not follow from what the last run went by closes, also one that asks no less', async () => {
		const hosts = await remembering();
		hosts.writeLedger('production', [
			...went({...hosts.policy, commit: 'a'.repeat(40), digest: 'another'}),
			...firstEntries.production,
		]);
		const stranger = {...hosts, services: hosts.stranger};
		expect(policyRow(await decide(stranger))).toBe(
			'open: not as at the last run: its history does not have aaaaaaa, which the last run went by',
		);
		// The same policy is the same wherever it comes from.
		hosts.writeLedger('production', [
			...went({...hosts.policy, commit: 'a'.repeat(40)}),
			...firstEntries.production,
		]);
		expect(policyRow(await decide({...hosts, services: fakeStranger(hosts)}))).toBeUndefined();
	});
	const fakeStranger = (hosts: FakeHosts) => ({...hosts.stranger, ledgers: hosts.readers()});

	test('policy: where nothing is remembered, one of another repository than the app has to be accepted', async () => {
		const hosts = fakeHosts();
		now(hosts, {elsewhere: ['/source']});
		const decision = await decide(hosts);
		expect(policyRow(decision)).toBe('open: not as at the last run: it is in another repository than the app');
		expect(policyRow(await decide(hosts, {acceptPolicy: decision.policy?.digest ?? ''}))).toMatch(/^met: /);
		expect(policyRow(await decide(hosts, {environment: hosts.from}))).toBeUndefined();
	});

	test('policy: files here that are not as committed are named where the build is, and close nothing', async () => {
		const hosts = await remembering();
		now(hosts, {differs: ['environments/production.yaml']});
		const {report} = await decide(hosts);
		expect(report.verdict).toBe('GO');
		expect(report.gates[0]?.text).toContain('environments/production.yaml here: not as in bbbbbbb, which counts');
	});
});

describe('a cockpit that stays open', () => {
	test.each<{what: string; to: Partial<Environment>}>([
		{what: 'another host', to: {hosts: [{name: 'production-1', address: '10.0.0.9'}]}},
		{what: 'another state directory', to: {stateDirectory: '.elsewhere'}},
		{what: 'another path', to: {apps: {}}},
	])('policy: does not act by $what than it was opened with', async ({to}) => {
		const hosts = await remembering();
		now(hosts, {to});
		const decision = await decide(hosts);
		expect(policyRow(decision)).toBe(
			'unknown: not known: hosts, paths or apps of production were changed since the cockpit was opened: start it again',
		);
		expect(decision.report.verdict).not.toBe('GO');
	});

	test('policy: does not run another hook than it was opened with', async () => {
		const hosts = await remembering();
		const {backend} = hosts.to.apps;
		if (!backend) throw new TypeError('the fixture has a backend');
		const marker: Hook = {id: 'x', run: ['true'], where: 'here', timeoutMs: 1000, fails: 'go-on', variables: []};
		now(hosts, {to: {apps: {...hosts.to.apps, backend: {...backend, hooks: {afterDeploy: [marker]}}}}});
		expect(policyRow(await decide(hosts))).toContain('apps of production were changed since');
	});

	test('policy: one that can not be read, or has not got the environment any more, closes', async () => {
		const hosts = await remembering();
		hosts.counts.now = {environments: [hosts.from]};
		expect(policyRow(await decide(hosts))).toContain('production was removed from environments/');
		const why = 'environments/production.yaml:1:1 is not readable';
		const policy = {
			...hosts.services.policy,
			read: async () => {
				throw new DeployError({code: 'configuration', what: '', why, now: '', next: ''});
			},
		};
		const decision = await decide({...hosts, services: {...hosts.services, policy}});
		expect(policyRow(decision)).toBe(`unknown: not known: ${why}`);
		expect(decision.policy).toBeUndefined();
	});
});

describe('under the lock', () => {
	const record = (policy: PolicyMemory) => ({
		version: 1 as const,
		run: 'mine',
		kind: 'deploy' as const,
		app: 'backend' as const,
		environment: 'production',
		startedAt: '2026-02-10T05:53:41.000Z',
		...build,
		actor: ravi,
		policy,
	});
	const underLock = (hosts: FakeHosts, policy: PolicyMemory): Promise<void> =>
		guardDeploy(hosts.services, {
			record: record(policy),
			environment: hosts.to,
			environments: hosts.environments,
			checklists,
		}).underLock(new AbortController().signal);

	test('policy: one that was moved behind the words closes; a run does not vouch for itself by what it wrote', async () => {
		const hosts = await remembering();
		now(hosts, {from: {soakHours: 1}});
		const weak = (await decide(hosts)).policy;
		if (!weak) throw new Error('no policy');
		hosts.writeLedger('production', [
			...went(hosts.policy),
			...firstEntries.production,
			...went(weak, 'mine', 0).slice(0, 1),
		]);
		const stranger = {...hosts, services: hosts.stranger};

		await expect(underLock(stranger, hosts.policy)).rejects.toMatchObject({
			code: 'blocked',
			why: expect.stringContaining('soak 24 h, now 1 h') as string,
			now: 'Nothing was changed on Production; the lock is given back.',
		});
		await expect(underLock(stranger, weak)).rejects.toMatchObject({code: 'blocked'});
		await underLock(stranger, {...weak, accepted: ['soak 24 h, now 1 h']});
		// What was accepted was another one.
		now(hosts, {from: {soakHours: 0}});
		await expect(underLock(stranger, {...weak, accepted: ['soak 24 h, now 1 h']})).rejects.toMatchObject({
			why: expect.stringContaining('soak 24 h, now 0 h') as string,
		});
	});
});
