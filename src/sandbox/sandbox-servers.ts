import {join} from 'node:path';
import type {HostLayout} from './host/host-layout.ts';
import {serveEnvironment} from './http/serve-environment.ts';
import {keyIn} from './keys.ts';
import {type Listening, freePort} from './listen.ts';
import type {SandboxRecord} from './sandbox-record.ts';
import {type SshServer, startSshServer} from './ssh/start-ssh-server.ts';
import {type ByTier, type SandboxTier, byTier, tiers} from './tiers.ts';

export type SandboxServers = ByTier<{
	readonly ssh: SshServer;
	readonly http: Listening;
	/** Port the host's frontend listens on. */
	readonly next: number;
}>;

/** Starts the SSH and the HTTP server of each environment, on the recorded ports where they are free. */
export const openServers = (options: {
	readonly keys: string;
	/** `ssh-ed25519 AAAA...` of the key that may log in. */
	readonly clientKey: string;
	readonly token: string;
	readonly layouts: ByTier<HostLayout>;
	readonly record: SandboxRecord | undefined;
	/** The clock of the hosts. */
	readonly now: () => Date;
}): Promise<SandboxServers> =>
	byTier(async tier => {
		const {keys, clientKey, token, layouts, record, now} = options;
		const hostKey = await keyIn(join(keys, `${tier}_host_ed25519`));
		const port = record?.ports[tier].ssh;
		const next = await freePort(record?.ports[tier].next);
		return {
			ssh: await startSshServer({root: layouts[tier].root, hostKey, clientKey, token, port}),
			http: await serveEnvironment({layout: layouts[tier], nextPort: next, now}, record?.ports[tier].http),
			next,
		};
	});

/** Ends every server and every process of the hosts. */
export const closeServers = async (servers: SandboxServers): Promise<void> => {
	await Promise.all(tiers.flatMap(tier => [servers[tier].ssh.close(), servers[tier].http.close()]));
};

const portsIn = ({ssh, http, next}: SandboxServers[SandboxTier]) => ({ssh: ssh.port, http: http.port, next});

export const portsOf = ({preprod, production}: SandboxServers): ByTier<ReturnType<typeof portsIn>> => ({
	preprod: portsIn(preprod),
	production: portsIn(production),
});
