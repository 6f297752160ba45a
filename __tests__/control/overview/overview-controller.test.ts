import {expect, test} from 'vitest';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import {createOverviewController} from '../../../src/control/overview/overview-controller.ts';
import {answerOf, createFakeClock, createFakeServices, fakeEnvironment, unreachable} from '../../app/fake-services.ts';

const start = () => {
	const time = createFakeClock();
	const environments = [fakeEnvironment('preprod', 'preprod'), fakeEnvironment('production', 'production')];
	const {services, host} = createFakeServices(time.clock, environments);
	const views = environments.map(({name, title, tier, timeZone}) => ({name, title, tier, timeZone}));
	const store = createCockpitStore({
		project: 'qsights',
		environments: views.map(view => ({...view, status: undefined, readAt: undefined})),
		now: time.clock.now(),
	});
	const changes: string[] = [];
	store.subscribe((now, before) => {
		if (now.environments !== before.environments || now.links !== before.links) changes.push('facts');
		if (now.now !== before.now) changes.push('now');
	});
	const onFault = (error: unknown): void => {
		throw error;
	};
	const controller = createOverviewController({services, environments, store, onFault});
	return {time, host, store, changes, controller};
};

test('overview controller: begins nothing before start, and once however often it is started', async () => {
	const {time, host, controller} = start();
	await time.advance(20_000);
	expect(host('preprod').asked).toHaveLength(0);

	controller.start();
	controller.start();
	await time.settle();

	expect(host('preprod').asked).toHaveLength(1);
	expect(host('preprod').listeners).toBe(1);
	await controller.stop();
});

test('overview controller: the clock ticks each second', async () => {
	const {time, store, controller} = start();
	const begun = time.clock.now();
	controller.start();

	await time.advance(3000);

	expect(store.getState().now).toBe(begun + 3000);
	await controller.stop();
});

test('overview controller: answers of several hosts at once are one change of the store', async () => {
	const {time, store, changes, controller} = start();
	controller.start();
	await time.advance(1500);
	changes.length = 0;

	await time.advance(4000);

	// Both hosts answer, both addresses answer, both plan the next poll: the first event, then the rest together.
	expect(changes.filter(change => change === 'facts').length).toBeLessThanOrEqual(2);
	expect(store.getState().environments.every(({status}) => status !== undefined)).toBe(true);
	await controller.stop();
});

test('overview controller: between polls only the time changes', async () => {
	const {time, changes, controller} = start();
	controller.start();
	await time.advance(1500);
	changes.length = 0;

	await time.advance(3000);

	expect(changes).toEqual(['now', 'now', 'now']);
	await controller.stop();
});

test('overview controller: a silent host has its reason and its next try in the store', async () => {
	const {time, host, store, controller} = start();
	host('production').answer = () => Promise.reject(unreachable());
	controller.start();

	await time.advance(6000);

	const {now, environments} = store.getState();
	expect(environments[1]).toMatchObject({silence: {code: 'unreachable', tries: 2}, status: undefined});
	expect((environments[1]?.nextAt ?? 0) - now).toBe(9000);
	await controller.stop();
});

test('overview controller: stop leaves the store alone, and a new start begins afresh', async () => {
	const {time, host, store, controller} = start();
	controller.start();
	await time.advance(1000);
	await controller.stop();
	const stopped = store.getState();
	host('preprod').answer = () => answerOf(0);

	await time.advance(60_000);
	host('preprod').report({state: 'failed', since: 0});

	expect(store.getState()).toBe(stopped);
	expect(time.waiting).toBe(0);
	controller.start();
	await time.advance(1000);
	expect(store.getState().environments[0]?.status?.time).toBe(0);
	await controller.stop();
});
