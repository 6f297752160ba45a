import {chmodSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AppServices} from '../../src/app/app-services.ts';
import {createLedgerBook} from '../../src/app/ledger/ledger-book.ts';
import {appendSignOff} from '../../src/app/checklist/sign-off.ts';
import {targetIn} from '../../src/app/target-of.ts';
import {keepWatch, type KeptWatch, type WatchUpdate} from '../../src/app/watch/keep-watch.ts';
import {serveWatch} from '../../src/app/watch/serve-watch.ts';
import {loadChecklists} from '../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import type {Checklists} from '../../src/domain/checklist/checklist.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {usualProbes} from '../../src/domain/environments/watched.ts';
import {DeployError} from '../../src/domain/errors.ts';
import type {Message} from '../../src/domain/notify/message.ts';
import type {SampleStore, SessionManager} from '../../src/domain/ports.ts';
import {liveRelease, type LiveRelease} from '../../src/domain/releases/live-releases.ts';
import {tuesday} from '../../src/sandbox/clock.ts';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {httpProbe} from '../../src/services/probes/http-probe.ts';
import {badIn} from '../../src/domain/watch/observe.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createLedgerCache} from '../../src/services/state/ledger-cache.ts';
import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {healthSamples} from '../domain/watch/a-watch.ts';
import {sandboxPast} from '../support/sandbox-past.ts';
import {fakeServices} from '../control/fake-services.ts';
import {createDrivenClock} from '../app/watch/driven-clock.ts';

let directory: string;
let sandbox: Sandbox;
let environments: readonly Environment[];
let environment: Environment;
let checklists: Checklists;
let live: LiveRelease;

const everyMs = 60_000;
const minute = 60_000;

/** A host whose `date` says what the test wants, seconds since 1970. */
const setHostTime = (ms: number): void => {
	const {root} = sandbox.servers.production;
	const part = join(root, 'clock.part');
	writeFileSync(part, String(ms / 1000));
	renameSync(part, join(root, 'clock'));
};

const beginAt = tuesday.getTime() + 3_600_000;

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-watch-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	({environments} = await loadEnvironments(sandbox.config, {home: homedir()}));
	checklists = await loadChecklists(sandbox.config);
	const production = environments.find(({name}) => name === 'production');
	if (!production) throw new Error('the sandbox has no production');
	environment = {...production, probes: {...(production.probes ?? usualProbes), everyMs}};
	const {root} = sandbox.servers.production;
	const date = join(root, 'shims/date');
	writeFileSync(
		date,
		`#!/bin/sh\nfor word; do case $word in -d* | --date* | -r* | --ref*) exec /bin/date "$@" ;; esac; done\nexec /bin/date -d "@$(cat '${root}/clock')" "$@"\n`,
	);
	chmodSync(date, 0o755);
	setHostTime(beginAt);
});

afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

/** A cockpit of somebody's own: connection, memory, samples; only the clock is the test's. */
const cockpit = (
	name: string,
	clock: AppServices['clock'],
	{
		samples = createMemorySamples(),
		messages = [],
	}: {readonly samples?: SampleStore; readonly messages?: Message[]} = {},
) => {
	const real = createSessionManager({environment: process.env});
	const link = {isLost: false};
	const sessions: SessionManager = {
		session: host => {
			const session = real.session(host);
			return new Proxy(session, {
				get: (target, key) => {
					if (key === 'exec' && link.isLost)
						return async () => {
							throw new DeployError({
								code: 'link-lost',
								what: '',
								why: 'the link is lost',
								now: '',
								next: '',
							});
						};
					const value: unknown = Reflect.get(target, key);
					return typeof value === 'function' ? (value.bind(target) as unknown) : value;
				},
			});
		},
		close: () => real.close(),
	};
	const services: AppServices = {
		...fakeServices({}).services,
		sessions,
		samples,
		clock,
		ledgers: createLedgerBook(sessions, createLedgerCache(join(directory, name)), clock),
		// What it answers is real; how long that took on this machine would be another test.
		probe: {get: async (url, options) => ({...(await httpProbe.get(url, options)), durationMs: 20})},
		notifier: {say: message => void messages.push(message), settled: async () => undefined},
		nonce: () => Math.floor(Math.random() * 65_536).toString(16),
		actorFor: async () => ({name, machine: `${name}-laptop`}),
	};
	const updates: WatchUpdate[] = [];
	const faults: unknown[] = [];
	let kept: KeptWatch | undefined;
	return {
		services,
		messages,
		updates,
		faults,
		samples,
		link,
		/** What its last look says of the watch. */
		report: () => updates.at(-1)?.reports[0],
		begin: (): void => {
			kept = keepWatch({
				services,
				environment,
				checklists,
				isLooked: () => true,
				onUpdate: update => void updates.push(update),
				onFault: error => void faults.push(error),
			});
		},
		stop: async (): Promise<void> => kept?.stop(),
		close: () => real.close(),
	};
};

const entriesOf = async ({services}: ReturnType<typeof cockpit>) => (await services.ledgers.read(environment)).entries;

/** Finishes a run of what is live anyway, as its host writes that down. */
const finishRun = async (who: ReturnType<typeof cockpit>, run: string): Promise<void> => {
	const found = liveRelease(await entriesOf(who), 'backend');
	if (!found?.build) throw new Error('no backend is live in the sandbox');
	live = found;
	await appendSignOff(who.services, environment, {
		type: 'deploy.finished',
		actor: {name: 'Ravi', machine: 'Ravi-laptop'},
		data: {run, app: 'backend', release: live.release, build: live.build},
	});
};

test(
	'watch: half an hour, with one cockpit ended in between and an outage in the 11th minute: each change is written once and told once',
	{timeout: 300_000},
	async () => {
		const time = createDrivenClock(beginAt);
		/** What anybody was told, in order. */
		const messages: Message[] = [];
		const ravi = cockpit('Ravi', time.clock, {messages});
		const asha = cockpit('Asha', time.clock, {messages});
		for (const {samples} of [ravi, asha])
			samples.add(
				{project: environment.project, environment: environment.name},
				healthSamples({count: 60, from: beginAt - 20 * minute, ms: 20}),
			);
		await finishRun(ravi, 'run-1');
		ravi.begin();
		asha.begin();
		await time.idle(2);
		expect(ravi.report()?.watch).toMatchObject({run: 'run-1', startedAt: beginAt, endsAt: beginAt + 30 * minute});
		expect(ravi.report()?.phases.map(({state}) => state)).toEqual(['now', 'before', 'before']);

		let waiting = 2;
		/** One look of everybody later. */
		const step = async (): Promise<void> => {
			await time.advance(everyMs, setHostTime);
			await time.idle(waiting);
		};
		const stepTo = async (minutes: number): Promise<void> => {
			while (time.clock.now() < beginAt + minutes * minute) await step();
		};
		const down = (who: typeof ravi) => who.report()?.triggers.find(({id}) => id === 'down');

		await stepTo(6);
		expect(asha.report()?.phases.map(({state}) => state)).toEqual(['over', 'now', 'before']);
		expect(down(asha)).toMatchObject({state: 'quiet'});
		// One of them is gone for a while; what it had kept is on its disk.
		await ravi.stop();
		waiting = 1;
		await stepTo(8);
		const again = cockpit('Ravi', time.clock, {messages, samples: ravi.samples});
		again.begin();
		waiting = 2;
		await time.idle(2);
		expect(again.report()?.watch.isRecorded).toBe(true);

		await stepTo(10);
		const broken = join(realpathSync(targetIn(environment, 'backend').path), 'BROKEN');
		writeFileSync(broken, 'on purpose');
		await step();
		expect(down(asha)).toMatchObject({state: 'quiet'});
		await step();
		for (const who of [again, asha])
			expect(down(who)).toMatchObject({state: 'fired', since: beginAt + 11 * minute});
		expect(again.report()?.isBad).toBe(true);
		const name = `backend ${live.build?.commit.slice(0, 7) ?? ''} on ${environment.title}`;
		const both = [
			`unhealthy: ${name}: API not 200 twice in a row`,
			`healthy: ${name}: no longer API not 200 twice in a row`,
		];
		const told = () => messages.map(({event, title}) => `${event}: ${title}`);
		expect(told()).toEqual([`unhealthy: ${name}: API not 200 twice in a row`]);
		await step();
		rmSync(broken);
		await step();
		expect(down(asha)).toMatchObject({state: 'quiet'});
		await step();
		expect(told()).toEqual(both);

		// Without its link one goes on with what it can ask from here.
		asha.link.isLost = true;
		await stepTo(20);
		expect(asha.updates.at(-1)?.round.silent.map(({host}) => host)).toEqual(['production-1']);
		expect(down(asha)).toMatchObject({state: 'quiet'});
		expect(asha.report()?.triggers.find(({id}) => id === 'restarts')).toMatchObject({state: 'unclear'});
		expect(again.report()?.triggers.find(({id}) => id === 'restarts')).toMatchObject({state: 'quiet'});
		asha.link.isLost = false;

		await stepTo(31);
		// Where no probe reads the log, what stands in it is not known, and not good.
		const isLogRead = asha.updates
			.at(-1)
			?.round.readings.some(({kind, state}) => kind === 'log' && state !== 'unclear');
		const entries = (await entriesOf(asha)).filter(({type}) => type.startsWith('watch.'));
		expect(
			entries.map(({type, data}) => [type, data['trigger'] ?? data['probe'] ?? data['outcome'] ?? '']),
		).toEqual([
			['watch.started', ''],
			['watch.changed', 'down'],
			['watch.changed', 'down'],
			['watch.finished', isLogRead ? 'good' : 'unclear'],
		]);
		expect(told()).toEqual(both);
		expect(asha.report()?.watch.ended).toMatchObject({at: beginAt + 30 * minute});

		await Promise.all([again, asha].map(({stop}) => stop()));
		await Promise.all([ravi, again, asha].map(({close}) => close()));
		for (const {faults} of [ravi, again, asha]) expect(faults).toEqual([]);
	},
);

test(
	'service: writes what it saw at each change, every half hour and at its end; what has come true is told once',
	{timeout: 300_000},
	async () => {
		const begin = beginAt + 40 * minute;
		setHostTime(begin);
		const time = createDrivenClock(begin);
		const served = cockpit('Service', time.clock);
		const faults: unknown[] = [];
		const looks: number[] = [];
		const service = serveWatch({
			services: served.services,
			environment: {
				...environment,
				// Nothing is written of what nobody asked to hear.
				notify: [{way: 'command', argv: ['tell'], on: ['window-open']}],
				// PM2 says when it started by the clock of this machine, which the test does not drive.
				apps: environment.apps.backend ? {backend: environment.apps.backend} : {},
			},
			environments,
			checklists,
			everyMs: 5 * minute,
			onUpdate: () => undefined,
			onLook: async () => void looks.push(time.clock.now()),
			onFault: error => void faults.push(error),
		});
		await time.idle(1);
		const stepTo = async (minutes: number): Promise<void> => {
			while (time.clock.now() < begin + minutes * minute) {
				await time.advance(5 * minute, setHostTime);
				await time.idle(1);
			}
		};
		const observed = async () =>
			(await entriesOf(served))
				.filter(({type, actor}) => type === 'health.observed' && actor?.machine === 'Service-laptop')
				.map(({data}) => ({
					from: (Date.parse(String(data['from'])) - begin) / minute,
					until: (Date.parse(String(data['until'])) - begin) / minute,
					bad: badIn(data['bad']).map(({probe}) => probe),
				}));
		await stepTo(35);
		const isBad = ['backend.health'];
		const healthy = {from: 0, until: 0, bad: []};
		expect(await observed()).toEqual([healthy, {from: 0, until: 30, bad: []}]);

		const broken = join(realpathSync(targetIn(environment, 'backend').path), 'BROKEN');
		writeFileSync(broken, 'on purpose');
		await stepTo(45);
		rmSync(broken);
		await stepTo(50);
		served.link.isLost = true;
		await stepTo(70);
		served.link.isLost = false;
		await stepTo(75);
		await service.stop();
		expect((await observed()).slice(2)).toEqual([
			{from: 30, until: 40, bad: isBad},
			{from: 40, until: 50, bad: []},
			{from: 50, until: 75, bad: []},
		]);
		expect(looks).toHaveLength(16);
		expect(served.messages.map(({event}) => event).filter(event => event.endsWith('healthy'))).toEqual([
			'unhealthy',
			'healthy',
		]);
		expect(served.messages.filter(({event}) => event === 'window-open')).toHaveLength(1);
		expect(faults).toEqual([]);
		await served.close();
	},
);
