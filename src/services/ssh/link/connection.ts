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

/** The value, unless it takes too long or nobody wants it any more; others may still wait for it then. */
const waitFor = async <Value>(
	value: Promise<Value>,
	{
		signal,
		timeoutMs,
		...errors
	}: {
		readonly signal: AbortSignal | undefined;
		readonly timeoutMs: number | undefined;
		readonly cancelled: () => DeployError;
		readonly timedOut: () => DeployError;
	},
): Promise<Value> => {
	const given = Promise.withResolvers<never>();
	const onAbort = (): void => given.reject(errors.cancelled());
	const timer = timeoutMs === undefined ? undefined : setTimeout(() => given.reject(errors.timedOut()), timeoutMs);
	signal?.addEventListener('abort', onAbort, {once: true});
	try {
		return await Promise.race([value, given.promise]);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	}
};

/** Puts a logged-in chain to use: lanes, signs of life, and one place where the link's end is noticed. */
export const createConnection = (chain: OpenChain, options: SshOptions, events: ConnectionEvents): Connection => {
	const {client, socket, resolved, keyFingerprint} = chain;
	const {keepaliveMs = 5000, keepaliveMisses = 3} = options;
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
	const address = addressOf(resolved);
	client.on('error', (error: Error & {level?: string}) => {
		if (error.level === 'agent') return;
		end(
			error.level === 'client-socket' ? socketReason(address, error) : `${address}: ${printable(error.message)}.`,
			error,
		);
	});
	client.on('close', () => end(`${address} closed the connection.`));
	const stopWatching = watchLink({
		client,
		socket,
		everyMs: keepaliveMs,
		misses: keepaliveMisses,
		onRtt: events.onRtt,
		onQuiet: events.onQuiet,
		onDead: quietMs => end(`${address} has not answered for ${seconds(quietMs)}.`),
	});

	const run = async (line: string, execOptions: ExecOptions): Promise<ExecResult> => {
		if (lost) throw lost;
		const {signal, timeoutMs} = execOptions;
		const stop = new AbortController();
		const onAbort = (): void =>
			stop.abort(cancelled(`A command on ${label}`, 'It was not waited for; it may still be running.'));
		if (signal?.aborted) throw cancelled(`A command on ${label}`, 'It was not started.');
		const timer =
			timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(timedOut(label, timeoutMs)), timeoutMs);
		signal?.addEventListener('abort', onAbort, {once: true});
		running.add(stop);
		try {
			return await runCommand({client, label, line, options: execOptions, lanes, stop});
		} finally {
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
			running.delete(stop);
		}
	};

	/** The same for every command of the connection, whoever asked first, and whether or not that one was cancelled. */
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
	const exec = async (line: string, execOptions: ExecOptions): Promise<ExecResult> => {
		const {signal, timeoutMs} = execOptions;
		const notStarted = (): DeployError => cancelled(`A command on ${label}`, 'It was not started.');
		if (signal?.aborted) throw notStarted();
		const start = await waitFor(homeOf(), {
			signal,
			timeoutMs,
			cancelled: notStarted,
			timedOut: () => timedOut(label, timeoutMs ?? homeTimeoutMs),
		});
		return run(fromHome(start, line), execOptions);
	};

	const close = async (): Promise<void> => {
		if (lost) return;
		isClosing = true;
		stopWatching();
		const gone = new Promise<void>(resolve => socket.once('close', () => resolve()));
		client.end();
		await Promise.race([gone, delay(500, undefined, {ref: false})]);
		end('The session was closed.');
	};

	return {keyFingerprint, exec, close};
};
