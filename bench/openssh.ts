import {execa} from 'execa';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';

export type Login = {
	readonly address: string;
	readonly port: number;
	readonly user: string;
	readonly identityFile: string;
	/** `type base64`. */
	readonly hostKey: string;
};

/** OpenSSH's own client, with nothing of this machine's configuration. */
export type OpenSsh = {
	/** Command line that logs in; a destination and a command are added. */
	readonly fresh: readonly string[];
	/** The same over the master connection. */
	readonly shared: readonly string[];
	readonly destination: string;
	readonly knownHosts: string;
	close(): Promise<void>;
};

/** Opens one master connection, so that `shared` finds it. */
export const openOpenSsh = async (directory: string, login: Login): Promise<OpenSsh> => {
	const knownHosts = join(directory, `known_hosts-${login.port}`);
	await writeFile(knownHosts, `[${login.address}]:${login.port} ${login.hostKey}\n`);
	const options = [
		`UserKnownHostsFile=${knownHosts}`,
		'StrictHostKeyChecking=yes',
		'IdentitiesOnly=yes',
		'BatchMode=yes',
	].flatMap(option => ['-o', option]);
	const fresh = ['ssh', '-F', '/dev/null', '-i', login.identityFile, '-p', String(login.port), ...options];
	const shared = [...fresh, '-S', join(directory, `master-${login.port}`)];
	const destination = `${login.user}@${login.address}`;
	await start([...shared, '-M', '-N', '-f', '-o', 'ControlPersist=yes', destination]);
	return {
		fresh,
		shared,
		destination,
		knownHosts,
		close: async () => start([...shared, '-O', 'exit', destination]),
	};
};

/** Runs a program to its end and throws when it fails. */
export const start = async ([file = '', ...args]: readonly string[]): Promise<void> => {
	await execa(file, args, {stdin: 'ignore', stdout: 'ignore', stderr: 'ignore'});
};
