import {expect, test} from 'vitest';
import {askAddresses} from '../../../src/app/probes/ask-addresses.ts';
import {createProber} from '../../../src/app/probes/probe-round.ts';
import {createLedgerBook} from '../../../src/app/ledger/ledger-book.ts';
import {keepWatch, type WatchUpdate} from '../../../src/app/watch/keep-watch.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {usualProbes} from '../../../src/domain/environments/watched.ts';
import {carriedOn} from '../../../src/domain/host-clock.ts';
import type {LedgerCache, ProbePort} from '../../../src/domain/ports.ts';
import {createFakeClock, createFakeServices, fakeEnvironment} from '../fake-services.ts';

const production: Environment = {
	...fakeEnvironment('production', 'production'),
	urls: {site: 'https://x.test', api: 'https://x.test/api'},
};
const hostAhead = 7_200_000;

/** A host whose answer is made at once, and comes when the test says so. */
const lateHost = (print: (time: number) => string) => {
	const fake = createFakeClock();
	const made = createFakeServices(fake.clock, [production]);
	let lateMs = 0;
	made.host('production').answer = async () => {
		const said = print(fake.clock.now() + hostAhead);
		if (lateMs > 0) await fake.clock.wait(lateMs);
		return said;
	};
	const services = {...made.services, nonce: () => 'n'};
	return {...made, services, fake, late: (ms: number): void => void (lateMs = ms)};
};

const probed = (time: number): string => `time\t${Math.floor(time / 1000)}\nend\t${time}\n`;

test('a round: no address is waited for longer than 10 s, whatever limit a check has', async () => {
	const asked = new Map<string, number>();
	const probe: ProbePort = {
		get: (url, {timeoutMs}) => {
			asked.set(url, timeoutMs);
			return Promise.resolve({durationMs: 1, outcome: {status: 200}, body: ''});
		},
	};
	const check = {id: 'export', title: 'Export', app: 'backend', on: 'api', path: '/export', status: 200} as const;
	const slow: Environment = {...production, probes: {...usualProbes, http: [{...check, withinMs: 30_000}]}};
	await askAddresses({probe}, slow, noChecklists);
	expect([...asked.keys()].some(url => url.endsWith('/export'))).toBe(true);
	expect(new Set(asked.values())).toEqual(new Set([10_000]));
});

test('a round: an answer that came late does not set the clock of its host back', async () => {
	const {services, fake, late} = lateHost(probed);
	const prober = createProber(services, {environment: production});
	const aheadIn = async (): Promise<number> => {
		const begun = fake.clock.now();
		return (await prober.round()).at - begun;
	};
	expect(await aheadIn()).toBe(hostAhead);
	late(9000);
	const frozen = aheadIn();
	await fake.advance(9000);
	expect(await frozen).toBe(hostAhead);
	late(0);
	expect(await aheadIn()).toBe(hostAhead);
});

test('a ledger: an answer that came late does not set the clock of its host back', async () => {
	const text = '{"seq":1}\n';
	const {services, fake, late} = lateHost(
		time => `size ${text.length}\nfrom 0\ntime ${Math.floor(time / 1000)}\nledger\n${text}`,
	);
	const cache: LedgerCache = {
		read: () => ({text: '', highest: undefined}),
		write: () => undefined,
	};
	const ledgers = createLedgerBook(services.sessions, cache, fake.clock);
	const clock = (): number | undefined => {
		const read = ledgers.remembered(production)?.clock;
		return read && carriedOn(read, fake.clock.now());
	};
	await ledgers.read(production);
	expect(clock()).toBe(fake.clock.now() + hostAhead);
	late(20_000);
	const reading = ledgers.read(production);
	await fake.advance(20_000);
	await reading;
	expect(clock()).toBe(fake.clock.now() + hostAhead);
});

test('a watch: the clock it shows goes on, however long a round took', async () => {
	const {services, fake, late} = lateHost(probed);
	const updates: WatchUpdate[] = [];
	const kept = keepWatch({
		services,
		environment: production,
		checklists: noChecklists,
		isLooked: () => true,
		onUpdate: update => updates.push(update),
		onFault: error => {
			throw error;
		},
	});
	await fake.advance(0);
	late(9000);
	await fake.advance(30_000);
	const stopped = kept.stop();
	late(0);
	await fake.advance(20_000);
	await stopped;
	expect(updates.some(({time = 0, round}) => time - round.at === 9000)).toBe(true);
	expect(updates.map(({at, time}) => (time ?? 0) - at)).toEqual(updates.map(() => hostAhead));
});
