import {readFileSync, readdirSync} from 'node:fs';
import {setTimeout as wait} from 'node:timers/promises';
import {tokenName} from './host-shell.ts';

const environmentOf = (pid: number): string => {
	try {
		return readFileSync(`/proc/${pid}/environ`, 'latin1');
	} catch {
		// Gone meanwhile, somebody else's, or a system without /proc.
		return '';
	}
};

const processIds = (): number[] => {
	try {
		return readdirSync('/proc').map(Number).filter(Number.isInteger);
	} catch {
		return [];
	}
};

const isMarked = (pid: number, token: string): boolean =>
	environmentOf(pid).split('\0').includes(`${tokenName}=${token}`);

/** Ids of the processes started with this token, detached ones too. Needs /proc; empty without. */
const processesWith = (token: string): number[] => processIds().filter(pid => isMarked(pid, token));

const send = (pid: number, signal: NodeJS.Signals): void => {
	try {
		process.kill(pid, signal);
	} catch {
		// Ended between the look and the signal.
	}
};

/**
 * Ends every process started with this token: TERM, then KILL for what is left after `graceMs`.
 * Throws Error when some outlive even that by five seconds, which only a stuck kernel call does.
 */
export const endProcesses = async (token: string, graceMs = 500): Promise<void> => {
	const start = Date.now();
	let left = processesWith(token);
	for (const pid of left) send(pid, 'SIGTERM');
	while (left.length > 0) {
		const waited = Date.now() - start;
		if (waited > graceMs + 5000) throw new Error(`processes ${left.join(', ')} of the sandbox do not end`);
		if (waited > graceMs) for (const pid of left) send(pid, 'SIGKILL');
		await wait(10);
		// All of /proc only once these are gone: they may have started others meanwhile.
		left = left.filter(pid => isMarked(pid, token));
		if (left.length === 0) left = processesWith(token);
	}
};
