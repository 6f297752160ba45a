import type {Duplex} from 'node:stream';
import type {Client, ConnectConfig} from 'ssh2';
import {DeployError} from '../../../domain/errors.ts';
import type {Candidates} from '../login/authentication.ts';
import {createDeadline} from './deadline.ts';
import {hostAndPort, asFinal, authFailed, socketReason, unreachable, printable} from './failures.ts';
import {fingerprint} from '../login/fingerprint.ts';
import type {SshOptions} from './options.ts';
import type {ResolvedHost} from './resolve-host.ts';
import {hostKeyAlgorithms, type HostKeyRules, verifyHostKey} from '../login/verify-host-key.ts';

/** A logged-in client. */
export type OpenClient = {
	readonly client: Client;
	readonly socket: Duplex;
	readonly hostKey: Buffer;
	/** `SHA256:...` of the key the host accepted. */
	readonly keyFingerprint: string;
};

type Request = {
	/** Connected already. */
	readonly socket: Duplex;
	readonly rules: HostKeyRules;
	readonly candidates: Candidates;
	readonly options: SshOptions;
	readonly signal: AbortSignal;
};

type ServerError = Error & {readonly level?: string; readonly code?: unknown};

/** Measured on AES hardware: GCM with 128 bits moves most bytes per second of this single thread. */
const ciphers: NonNullable<ConnectConfig['algorithms']>['cipher'] = [
	'aes128-gcm@openssh.com',
	'aes256-gcm@openssh.com',
	'chacha20-poly1305@openssh.com',
	'aes128-ctr',
	'aes192-ctr',
	'aes256-ctr',
];

/** SSH_DISCONNECT reasons a server gives when it has had enough keys. Source: RFC 4253, section 11.1. */
const tooManyKeys = new Set<unknown>([2, 14]);

/**
 * Handshake, host key and login over a connected socket.
 * Throws DeployError `unreachable`, `host-key-unknown`, `host-key-changed`, `auth-failed`, `key-file`, or the
 * signal's reason; the socket is destroyed then.
 */
export const openClient = async (request: Request): Promise<OpenClient> => {
	const {socket, rules, candidates, options, signal} = request;
	const {resolved} = rules;
	const {Client} = (await import('ssh2')).default;
	const client = new Client();
	const remaining = [...candidates.list];
	const tried: string[] = [];
	let phase: 'handshake' | 'login' = 'handshake';
	let hostKey: Buffer | undefined;
	let keyInUse: Buffer | undefined;

	return new Promise((resolve, reject) => {
		const letGo = (): void => {
			deadline.stop();
			signal.removeEventListener('abort', onAbort);
		};
		const fail = (error: unknown): void => {
			letGo();
			client.destroy();
			socket.destroy();
			reject(error);
		};
		const onAbort = (): void => fail(signal.reason);
		const broken = (how: string): void => fail(unreachable(resolved.label, `${hostAndPort(resolved)} ${how}`));
		const timeoutMs = options.connectTimeoutMs ?? 15_000;
		const deadline = createDeadline(timeoutMs, () =>
			broken(`did not finish the ${phase} in ${timeoutMs / 1000} s.`),
		);
		/** Where people may be asked: their time is not the host's. */
		const paused = <Value>(work: () => Promise<Value>, use: (value: Value) => void): void => {
			deadline.whilePaused(work).then(use).catch(fail);
		};

		client
			.on('error', (error: ServerError) => {
				// A key the agent cannot sign with is one key less; ssh2 goes on to the next by itself.
				if (error.level === 'agent' || error.level === 'client-authentication') return;
				const hadEnough = phase === 'login' && tooManyKeys.has(error.code);
				const notes = [...candidates.notes, `The host stopped after ${tried.length} keys`];
				fail(hadEnough ? authFailed(resolved, tried, notes) : handshakeFailure(resolved, error));
			})
			.on('handshake', () => (phase = 'login'))
			.on('close', () => broken(`closed the connection during the ${phase}.`))
			.on('ready', () => {
				if (!hostKey || !keyInUse) return fail(new Error('ready without host key or login key'));
				letGo();
				client.setNoDelay(true);
				resolve({client, socket, hostKey, keyFingerprint: fingerprint(keyInUse)});
			});
		signal.addEventListener('abort', onAbort, {once: true});
		if (signal.aborted) return onAbort();

		client.connect({
			sock: socket,
			username: resolved.user,
			readyTimeout: 0,
			keepaliveInterval: 0,
			algorithms: {serverHostKey: hostKeyAlgorithms(rules), cipher: ciphers},
			hostVerifier: (shown: Buffer, verify: (isAccepted: boolean) => void) => {
				const key = Buffer.from(shown);
				paused(
					() => verifyHostKey(rules, key, options),
					() => {
						hostKey = key;
						verify(true);
					},
				);
			},
			authHandler: (_left, _partial, next) => {
				const candidate = remaining.shift();
				if (!candidate) return fail(authFailed(resolved, tried, candidates.notes));
				paused(
					() => candidate.method(resolved.user),
					({auth, publicKey}) => {
						tried.push(candidate.name);
						keyInUse = publicKey;
						next(auth);
					},
				);
			},
		});
	});
};

const handshakeFailure = (resolved: ResolvedHost, error: ServerError): DeployError => {
	if (error instanceof DeployError) return error;
	const address = hostAndPort(resolved);
	if (error.level === 'client-socket') return unreachable(resolved.label, socketReason(address, error), error);
	if (error.level === 'handshake')
		return asFinal(unreachable(resolved.label, `${address}: ${printable(error.message)}.`, error));
	return unreachable(resolved.label, `${address} broke off before the login: ${printable(error.message)}.`, error);
};
