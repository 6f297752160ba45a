import {setTimeout as delay} from 'node:timers/promises';
import type {Host} from '../../domain/environments/environment.ts';
import {DeployError, hasCode} from '../../domain/errors.ts';
import type {Session} from '../../domain/ports.ts';
import type {Lanes} from './lanes.ts';
import {type Connection, createConnection} from './link/connection.ts';
import {cancelled, isFinal, seconds, signInAgain} from './link/failures.ts';
import {openChain} from './link/open-chain.ts';
import type {SshOptions} from './link/options.ts';
import {createSingleFlight} from './link/single-flight.ts';
import type {UnlockedKeys} from './login/authentication.ts';
import {createStatusReport} from './session-status.ts';

/** What all sessions have in common. */
type Shared = {
	readonly options: SshOptions;
	readonly unlocked: UnlockedKeys;
	/** Limits handshakes at once over all hosts. */
	readonly handshakes: Lanes;
};

export type SshSession = Session & {
	/** `SHA256:...` of the key the host accepted last, for the actor; undefined before the first login. */
	readonly keyFingerprint: string | undefined;
};

/** Pause before attempt `attempt + 1`: 100 ms, doubled each time up to 10 s; `random` in [0, 1) takes off up to half. */
export const backoffMs = (attempt: number, random: number): number =>
	Math.min(100 * 2 ** (attempt - 1), 10_000) * (1 - random / 2);

const isWorthRetrying = (error: unknown): error is DeployError =>
	hasCode(error, 'unreachable', 'link-lost') && !isFinal(error);

const reasonOf = (error: unknown): string =>
	error instanceof DeployError ? error.why : error instanceof Error ? error.message : String(error);

/** The session with a host, over one connection that is opened when needed and replaced when lost. */
export const createSession = (host: Host, {options, unlocked, handshakes}: Shared): SshSession => {
	const told = createStatusReport();
	const {report} = told;
	const seen = new Map<string, Buffer>();
	const closing = new AbortController();
	let connection: Connection | undefined;
	/** Known from the first good connection on. */
	let keyFingerprint: string | undefined;
	/** Counts what was begun: one that was left behind no longer speaks for the session. */
	let opening = 0;
	/** Attempts since the last good connection. */
	let attempt = 0;

	const open = async (signal: AbortSignal): Promise<Connection> => {
		attempt += 1;
		const mine = (opening += 1);
		const isAgain = keyFingerprint !== undefined || attempt > 1;
		report(isAgain ? {state: 'reconnecting', attempt, reason: told.status.reason} : {state: 'connecting'});
		const ends = AbortSignal.any([signal, closing.signal]);
		let giveBack: (() => void) | undefined;
		try {
			giveBack = await handshakes.acquire('run', ends);
			const chain = await openChain(host, {options, unlocked, seen, signal: ends});
			if (ends.aborted) {
				chain.destroy();
				throw ends.reason;
			}
			return use(createConnection(chain, options, events));
		} catch (error) {
			throw mine === opening ? failed(error) : error;
		} finally {
			giveBack?.();
		}
	};
	const use = (opened: Connection): Connection => {
		connection = opened;
		({keyFingerprint} = opened);
		attempt = 0;
		report({state: 'ready'});
		return opened;
	};
	/** What a failure means: after a good session, a refused login is a lost link: what runs on the host goes on. */
	const failed = (error: unknown): unknown => {
		const wasReady = keyFingerprint !== undefined;
		const meaning = wasReady && hasCode(error, 'auth-failed', 'key-file') ? signInAgain(host.name, error) : error;
		if (hasCode(meaning, 'cancelled')) {
			attempt = 0;
			report({state: wasReady ? 'failed' : 'idle', reason: 'Connecting was cancelled.'});
		} else report({state: 'failed', reason: reasonOf(meaning)});
		return meaning;
	};
	const events = {
		onLost: ({why}: DeployError) => {
			connection = undefined;
			report({state: 'failed', reason: why});
		},
		onRtt: (rttMs: number) => report({state: 'ready', rttMs}),
		onQuiet: (quietMs: number) =>
			report({state: 'degraded', reason: `No answer for ${seconds(quietMs)}.`, rttMs: told.status.rttMs}),
	};

	const joinAttempt = createSingleFlight(open);
	const whenAborted = (): DeployError => cancelled(`Connecting to ${host.name}`);
	/** The living connection, or a new one; several callers wait for the same. */
	const ready = async (patienceMs: number, signal: AbortSignal | undefined): Promise<Connection> => {
		const giveUpAt = performance.now() + patienceMs;
		for (;;) {
			if (closing.signal.aborted) throw closing.signal.reason;
			if (connection) return connection;
			try {
				return await joinAttempt(signal, whenAborted);
			} catch (error) {
				const pauseMs = backoffMs(Math.max(attempt, 1), Math.random());
				if (!isWorthRetrying(error) || performance.now() + pauseMs > giveUpAt) throw error;
				report({state: 'reconnecting', attempt: attempt + 1, retryAt: Date.now() + pauseMs, reason: error.why});
				const ends = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]);
				await delay(pauseMs, undefined, {signal: ends}).catch(() => {
					throw whenAborted();
				});
			}
		}
	};

	return {
		host,
		get status() {
			return told.status;
		},
		get keyFingerprint() {
			return keyFingerprint;
		},
		subscribe: told.subscribe,
		connect: async ({patienceMs = 0, signal} = {}) => {
			await ready(patienceMs, signal);
		},
		exec: async (line, execOptions) => (await ready(0, execOptions.signal)).exec(line, execOptions),
		close: async () => {
			report({state: 'closed'});
			closing.abort(cancelled(`The session with ${host.name}`, 'It is closed.'));
			const last = connection;
			connection = undefined;
			await last?.close();
		},
	};
};
