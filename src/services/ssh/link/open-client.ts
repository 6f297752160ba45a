import type {Duplex} from 'node:stream';
import type {AnyAuthMethod, Client, ConnectConfig} from 'ssh2';
import {DeployError} from '../../../domain/errors.ts';
import type {Candidates} from '../login/authentication.ts';
import {createDeadline, type Deadline} from './deadline.ts';
import {addressOf, asFinal, authFailed, socketReason, unreachable} from './failures.ts';
import {fingerprint} from '../login/fingerprint.ts';
import {loadSsh2} from './load-ssh2.ts';
import type {SshOptions} from './options.ts';
import {printable} from '../printable.ts';
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

/** One handshake under way. */
type Attempt = {
	readonly request: Request;
	readonly client: Client;
	readonly deadline: Deadline;
	readonly remaining: Candidates['list'][number][];
	readonly tried: string[];
	phase: 'handshake' | 'login';
	hostKey: Buffer | undefined;
	keyInUse: Buffer | undefined;
	readonly fail: (error: unknown) => void;
};

/**
 * Handshake, host key and login over a connected socket.
 * Throws DeployError `unreachable`, `host-key-unknown`, `host-key-changed`, `auth-failed`, `key-file`, or the
 * signal's reason; the socket is destroyed then.
 */
export const openClient = async (request: Request): Promise<OpenClient> => {
	const {socket, rules, candidates, options, signal} = request;
	const {resolved} = rules;
	const {Client} = await loadSsh2();
	const client = new Client();

	return new Promise((resolve, reject) => {
		const letGo = (): void => {
			attempt.deadline.stop();
			signal.removeEventListener('abort', onAbort);
		};
		const fail = (error: unknown): void => {
			letGo();
			client.destroy();
			socket.destroy();
			reject(error);
		};
		const onAbort = (): void => fail(signal.reason);
		const broken = (how: string): void => fail(unreachable(resolved.label, `${addressOf(resolved)} ${how}`));
		const timeoutMs = options.connectTimeoutMs ?? 15_000;
		const attempt: Attempt = {
			request,
			client,
			deadline: createDeadline(timeoutMs, () =>
				broken(`did not finish the ${attempt.phase} in ${timeoutMs / 1000} s.`),
			),
			remaining: [...candidates.list],
			tried: [],
			phase: 'handshake',
			hostKey: undefined,
			keyInUse: undefined,
			fail,
		};

		client
			.on('error', error => onServerError(attempt, error))
			.on('handshake', () => {
				attempt.phase = 'login';
			})
			.on('close', () => broken(`closed the connection during the ${attempt.phase}.`))
			.on('ready', () => {
				const {hostKey, keyInUse} = attempt;
				if (!hostKey || !keyInUse) return fail(new Error('ready without host key or login key'));
				letGo();
				client.setNoDelay(true);
				resolve({client, socket, hostKey, keyFingerprint: fingerprint(keyInUse)});
			});
		signal.addEventListener('abort', onAbort, {once: true});
		if (signal.aborted) return onAbort();
		connect(attempt);
	});
};

const connect = (attempt: Attempt): void => {
	const {client, request} = attempt;
	const {socket, rules} = request;
	client.connect({
		sock: socket,
		username: rules.resolved.user,
		readyTimeout: 0,
		keepaliveInterval: 0,
		algorithms: {serverHostKey: hostKeyAlgorithms(rules), cipher: ciphers},
		hostVerifier: (key: Buffer, verify: (isAccepted: boolean) => void) => {
			void checkHostKey(attempt, Buffer.from(key), () => verify(true));
		},
		authHandler: (_left, _partial, next) => {
			void offerNextKey(attempt, next);
		},
	});
};

const checkHostKey = async (attempt: Attempt, key: Buffer, accept: () => void): Promise<void> => {
	const {request, deadline, fail} = attempt;
	try {
		await deadline.whilePaused(() => verifyHostKey(request.rules, key, request.options));
		attempt.hostKey = key;
		accept();
	} catch (error) {
		fail(error);
	}
};

const offerNextKey = async (attempt: Attempt, offer: (auth: AnyAuthMethod) => void): Promise<void> => {
	const {request, deadline, remaining, tried, fail} = attempt;
	const {resolved} = request.rules;
	const candidate = remaining.shift();
	if (!candidate) return fail(authFailed(resolved, tried, request.candidates.notes));
	try {
		const {auth, publicKey} = await deadline.whilePaused(() => candidate.method(resolved.user));
		tried.push(candidate.name);
		attempt.keyInUse = publicKey;
		offer(auth);
	} catch (error) {
		fail(error);
	}
};

const onServerError = (
	{request, phase, tried, fail}: Attempt,
	error: Error & {level?: string; code?: unknown},
): void => {
	// A key the agent cannot sign with is one key less; ssh2 goes on to the next by itself.
	if (error.level === 'agent' || error.level === 'client-authentication') return;
	const hadEnough = phase === 'login' && tooManyKeys.has(error.code);
	const notes = [...request.candidates.notes, `The host stopped after ${tried.length} keys`];
	fail(hadEnough ? authFailed(request.rules.resolved, tried, notes) : handshakeFailure(request, error));
};

const handshakeFailure = ({rules: {resolved}}: Request, error: Error & {level?: string}): DeployError => {
	if (error instanceof DeployError) return error;
	const address = addressOf(resolved);
	if (error.level === 'client-socket') return unreachable(resolved.label, socketReason(address, error), error);
	if (error.level === 'handshake')
		return asFinal(unreachable(resolved.label, `${address}: ${printable(error.message)}.`, error));
	return unreachable(resolved.label, `${address} broke off before the login: ${printable(error.message)}.`, error);
};
