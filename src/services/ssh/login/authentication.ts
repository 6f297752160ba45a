import type {
	AnyAuthMethod,
	IdentityCallback,
	KnownPublicKeys,
	ParsedKey,
	SignCallback,
	SigningRequestOptions,
} from 'ssh2';
import {type DeployError, hasCode, systemCode} from '../../../domain/errors.ts';
import {printable} from '../link/failures.ts';
import {fingerprint} from './fingerprint.ts';
import {type KeyFile, readKeyFile, unlockKey} from './key-file.ts';
import type {SshOptions} from '../link/options.ts';
import type {ResolvedHost} from '../link/resolve-host.ts';

/** One key that may open the host. */
export type KeyCandidate = {
	/** For people: which key, and where it lives. */
	readonly name: string;
	/** Public key blob; an encrypted PEM key shows it only once it is unlocked. */
	readonly publicKey?: Buffer;
	/** Throws DeployError `key-file` when the key cannot be unlocked. */
	readonly method: (user: string) => Promise<{readonly auth: AnyAuthMethod; readonly publicKey: Buffer}>;
};

export type Candidates = {
	readonly list: readonly KeyCandidate[];
	/** Keys that were passed over, each with the reason. */
	readonly notes: readonly string[];
};

/** Keys unlocked so far, by file version, so that a reconnect does not ask for the passphrase again. */
export type UnlockedKeys = Map<string, ParsedKey>;

type Context = {readonly resolved: ResolvedHost; readonly options: SshOptions; readonly unlocked: UnlockedKeys};

const agentCandidates = async (socket: string): Promise<KeyCandidate[]> => {
	const {BaseAgent, OpenSSHAgent} = (await import('ssh2')).default;
	const agent = new OpenSSHAgent(socket);

	/** The agent reduced to one key: ssh2 would try them all unseen, and people are told which were tried. */
	class OneKeyAgent extends BaseAgent<ParsedKey> {
		readonly key: ParsedKey;

		constructor(key: ParsedKey) {
			super();
			this.key = key;
		}

		override getIdentities(callback: IdentityCallback<ParsedKey>): void {
			callback(null, [this.key]);
		}

		override sign(
			key: ParsedKey,
			data: Buffer,
			options: SigningRequestOptions | SignCallback,
			callback?: SignCallback,
		): void {
			if (typeof options === 'function') agent.sign(key, data, options);
			else agent.sign(key, data, options, callback);
		}
	}

	const identities = await new Promise<KnownPublicKeys<ParsedKey>>((resolve, reject) => {
		agent.getIdentities((error, found) => (error ? reject(error) : resolve(found ?? [])));
	});
	return identities.flatMap(key => {
		if ('pubKey' in key) return [];
		const publicKey = key.getPublicSSH();
		return {
			name: `${printable(key.comment, 60) || key.type} ${fingerprint(publicKey)} (agent)`,
			publicKey,
			method: username =>
				Promise.resolve({auth: {type: 'agent', username, agent: new OneKeyAgent(key)}, publicKey}),
		};
	});
};

const fileCandidate = (file: KeyFile, {resolved, options, unlocked}: Context): KeyCandidate => ({
	name: file.publicKey ? `${file.path} ${fingerprint(file.publicKey)}` : file.path,
	...(file.publicKey ? {publicKey: file.publicKey} : {}),
	method: async username => {
		const ask = options.askPassphrase;
		const {label} = resolved;
		const key =
			unlocked.get(file.version) ?? (await unlockKey(file, ask && (facts => ask({...facts, host: label}))));
		unlocked.set(file.version, key);
		return {auth: {type: 'publickey', username, key}, publicKey: key.getPublicSSH()};
	},
});

const noteFor = (error: DeployError): string => `${error.what}: ${error.why} ${error.next}`.replace(/\.$/, '');

/** Reads the key files of the ssh configuration. A missing one is normal; a bad one becomes a note. */
const configuredFiles = async ({resolved}: Context, notes: string[]): Promise<KeyFile[]> => {
	const files: KeyFile[] = [];
	for (const path of resolved.identityFiles) {
		try {
			files.push(await readKeyFile(path));
		} catch (error) {
			if (!hasCode(error, 'key-file')) throw error;
			if (systemCode(error.cause) !== 'ENOENT') notes.push(noteFor(error));
		}
	}
	return files;
};

const sameKey = (a: {readonly publicKey?: Buffer}, b: {readonly publicKey?: Buffer}): boolean =>
	a.publicKey !== undefined && b.publicKey?.equals(a.publicKey) === true;

/**
 * The keys to offer, in order. A key file named by the environment stands alone (as with IdentitiesOnly); else come
 * the agent's keys, those of the configured files first, then the files themselves.
 * Throws DeployError `key-file` for trouble with a named key file.
 */
export const collectCandidates = async (context: Context): Promise<Candidates> => {
	const {resolved, options} = context;
	const notes: string[] = [];
	const files = resolved.explicitIdentity
		? await Promise.all(resolved.identityFiles.map(readKeyFile))
		: await configuredFiles(context, notes);

	const inAgent = resolved.agent
		? await agentCandidates(resolved.agent).catch((error: unknown) => {
				notes.push(`The agent at ${resolved.agent} does not answer (${String(error)})`);
				return [];
			})
		: [];
	const isConfigured = (candidate: KeyCandidate): boolean => files.some(file => sameKey(file, candidate));
	const first = inAgent.filter(isConfigured);
	const rest = resolved.identitiesOnly ? [] : inAgent.filter(candidate => !isConfigured(candidate));
	const fromFiles = files
		.filter(file => !first.some(candidate => sameKey(candidate, file)))
		.filter(file => {
			const isUsable = !file.encrypted || options.askPassphrase !== undefined || resolved.explicitIdentity;
			if (!isUsable) notes.push(`${file.path} is encrypted: add it to your agent with ssh-add`);
			return isUsable;
		});
	// A named key must work before anything is dialled: its passphrase is asked for now, not during the handshake.
	const list = [...first, ...rest, ...fromFiles.map(file => fileCandidate(file, context))];
	if (resolved.explicitIdentity) await list[0]?.method(resolved.user);
	return {list, notes};
};
