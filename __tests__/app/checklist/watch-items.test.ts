import {expect, test} from 'vitest';
import {readChecklist, signItem, undoSignOff} from '../../../src/app/checklist/sign-off.ts';
import {watchItems} from '../../../src/app/checklist/watch-items.ts';
import {decideDeploy} from '../../../src/app/gates/gate.ts';
import {sees200} from '../../support/observation.ts';
import {asha, build, deployed, otherBuild, ravi} from '../gates/evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';
import {checklists} from './after-checklists.ts';

const sign = (hosts: FakeHosts, id: string, more: object = {}, environment = hosts.to): Promise<void> =>
	signItem(hosts.services, {environment, checklists, finding: {item: id, result: 'passed', probe: sees200, ...more}});

const watched = async ({services, to}: FakeHosts) => {
	const {entries} = await services.ledgers.read(to);
	return watchItems(checklists, to, entries, 'backend').map(({title, items}) => [
		title,
		items.map(({item: {id}, state, voided}) => `${id} ${voided ?? state}`),
	]);
};

test('watch items: section by section, those of the app, by the ledger of production', async () => {
	const hosts = fakeHosts();
	expect(await watched(hosts)).toEqual([['0 to 5 minutes', ['after-health open', 'after-sign-in open']]]);

	hosts.actor.current = asha;
	await sign(hosts, 'after-health', {value: '200 in 5 ms'});
	expect(await watched(hosts)).toEqual([['0 to 5 minutes', ['after-health passed', 'after-sign-in open']]]);
	expect(hosts.entriesOf('production').at(-1)).toMatchObject({
		type: 'checklist.signed',
		actor: asha,
		data: {
			item: 'after-health',
			by: 'person',
			value: '200 in 5 ms',
			probe: {outcome: 'passed', text: '200 in 5 ms'},
			builds: {backend: otherBuild.digest},
		},
	});
	expect(hosts.entriesOf('preprod').some(({type}) => type === 'checklist.signed')).toBe(false);

	const reading = await readChecklist(hosts.services, {environment: hosts.to, checklists, phase: 'after-production'});
	expect(reading.items.map(({item: {id}, state}) => `${id} ${state}`)).toEqual([
		'after-health passed',
		'after-sign-in open',
		'after-page open',
	]);
});

test('watch items: what was signed before the last swap counts no more, also when the same build is live again', async () => {
	const hosts = fakeHosts();
	await sign(hosts, 'after-sign-in');
	const said = hosts.entriesOf('production').slice(1);
	hosts.writeLedger('production', [...said, deployed(2, build)]);
	expect(await watched(hosts)).toEqual([['0 to 5 minutes', ['after-health open', 'after-sign-in build']]]);

	hosts.writeLedger('production', [...said, deployed(2, build), deployed(1, otherBuild)]);
	expect(await watched(hosts)).toEqual([['0 to 5 minutes', ['after-health open', 'after-sign-in run']]]);
});

test('watch items: a release that an adoption found stands for itself', async () => {
	const hosts = fakeHosts();
	const adopted = {type: 'adopt.finished', actor: ravi, data: {app: 'backend', release: '20260101-adopted'}};
	hosts.writeLedger('production', [adopted]);
	await sign(hosts, 'after-sign-in');

	expect(await watched(hosts)).toEqual([['0 to 5 minutes', ['after-health open', 'after-sign-in passed']]]);
});

test('watch items: one is taken back by whoever signed it, and is signed on production only', async () => {
	const hosts = fakeHosts();
	await sign(hosts, 'after-sign-in');
	await undoSignOff(hosts.services, {environment: hosts.to, checklists, item: 'after-sign-in'});
	expect(await watched(hosts)).toEqual([['0 to 5 minutes', ['after-health open', 'after-sign-in open']]]);

	await expect(sign(hosts, 'after-sign-in', {}, hosts.from)).rejects.toMatchObject({
		code: 'usage',
		why: 'Item after-sign-in is looked at on production, not on Pre-Prod',
	});
});

test('watch items: a rollback trigger that is seen is signed as failed, one that is not with those words', async () => {
	const hosts = fakeHosts();
	const stateOf = async () => {
		const phase = 'rollback-triggers';
		const {items} = await readChecklist(hosts.services, {environment: hosts.to, checklists, phase});
		return items.map(({state}) => state);
	};
	await expect(sign(hosts, 'trigger-down')).rejects.toMatchObject({
		why: expect.stringContaining('not seen') as string,
	});
	await sign(hosts, 'trigger-down', {value: 'not seen'});
	expect(await stateOf()).toEqual(['passed']);
	await sign(hosts, 'trigger-down', {result: 'failed', note: 'nobody can open it', value: 'seen'});
	expect(await stateOf()).toEqual(['failed']);
});

test('watch items: what is signed behind production changes no gate to it', async () => {
	const hosts = fakeHosts();
	for (const id of ['one', 'two', 'shared']) await sign(hosts, id, {}, hosts.from);
	const decide = async () => {
		const {environments, to: environment} = hosts;
		const {report} = await decideDeploy(hosts.services, {environments, environment, app: 'backend', checklists});
		return report.gates.map(({gate, state, text}) => ({gate, state, text}));
	};
	const gates = await decide();
	await sign(hosts, 'after-health', {result: 'failed', note: 'it is down for all'});
	await sign(hosts, 'trigger-down', {result: 'failed', note: 'nobody can open it'});

	expect(await decide()).toEqual(gates);
});
