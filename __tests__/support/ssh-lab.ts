import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Host} from '../../src/domain/environments/environment.ts';
import type {SshSession} from '../../src/services/ssh/session.ts';
import type {SshOptions} from '../../src/services/ssh/link/options.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {makeDirectory, makeKey, type SshdPlace, startSshd, type TestKey} from './real-sshd.ts';

/** Undefined takes a value away. */
type HostChanges = {readonly [name in keyof Host]?: Host[name] | undefined};

export type SshLab = {
	readonly directory: string;
	readonly key: TestKey;
	readonly sshd: SshdPlace;
	/** A host with its key pinned; `changes` win. */
	host(changes?: HostChanges): Host;
	/** A session with a manager of its own, closed by `stop`. */
	session(changes?: HostChanges, options?: Partial<SshOptions>): SshSession;
	/** Writes an ssh configuration and returns its path. */
	sshConfig(text: string): string;
	stop(): Promise<void>;
};

type SpecialSshd = {
	readonly sshdOptions?: readonly string[];
	readonly hostKeys?: readonly TestKey[];
	readonly authorized?: readonly TestKey[];
};

/** The sshd of all tests, or one of its own where something special is asked of it. */
const reachSshd = async (special: SpecialSshd | undefined) => {
	// A benchmark has no tests around it, and vitest can't be loaded there.
	const shared = process.env['VITEST'] === undefined ? undefined : (await import('vitest')).inject('sshd');
	if (!special && shared) return {...shared, stop: async () => undefined};
	const {authorized = [], ...options} = special ?? {};
	const key = makeKey();
	const place = await startSshd({
		...options,
		authorizedKeys: [key, ...authorized].map(({publicKey}) => publicKey),
	});
	return {place, key, stop: place.stop};
};

/** A real sshd with one authorized key, and sessions that know nothing of this machine's own ssh files. */
export const startSshLab = async (special?: SpecialSshd): Promise<SshLab> => {
	const directory = makeDirectory();
	const {place: sshd, key, stop} = await reachSshd(special);
	const managers: Array<{close(): Promise<void>}> = [];
	let configCount = 0;

	const sshConfig = (text: string): string => {
		configCount += 1;
		const path = join(directory, `ssh_config-${configCount}`);
		writeFileSync(path, `${text}\n`);
		return path;
	};
	const empty = sshConfig(
		`UserKnownHostsFile ${directory}/known_hosts\nGlobalKnownHostsFile ${directory}/none\nIdentityFile ${directory}/none`,
	);
	const host = ({name = 'web-1', address = '127.0.0.1', ...changes}: HostChanges = {}): Host => {
		const pinned = {port: sshd.port, user: sshd.user, identityFile: key.path, hostKeys: sshd.hostPublicKeys};
		const entries = Object.entries({...pinned, ...changes}).filter(([, value]) => value !== undefined);
		return {name, address, ...Object.fromEntries(entries)};
	};
	return {
		directory,
		key,
		sshd,
		host,
		sshConfig,
		session: (changes, sshOptions) => {
			const {PATH} = process.env;
			const environment = {HOME: directory, PATH};
			const manager = createSessionManager({environment, sshConfigFile: empty, ...sshOptions});
			managers.push(manager);
			return manager.session(host(changes));
		},
		stop: async () => {
			await Promise.all(managers.map(manager => manager.close()));
			await stop();
		},
	};
};
