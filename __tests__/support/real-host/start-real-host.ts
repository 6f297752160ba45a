import {once} from 'node:events';
import {mkdtemp, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {ensureLayer} from './ensure-layer.ts';
import {boot, enter, halt, type Machine} from './machine.ts';
import {nodePackages} from './node-packages.ts';
import {parseRecord, type RecordedLine} from './parse-record.ts';
import {removeAbandoned, statePrefix} from './remove-abandoned.ts';
import {run, type RunResult} from './run.ts';

export type RealHostOptions = {
	/** Host name; lower-case letters, digits and dashes. */
	readonly name: string;
	/** Loopback address of sshd and nginx; default 127.0.0.2. Ports differ, so hosts may share one. */
	readonly ip?: string;
	/** Part of the backups' path and `APP_ENV`; default `preprod`. */
	readonly environment?: string;
	/** How PM2 runs a frontend beside the backend; default: there is no frontend, and no Node. */
	readonly frontend?: 'fork' | 'fork-npm' | 'cluster';
};

/**
 * A server as the old scripts left it, on loopback: OpenSSH, nginx, php-fpm (as `php8.1-fpm`), Laravel, composer, sudo;
 * only `systemctl` stands in for the real one. User `ubuntu`, key only, sudo without a password. With a frontend also
 * Node, npm (offline, from a filled cache) and PM2, whose daemon runs as `ubuntu`: `next` itself (`fork`, `cluster` with
 * two processes) or `npm start` (`fork-npm`). Then nginx serves the API below `/api` and passes the rest to the frontend.
 *
 * Switches, files made and removed by `exec`: `/etc/real-host/fail-<unit>` makes a start of the unit fail;
 * `/etc/real-host/health-status` holds the status code of the health check of any release; a fifo at
 * `/run/real-host/composer-gate` holds composer at its end until somebody has opened the fifo for writing.
 * `/var/log/systemctl.log` has a line for each call: `<epoch seconds> uid=<uid> <verb> <units>`.
 */
export type RealHost = {
	readonly name: string;
	readonly environment: string;
	readonly ip: string;
	readonly sshPort: number;
	readonly httpPort: number;
	/** Port of the frontend itself; nothing listens there without one. */
	readonly nextPort: number;
	/** PM2 process, named after the convention for the environment. */
	readonly pm2Name: string;
	readonly hasFrontend: boolean;
	/** Root of the site, without a final slash. */
	readonly url: string;
	/** Private key of the login, mode 0600. */
	readonly keyFile: string;
	/** known_hosts file with the host's key. */
	readonly knownHosts: string;
	/** `ssh-ed25519 AAAA...`, without a comment. */
	readonly hostPublicKey: string;
	/** The host's root directory as this process sees it; changes with `reset`. */
	readonly root: string;
	/** Runs a command inside as root, not through ssh: the truth sshd has no part in. */
	exec(
		command: readonly [string, ...string[]],
		options?: {readonly input?: string | Uint8Array; readonly cwd?: string},
	): Promise<RunResult>;
	/** What sshd was asked to run, in order of start; from its side. */
	readRecord(): Promise<readonly RecordedLine[]>;
	clearRecord(): Promise<void>;
	/** Throws away every change since the start, running processes too. Same keys, same ports. */
	reset(): Promise<void>;
	/** Ends every process in the host and removes its files. May be called twice. */
	stop(): Promise<void>;
};

const freePort = async (ip: string): Promise<number> => {
	const server = createServer().listen(0, ip);
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error(`no port on ${ip}`);
	return address.port;
};

const makeKey = async (file: string): Promise<string> => {
	const {code, stderr} = await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
	if (code !== 0) throw new Error(stderr);
	return (await readFile(`${file}.pub`, 'utf8')).trim();
};

type Settled = Omit<Required<RealHostOptions>, 'frontend'> & Pick<RealHostOptions, 'frontend'>;

/** Keys, ports and `params` of a host that is about to start. */
const prepare = async (state: string, {name, ip, environment, frontend}: Settled) => {
	const [sshPort, httpPort, nextPort] = [await freePort(ip), await freePort(ip), await freePort(ip)];
	const pm2Name = environment === 'production' ? 'qsights-frontend' : `qsights-frontend-${environment}`;
	const [keyFile, knownHosts] = [join(state, 'client'), join(state, 'known_hosts')];
	await makeKey(keyFile);
	const hostPublicKey = await makeKey(join(state, 'host_key'));
	await writeFile(knownHosts, `[${ip}]:${sshPort} ${hostPublicKey}\n`);
	const parameters = {
		NAME: name,
		ENVIRONMENT: environment,
		MOUNT_NAME: basename(state),
		IP: ip,
		SSH_PORT: sshPort,
		HTTP_PORT: httpPort,
		PACKAGES: frontend === undefined ? '' : nodePackages(),
		NEXT_PORT: nextPort,
		PM2_NAME: pm2Name,
		PM2_MODE: frontend ?? '',
	};
	const lines = Object.entries(parameters).map(([key, value]) => `${key}=${value}\n`);
	await writeFile(join(state, 'params'), lines.join(''));
	const hasFrontend = frontend !== undefined;
	const ports = {sshPort, httpPort, nextPort};
	return {name, ip, environment, ...ports, pm2Name, hasFrontend, keyFile, knownHosts, hostPublicKey};
};

const checkOptions = ({name, ip, environment}: Settled): void => {
	for (const word of [name, environment])
		if (!/^[a-z][a-z0-9-]*$/.test(word)) throw new TypeError(`${JSON.stringify(word)} is not a plain name`);
	if (!/^127(\.\d{1,3}){3}$/.test(ip)) throw new TypeError(`${ip} is not a loopback address`);
};

/**
 * Starts a host in about a second, with a frontend in some five; the first one on a machine takes ten seconds more. The
 * caller stops it. Needs what `realHostUnavailable` looks for, a frontend also what `nodePackagesMissing` does.
 */
export const startRealHost = async (options: RealHostOptions): Promise<RealHost> => {
	const settled: Settled = {ip: '127.0.0.2', environment: 'preprod', ...options};
	checkOptions(settled);
	await removeAbandoned();
	const state = await mkdtemp(join(tmpdir(), `${statePrefix}${process.pid}-`));
	const facts = await prepare(state, settled);
	const layer = await ensureLayer(state, settled.environment, facts.hasFrontend);
	const start = async (): Promise<Machine> => {
		await rm(join(state, 'disk'), {recursive: true, force: true});
		return boot(state, layer);
	};
	let machine = await start();
	const root = (): string => `/proc/${machine.init}/root`;
	const record = (): string => join(root(), 'run/real-host/commands');

	return {
		...facts,
		url: `http://${facts.ip}:${facts.httpPort}`,
		get root() {
			return root();
		},
		exec: (command, {input, cwd = '/'} = {}) => run([...enter(machine, cwd), ...command], input),
		readRecord: async () => parseRecord(await readFile(record(), 'utf8')),
		clearRecord: () => truncate(record()),
		reset: async () => {
			await halt(machine);
			machine = await start();
		},
		stop: async () => {
			await halt(machine);
			await rm(state, {recursive: true, force: true});
		},
	};
};
