import type {ChildProcess} from 'node:child_process';
import {readdir, readFile} from 'node:fs/promises';
import {setTimeout} from 'node:timers/promises';

const lookAgainMs = 50;
/** How often what does not end by KILL is told so again: a program may start others faster than they are found. */
const mostTries = 100;

/** Signals a process group, whether or not it is there. */
export const killGroup = ({pid}: ChildProcess, how: NodeJS.Signals): void => {
	if (pid !== undefined) kill(-pid, how);
};

const kill = (pid: number, how: NodeJS.Signals): void => {
	try {
		process.kill(pid, how);
	} catch {
		// Gone already, or somebody else's.
	}
};

/** Processes that have this in their environment. None where the system has no `/proc`: there the group has to do. */
const processesWith = async (variable: string): Promise<readonly number[]> => {
	const pids = await readdir('/proc').then(
		names => names.filter(name => /^\d+$/.test(name)),
		() => [],
	);
	const wanted = `\0${variable}\0`;
	const found = await Promise.all(
		pids.map(async pid => {
			const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
			return `\0${environment}`.includes(wanted) ? [Number(pid)] : [];
		}),
	);
	return found.flat();
};

/**
 * Ends a program with its process group and with all it has started elsewhere, known by a variable in its environment:
 * TERM first, KILL after `graceMs`.
 */
export const endAll = async (
	child: ChildProcess,
	{variable, graceMs}: {readonly variable: string; readonly graceMs: number},
): Promise<void> => {
	const tell = async (how: NodeJS.Signals): Promise<number> => {
		killGroup(child, how);
		const found = await processesWith(variable);
		for (const pid of found) kill(pid, how);
		return found.length;
	};
	const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
	const enough = AbortSignal.timeout(graceMs);
	await tell('SIGTERM');
	while (!enough.aborted && (isRunning() || (await processesWith(variable)).length > 0))
		await setTimeout(lookAgainMs);
	for (let tries = 0; tries < mostTries && (await tell('SIGKILL')) > 0; tries += 1) await setTimeout(lookAgainMs);
};
