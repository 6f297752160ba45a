import {once} from 'node:events';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {setTimeout as delay} from 'node:timers/promises';
import type {Client, ClientChannel} from 'ssh2';
import {createFrameReader} from '../../commands/frame/frame.ts';
import {type DeployError, answerUnreadable, failure} from '../../domain/errors.ts';
import {answerBytes, type ExecOptions, type ExecResult} from '../../domain/ports.ts';
import {saidFirst} from '../../domain/said-first.ts';
import {linkLost, printable} from './link/failures.ts';
import type {Lanes} from './lanes.ts';

type Run = {
	readonly client: Client;
	readonly label: string;
	/** In a frame, by `mark`. */
	readonly line: string;
	readonly mark: string;
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

type Answer = ReturnType<typeof createFrameReader>;

type Taker = {
	/** Takes what belongs to the answer. */ readonly take: (piece: Buffer) => void;
	/** All of it so far, with what was thrown away. */ readonly onChange: () => void;
};

/** Reads one stream: what is between its marks goes to `take`. */
const readAnswer = (stream: NodeJS.ReadableStream, answer: Answer, {take, onChange}: Taker): void => {
	stream.on('data', (chunk: Buffer) => {
		const piece = answer.take(chunk);
		if (piece.length > 0) take(piece);
		onChange();
	});
	stream.once('end', () => {
		const rest = answer.rest();
		if (rest.length > 0) take(rest);
	});
};

/** Collects bytes as text, or calls `onFull` with how much came beyond `maxBytes`. */
const collect = (
	maxBytes: number,
	onFull: (bytes: number) => void,
): {take: (piece: Buffer) => void; text: () => string} => {
	const chunks: Buffer[] = [];
	let size = 0;
	return {
		take: piece => {
			size += piece.length;
			if (size > maxBytes) onFull(size);
			else chunks.push(piece);
		},
		text: () => Buffer.concat(chunks).toString('utf8'),
	};
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

/**
 * Feeds standard input, once the answer has begun: a start-up file that reads would take it for its own. A host that reads no
 * further is its own matter; a source that fails is ours.
 */
const feed = async (channel: ClientChannel, begun: Promise<void>, {options, stop}: Run): Promise<void> => {
	const {input, onSent} = options;
	if (input === undefined || input === '') {
		channel.end();
		return;
	}
	await begun;
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

const tooMuch = (label: string, maxBytes: number, bytes: number): DeployError =>
	failure('answer-unreadable')({
		what: `A command on ${label} wrote too much output`,
		why: `${bytes} bytes came, and no more than ${maxBytes} bytes are read; the rest was not waited for.`,
		now: 'The channel was closed; the command may still be running.',
		next: 'Look at the state of the host, and at what fills the output: a tool, or a start-up file of the login.',
	});

const killed = (label: string, signal: string): DeployError =>
	failure('remote-signal')({
		what: `A command on ${label} was killed`,
		why: `It ended by ${printable(signal)}, without an exit code.`,
		now: 'What it had done by then is not known.',
		next: 'Look at the state of the host, and at its memory (`dmesg` names what the kernel killed).',
	});

/** How sh tells that a signal ended a command: 128 and its number. */
const signals: Readonly<Record<number, string>> = {
	129: 'SIGHUP',
	130: 'SIGINT',
	131: 'SIGQUIT',
	132: 'SIGILL',
	134: 'SIGABRT',
	135: 'SIGBUS',
	136: 'SIGFPE',
	137: 'SIGKILL',
	139: 'SIGSEGV',
	141: 'SIGPIPE',
	142: 'SIGALRM',
	143: 'SIGTERM',
};

/** Before an answer has begun: more than this is no greeting. */
const mostOutsideBytes = 4 * 1024 * 1024;

/** An answer without both of its marks: not one, or not all of it. */
const noAnswer = (label: string, code: number, [stdout, stderr]: readonly [Answer, Answer]): DeployError => {
	const came = [stderr.outside(), stdout.outside()].filter(text => text.trim() !== '').join('\n');
	if (stdout.state !== 'before')
		return answerUnreadable({
			what: `An answer of ${label} was cut`,
			why: `It has no end. The login shell ended with exit ${code}.`,
			now: 'What was asked may have been done.',
			next: 'Look at what stands between the login and its shell (ForceCommand, a wrapper), then try again.',
		});
	return answerUnreadable({
		what: `The login shell on ${label} runs no command`,
		why: `It ended with exit ${code} before what was asked began. It said: ${saidFirst(came)}`,
		next: 'Give the login a shell that runs /bin/sh, and start-up files that neither end it nor replace it (exit, exec).',
	});
};

/** Streams in, streams out, and the exit code once everything has arrived. */
const drive = async ({channel, exit}: Started, run: Run): Promise<Omit<ExecResult, 'durationMs'>> => {
	const {label, mark, options, stop} = run;
	const {onStdout, maxOutputBytes = answerBytes} = options;
	const onFull = (bytes: number): void => stop.abort(tooMuch(label, maxOutputBytes, bytes));
	const [stdout, stderr] = [collect(maxOutputBytes, onFull), collect(maxOutputBytes, onFull)];
	const answers = [createFrameReader(mark), createFrameReader(mark)] as const;
	const [begun, whole] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const onChange = (): void => {
		if (answers[0].state !== 'before') begun.resolve();
		if (answers.every(({code}) => code !== undefined)) whole.resolve();
		const outside = answers[0].outsideBytes + answers[1].outsideBytes;
		if (outside > mostOutsideBytes) stop.abort(tooMuch(label, mostOutsideBytes, outside));
	};
	const take = (piece: Buffer): void => {
		if (!onStdout) return stdout.take(piece);
		try {
			onStdout(piece);
		} catch (error) {
			// Thrown into ssh2 it would end the connection that everything shares.
			stop.abort(error);
		}
	};
	readAnswer(channel, answers[0], {take, onChange});
	readAnswer(channel.stderr, answers[1], {take: stderr.take, onChange});
	feed(channel, begun.promise, run).catch(() => {});
	await Promise.race([whole.promise, ended(channel), stopped(stop.signal)]);

	const code = answers[0].code ?? answers[1].code;
	if (code === undefined || answers.some(answer => answer.code === undefined)) {
		const end = exit();
		if (!end) throw linkLost(label, 'The channel closed without an exit code.');
		if (end.code === null) throw killed(label, end.signal ?? 'a signal');
		throw noAnswer(label, end.code, answers);
	}
	const signal = signals[code];
	if (signal !== undefined) throw killed(label, signal);
	return {code, stdout: stdout.text(), stderr: stderr.text()};
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
		const result = await drive(command, run);
		// What a start-up file has left running may hold the channel for ever.
		abandon(command);
		return {...result, durationMs: performance.now() - startedAt};
	} finally {
		stop.signal.removeEventListener('abort', onLateChannel);
	}
};
