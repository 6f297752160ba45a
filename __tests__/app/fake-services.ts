import {memoryEnvFiles} from '../support/memory-env-files.ts';
import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {setImmediate} from 'node:timers/promises';
import {ledgerReading} from '../support/ledger.ts';
import type {AppServices} from '../../src/app/app-services.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {DeployError} from '../../src/domain/errors.ts';
import type {Clock, ExecOptions, LocalPort, ProbeAnswer, Session, SessionStatus} from '../../src/domain/ports.ts';

/** A clock that stands still until it is advanced; waits end in their order. */
export const createFakeClock = (start = Date.parse('2026-02-10T05:50:00Z')) => {
	let now = start;
	const waits = new Set<{readonly at: number; readonly end: () => void}>();
	const clock: Clock = {
		now: () => now,
		wait: (ms, signal) =>
			new Promise((resolve, reject) => {
				const wait = {at: now + ms, end: resolve};
				const cancel = (): void => {
					waits.delete(wait);
					reject(new DeployError({code: 'cancelled', what: '', why: '', now: '', next: ''}));
				};
				if (signal?.aborted) return cancel();
				signal?.addEventListener('abort', cancel, {once: true});
				waits.add(wait);
			}),
	};
	/** Lets everything that can go on go on. */
	const settle = async (): Promise<void> => {
		for (let turn = 0; turn < 5; turn++) await setImmediate();
	};
	return {
		clock,
		settle,
		get waiting(): number {
			return waits.size;
		},
		advance: async (ms: number): Promise<void> => {
			const until = now + ms;
			await settle();
			for (;;) {
				const [next] = [...waits].filter(({at}) => at <= until).sort((a, b) => a.at - b.at);
				if (!next) break;
				waits.delete(next);
				now = next.at;
				next.end();
				await settle();
			}
			now = until;
		},
	};
};

/** A host that answers what `answer` returns or throws; `settled` by default at once. */
export type FakeHost = {
	answer: (options: ExecOptions) => string | Promise<string>;
	readonly asked: {readonly line: string; readonly at: number; readonly lane: ExecOptions['lane']}[];
	/** Tells the session's listeners a new state. */
	readonly report: (status: SessionStatus) => void;
	listeners: number;
};

export const unreachable = (why = 'timed out after 15 s'): DeployError =>
	new DeployError({code: 'unreachable', what: 'No connection', why, now: '', next: 'Check the network.'});

export const answerOf = (time: number, more = ''): string =>
	`time ${Math.floor(time / 1000)}\nlive 20260209T052800Z-7f3a9c2\nservice nginx active\ndisk 30000000 41%\ninodes 9%\n${more}ledger\n`;

export const createFakeServices = (clock: Clock, environments: readonly Environment[]) => {
	const hosts = new Map<string, FakeHost & {readonly session: Session}>();
	for (const environment of environments) {
		for (const host of environment.hosts) {
			const listeners = new Set<(status: SessionStatus) => void>();
			let status: SessionStatus = {state: 'idle', since: clock.now()};
			const fake: FakeHost = {
				answer: () => answerOf(clock.now()),
				asked: [],
				report: next => {
					status = next;
					for (const listener of listeners) listener(next);
				},
				get listeners() {
					return listeners.size;
				},
			};
			const session: Session = {
				host,
				get status() {
					return status;
				},
				subscribe: listener => {
					listeners.add(listener);
					return () => listeners.delete(listener);
				},
				connect: () => Promise.resolve(),
				exec: async (line, options) => {
					fake.asked.push({line, at: clock.now(), lane: options.lane});
					return {code: 0, stdout: await fake.answer(options), stderr: '', durationMs: 1};
				},
				close: () => Promise.resolve(),
			};
			hosts.set(environment.name, Object.assign(fake, {session}));
		}
	}
	const gets: {readonly url: string; readonly at: number}[] = [];
	const web = {
		gets,
		answer: (): ProbeAnswer | Promise<ProbeAnswer> => ({durationMs: 84, outcome: {status: 200}, body: ''}),
	};
	const host = (name: string): FakeHost & {readonly session: Session} => {
		const found = hosts.get(name);
		if (!found) throw new Error(`no fake host for ${name}`);
		return found;
	};
	const services = {
		sessions: {
			session: ({name}: {readonly name: string}) => host(name.replace(/-1$/, '')).session,
			close: () => Promise.resolve(),
		},
		probe: {
			get: async (url: string) => {
				gets.push({url, at: clock.now()});
				return web.answer();
			},
		},
		clock,
		samples: createMemorySamples(),
		ledgers: {read: async () => ledgerReading(), remembered: () => undefined},
		actorFor: () => Promise.resolve({name: 'Ravi', machine: 'ravi-thinkpad'}),
		envFiles: memoryEnvFiles(),
	} as unknown as AppServices;
	return {services, host, web};
};

export const fakeLocal: LocalPort = {
	workTree: () => Promise.resolve({commit: 'a'.repeat(40), branch: 'main', changed: 0}),
	missingTools: () => Promise.resolve([]),
	fileMode: () => Promise.resolve(0o600),
};

/** An environment with one host named `<name>-1`, or none for `local`. */
export const fakeEnvironment = (name: string, tier: Environment['tier']): Environment =>
	({
		project: 'qsights',
		name,
		title: name,
		tier,
		timeZone: 'Asia/Kolkata',
		debug: false,
		hosts: tier === 'local' ? [] : [{name: `${name}-1`, address: '127.0.0.1', identityFile: '/keys/qsights.pem'}],
		stateDirectory: `.cockpit/qsights/${name}`,
		file: `/configuration/environments/${name}.yaml`,
		apps: {
			backend: {
				recipe: 'laravel',
				source: '/sources/backend',
				path: '/var/www/qsights/backend',
				php: 'php',
				composer: 'composer',
				services: [{unit: 'nginx', after: 'reload'}],
				health: {url: `http://127.0.0.1/${name}/api/health`, status: 200},
			},
		},
	}) as unknown as Environment;
