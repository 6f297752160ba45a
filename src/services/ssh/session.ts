import {setTimeout as delay} from 'node:timers/promises';
import type {Host} from '../../domain/environments/environment.ts';
import {type DeployError, hasCode} from '../../domain/errors.ts';
import type {ExecOptions, ExecResult, Session, SessionStatus} from '../../domain/ports.ts';
import type {UnlockedKeys} from './login/authentication.ts';
import {backoffMs} from './link/backoff.ts';
import {type Connection, createConnection} from './link/connection.ts';
import {cancelled, isFinal, signInAgain} from './link/failures.ts';
import type {Lanes} from './lanes.ts';
import {openChain} from './link/open-chain.ts';
import type {SshOptions} from './link/options.ts';
import {createSingleFlight} from './link/single-flight.ts';

type Shared = {
	readonly options: SshOptions;
	readonly unlocked: UnlockedKeys;
	/** Limits handshakes at once over all hosts. */
	readonly handshakes: Lanes;
};

const fingerprints = new WeakMap<Session, string>();

/** `SHA256:...` of the key the host accepted last, for the actor; undefined before the first login. */
export const keyFingerprintOf = (session: Session): string | undefined => fingerprints.get(session);

const isWorthRetrying = (error: unknown): error is DeployError =>
	hasCode(error, 'unreachable', 'link-lost') && !isFinal(error);

/** The one connection to a host, opened when needed and replaced when lost. */
export const createSession = (host: Host, {options, unlocked, handshakes}: Shared): Session => {
	const listeners = new Set<(status: SessionStatus) => void>();
	const seen = new Map<string, Buffer>();
	const closing = new AbortController();
	let status: SessionStatus = {state: 'idle', since: Date.now()};
	let connection: Connection | undefined;
	let wasReady = false;
	/** Counts what `open` began: one that was left behind no longer speaks for the session. */
	let opening = 0;
	/** Attempts since the last good connection. */
	let attempt = 0;

	const report = (changes: Omit<SessionStatus, 'since'>): void => {
		if (status.state === 'closed') return;
		status = {...changes, since: changes.state === status.state ? status.since : Date.now()};
		for (const listener of listeners) {
			try {
				listener(status);
			} catch {
				// A screen that fails must not end the connection a run is using.
			}
		}
	};
	const lose = (error: DeployError): void => {
		connection = undefined;
		report({state: 'failed', reason: error.why});
	};

	const open = async (signal: AbortSignal): Promise<Connection> => {
		attempt += 1;
		const mine = (opening += 1);
		const isAgain = wasReady || attempt > 1;
		report(isAgain ? {state: 'reconnecting', attempt, ...lastReason()} : {state: 'connecting'});
		const ends = AbortSignal.any([signal, closing.signal]);
		let giveBack: (() => void) | undefined;
		try {
			giveBack = await handshakes.acquire('run', ends);
			const chain = await openChain(host, {options, unlocked, seen, signal: ends});
			if (ends.aborted) {
				chain.destroy();
				throw ends.reason;
			}
			connection = createConnection(chain, options, {
				onLost: lose,
				onRtt: rttMs => report({state: 'ready', rttMs}),
				onQuiet: quietMs =>
					report({
						state: 'degraded',
						reason: `No answer for ${Number((quietMs / 1000).toFixed(1))} s.`,
						...(status.rttMs === undefined ? {} : {rttMs: status.rttMs}),
					}),
			});
			fingerprints.set(session, connection.keyFingerprint);
			attempt = 0;
			wasReady = true;
			report({state: 'ready'});
			return connection;
		} catch (error) {
			throw mine === opening ? whatItMeans(error) : error;
		} finally {
			giveBack?.();
		}
	};
	const lastReason = (): {reason?: string} => (status.reason === undefined ? {} : {reason: status.reason});

	/** After a good session, a refused login is a lost link: what runs on the host goes on. */
	const whatItMeans = (error: unknown): unknown => {
		const meaning = wasReady && hasCode(error, 'auth-failed', 'key-file') ? signInAgain(host.name, error) : error;
		if (hasCode(meaning, 'cancelled')) {
			attempt = 0;
			report({state: wasReady ? 'failed' : 'idle', reason: 'Connecting was cancelled.'});
		} else report({state: 'failed', reason: meaning instanceof Error ? reasonOf(meaning) : String(meaning)});
		return meaning;
	};
	const joinAttempt = createSingleFlight(open);

	const whenAborted = (): DeployError => cancelled(`Connecting to ${host.name}`);

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
				await delay(pauseMs, undefined, {
					signal: AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]),
				}).catch(() => {
					throw whenAborted();
				});
			}
		}
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
		connect: async ({patienceMs = 0, signal} = {}) => {
			await ready(patienceMs, signal);
		},
		exec: async (line: string, execOptions: ExecOptions): Promise<ExecResult> =>
			(await ready(0, execOptions.signal)).exec(line, execOptions),
		close: async () => {
			report({state: 'closed'});
			closing.abort(cancelled(`The session with ${host.name}`, 'It is closed.'));
			const last = connection;
			connection = undefined;
			await last?.close();
		},
	};
	return session;
};

const reasonOf = (error: Error): string =>
	'why' in error && typeof error.why === 'string' ? error.why : error.message;
