import type {Command} from '../../domain/command.ts';
import requireDriver from '../lock/fence/require-driver.sh';
import requireLock from '../lock/fence/require-lock.sh';
import {endReceiver} from '../lock/fence/fence.ts';
import {roomOfJobs} from '../room/room.ts';
import type {HostState} from '../host-state.ts';
import {rulesForHosts} from '../../domain/logs/secret-rules.ts';
import {program, renderCommand} from '../shell.ts';
import redact from './redact.pl';
import supervise from './supervise.sh';
import startOrAttach from './start-or-attach.sh';
import halt from './halt.sh';

/** Starts the output of a job's n-th command in its log: record separator, index, newline. */
export const commandMark = '\u001E';

/** Of what a job prints no more is kept, on its host and here; of the rest the end. */
const mostLogBytes = 50_000_000;

/**
 * The script a job runs: one line per command, stopping at the first that fails. Before each, a mark with its index
 * goes to the log, so that a reader knows which command is under way and which one failed.
 */
export const renderScript = (commands: readonly Command[]): string =>
	[
		'set -eu',
		`mark() { printf '\\036%s\\n' "$1"; }`,
		...commands.flatMap((command, index) => [`mark ${index}`, renderCommand(command)]),
	].join('\n');

/**
 * Starts `script`, which goes to standard input, as a detached job, or attaches to it when it was started before, and
 * prints its log from byte `offset`. On standard error: `J exit CODE SIZE` or `J lost killed|reboot|unwritten SIZE`, with `J cut`
 * before it where its log could not be written to its end; nothing when the link breaks first. Exits 97 when the lock of the app is not held by this run and attempt, or when a later attempt
 * took the run over; then standard error names the holder. 94 when the job could not be prepared.
 * Source: design, "The SSH session manager".
 */
export const startOrAttachJob = (
	{directory, app, run}: HostState,
	options: {
		readonly job: string;
		readonly attempt: number;
		readonly offset: number;
		readonly script: string;
		/** Makes a release live: nothing is streamed into it from then on, and who still does is ended. */
		readonly seals?: boolean;
		/** Begun when the run is closed, and its lock given back: it needs none. */
		readonly isBehindClose?: boolean;
		/** What it may use of the room that is kept on the host; see `start-or-attach.sh`. Absent: nothing. */
		readonly room?: 'spare' | 'closing' | undefined;
		/** How much of its log is kept; absent: `mostLogBytes`. */
		readonly mostLogBytes?: number;
		/** Whose secrets are kept out of the log, too: absolute paths of files of variables, which `owner` may read. */
		readonly secrets?: {readonly owner: string; readonly files: readonly string[]};
	},
): Command => ({
	...program(
		'job',
		[endReceiver, requireDriver, requireLock, roomOfJobs, startOrAttach],
		[
			directory,
			app,
			run,
			options.job,
			String(options.attempt),
			String(options.offset),
			String(new TextEncoder().encode(options.script).length),
			options.seals ? 'seals' : options.isBehindClose ? 'behind-close' : '',
			options.room ?? '',
			supervise,
			redact,
			rulesForHosts,
			String(options.mostLogBytes ?? mostLogBytes),
			options.secrets?.owner ?? '',
			...(options.secrets?.files ?? []),
		],
	),
	input: options.script,
	label: `start or attach ${options.job}`,
});

/**
 * Ends the process groups of the named jobs and of a receiver of files, and keeps jobs that have not begun from ever
 * beginning. Exits 0 when nothing of them is alive any more, 97 when the run was taken over: nothing is ended then.
 */
export const haltJobs = (
	{directory, app, run}: HostState,
	{attempt, jobs}: {readonly attempt: number; readonly jobs: readonly string[]},
): Command => ({
	...program('halt', [endReceiver, requireDriver, halt], [directory, app, run, String(attempt), ...jobs]),
	label: 'end what runs',
});
