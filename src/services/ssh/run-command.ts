import {once} from 'node:events';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {setTimeout as delay} from 'node:timers/promises';
import type {Client, ClientChannel} from 'ssh2';
import {type DeployError, stepFailed, failure} from '../../domain/errors.ts';
import type {ExecOptions, ExecResult} from '../../domain/ports.ts';
import {linkLost, printable} from './link/failures.ts';
import type {Lanes} from './lanes.ts';

type Run = {
	readonly client: Client;
	readonly label: string;
	readonly line: string;
	readonly options: ExecOptions;
	readonly lanes: Lanes;
	/** Aborted with the error to throw: cancelled, timed out, link lost, too much output. */
	readonly stop: AbortController;
};

type Exit = {readonly code: number | null; readonly signal: string | undefined};

type Started = {
	readonly channel: ClientChannel;
	/** How the command ended, once the host has said so. */ readonly exit: () => Exit | undefined;
};

type Opened = Started | {readonly error: Error & {readonly reason?: unknown}};

/** Listens from the first moment: a quick command's exit code can arrive in the packet that opens the channel. */
const started = (channel: ClientChannel): Started => {
	let exit: Exit | undefined;
	channel.on('exit', (code: number | null, signal?: string) => (exit = {code, signal}));
	return {channel, exit: () => exit};
};

const exec = async (client: Client, line: string): Promise<Opened> =>
	new Promise(resolve => {
		try {
			client.exec(line, (error, channel) => resolve(error ? {error} : started(channel)));
		} catch (error) {
			resolve({error: error instanceof Error ? error : new Error(String(error))});
		}
	});

/** SSH_OPEN_CONNECT_FAILED: what sshd answers beyond its MaxSessions. Source: RFC 4254, section 5.1. */
const openFailed = 2;
const openTries = 8;

/**
 * Opens a channel. Beyond the host's own limit it waits until one of ours is free: sshd counts a channel a little
 * longer than we do, and a host may allow fewer than our eight. The command has not started then.
 */
const openChannel = async ({client, label, line, lanes, stop}: Run): Promise<Started> => {
	let triesAlone = 0;
	for (let attempt = 1; ; attempt += 1) {
		const opened = await exec(client, line);
		if ('channel' in opened) return opened;
		stop.signal.throwIfAborted();
		const isFull = opened.error.reason === openFailed;
		// Each of ours that ends gives one more try, so only those count that were made with none of ours left.
		triesAlone = lanes.active <= 1 ? triesAlone + 1 : 0;
		if (!isFull || triesAlone >= openTries) {
			throw linkLost(label, `The host opened no channel: ${printable(opened.error.message)}.`, opened.error);
		}
		const tries = triesAlone === 0 ? attempt : triesAlone;
		await Promise.race([lanes.freed(), delay(Math.min(10 * 2 ** tries, 1000))]);
		stop.signal.throwIfAborted();
	}
};

/**
 * Lets go of a channel whose command may still run, and reads on so that it can close once the command has ended.
 * No signal is sent: ssh2 sends none after the end of input, and sshd ignores them for root. Who must end a command
 * kills its process group.
 */
const abandon = ({channel}: Started): void => {
	channel.removeAllListeners('data');
	channel.stderr.removeAllListeners('data');
	channel.on('error', () => {});
	channel.resume();
	channel.stderr.resume();
	channel.close();
};

/** Collects a stream as text, or calls `onFull` beyond `maxBytes`. */
const collect = (stream: NodeJS.ReadableStream, maxBytes: number, onFull: () => void): (() => string) => {
	const chunks: Buffer[] = [];
	let size = 0;
	stream.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size > maxBytes) return onFull();
		chunks.push(chunk);
	});
	return () => Buffer.concat(chunks).toString('utf8');
};

const pieceBytes = 256 * 1024;

async function* pieces(input: NonNullable<ExecOptions['input']>): AsyncGenerator<Uint8Array> {
	if (typeof input !== 'string' && !(input instanceof Uint8Array)) {
		yield* input;
		return;
	}
	const bytes = typeof input === 'string' ? Buffer.from(input) : input;
	for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Feeds standard input. A host that reads no further is its own matter; a source that fails is ours. */
const feed = async (channel: ClientChannel, {options, stop}: Run): Promise<void> => {
	const {input, onSent} = options;
	if (input === undefined) {
		channel.end();
		return;
	}
	let sent = 0;
	let accepted = 0;
	const report = (bytes: number): void => {
		accepted = Math.max(accepted, bytes);
		onSent?.(accepted);
	};
	const source = async function* () {
		let isHandedOver = false;
		try {
			for await (const piece of pieces(input)) {
				isHandedOver = true;
				yield piece;
				isHandedOver = false;
				sent += piece.length;
				report(sent - channel.writableLength);
			}
		} catch (error) {
			// While a piece is handed over, what is thrown here is the channel's end, not the source's.
			if (!isHandedOver) stop.abort(error);
			throw error;
		}
	};
	// A stream of its own, because a bare generator would wait for a channel that may never drain.
	await pipeline(Readable.from(source()), channel, {signal: stop.signal});
	report(sent);
};

const ended = async (channel: ClientChannel): Promise<void> => {
	await Promise.all([once(channel, 'close'), once(channel, 'end'), once(channel.stderr, 'end')]);
};

/** Rejects with the signal's reason. */
export const stopped = async (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => {
		const onAbort = (): void => reject(signal.reason);
		if (signal.aborted) onAbort();
		else signal.addEventListener('abort', onAbort, {once: true});
	});

const tooMuch = (label: string, maxBytes: number): DeployError =>
	stepFailed({
		what: `A command on ${label} wrote too much output`,
		why: `More than ${maxBytes} bytes came back.`,
		now: 'The command was not waited for; it may still be running.',
		next: 'Look at the state of the host, and at what fills the output.',
	});

const killed = (label: string, signal: string): DeployError =>
	failure('remote-signal')({
		what: `A command on ${label} was killed`,
		why: `It ended by ${printable(signal)}, without an exit code.`,
		now: 'What it had done by then is not known.',
		next: 'Look at the state of the host, and at its memory (`dmesg` names what the kernel killed).',
	});

/** Streams in, streams out, and the exit code once everything has arrived. */
const drive = async ({channel, exit}: Started, run: Run): Promise<Omit<ExecResult, 'durationMs'>> => {
	const {label, options, stop} = run;
	const {onStdout, maxOutputBytes = 16 * 1024 * 1024} = options;
	const onFull = (): void => stop.abort(tooMuch(label, maxOutputBytes));
	const stderr = collect(channel.stderr, maxOutputBytes, onFull);
	const stdout = onStdout ? () => '' : collect(channel, maxOutputBytes, onFull);
	if (onStdout) {
		channel.on('data', (chunk: Buffer) => {
			try {
				onStdout(chunk);
			} catch (error) {
				// Thrown into ssh2 it would end the connection that everything shares.
				stop.abort(error);
			}
		});
	}
	feed(channel, run).catch(() => {});
	await Promise.race([ended(channel), stopped(stop.signal)]);

	const end = exit();
	if (!end) throw linkLost(label, 'The channel closed without an exit code.');
	if (end.code === null) throw killed(label, end.signal ?? 'a signal');
	return {code: end.code, stdout: stdout(), stderr: stderr()};
};

/**
 * Runs one command on a channel of its own. `stop` ends the call at once, whatever the remote command does; the
 * channel counts as taken until the host has closed it.
 */
export const runCommand = async (run: Run): Promise<ExecResult> => {
	const {options, lanes, stop} = run;
	const giveBack = await lanes.acquire(options.lane, stop.signal);
	const startedAt = performance.now();
	const opening = openChannel(run);
	opening.then(
		({channel}) => channel.once('close', giveBack),
		() => giveBack(),
	);
	const onLateChannel = (): void => {
		opening.then(abandon, () => {});
	};
	stop.signal.addEventListener('abort', onLateChannel, {once: true});
	try {
		const command = await Promise.race([opening, stopped(stop.signal)]);
		return {...(await drive(command, run)), durationMs: performance.now() - startedAt};
	} finally {
		stop.signal.removeEventListener('abort', onLateChannel);
	}
};
