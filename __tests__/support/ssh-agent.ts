import {execFile, spawn} from 'node:child_process';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {makeDirectory, type TestKey} from './real-sshd.ts';

export type Agent = {readonly socket: string; stop(): void};

/** A real ssh-agent that holds the given keys. */
export const startAgent = async (keys: readonly TestKey[]): Promise<Agent> => {
	const socket = join(makeDirectory(), 'agent');
	const child = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'ignore']});
	// The agent prints where it listens once it does.
	await new Promise<void>(resolve => {
		createInterface({input: child.stdout}).once('line', () => resolve());
	});
	const env = {...process.env, SSH_AUTH_SOCK: socket};
	await promisify(execFile)('ssh-add', ['-q', ...keys.map(({path}) => path)], {env});
	return {socket, stop: () => child.kill()};
};
