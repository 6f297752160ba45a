import type {ChildProcessWithoutNullStreams} from 'node:child_process';
import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Connection, ServerChannel, Session} from 'ssh2';
import {outOfFrame} from '../../commands/frame/out-of-frame.ts';
import {type HostShell, spawnLine} from '../host/host-shell.ts';
import {joinChannel, signalGroup} from './run-exec.ts';
import type {SshFaults} from './ssh-faults.ts';

/** sshd's default for MaxSessions. */
const maxSessions = 10;

type ServedConnection = {
	readonly shell: HostShell;
	/** Set as SSH_CONNECTION, as sshd does: client and server address and port. */
	readonly endpoints: string;
	/** Number of the connection since the server started, for the log. */
	readonly number: number;
	/** What is between a line and its start now. */
	readonly before: () => SshFaults['before'];
};

/** Answers the session channels of one authenticated connection. Shells, terminals and forwarding are refused. */
export const serveConnection = (
	connection: Connection,
	{shell, endpoints, number, before}: ServedConnection,
): {hangUp: () => void} => {
	const running = new Set<ChildProcessWithoutNullStreams>();
	let sessions = 0;
	let isGone = false;

	const start = (line: string, channel: ServerChannel, variables: Record<string, string>) => {
		// Synchronous, so that the line is there before what it announces happens.
		// In the words of who asked: the frame around them says nothing.
		const said = outOfFrame(line)?.line ?? line;
		const entry = {at: new Date().toISOString(), connection: number, line: said};
		appendFileSync(join(shell.root, 'log/commands.jsonl'), `${JSON.stringify(entry)}\n`);
		const child = spawnLine(shell, line, {...variables, SSH_CONNECTION: endpoints});
		running.add(child);
		joinChannel(child, channel);
		return child;
	};

	connection.on('session', (accept, reject) => {
		if (sessions >= maxSessions) return reject();
		sessions += 1;
		const release = once(() => (sessions -= 1));
		const session: Session = accept();
		const variables: Record<string, string> = {};
		let child: ChildProcessWithoutNullStreams | undefined;

		session.on('env', (accept, reject, {key, val}) => {
			if (!/^(LANG|LC_\w+)$/.test(key)) return reject?.();
			variables[key] = val;
			accept?.();
		});
		session.on('signal', (accept, _reject, {name}) => {
			if (child) signalGroup(child, name);
			accept?.();
		});
		session.on('exec', (accept, _reject, {command}) => {
			const channel = accept();
			const begin = (line: string): void => {
				child = start(line, channel, variables);
				// Counted down here and not at the channel's end, which this side sees later than the client does:
				// the client's next command would be refused.
				for (const event of ['exit', 'error']) child.once(event, release);
				child.once('exit', () => child && running.delete(child));
			};
			const settle = before();
			if (settle) void settle(command).then(line => isGone || begin(line));
			else begin(command);
		});
		// Comes for a session that never ran anything; one that still runs keeps its place, as in sshd.
		session.on('close', () => child ?? release());
	});

	return {
		hangUp: () => {
			isGone = true;
			for (const child of running) signalGroup(child, 'HUP');
		},
	};
};

const once = (act: () => void): (() => void) => {
	let isDone = false;
	return () => {
		if (!isDone) act();
		isDone = true;
	};
};
