import {expect, test} from 'vitest';
import {signItem} from '../../../src/app/checklist/sign-off.ts';
import {decideDeploy} from '../../../src/app/gates/gate.ts';
import {createEvidenceController} from '../../../src/control/overview/evidence-controller.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {GateName} from '../../../src/domain/gates/gates.ts';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import {selectBoard} from '../../../src/store/overview/evidence.ts';
import {fakeHosts, type FakeHosts} from '../../app/fake-hosts.ts';
import {ago, checklists, firstEntries, now, ravi} from '../../app/gates/evidence.ts';
import {policyCommit} from '../../support/policy.ts';
import {sees200} from '../../support/observation.ts';

const signAll = async ({services, from: environment}: FakeHosts, result: 'passed' | 'failed' = 'passed') => {
	for (const item of ['one', 'two', 'shared'])
		await signItem(services, {
			environment,
			checklists,
			finding: {item, result, note: 'seen on a phone', probe: sees200},
		});
};

/** The board of the backend as the overview shows it, after one look. */
const boardOf = async ({services, environments}: FakeHosts) => {
	const store = createCockpitStore({project: 'qsights', environments: [], checklists, now});
	const faults: unknown[] = [];
	const looked = Promise.withResolvers<void>();
	const wait = (): Promise<void> => {
		looked.resolve();
		return new Promise(() => undefined);
	};
	const controller = createEvidenceController({
		services: {...services, clock: {...services.clock, wait}},
		environments,
		checklists,
		store,
		onFault: error => void faults.push(error),
	});
	controller.start();
	await looked.promise;
	expect(faults).toEqual([]);
	return selectBoard(store.getState(), 'backend');
};

const decisionOn = ({services, environments, to: environment}: FakeHosts) =>
	decideDeploy(services, {environments, environment, app: 'backend', checklists});

/** Makes production remember that its last run went by the policy as it is now. */
const remember = async (hosts: FakeHosts): Promise<void> => {
	const {policy} = await decisionOn(hosts);
	const run = {run: 'r1', app: 'backend'};
	hosts.writeLedger('production', [
		{time: ago(101), type: 'deploy.started', actor: ravi, data: {...run, policy}},
		{time: ago(101), type: 'deploy.failed', actor: ravi, data: {...run, wentBack: true}},
		...firstEntries.production,
	]);
};

const count = ({counts, from, to}: FakeHosts, changed: Partial<Environment>): void => {
	counts.now = {environments: [{...from, ...changed}, to], commit: policyCommit};
};

test.each<{what: string; closed: readonly GateName[]; act: (hosts: FakeHosts) => void | Promise<void>}>([
	{what: 'with nothing signed', closed: ['checklist'], act: () => undefined},
	{what: 'with all signed', closed: [], act: hosts => signAll(hosts)},
	{what: 'with a failed item', closed: ['checklist'], act: hosts => signAll(hosts, 'failed')},
	{
		what: 'while pre-prod is silent',
		closed: ['identity', 'checklist', 'soak'],
		act: async hosts => {
			await signAll(hosts);
			hosts.preprod.isSilent = true;
		},
	},
	{
		what: 'while production is silent',
		closed: ['soak', 'window', 'lock'],
		act: async hosts => {
			await signAll(hosts);
			hosts.production.isSilent = true;
		},
	},
	{
		what: 'by a policy that asks less than the last run went by',
		closed: ['policy'],
		act: async hosts => {
			await signAll(hosts);
			await remember(hosts);
			count(hosts, {soakHours: 1});
		},
	},
	{
		what: 'by what was committed since, which asks for more',
		closed: ['soak'],
		act: async hosts => {
			await signAll(hosts);
			count(hosts, {soakHours: 26});
		},
	},
	{
		what: 'when the policy has not got the environment any more',
		closed: ['policy'],
		act: async hosts => {
			await signAll(hosts);
			hosts.counts.now = {environments: [hosts.from]};
		},
	},
])('evidence: the board decides as a deploy would, $what', async ({closed, act}) => {
	const hosts = fakeHosts();
	await act(hosts);
	const board = await boardOf({...hosts, services: hosts.stranger});
	const {report} = await decisionOn({...hosts, services: hosts.stranger});

	expect(board).toEqual({view: board?.view, report, isStale: false});
	expect(report.gates.filter(({state}) => state !== 'met').map(({gate}) => gate)).toEqual(closed);
});

test('evidence: where nothing is promoted any more by what was committed, nothing is said and nothing goes wrong', async () => {
	const hosts = fakeHosts();
	const {promotedFrom: _, ...alone} = hosts.to;
	hosts.counts.now = {environments: [hosts.from, alone]};

	expect(await boardOf({...hosts, services: hosts.stranger})).toBeUndefined();
});

test('evidence: behind a laptop that slept nothing old is relied on, and policy, soak and probes are asked anew', async () => {
	const hosts = fakeHosts();
	await signAll(hosts);
	const store = createCockpitStore({project: 'qsights', environments: [], checklists, now});
	const here = {now};
	const pauses: (() => void)[] = [];
	let paused = Promise.withResolvers<void>();
	const clock = {
		now: () => here.now,
		wait: (): Promise<void> =>
			new Promise(resolve => {
				pauses.push(resolve);
				paused.resolve();
			}),
	};
	const controller = createEvidenceController({
		services: {...hosts.services, clock},
		environments: hosts.environments,
		checklists,
		store,
		onFault: error => {
			throw error;
		},
	});
	const boardNow = () => selectBoard({...store.getState(), now: here.now}, 'backend');
	controller.start();
	await paused.promise;
	expect(boardNow()).toMatchObject({isStale: false, report: {verdict: 'GO'}});

	// While it sleeps, more is asked of a build, a probe begins to fail, and the clocks of the hosts run on.
	const sleptMs = 10 * 60_000;
	here.now += sleptMs;
	hosts.preprod.time += sleptMs;
	hosts.production.time += sleptMs;
	count(hosts, {soakHours: 48});
	hosts.web.probe = 500;
	expect(boardNow()).toMatchObject({isStale: true});

	paused = Promise.withResolvers<void>();
	for (const wake of pauses.splice(0)) wake();
	await paused.promise;
	const board = boardNow();
	expect(board?.isStale).toBe(false);
	const closed = board?.report.gates.filter(({state}) => state !== 'met').map(({gate, text}) => `${gate}: ${text}`);
	expect(closed).toEqual([expect.stringMatching(/^probes: /) as string, 'soak: 25 h 10 min of 48 h on Pre-Prod']);
});
