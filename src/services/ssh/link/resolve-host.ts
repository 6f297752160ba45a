import {execFile} from 'node:child_process';
import {homedir, userInfo} from 'node:os';
import {join} from 'node:path';
import type {Host} from '../../../domain/environments/environment.ts';
import {type DeployError, misconfigured} from '../../../domain/errors.ts';
import {printable} from './failures.ts';
import type {SshOptions} from './options.ts';

/** Where and how to connect, everything settled. */
export type ResolvedHost = {
	/** Name for people. */
	readonly label: string;
	readonly address: string;
	readonly port: number;
	readonly user: string;
	/** What known_hosts is searched for: the alias, the address, or `[address]:port`; lower case. */
	readonly knownAs: string;
	/** Absolute paths. */
	readonly identityFiles: readonly string[];
	/** A key file named by the environment: then it is the only key offered, and trouble with it is an error. */
	readonly explicitIdentity: boolean;
	/** Only agent keys that belong to `identityFiles` are offered. */
	readonly identitiesOnly: boolean;
	/** Socket of the agent. */
	readonly agent?: string;
	/** Absolute paths; an accepted key is added to the first. */
	readonly knownHostsFiles: readonly [string, ...string[]];
	readonly hashKnownHosts: boolean;
	/** Jump hosts, the nearest first, each `[user@]host[:port]`. */
	readonly jumps: readonly string[];
	/** With its `%` tokens. */
	readonly proxyCommand?: string;
};

/** Lower-case keyword to its values, as `ssh -G` prints them. */
type Settings = ReadonlyMap<string, readonly string[]>;

type Answer = {readonly settings?: Settings; readonly failure?: string};

const parseSettings = (text: string): Settings => {
	const settings = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [, keyword, value] = /^(\S+) (.*)$/.exec(line) ?? [];
		if (keyword === undefined || value === undefined) continue;
		settings.set(keyword, [...(settings.get(keyword) ?? []), value]);
	}
	return settings;
};

const askSsh = async (host: Host, {environment, sshBinary = 'ssh', sshConfigFile}: SshOptions): Promise<Answer> =>
	new Promise(resolve => {
		const argv = [
			'-T',
			'-G',
			...(sshConfigFile === undefined ? [] : ['-F', sshConfigFile]),
			...(host.port === undefined ? [] : ['-p', String(host.port)]),
			...(host.user === undefined ? [] : ['-l', host.user]),
			'--',
			host.address,
		];
		execFile(sshBinary, argv, {env: {...environment}, timeout: 10_000}, (error, stdout, stderr) => {
			if (!error) resolve({settings: parseSettings(stdout)});
			else if (error.code === 'ENOENT') resolve({});
			else resolve({failure: stderr.trim() || error.message});
		});
	});

const isNone = (value: string | undefined): boolean => value === undefined || value.toLowerCase() === 'none';

const agentSocket = (setting: string | undefined, {environment}: SshOptions): string | undefined => {
	const fromVariable = setting?.startsWith('$') ? environment[setting.slice(1).replaceAll(/[{}]/g, '')] : undefined;
	if (setting === undefined || setting === 'SSH_AUTH_SOCK') return environment['SSH_AUTH_SOCK'];
	return isNone(setting) ? undefined : (fromVariable ?? setting);
};

const knownAs = (address: string, port: number, alias: string | undefined): string =>
	alias?.toLowerCase() ?? (port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`);

/**
 * Settles one host with the user's ssh configuration, so that Host, Include, Match, IdentityFile, ProxyJump and
 * ProxyCommand mean here what they mean to `ssh`. What the environment file says wins. Works without an ssh binary.
 * Throws DeployError `configuration` when ssh refuses its configuration.
 */
export const resolveHost = async (host: Host, options: SshOptions): Promise<ResolvedHost> => {
	const {settings = new Map<string, readonly string[]>(), failure} = await askSsh(host, options);
	if (failure !== undefined) throw refusedConfiguration(host, failure);

	const home = options.environment['HOME'] ?? homedir();
	const expand = (path: string): string => path.replace(/^~(?=\/|$)/, home);
	const first = (keyword: string): string | undefined => settings.get(keyword)?.[0];
	const files = (keyword: string, fallback: string): string[] => (first(keyword) ?? fallback).split(' ').map(expand);
	const address = first('hostname') ?? host.address;
	const port = host.port ?? Number(first('port') ?? 22);
	const agent = agentSocket(first('identityagent'), options);
	const proxyJump = host.proxyJump ?? first('proxyjump');
	const proxyCommand = host.proxyJump === undefined ? first('proxycommand') : undefined;
	const [knownHostsFile = join(home, '.ssh/known_hosts'), ...moreKnownHosts] = host.knownHostsFile
		? [host.knownHostsFile]
		: [
				...files('userknownhostsfile', '~/.ssh/known_hosts'),
				...files('globalknownhostsfile', '/etc/ssh/ssh_known_hosts'),
			];
	const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(name => join(home, '.ssh', name));
	const configuredKeys = settings.get('identityfile')?.map(expand) ?? defaultKeys;

	return {
		label: host.name,
		address,
		port,
		user: host.user ?? first('user') ?? userInfo().username,
		knownAs: knownAs(address, port, first('hostkeyalias')),
		identityFiles: host.identityFile === undefined ? configuredKeys : [host.identityFile],
		explicitIdentity: host.identityFile !== undefined,
		identitiesOnly: host.identityFile !== undefined || first('identitiesonly') === 'yes',
		...(agent ? {agent: expand(agent)} : {}),
		knownHostsFiles: [knownHostsFile, ...moreKnownHosts],
		hashKnownHosts: first('hashknownhosts') === 'yes',
		jumps: proxyJump === undefined || isNone(proxyJump) ? [] : proxyJump.split(','),
		...(proxyCommand === undefined || isNone(proxyCommand) ? {} : {proxyCommand}),
	};
};

const refusedConfiguration = (host: Host, failure: string): DeployError =>
	misconfigured({
		what: `The ssh configuration for ${host.name} cannot be used`,
		why: `ssh -G ${printable(host.address)} failed: ${printable(failure, 400)}`,
		next: `Correct the ssh configuration until \`ssh -G ${printable(host.address)}\` works.`,
	});
