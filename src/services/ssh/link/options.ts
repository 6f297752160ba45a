import type {Host} from '../../../domain/environments/environment.ts';

/** What is asked when a host shows a key nobody has accepted yet. */
export type HostKeyFacts = {
	/** Name of the host as people know it. */
	readonly host: string;
	/** `address:port` that was dialled. */
	readonly address: string;
	readonly keyType: string;
	/** `SHA256:...`, as `ssh-keygen -l` prints it. */
	readonly fingerprint: string;
};

export type SshOptions = {
	/** HOME, PATH, SSH_AUTH_SOCK of this machine, handed down by the composition root. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Configuration file given to `ssh -F`. Absent: the user's and the system's. */
	readonly sshConfigFile?: string;
	/** Default `ssh`. A missing binary is no error: defaults apply. */
	readonly sshBinary?: string;
	/** Answers whether the key is accepted and remembered. Absent: unknown keys are refused. */
	readonly onUnknownHostKey?: (facts: HostKeyFacts) => Promise<boolean>;
	/** Hosts for which nobody is asked: pinned or known already, or refused. */
	readonly requireKnown?: (host: Host) => boolean;
	/** Answers undefined to give up. Asked at most 3 times for one key. */
	readonly askPassphrase?: (facts: {readonly host: string; readonly path: string}) => Promise<string | undefined>;
	/** Time between two signs of life; default 5 s. */
	readonly keepaliveMs?: number;
	/** Silent intervals after which a link counts as lost; default 3. */
	readonly keepaliveMisses?: number;
	/** For dialling, and again for handshake and login, questions to people not counted; default 15 s. */
	readonly connectTimeoutMs?: number;
};
