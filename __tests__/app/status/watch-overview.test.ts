import {expect, test} from 'vitest';
import {watchOverview, type OverviewEvent} from '../../../src/app/status/watch-overview.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {
	answerOf,
	createFakeClock,
	createFakeServices,
	fakeEnvironment,
	fakeLocal,
	unreachable,
} from '../fake-services.ts';

const environments = [
	fakeEnvironment('local', 'local'),
	fakeEnvironment('preprod', 'preprod'),
	fakeEnvironment('production', 'production'),
];

const start = (local = false) => {
	const time = createFakeClock();
	const {services, host, web} = createFakeServices(time.clock, environments);
	const events: OverviewEvent[] = [];
	const begin = () =>
		watchOverview({
			services,
			environments,
			emit: event => events.push(event),
			...(local ? {local: fakeLocal} : {}),
		});
	const of = (type: OverviewEvent['type']): readonly OverviewEvent[] => events.filter(event => event.type === type);
	return {time, host, web, events, begin, of};
};

test('poller: each poll is one exec in the poll lane and one GET, every 5 s', async () => {
	const {time, host, web, begin} = start();
	const watch = begin();

	await time.advance(11_000);

	const asked = host('preprod').asked;
	expect(asked.map(({at}) => at - (asked[0]?.at ?? 0))).toEqual([0, 5000, 10_000]);
	expect(asked.every(({lane}) => lane === 'poll')).toBe(true);
	expect(web.gets.filter(({url}) => url.includes('/preprod/'))).toHaveLength(3);
	await watch.stop();
});

test('poller: a host that hangs holds up no other host, nor its own health answer', async () => {
	const {time, host, events, begin} = start();
	host('production').answer = () => new Promise(() => undefined);
	begin();

	await time.advance(11_000);

	const from = (type: string, environment: string): number =>
		events.filter(event => event.type === type && 'environment' in event && event.environment === environment)
			.length;
	expect(from('host.answered', 'preprod')).toBe(3);
	expect(from('host.answered', 'production')).toBe(0);
	expect(from('health.answered', 'production')).toBe(1);
});

test('poller: a silent host is asked less and less, and at the usual pace once it answers', async () => {
	const {time, host, events, begin} = start();
	host('production').answer = () => Promise.reject(unreachable());
	begin();
	await time.advance(36_000);
	const {asked} = host('production');
	expect(asked.map(({at}) => at - (asked[0]?.at ?? 0))).toEqual([0, 5000, 15_000, 35_000]);
	expect(events).toContainEqual({
		type: 'poll.planned',
		environment: 'production',
		nextAt: (asked[3]?.at ?? 0) + 40_000,
	});

	host('production').answer = () => answerOf(time.clock.now());
	await time.advance(45_000);

	expect(asked.slice(4).map(({at}) => at - (asked[0]?.at ?? 0))).toEqual([75_000, 80_000]);
});

test('poller: a refused login is not tried again by itself, but when asked', async () => {
	const {time, host, events, begin} = start();
	host('production').answer = () =>
		Promise.reject(new DeployError({code: 'auth-failed', what: '', why: 'refused', now: '', next: ''}));
	const watch = begin();
	await time.advance(600_000);
	expect(host('production').asked).toHaveLength(1);
	expect(events).toContainEqual({type: 'poll.planned', environment: 'production', nextAt: undefined});

	watch.refresh();
	await time.settle();

	expect(host('production').asked).toHaveLength(2);
	await watch.stop();
});

test('poller: refresh asks all at once, and leaves alone what is being asked', async () => {
	const {time, host, begin} = start();
	host('production').answer = () => new Promise(() => undefined);
	const watch = begin();
	await time.advance(1000);

	watch.refresh();
	await time.settle();

	expect(host('preprod').asked).toHaveLength(2);
	expect(host('production').asked).toHaveLength(1);
});

test('poller: stop ends a question under way, listens to no session and waits for nothing', async () => {
	const {time, host, events, begin} = start(true);
	host('production').answer = ({signal}) =>
		new Promise((_, reject) =>
			signal?.addEventListener('abort', () => reject(unreachable('stopped')), {once: true}),
		);
	const watch = begin();
	await time.advance(1000);
	expect(host('preprod').listeners).toBe(1);

	await watch.stop();

	const told = events.length;
	await time.advance(60_000);
	expect([host('preprod').listeners, time.waiting, events.length]).toEqual([0, 0, told]);
});

test('poller: states of a session are told as they change', async () => {
	const {host, of, begin} = start();
	begin();
	host('preprod').report({state: 'ready', since: 1, rttMs: 12});

	expect(of('link.changed').at(-1)).toEqual({
		type: 'link.changed',
		environment: 'preprod',
		status: {state: 'ready', since: 1, rttMs: 12},
	});
});

test('poller: a bug while asking is told as a silent host, and the poller goes on', async () => {
	const {time, host, of, begin} = start();
	host('production').answer = () => {
		throw new TypeError('no such thing');
	};
	begin();

	await time.advance(6000);

	expect(of('host.silent')[0]).toMatchObject({problem: {code: 'bug', why: 'no such thing'}});
	expect(host('production').asked).toHaveLength(2);
});

test('poller: reads this machine without any host', async () => {
	const {time, of, begin} = start(true);
	begin();

	await time.settle();

	expect(of('local.read')[0]).toMatchObject({
		reading: {
			tools: {names: ['git', 'php', 'composer'], missing: []},
			template: {name: '.env.local', isThere: true},
			key: {name: 'qsights.pem', mode: 0o600},
			actor: {name: 'Ravi'},
		},
	});
});
