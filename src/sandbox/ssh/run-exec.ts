import type {ChildProcessWithoutNullStreams} from 'node:child_process';
import type {ServerChannel} from 'ssh2';

/** The signals SSH has names for (RFC 4254, 6.10). */
const sshSignals: ReadonlySet<string> = new Set(
	['ABRT', 'ALRM', 'FPE', 'HUP', 'ILL', 'INT', 'KILL', 'PIPE', 'QUIT', 'SEGV', 'TERM', 'USR1', 'USR2'].map(
		name => `SIG${name}`,
	),
);

const isSshSignal = (signal: string): signal is NodeJS.Signals => sshSignals.has(signal);

/** Signals the whole process group of `child`. A name SSH does not know, or a group that is gone, does nothing. */
export const signalGroup = (child: ChildProcessWithoutNullStreams, name: string): void => {
	const signal = name.startsWith('SIG') ? name : `SIG${name}`;
	if (child.pid === undefined || !isSshSignal(signal)) return;
	try {
		process.kill(-child.pid, signal);
	} catch {
		// The group ended meanwhile.
	}
};

const sendStatus = (channel: ServerChannel, code: number | null, signal: NodeJS.Signals | null): void => {
	// Below zero: it never started, e.g. because the login directory is gone.
	if (code !== null) channel.exit(code < 0 ? 255 : code);
	else if (signal !== null && isSshSignal(signal)) channel.exit(signal.slice(3), false, '');
};

/**
 * Joins a process to its channel, both ways, with backpressure. The exit status is sent once both outputs have ended,
 * as a command is not over for the client while something it left behind can still write.
 */
export const joinChannel = (child: ChildProcessWithoutNullStreams, channel: ServerChannel): void => {
	channel.pipe(child.stdin);
	child.stdout.pipe(channel, {end: false});
	child.stderr.pipe(channel.stderr, {end: false});
	// A command may end without reading its input, and a client may leave before the output does.
	for (const stream of [child.stdin, child.stdout, child.stderr, channel, channel.stderr])
		stream.on('error', () => {});

	child.once('close', (code, signal) => {
		// An unread rest would keep the channel, and with it the session, open for ever.
		channel.unpipe(child.stdin);
		channel.resume();
		sendStatus(channel, code, signal);
		channel.end();
	});
	// Like sshd: a closed channel takes the pipes away; the command notices when it next writes.
	channel.once('close', () => {
		for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
	});
};
