import {randomUUID} from 'node:crypto';
import {mkdir, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {clockOffset as offsetFor, tuesday} from './clock.ts';
import {fillHosts} from './fill-hosts.ts';
import {currentAccount} from './host/host-account.ts';
import {hostLayout} from './host/host-layout.ts';
import {startScheduler} from './host/scheduler.ts';
import {keyIn} from './keys.ts';
import type {PastSources} from './past/past-sources.ts';
import {createProject} from './project/create-project.ts';
import {siteUrl} from './project/environment-files.ts';
import {writeConfiguration} from './project/write-configuration.ts';
import {assertNotRunning, claimDirectory, writeRecord} from './sandbox-record.ts';
import {type SandboxServers, closeServers, openServers, portsOf} from './sandbox-servers.ts';
import type {SshServer} from './ssh/start-ssh-server.ts';
import {type ByTier, type SandboxTier, byTier, tiers} from './tiers.ts';

export type SandboxHost = {
	readonly environment: SandboxTier;
	readonly address: string;
	readonly port: number;
	readonly user: string;
	/** Directory that stands for the host's file system. */
	readonly root: string;
};

export type Sandbox = {
	/** Directory with `environments/` and `checklists/`: the sample project, a git repository. */
	readonly config: string;
	readonly hosts: readonly SandboxHost[];
	readonly urls: ByTier<{readonly site: string; readonly api: string}>;
	/** Private key that logs in, mode 0600. */
	readonly keyFile: string;
	readonly knownHosts: string;
	/** The SSH servers themselves, for fire drills and tests. */
	readonly servers: ByTier<SshServer>;
	/** Ends every server and every process of the hosts. What is on disk stays. */
	close(): Promise<void>;
};

export type SandboxOptions = {
	/** Absent, empty, or left by an earlier sandbox, which then goes on. */
	readonly directory: string;
	/** Absolute path of the Node that runs the shims. Default: this one. */
	readonly node?: string;
	/**
	 * What `date` says on the hosts when they start, unless a ledger is further; it runs on from there. Default:
	 * `tuesday`. Files get the time of this machine all the same.
	 */
	readonly clock?: Date;
	/** With it the hosts have a past: builds that soak, sign-offs, runs. Absent: they are as the old scripts left them. */
	readonly past?: PastSources;
};

const urlsOf = (httpPort: number) => ({site: siteUrl(httpPort), api: `${siteUrl(httpPort)}/api`});

const hostOf = (environment: SandboxTier, {ssh}: SandboxServers[SandboxTier]): SandboxHost => ({
	environment,
	address: ssh.address,
	port: ssh.port,
	user: ssh.user,
	root: ssh.root,
});

/**
 * Starts the sandbox: SSH and HTTP servers for pre-prod and production on loopback, their hosts, and the sample
 * project. A directory an earlier sandbox left goes on where it was, on the same ports if free. Throws DeployError:
 * `usage` for a directory that is not its own, `locked` when a sandbox runs in it.
 */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
	const directory = resolve(options.directory);
	const record = await claimDirectory(directory);
	const layouts = await byTier(async tier => hostLayout(join(directory, tier), tier));
	const keys = join(directory, 'keys');
	await mkdir(keys, {recursive: true, mode: 0o700});
	const keyFile = join(keys, 'client_ed25519');
	const knownHosts = join(directory, 'known_hosts');
	const config = join(directory, 'project');

	const token = randomUUID();
	const {public: clientKey} = await keyIn(keyFile);
	const clockOffset = await offsetFor(Object.values(layouts), options.clock ?? tuesday);
	const now = (): Date => new Date(Date.now() + clockOffset * 1000);
	const servers = await openServers({keys, clientKey, token, layouts, record, now});
	const ports = portsOf(servers);
	try {
		assertNotRunning(directory, record, ports);
		await createProject(config);
		const account = currentAccount();
		const facts = await byTier(async tier => ({
			layout: layouts[tier],
			account,
			ssh: servers[tier].ssh,
			httpPort: ports[tier].http,
			nextPort: ports[tier].next,
			keyFile,
			knownHosts,
		}));
		await writeConfiguration({project: config, facts, before: record?.ports, now: ports});
		await fillHosts({
			repository: config,
			layouts,
			servers,
			token,
			node: options.node ?? process.execPath,
			before: record?.ports,
			clockOffset,
			past: options.past,
		});
		await writeFile(knownHosts, tiers.map(tier => `${servers[tier].ssh.knownHost}\n`).join(''));
		await writeRecord(directory, {pid: process.pid, ports});
	} catch (error) {
		await closeServers(servers);
		throw error;
	}

	const scheduler = startScheduler(Object.values(layouts), now);
	return {
		config,
		hosts: tiers.map(tier => hostOf(tier, servers[tier])),
		urls: {preprod: urlsOf(ports.preprod.http), production: urlsOf(ports.production.http)},
		keyFile,
		knownHosts,
		servers: {preprod: servers.preprod.ssh, production: servers.production.ssh},
		close: async () => {
			await Promise.all([scheduler.stop(), closeServers(servers)]);
			await writeRecord(directory, {pid: null, ports});
		},
	};
};
