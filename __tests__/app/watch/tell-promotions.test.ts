import {expect, test} from 'vitest';
import {signItem} from '../../../src/app/checklist/sign-off.ts';
import {createPromotionTeller} from '../../../src/app/watch/tell-promotions.ts';
import type {Message} from '../../../src/domain/notify/message.ts';
import {build, checklists, deployed, otherBuild} from '../gates/evidence.ts';
import {sees200} from '../../support/observation.ts';
import {fakeHosts} from '../fake-hosts.ts';

const notify = [{way: 'command', argv: ['/bin/tell'], on: ['soak-complete', 'window-open', 'gates-met']}] as const;
const window = {days: ['Tue'], from: '11:00', until: '14:00', notBeforeHolidays: false} as const;

/** What is told of Production, and of Pre-Prod, when one look is taken at each. */
const toldWith = async (live: typeof build) => {
	const hosts = fakeHosts({to: {notify, window}, from: {notify}});
	hosts.writeLedger('production', [deployed(2, live)]);
	for (const item of ['one', 'two', 'shared'])
		await signItem(hosts.services, {
			environment: hosts.from,
			checklists,
			finding: {item, result: 'passed', probe: sees200},
		});
	const messages: Message[] = [];
	const services = {
		...hosts.services,
		nonce: () => 'nonce',
		notifier: {say: (message: Message) => void messages.push(message), settled: async () => undefined},
	};
	for (const environment of hosts.environments) {
		await services.ledgers.read(environment);
		const tell = createPromotionTeller(services, {environment, environments: hosts.environments, checklists});
		await tell();
	}
	return messages;
};

test('promotion: people are told of the window, the soak and the way that is open, by the commit of the build', async () => {
	const messages = await toldWith(otherBuild);
	expect(messages.map(({event}) => event).toSorted()).toEqual(['gates-met', 'soak-complete', 'window-open']);
	expect(messages.find(({event}) => event === 'gates-met')?.title).toBe(
		'GO: backend 7f3a9c2 may go from Pre-Prod to Production',
	);
	expect(messages.find(({event}) => event === 'window-open')?.lines).toEqual([
		'Waits on Pre-Prod: backend 7f3a9c2',
		'May it go: cockpit gate backend --env production',
	]);
});

test('promotion: nobody is invited to deploy what is live there already, under whichever commit', async () => {
	expect(await toldWith(build)).toEqual([]);
	expect(await toldWith({...build, commit: otherBuild.commit})).toEqual([]);
});
