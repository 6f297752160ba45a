import type {Duplex} from 'node:stream';
import type {Host} from '../../../domain/environments/environment.ts';
import {type DeployError, misconfigured, failure} from '../../../domain/errors.ts';
import {collectCandidates, type UnlockedKeys} from '../login/authentication.ts';
import {dialProxyCommand, dialTcp, dialThrough, expandProxyCommand, jumpHost} from './jump.ts';
import {type KnownHost, readKnownHosts} from '../login/known-hosts.ts';
import {type OpenClient, openClient} from './open-client.ts';
import type {SshOptions} from './options.ts';
import {type ResolvedHost, resolveHost} from './resolve-host.ts';
import {pinnedKeys} from '../login/verify-host-key.ts';

/** A host's own client, and the jump hosts it stands on. */
export type OpenChain = OpenClient & {
	readonly resolved: ResolvedHost;
	/** Ends this client's socket and every jump host's. */
	readonly destroy: () => void;
};

export type ChainContext = {
	readonly options: SshOptions;
	readonly unlocked: UnlockedKeys;
	/** Host keys this session has met, by the name they are known as; a reconnect must meet them again. */
	readonly seen: Map<string, Buffer>;
	readonly signal: AbortSignal;
};

type Link = {readonly socket: Duplex; readonly destroy: () => void};

const maxJumps = 8;

const readEntries = async ({label, knownHostsFiles}: ResolvedHost): Promise<KnownHost[]> => {
	try {
		return await readKnownHosts(knownHostsFiles);
	} catch (cause) {
		throw failure('host-key-unknown')({
			what: `The host key of ${label} cannot be checked`,
			why: `A known_hosts file cannot be read: ${String(cause)}.`,
			next: `Make ${knownHostsFiles.join(', ')} readable to you.`,
			cause,
		});
	}
};

/** The hop next to the host. The hops before it are its own. */
const nextJump = (host: Host, {jumps}: ResolvedHost): Host | undefined => {
	const last = jumps.at(-1);
	if (last === undefined) return undefined;
	const hop = jumpHost(last, host);
	const before = jumps.slice(0, -1).join(',');
	return before === '' ? hop : {...hop, proxyJump: before};
};

const dial = async (
	host: Host,
	resolved: ResolvedHost,
	owner: Host,
	context: ChainContext,
	depth: number,
): Promise<Link> => {
	const {options, signal} = context;
	const request = {resolved, signal, timeoutMs: options.connectTimeoutMs ?? 15_000};
	const hop = nextJump(host, resolved);
	if (hop) {
		const jump = await openHop(hop, owner, context, depth + 1);
		try {
			return {socket: await dialThrough(jump.client, jump.resolved, request), destroy: jump.destroy};
		} catch (error) {
			jump.destroy();
			throw error;
		}
	}
	const socket = resolved.proxyCommand
		? dialProxyCommand(
				expandProxyCommand(resolved.proxyCommand, host, resolved),
				options.environment,
				resolved.label,
			)
		: await dialTcp(request);
	return {socket, destroy: () => {}};
};

const tooManyJumps = (owner: Host): DeployError =>
	misconfigured({
		what: `${owner.name} cannot be reached`,
		why: `Its jump hosts lead through more than ${maxJumps} others, or in a circle.`,
		next: 'Correct ProxyJump in the ssh configuration.',
	});

const openHop = async (host: Host, owner: Host, context: ChainContext, depth: number): Promise<OpenChain> => {
	if (depth > maxJumps) throw tooManyJumps(owner);
	const {options, unlocked, seen, signal} = context;
	const settled = await resolveHost(host, options);
	// A bastion usually takes the same key, and an environment file has no other place to name it.
	const resolved =
		host !== owner && owner.identityFile !== undefined
			? {...settled, identityFiles: [...settled.identityFiles, owner.identityFile]}
			: settled;
	const [entries, candidates] = await Promise.all([
		readEntries(resolved),
		collectCandidates({resolved, options, unlocked}),
	]);
	const rules = {host: owner, resolved, entries, pinned: pinnedKeys(host), seen: seen.get(resolved.knownAs)};
	const link = await dial(host, resolved, owner, context, depth);
	try {
		const opened = await openClient({socket: link.socket, rules, candidates, options, signal});
		seen.set(resolved.knownAs, opened.hostKey);
		const destroy = (): void => {
			opened.client.destroy();
			opened.socket.destroy();
			link.destroy();
		};
		// A jump host that goes away under us is noticed by the client that stands on it.
		opened.client.on('error', () => {});
		return {...opened, resolved, destroy};
	} catch (error) {
		link.destroy();
		throw error;
	}
};

/**
 * Resolves a host and logs in, through its jump hosts or proxy command.
 * Throws DeployError `configuration`, `key-file`, `unreachable`, `host-key-unknown`, `host-key-changed`,
 * `auth-failed`, or the signal's reason. Nothing stays open then.
 */
export const openChain = async (host: Host, context: ChainContext): Promise<OpenChain> =>
	openHop(host, host, context, 0);
