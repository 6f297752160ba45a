import {spawn} from 'node:child_process';
import {connect as connectTcp} from 'node:net';
import {Duplex} from 'node:stream';
import type {Client} from 'ssh2';
import {quote} from '../../../commands/shell.ts';
import type {Host} from '../../../domain/environments/environment.ts';
import {misconfigured} from '../../../domain/errors.ts';
import {hostAndPort, socketReason, unreachable, printable} from './failures.ts';
import type {ResolvedHost} from './resolve-host.ts';

/**
 * One hop of `ssh -J` as a host of its own: `[user@]host[:port]` or `ssh://...`, IPv6 in brackets.
 * Throws DeployError `configuration`.
 */
export const jumpHost = (spec: string, target: Host): Host => {
	const pattern = /^(?:ssh:\/\/)?(?:(?<user>[^@]+)@)?(?:\[(?<six>[^\]]+)\]|(?<name>[^:/@\s]+))(?::(?<port>\d+))?\/?$/;
	const {user, six, name, port} = pattern.exec(spec.trim())?.groups ?? {};
	const address = six ?? name;
	if (address === undefined) {
		throw misconfigured({
			what: `The jump host of ${target.name} cannot be understood`,
			why: `\`${printable(spec)}\` is not [user@]host[:port].`,
			next: 'Correct `proxyJump` in the environment file, or ProxyJump in the ssh configuration.',
		});
	}
	return {
		name: `${address} (jump host of ${target.name})`,
		address,
		...(user === undefined ? {} : {user}),
		...(port === undefined ? {} : {port: Number(port)}),
		...(target.knownHostsFile === undefined ? {} : {knownHostsFile: target.knownHostsFile}),
	};
};

type Dial = {readonly resolved: ResolvedHost; readonly timeoutMs: number; readonly signal: AbortSignal};

/** Opens a TCP connection. Throws DeployError `unreachable` or the signal's reason. */
export const dialTcp = async ({resolved, timeoutMs, signal}: Dial): Promise<Duplex> =>
	new Promise((resolve, reject) => {
		const address = hostAndPort(resolved);
		const socket = connectTcp({host: resolved.address, port: resolved.port, noDelay: true});
		const settle = (): void => {
			clearTimeout(timer);
			signal.removeEventListener('abort', onAbort);
		};
		const fail = (error: unknown): void => {
			settle();
			socket.destroy();
			reject(error);
		};
		const onAbort = (): void => fail(signal.reason);
		const onError = (error: Error): void => fail(unreachable(resolved.label, socketReason(address, error), error));
		const timer = setTimeout(
			() => fail(unreachable(resolved.label, `${address} did not answer within ${timeoutMs / 1000} s.`)),
			timeoutMs,
		);
		signal.addEventListener('abort', onAbort, {once: true});
		socket.on('error', onError).once('connect', () => {
			settle();
			resolve(socket);
		});
	});

/** A stream through a jump host that is logged in. Throws DeployError `unreachable`. */
export const dialThrough = async (client: Client, jump: ResolvedHost, {resolved}: Dial): Promise<Duplex> =>
	new Promise((resolve, reject) => {
		const report = (error: unknown): void =>
			reject(
				unreachable(
					resolved.label,
					`${jump.label} cannot open a connection to ${hostAndPort(resolved)}: ${printable(String(error))}.`,
					error,
				),
			);
		try {
			client.forwardOut('127.0.0.1', 0, resolved.address, resolved.port, (error, stream) =>
				error ? report(error) : resolve(stream),
			);
		} catch (error) {
			report(error);
		}
	});

/**
 * ProxyCommand with its tokens filled in. The text is the user's own shell code; a value that would need quotes in it
 * is refused, because nobody can know how the text around it quotes.
 */
export const expandProxyCommand = (command: string, host: Host, {address, port, user, label}: ResolvedHost): string => {
	const values: Readonly<Record<string, string>> = {h: address, n: host.address, p: String(port), r: user, '%': '%'};
	return command.replaceAll(/%(.)/g, (token, letter: string) => {
		const value = values[letter];
		if (value !== undefined && (letter === '%' || quote(value) === value)) return value;
		throw misconfigured({
			what: `The ProxyCommand of ${label} cannot be used`,
			why:
				value === undefined
					? `The token ${token} is not supported.`
					: `The value of ${token} is not a plain word.`,
			next: 'Use only %h, %n, %p, %r and %% in ProxyCommand.',
		});
	});
};

/**
 * The standard streams of a ProxyCommand as one stream; its process ends with it. The stream ends when the process
 * does, with what it complained about, so that people read that instead of a broken pipe.
 */
export const dialProxyCommand = (
	command: string,
	environment: Readonly<Record<string, string | undefined>>,
	label: string,
): Duplex => {
	const child = spawn('sh', ['-c', `exec ${command}`], {env: {...environment}, stdio: ['pipe', 'pipe', 'pipe']});
	const {stdin, stdout, stderr} = child;
	const stream = new Duplex({
		read: () => stdout.resume(),
		write: (chunk: Buffer, _encoding, done) => stdin.write(chunk, () => done()),
		final: done => stdin.end(() => done()),
		destroy: (error, done) => {
			child.kill();
			stdin.destroy();
			stdout.destroy();
			done(error);
		},
	});
	let complaint = '';
	stdin.on('error', () => {});
	stderr.on('data', (chunk: Buffer) => {
		complaint = printable(`${complaint} ${chunk.toString('utf8')}`);
	});
	stdout.on('data', (chunk: Buffer) => {
		if (!stream.push(chunk)) stdout.pause();
	});
	const end = (why: string): void => {
		if (!stream.destroyed) stream.destroy(unreachable(label, `Its ProxyCommand ended: ${complaint || why}.`));
	};
	child.on('error', error => end(error.message));
	child.on('close', (code, signal) => end(signal ?? `exit ${code}`));
	return stream;
};
