import {expect, test} from 'vitest';
import {decideDeploy, type DecideOptions} from '../../../src/app/gates/gate.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {GateName} from '../../../src/domain/gates/gates.ts';
import {checklists, now} from './evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';

const compare = 'compare-live-with-what-was-deployed';

const gateOf = async (name: GateName, hosts: FakeHosts, more: Partial<DecideOptions> = {}) => {
	const {services, environments, to} = hosts;
	const decision = await decideDeploy(services, {environments, environment: to, app: 'backend', checklists, ...more});
	return decision.report.gates.find(({gate}) => gate === name);
};

const lockedBy = (run: string, name: string) => ({
	holder: `${run} 1 4\n${JSON.stringify({since: '2026-02-10T05:40:00Z', name, machine: 'mac'})}`,
	record: {version: 1, run, kind: 'deploy', app: 'backend'},
});

test('promotion: a lock of its own is told before one of pre-prod, which is in the way only while a run is there', async () => {
	const hosts = fakeHosts();
	hosts.preprod.locks.set('backend', lockedBy('theirs', 'Asha'));
	expect(await gateOf('lock', hosts)).toMatchObject({text: expect.stringContaining('run theirs')});
	expect(await gateOf('lock', hosts, {run: 'theirs'})).toMatchObject({text: expect.stringContaining('run theirs')});

	hosts.production.locks.set('backend', lockedBy('other', 'Mei'));
	expect(await gateOf('lock', hosts)).toMatchObject({text: expect.stringContaining('run other')});
});

test('promotion: what a run keeps is waited for, what a person holds is asked for', async () => {
	const hosts = fakeHosts();
	const hold = (about: object): string =>
		`owner ${now / 1000 + 60}\n${JSON.stringify({name: 'Asha', machine: 'mac', ...about})}`;
	hosts.production.holds.set('backend', hold({reason: 'takes this build', run: 'theirs'}));
	expect(await gateOf('lock', hosts)).toMatchObject({clears: 'wait for run theirs: it ends with it'});

	hosts.production.holds.set('backend', hold({reason: 'load test'}));
	expect(await gateOf('lock', hosts)).toMatchObject({
		clears: 'ask Asha, or end it: cockpit unlock --env production --reason ...',
		at: now + 60_000,
	});
});

test('promotion: files are compared as a poll unless a run asks, and not again where it was found out a moment ago', async () => {
	const hosts = fakeHosts();
	const lanes = () => hosts.preprod.asked.flatMap(({label, lane}) => (label === compare ? [lane] : []));
	await gateOf('identity', hosts);
	await gateOf('identity', hosts, {lane: 'run'});
	expect(lanes()).toEqual(['poll', 'run']);

	const found = await gateOf('identity', hosts, {drift: {value: ['added public/shell.php']}});
	expect(found).toMatchObject({state: 'failed', text: expect.stringContaining('added public/shell.php')});
	expect(lanes()).toHaveLength(2);
});

test('promotion: a comparison that is not answered closes identity with the reason; a bug is thrown', async () => {
	const hosts = fakeHosts();
	const late = {code: 'timeout', what: 'A command', why: 'it took too long', now: '', next: ''} as const;
	hosts.preprod.before.set(compare, () => {
		throw new DeployError(late);
	});
	expect(await gateOf('identity', hosts)).toMatchObject({state: 'unknown', text: 'not known: it took too long'});

	hosts.preprod.before.set(compare, () => {
		throw new TypeError('a bug');
	});
	await expect(gateOf('identity', hosts)).rejects.toThrow('a bug');
});
