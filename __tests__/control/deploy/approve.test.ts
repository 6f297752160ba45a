import {expect, test} from 'vitest';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import {createRunControllers} from '../../../src/control/run-controllers.ts';
import type {Said} from '../../support/ledger.ts';
import {blockedReview} from '../../tui/screens/deploy/fixtures.ts';
import {untilState} from '../../support/wait.ts';
import {ledgerHost, servicesOn} from '../checklist/checklist-host.ts';
import {environment} from '../fake-services.ts';

const {build} = blockedReview;
const production = {
	...environment,
	name: 'production',
	title: 'Production',
	tier: 'production',
	promotedFrom: 'preprod',
	approvals: 1,
} as const;

const deployed = (digest: string): Said => ({
	type: 'deploy.finished',
	actor: {name: 'Ravi', machine: 'm'},
	data: {app: 'backend', release: 'r1', build: {commit: build.commit, digest}},
});

/** Somebody in front of the review of a backend that runs on pre-prod as the ledger says. */
const reviewing = (said: readonly Said[]) => {
	const host = ledgerHost(said);
	const store = createCockpitStore({project: 'qsights', environments: [], now: 0});
	const controller = createRunControllers({
		services: servicesOn(host, 'Asha'),
		environments: [environment, production],
		checklists: noChecklists,
		store,
		onFault: error => {
			throw error;
		},
	});
	store.getState().show('deploy');
	store.getState().beginReview({app: 'backend', environment: 'production'});
	store.getState().setReview({state: 'ready', review: {...blockedReview, app: 'backend'}});
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	return {host, store, controller, until};
};

test('approve: signs the reviewed build on the ledger of the environment before, once, and asks the gates again', async () => {
	const {host, controller, until} = reviewing([deployed(build.digest)]);
	controller.deploy.approve();
	controller.deploy.approve();
	const {notice, review} = await until(({notice}) => notice?.tone === 'success');

	expect(host.kept.slice(2)).toMatchObject([
		{type: 'build.approved', actor: {name: 'Asha'}, data: {app: 'backend', build: {digest: build.digest}}},
	]);
	expect(notice?.text).toBe('backend 7f3a9c2 on Pre-Prod is signed by you. It counts for a deploy by somebody else.');
	expect(review.state).toBe('loading');
});

test.each([
	{
		when: 'nothing is recorded as live',
		said: [],
		why: 'which build of the backend runs on Pre-Prod is not recorded',
	},
	{
		when: 'another build runs there by now',
		said: [deployed('e'.repeat(64))],
		why: 'another build of the backend runs on Pre-Prod than the one you looked at',
	},
])('approve: signs nothing and says why when $when', async ({said, why}) => {
	const {host, controller, until} = reviewing(said);
	controller.deploy.approve();
	const {notice, review} = await until(({notice}) => notice?.tone === 'danger');

	expect(notice?.text).toContain(`Not signed: ${why}`);
	expect(host.kept.length).toBe(1 + said.length);
	expect(review.state).toBe('ready');
});

test('approve: whoever has gone elsewhere meanwhile is not fetched back', async () => {
	const {store, controller, until} = reviewing([deployed(build.digest)]);
	controller.deploy.approve();
	store.getState().show('overview');
	const {screen, review} = await until(({notice}) => notice?.tone === 'success');

	expect(screen).toBe('overview');
	expect(review.state).toBe('ready');
});

test('approve: a silent host is told, and the key works again when it answers', async () => {
	const {host, controller, until} = reviewing([deployed(build.digest)]);
	host.isSilent = true;
	controller.deploy.approve();
	await until(({notice}) => notice?.tone === 'danger');
	host.isSilent = false;
	controller.deploy.approve();
	await until(({notice}) => notice?.tone === 'success');

	expect(host.kept.length).toBe(3);
});
