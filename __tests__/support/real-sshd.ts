import {execFile, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {basename, join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {generateKey} from '../../src/sandbox/keys.ts';
import {freePort} from '../../src/sandbox/listen.ts';

const run = promisify(execFile);

const binary = '/usr/sbin/sshd';

/** For `describe.skipIf(!hasSshd)`. */
export const hasSshd = existsSync(binary) && existsSync('/usr/bin/ssh-keygen');

type KeyType = 'ed25519' | 'rsa' | 'ecdsa';

export type TestKey = {
	/** Private key file, mode 0600; the public one is beside it as `.pub`. */
	readonly path: string;
	/** `type base64`, without a comment. */
	readonly publicKey: string;
	/** `SHA256:...` as ssh-keygen prints it. */
	readonly fingerprint: string;
};

export const makeDirectory = (): string => mkdtempSync(join(tmpdir(), 'cockpit-ssh-'));

let keyCount = 0;
const nextPath = (directory: string): string => {
	keyCount += 1;
	return join(directory, `key-${keyCount}`);
};

/** An Ed25519 key made in this process. Tests of what reads key files take those of ssh-keygen instead. */
export const makeKey = ({directory = makeDirectory()}: {readonly directory?: string} = {}): TestKey => {
	const path = nextPath(directory);
	const {private: privateKey, public: publicKey} = generateKey();
	const [, base64 = ''] = publicKey.split(' ');
	writeFileSync(path, privateKey, {mode: 0o600});
	writeFileSync(`${path}.pub`, `${publicKey} ${basename(path)}\n`);
	const digest = createHash('sha256').update(base64, 'base64').digest('base64').replace(/=+$/, '');
	return {path, publicKey, fingerprint: `SHA256:${digest}`};
};

/** A key as ssh-keygen writes it, and the fingerprint it prints. One round of its KDF, since ours is in JavaScript. */
export const makeKeyWithKeygen = async ({
	type,
	passphrase = '',
	format,
}: {
	readonly type: KeyType;
	readonly passphrase?: string;
	readonly format?: 'PEM';
}): Promise<TestKey> => {
	const path = nextPath(makeDirectory());
	const bits = type === 'rsa' ? ['-b', '2048'] : [];
	const shape = format ? ['-m', format] : ['-a', '1'];
	await run('ssh-keygen', ['-q', '-t', type, ...bits, ...shape, '-N', passphrase, '-C', basename(path), '-f', path]);
	const {stdout} = await run('ssh-keygen', ['-l', '-f', `${path}.pub`]);
	const [, fingerprint = ''] = stdout.split(' ');
	const [kind, base64] = readFileSync(`${path}.pub`, 'utf8').split(' ');
	return {path, publicKey: `${kind} ${base64}`, fingerprint};
};

/** Where a server is and how to know it. */
export type SshdPlace = {
	readonly port: number;
	/** `type base64`, in the order of the host keys. */
	readonly hostPublicKeys: readonly [string, ...string[]];
	/** Everything sshd logs, at LogLevel VERBOSE. */
	readonly logPath: string;
	readonly user: string;
};

export type RealSshd = SshdPlace & {
	/** Ends the server and every connection to it. Commands and jobs that run on the host go on, as on a real one. */
	readonly stop: () => Promise<void>;
	/** The same with SIGKILL. */
	readonly kill: () => Promise<void>;
};

type SshdOptions = {
	/** Default one ed25519 key. */
	readonly hostKeys?: readonly TestKey[];
	/** Public keys as `type base64`. */
	readonly authorizedKeys: readonly string[];
	/** Lines for sshd_config; they win over the defaults here. */
	readonly sshdOptions?: readonly string[];
	/** Default: a free one. */
	readonly port?: number;
};

/** Process id, name and parent of every process. Empty where there is no /proc. */
const processes = (): Array<{pid: number; name: string; parent: number}> =>
	existsSync('/proc/self/stat')
		? readdirSync('/proc')
				.filter(entry => /^\d+$/.test(entry))
				.flatMap(entry => {
					try {
						const [, name = '', parent] =
							/\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${entry}/stat`, 'latin1')) ?? [];
						return [{pid: Number(entry), name, parent: Number(parent)}];
					} catch {
						return [];
					}
				})
		: [];

/** The sshd processes that serve connections of this one; each leads a session of its own. */
const connectionsOf = (server: number): number[] => {
	const all = processes().filter(({name}) => name.startsWith('sshd'));
	const childrenOf = (pid: number): number[] =>
		all.filter(({parent}) => parent === pid).flatMap(child => [child.pid, ...childrenOf(child.pid)]);
	return childrenOf(server);
};

/** Starts a real OpenSSH server on 127.0.0.1 for the current user, and resolves once it listens. */
export const startSshd = async (options: SshdOptions): Promise<RealSshd> => {
	const directory = makeDirectory();
	const {hostKeys = [makeKey({directory})], authorizedKeys, sshdOptions = [], port = await freePort()} = options;
	const config = join(directory, 'sshd_config');
	const authorized = join(directory, 'authorized_keys');
	const logPath = join(directory, 'log');
	if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
	writeFileSync(authorized, `${authorizedKeys.join('\n')}\n`, {mode: 0o600});
	const lines = [
		...sshdOptions,
		`ListenAddress 127.0.0.1:${port}`,
		...hostKeys.map(({path}) => `HostKey ${path}`),
		`AuthorizedKeysFile ${authorized}`,
		'StrictModes no',
		'UsePAM no',
		'PermitRootLogin prohibit-password',
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'PidFile none',
		'MaxStartups 100',
		'LogLevel VERBOSE',
		// A login shell at the top reads ~/.bashrc, which takes most of a second on some machines.
		'SetEnv SHLVL=9',
	];
	writeFileSync(config, `${lines.join('\n')}\n`);

	const child = spawn(binary, ['-D', '-e', '-f', config], {stdio: ['ignore', 'ignore', 'pipe']});
	const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
	const log = createWriteStream(logPath);
	await new Promise<void>((resolve, reject) => {
		const seen: string[] = [];
		createInterface({input: child.stderr}).on('line', line => {
			log.write(`${line}\n`);
			seen.push(line);
			if (line.startsWith('Server listening')) resolve();
		});
		child.once('error', reject);
		child.once('exit', code => reject(new Error(`sshd exited with ${code}: ${seen.join('; ')}`)));
	});

	const end = async (signal: NodeJS.Signals): Promise<void> => {
		if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
			for (const pid of [...connectionsOf(child.pid), child.pid]) {
				try {
					process.kill(pid, signal);
				} catch {
					// It ended by itself meanwhile.
				}
			}
		}
		await exited;
	};
	const [first = '', ...more] = hostKeys.map(({publicKey}) => publicKey);
	return {
		port,
		hostPublicKeys: [first, ...more],
		logPath,
		user: userInfo().username,
		stop: async () => end('SIGTERM'),
		kill: async () => end('SIGKILL'),
	};
};
