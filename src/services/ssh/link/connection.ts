import {setTimeout as delay} from 'node:timers/promises';
import {DeployError} from '../../../domain/errors.ts';
import type {ExecOptions, ExecResult} from '../../../domain/ports.ts';
import {addressOf, cancelled, linkLost, socketReason} from './failures.ts';
import {askHome, fromHome, noHome, parseHome} from '../home.ts';
import {createLanes} from '../lanes.ts';
import type {OpenChain} from './open-chain.ts';
import type {SshOptions} from './options.ts';
import {printable} from '../printable.ts';
import {runCommand} from '../run-command.ts';
import {waitFor} from './wait-for.ts';
import {watchLink} from './watch-link.ts';

/** One living link to a host. It is never revived: a lost one is replaced. */
export type Connection = {
	/** `SHA256:...` of the key the host accepted. */
	readonly keyFingerprint: string;
	exec(line: string, options: ExecOptions): Promise<ExecResult>;
	/** Ends the link; commands under way throw `link-lost`. */
	close(): Promise<void>;
};

export type ConnectionEvents = {
	readonly onRtt: (rttMs: number) => void;
	readonly onQuiet: (quietMs: number) => void;
	/** Called once, for every end but `close`. */
	readonly onLost: (error: DeployError) => void;
};

/** A host that does not say it in this time says nothing else either. */
const homeTimeoutMs = 30_000;

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;

const timedOut = (label: string, timeoutMs: number): DeployError =>
	new DeployError({
		code: 'timeout',
		what: `A command on ${label} took too long`,
		why: `It had not finished after ${seconds(timeoutMs)}.`,
		now: 'It was not waited for; it may still be running.',
		next: 'Look at the state of the host, then try again.',
	});

type Run = (line: string, options: ExecOptions) => Promise<ExecResult>;

/** Puts a logged-in chain to use: lanes, signs of life, and one place where the link's end is noticed. */
export const createConnection = (chain: OpenChain, options: SshOptions, events: ConnectionEvents): Connection => {
	const {client, socket, resolved, keyFingerprint} = chain;
	const {label} = resolved;
	const lanes = createLanes();
	const running = new Set<AbortController>();
	let lost: DeployError | undefined;
	let isClosing = false;

	const end = (why: string, cause?: unknown): void => {
		if (lost) return;
		lost = linkLost(label, why, cause);
		stopWatching();
		for (const stop of running) stop.abort(lost);
		client.destroy();
		chain.destroy();
		if (!isClosing) events.onLost(lost);
	};
	const stopWatching = watchForEnd(chain, options, events, end);

	const run: Run = async (line, execOptions) => {
		if (lost) throw lost;
		const {stop, done} = limited(label, execOptions);
		running.add(stop);
		try {
			return await runCommand({client, label, line, options: execOptions, lanes, stop});
		} finally {
			done();
			running.delete(stop);
		}
	};

	return {
		keyFingerprint,
		exec: startingAtHome(label, run),
		close: async () => {
			if (lost) return;
			isClosing = true;
			stopWatching();
			const gone = new Promise<void>(resolve => socket.once('close', () => resolve()));
			client.end();
			await Promise.race([gone, delay(500, undefined, {ref: false})]);
			end('The session was closed.');
		},
	};
};

/** Notices every way a link can end: what the client says, what the socket says, and silence. Returns how to stop. */
const watchForEnd = (
	{client, socket, resolved}: OpenChain,
	{keepaliveMs = 5000, keepaliveMisses = 3}: SshOptions,
	{onRtt, onQuiet}: ConnectionEvents,
	end: (why: string, cause?: unknown) => void,
): (() => void) => {
	const address = addressOf(resolved);
	client.on('error', (error: Error & {level?: string}) => {
		if (error.level === 'agent') return;
		end(
			error.level === 'client-socket' ? socketReason(address, error) : `${address}: ${printable(error.message)}.`,
			error,
		);
	});
	client.on('close', () => end(`${address} closed the connection.`));
	return watchLink({
		client,
		socket,
		everyMs: keepaliveMs,
		misses: keepaliveMisses,
		onRtt,
		onQuiet,
		onDead: quietMs => end(`${address} has not answered for ${seconds(quietMs)}.`),
	});
};

const notStarted = (label: string): DeployError => cancelled(`A command on ${label}`, 'It was not started.');

/** What ends one command before its end: whoever asked for it, or its time. Throws when that is over before it began. */
const limited = (
	label: string,
	{signal, timeoutMs}: ExecOptions,
): {readonly stop: AbortController; readonly done: () => void} => {
	if (signal?.aborted) throw notStarted(label);
	const stop = new AbortController();
	const onAbort = (): void =>
		stop.abort(cancelled(`A command on ${label}`, 'It was not waited for; it may still be running.'));
	const timer =
		timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(timedOut(label, timeoutMs)), timeoutMs);
	signal?.addEventListener('abort', onAbort, {once: true});
	return {
		stop,
		done: () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
		},
	};
};

/**
 * Starts every line at the login's home. Where that is, is asked once: the same for every command of the connection,
 * whoever asked first, and whether or not that one was cancelled.
 */
const startingAtHome = (label: string, run: Run): Run => {
	let home: Promise<string> | undefined;
	const learnHome = async (): Promise<string> => {
		const {stdout, stderr} = await run(askHome, {lane: 'run', timeoutMs: homeTimeoutMs});
		const found = parseHome(stdout);
		if (found === undefined) throw noHome(label, printable(stderr));
		return found;
	};
	const homeOf = (): Promise<string> => {
		home ??= learnHome().catch((error: unknown) => {
			home = undefined;
			throw error;
		});
		return home;
	};
	return async (line, options) => {
		const {signal, timeoutMs} = options;
		if (signal?.aborted) throw notStarted(label);
		const start = await waitFor(homeOf(), {
			signal,
			timeoutMs,
			cancelled: () => notStarted(label),
			timedOut: () => timedOut(label, timeoutMs ?? homeTimeoutMs),
		});
		return run(fromHome(start, line), options);
	};
};
