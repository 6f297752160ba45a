import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {open, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const namespaces = ['--mount', '--pid', '--uts', '--ipc'];

export type Machine = {
	/** unshare(1), which ends when the last process of the host has. */
	readonly unshare: ChildProcess;
	/** First process of the host, by its id out here. */
	readonly init: number;
};

/** Resolves once every daemon listens. `setpriv` ties the host to this process, even when that is killed. */
export const boot = async (state: string, layer: string): Promise<Machine> => {
	const log = await open(join(state, 'boot.log'), 'a');
	const isolated = ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces, '--fork', '--kill-child'];
	const init = ['bash', join(import.meta.dirname, 'init.sh'), state, 'boot.sh', layer];
	const [file = '', ...args] = [...isolated, ...init];
	const unshare = spawn(file, args, {stdio: ['ignore', 'pipe', log.fd]});
	await log.close();
	if (!unshare.stdout) throw new TypeError('standard output of the host is a pipe');
	for await (const line of createInterface({input: unshare.stdout})) {
		if (line !== 'ready') continue;
		unshare.stdout.destroy();
		return {unshare, init: Number(await readFile(join(state, 'init.pid'), 'utf8'))};
	}
	throw new Error(`the host did not start:\n${await readFile(join(state, 'boot.log'), 'utf8')}`);
};

/** Killing the first process of a pid namespace kills the rest; it is gone only after all of them are. */
export const halt = async ({unshare, init}: Machine): Promise<void> => {
	if (unshare.exitCode !== null || unshare.signalCode !== null) return;
	const ended = once(unshare, 'exit');
	process.kill(init, 'SIGKILL');
	await ended;
};

/** bash takes the socket Node gives it for a network login and reads ~/.bashrc, which may be slow: SHLVL keeps it off. */
const cleanEnvironment = [
	'SHLVL=1',
	'HOME=/root',
	'LANG=C.UTF-8',
	'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

/** nsenter(1) and its arguments, to which a command of the host is added. */
export const enter = ({init}: Machine, cwd: string): readonly string[] => {
	const target = ['--target', String(init), '--root'];
	return ['nsenter', ...namespaces, ...target, '--', 'env', '-i', '-C', cwd, ...cleanEnvironment];
};
