import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {join} from 'node:path';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts lines as a host would. `token` marks every process that descends from one, however it detaches. */
export type HostShell = {
	readonly root: string;
	readonly user: string;
	readonly token: string;
};

/** The name under which `token` travels in the environment; the sudo shim hands it on. */
export const tokenName = 'SANDBOX_TOKEN';

export const hostPath = (root: string): string => `${join(root, 'shims')}:${systemPath}`;

/** What sshd would set, and the token. Nothing of this process's own environment gets in. */
export const hostEnvironment = ({root, user, token}: HostShell): Record<string, string> => ({
	HOME: join(root, 'home/ubuntu'),
	USER: user,
	LOGNAME: user,
	SHELL: '/bin/sh',
	PATH: hostPath(root),
	LANG: 'C.UTF-8',
	[tokenName]: token,
});

/** Runs one line with `sh -c` in the login directory, in a process group of its own: its pid is the group's id. */
export const spawnLine = (
	shell: HostShell,
	line: string,
	extra: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams =>
	spawn('/bin/sh', ['-c', line], {
		cwd: join(shell.root, 'home/ubuntu'),
		env: {...hostEnvironment(shell), ...extra},
		detached: true,
		stdio: 'pipe',
	});

/** Runs one line to its end. Throws Error with its output when it exits with anything but 0. */
export const runLine = async (shell: HostShell, line: string): Promise<string> => {
	const child = spawnLine(shell, line);
	child.stdin.end();
	const chunks: Buffer[] = [];
	child.stdout.on('data', chunk => chunks.push(chunk));
	child.stderr.on('data', chunk => chunks.push(chunk));
	const {promise, resolve, reject} = Promise.withResolvers<number | null>();
	child.once('error', reject).once('close', resolve);
	const code = await promise;
	const output = Buffer.concat(chunks).toString();
	if (code !== 0) throw new Error(`sandbox host: ${line} exited with ${code}: ${output}`);
	return output;
};
