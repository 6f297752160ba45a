import {setTimeout as delay} from 'node:timers/promises';
import type {Host} from '../../../domain/environments/environment.ts';
import {type DeployError, hasCode} from '../../../domain/errors.ts';
import type {Lanes} from '../lanes.ts';
import type {UnlockedKeys} from '../login/authentication.ts';
import type {StatusReport} from '../session-status.ts';
import {backoffMs} from './backoff.ts';
import {type Connection, type ConnectionEvents, createConnection} from './connection.ts';
import {cancelled, isFinal, signInAgain} from './failures.ts';
import {openChain} from './open-chain.ts';
import type {SshOptions} from './options.ts';
import {createSingleFlight} from './single-flight.ts';

/** What all sessions have in common. */
export type Shared = {
	readonly options: SshOptions;
	readonly unlocked: UnlockedKeys;
	/** Limits handshakes at once over all hosts. */
	readonly handshakes: Lanes;
};

/** What is known of the connections of one host. */
type Known = {
	/** The living one. */
	connection: Connection | undefined;
	/** `SHA256:...` of the key the host accepted last. */
	keyFingerprint: string | undefined;
	wasReady: boolean;
	/** Counts what was begun: one that was left behind no longer speaks for the session. */
	opening: number;
	/** Attempts since the last good connection. */
	attempt: number;
};

/**
 * The one connection to a host: opened when it is needed and replaced when it is lost. `closing`: of the session; aborted
 * once.
 */
export const createConnecting = (
	host: Host,
	shared: Shared,
	{report, closing}: {readonly report: StatusReport; readonly closing: AbortSignal},
) => {
	const known: Known = {
		connection: undefined,
		keyFingerprint: undefined,
		wasReady: false,
		opening: 0,
		attempt: 0,
	};
	const seen = new Map<string, Buffer>();
	const open = async (signal: AbortSignal): Promise<Connection> => {
		const mine = begin(known, report);
		const ends = AbortSignal.any([signal, closing]);
		let giveBack: (() => void) | undefined;
		try {
			giveBack = await shared.handshakes.acquire('run', ends);
			const chain = await openChain(host, {...shared, seen, signal: ends});
			if (ends.aborted) {
				chain.destroy();
				throw ends.reason;
			}
			return succeed(known, report, createConnection(chain, shared.options, eventsOf(known, report)));
		} catch (error) {
			throw mine === known.opening ? fail(known, report, host, error) : error;
		} finally {
			giveBack?.();
		}
	};
	const joinAttempt = createSingleFlight(open);
	const whenAborted = (): DeployError => cancelled(`Connecting to ${host.name}`);

	return {
		known: known as Readonly<Known>,
		/** The living connection, or a new one; several callers wait for the same. */
		ready: async (patienceMs: number, signal: AbortSignal | undefined): Promise<Connection> => {
			const giveUpAt = performance.now() + patienceMs;
			for (;;) {
				if (closing.aborted) throw closing.reason;
				if (known.connection) return known.connection;
				try {
					return await joinAttempt(signal, whenAborted);
				} catch (error) {
					const pauseMs = backoffMs(Math.max(known.attempt, 1), Math.random());
					if (!isWorthRetrying(error) || performance.now() + pauseMs > giveUpAt) throw error;
					const retryAt = Date.now() + pauseMs;
					report.report({state: 'reconnecting', attempt: known.attempt + 1, retryAt, reason: error.why});
					await pause(pauseMs, [closing, ...(signal ? [signal] : [])], whenAborted);
				}
			}
		},
		/** Gives the living connection out of hand, to be closed. */
		release: (): Connection | undefined => {
			const last = known.connection;
			known.connection = undefined;
			return last;
		},
	};
};

const pause = async (ms: number, ends: readonly AbortSignal[], whenAborted: () => Error): Promise<void> =>
	delay(ms, undefined, {signal: AbortSignal.any([...ends])}).catch(() => {
		throw whenAborted();
	});

/** Returns the number of the attempt, by which it knows whether it still counts when it ends. */
const begin = (known: Known, {status: {reason}, report}: StatusReport): number => {
	known.attempt += 1;
	known.opening += 1;
	const {attempt, wasReady, opening} = known;
	const isAgain = wasReady || attempt > 1;
	const lastReason = reason === undefined ? {} : {reason};
	report(isAgain ? {state: 'reconnecting', attempt, ...lastReason} : {state: 'connecting'});
	return opening;
};

const succeed = (known: Known, {report}: StatusReport, connection: Connection): Connection => {
	known.connection = connection;
	known.keyFingerprint = connection.keyFingerprint;
	known.attempt = 0;
	known.wasReady = true;
	report({state: 'ready'});
	return connection;
};

/** Answers with what the failure means: after a good session, a refused login is a lost link: what runs on the host goes on. */
const fail = (known: Known, {report}: StatusReport, host: Host, error: unknown): unknown => {
	const {wasReady} = known;
	const meaning = wasReady && hasCode(error, 'auth-failed', 'key-file') ? signInAgain(host.name, error) : error;
	if (hasCode(meaning, 'cancelled')) {
		known.attempt = 0;
		report({state: wasReady ? 'failed' : 'idle', reason: 'Connecting was cancelled.'});
	} else report({state: 'failed', reason: meaning instanceof Error ? reasonOf(meaning) : String(meaning)});
	return meaning;
};

const eventsOf = (known: Known, told: StatusReport): ConnectionEvents => ({
	onLost: error => {
		known.connection = undefined;
		told.report({state: 'failed', reason: error.why});
	},
	onRtt: rttMs => told.report({state: 'ready', rttMs}),
	onQuiet: quietMs => {
		const {rttMs} = told.status;
		told.report({
			state: 'degraded',
			reason: `No answer for ${Number((quietMs / 1000).toFixed(1))} s.`,
			...(rttMs === undefined ? {} : {rttMs}),
		});
	},
});

const isWorthRetrying = (error: unknown): error is DeployError =>
	hasCode(error, 'unreachable', 'link-lost') && !isFinal(error);

const reasonOf = (error: Error): string =>
	'why' in error && typeof error.why === 'string' ? error.why : error.message;
