import {randomBytes} from 'node:crypto';
import {setTimeout as delay} from 'node:timers/promises';
import {inFrame} from '../../../commands/frame/frame.ts';
import {type DeployError, failure} from '../../../domain/errors.ts';
import type {ExecOptions, ExecResult} from '../../../domain/ports.ts';
import {hostAndPort, cancelled, linkLost, printable, seconds, socketReason} from './failures.ts';
import {askHome, fromHome, noHome, parseHome, staying} from '../home.ts';
import {createLanes} from '../lanes.ts';
import type {OpenChain} from './open-chain.ts';
import type {SshOptions} from './options.ts';
import {runCommand, stopped} from '../run-command.ts';
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

const timedOut = (label: string, timeoutMs: number): DeployError =>
	failure('timeout')({
		what: `A command on ${label} took too long`,
		why: `It had not finished after ${seconds(timeoutMs)}.`,
		now: 'It was not waited for; it may still be running.',
		next: 'Look at the state of the host, then try again.',
	});

/** How long a host is given to hear that the session ends: whoever leaves waits for none that is silent. */
const farewellMs = 50;

type Run = (line: string, options: ExecOptions) => Promise<ExecResult>;

/** Puts a logged-in chain to use: lanes, signs of life, and one place where the link's end is noticed. */
export const createConnection = (
	chain: OpenChain,
	{keepaliveMs = 5000, keepaliveMisses = 3}: SshOptions,
	{onLost, ...events}: ConnectionEvents,
): Connection => {
	const {client, socket, resolved, keyFingerprint} = chain;
	const {label} = resolved;
	const address = hostAndPort(resolved);
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
		if (!isClosing) onLost(lost);
	};
	client.on('error', (error: Error & {level?: string}) => {
		if (error.level === 'agent') return;
		const isSocket = error.level === 'client-socket';
		end(isSocket ? socketReason(address, error) : `${address}: ${printable(error.message)}.`, error);
	});
	client.on('close', () => end(`${address} closed the connection.`));
	const stopWatching = watchLink({
		client,
		socket,
		everyMs: keepaliveMs,
		misses: keepaliveMisses,
		...events,
		onDead: quietMs => end(`${address} has not answered for ${seconds(quietMs)}.`),
	});

	const run: Run = (line, options) =>
		limited(label, options, 'It was not waited for; it may still be running.', async stop => {
			if (lost) throw lost;
			running.add(stop);
			try {
				const mark = randomBytes(8).toString('hex');
				const asked = inFrame(line, mark);
				return await runCommand({
					client,
					label,
					line: line === askHome ? staying(asked) : asked,
					mark,
					options,
					lanes,
					stop,
				});
			} finally {
				running.delete(stop);
			}
		});

	return {
		keyFingerprint,
		exec: startingAtHome(label, run),
		close: async () => {
			if (lost) return;
			isClosing = true;
			stopWatching();
			const gone = new Promise<void>(resolve => socket.once('close', () => resolve()));
			client.end();
			await Promise.race([gone, delay(farewellMs, undefined, {ref: false})]);
			end('The session was closed.');
		},
	};
};

/**
 * Work for one command, which is stopped when whoever asked for it leaves, saying what is so `now`, or when its time is
 * over. Throws when it is to end before it began.
 */
const limited = async <Value>(
	label: string,
	{signal, timeoutMs}: ExecOptions,
	now: string,
	work: (stop: AbortController) => Promise<Value>,
): Promise<Value> => {
	const command = `A command on ${label}`;
	if (signal?.aborted) throw cancelled(command, 'It was not started.');
	const stop = new AbortController();
	const onAbort = (): void => stop.abort(cancelled(command, now));
	const timer =
		timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(timedOut(label, timeoutMs)), timeoutMs);
	signal?.addEventListener('abort', onAbort, {once: true});
	try {
		return await work(stop);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	}
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
		const start = await limited(label, options, 'It was not started.', ({signal}) =>
			Promise.race([homeOf(), stopped(signal)]),
		);
		return run(fromHome(start, line), options);
	};
};
