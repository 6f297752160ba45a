import {DeployError, failure, systemCode} from '../../../domain/errors.ts';
import type {ResolvedHost} from './resolve-host.ts';

/** Text from elsewhere on one line: control characters gone, at most `max` characters. */
export const printable = (text: string, max = 200): string => {
	const line = text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ').trim();
	return line.length > max ? `${line.slice(0, max)}…` : line;
};

export const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;

/** Failures that another attempt would only repeat, although their code says it might not. */
const final = new WeakSet<DeployError>();

/** Marks an error as one that no retry helps. */
export const asFinal = (error: DeployError): DeployError => {
	final.add(error);
	return error;
};

export const isFinal = (error: DeployError): boolean => final.has(error);

export const hostAndPort = ({address, port}: {readonly address: string; readonly port: number}): string =>
	address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const reasons: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'refused the connection: nothing listens there',
	ECONNRESET: 'broke the connection off',
	EPIPE: 'broke the connection off',
	EHOSTUNREACH: 'cannot be reached: no route to the host',
	ENETUNREACH: 'cannot be reached: no route to its network',
	ETIMEDOUT: 'does not answer',
	ENOTFOUND: 'is not a name the DNS knows',
	EAI_AGAIN: 'cannot be looked up: the DNS does not answer',
	EACCES: 'cannot be dialled: this machine forbids it',
};

/** Why an address cannot be reached, as a sentence that names address and port. */
export const socketReason = (address: string, error: unknown): string => {
	if (error instanceof DeployError) return error.why;
	// Several addresses of one name fail together, as one AggregateError.
	const code = systemCode(error instanceof AggregateError ? error.errors[0] : error);
	const text = reasons[code];
	if (text !== undefined) return `${address} ${text} (${code}).`;
	return `${address}: ${printable(error instanceof Error ? error.message : String(error))}.`;
};

export const unreachable = (label: string, why: string, cause?: unknown): DeployError =>
	failure('unreachable')({
		what: `${label} cannot be reached`,
		why,
		next: 'Check that the host runs, its address and port in the environment file, your network or VPN, and its firewall.',
		cause,
	});

export const authFailed = (
	{label, user}: ResolvedHost,
	tried: readonly string[],
	notes: readonly string[],
): DeployError =>
	failure('auth-failed')({
		what: `${label} refused the login of ${printable(user)}`,
		why: [
			tried.length > 0 ? `Keys tried: ${tried.join('; ')}.` : 'There was no key to try.',
			...notes.map(note => `${note}.`),
		].join(' '),
		next: `Check the user name, and that the public key is in ~${printable(user)}/.ssh/authorized_keys on ${label}.`,
	});

/** A login refused after a good session. What runs on the host as a job goes on. */
export const signInAgain = (label: string, cause: DeployError): DeployError =>
	asFinal(
		failure('link-lost')({
			what: `The connection to ${label} was lost, and the login is now refused`,
			why: cause.why,
			now: 'A job that was running on the host goes on without the connection.',
			next: 'Sign in again (renew the key, certificate or agent), then resume.',
			cause,
		}),
	);

/** A link that ended under way. Whether a command on it finished is not known. */
export const linkLost = (label: string, why: string, cause?: unknown): DeployError =>
	failure('link-lost')({
		what: `The connection to ${label} was lost`,
		why,
		now: 'A command that was running may or may not have finished.',
		next: 'Connect again and look at the state of the host before repeating anything.',
		cause,
	});

export const cancelled = (what: string, now = 'Nothing was changed.'): DeployError =>
	failure('cancelled')({
		what: `${what} was cancelled`,
		why: 'It was asked to stop.',
		now,
		next: 'Start it again when you are ready.',
	});
