import type {RequestError, Response} from 'got';
import type {ProbeAnswer, ProbePort} from '../../domain/ports.ts';
import {certificateOf} from './certificates.ts';

const defaultKeptBytes = 4096;
/** More says nothing, and a server that never ends must not be read from until the time is up. */
const mostBytes = 8 * 1024 * 1024;
const mostRedirects = 5;

/** Why no answer came, for people. */
const reasons: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'connection refused',
	ECONNRESET: 'connection closed without an answer',
	EPIPE: 'connection closed without an answer',
	EHOSTUNREACH: 'no way to the host',
	ENETUNREACH: 'no way to the network',
	ENOTFOUND: 'not a name the DNS knows',
	EAI_AGAIN: 'the DNS does not answer',
	ERR_TOO_MANY_REDIRECTS: `redirected more than ${mostRedirects} times`,
	EPROTO: 'no TLS that both sides speak',
};

type Told = Omit<ProbeAnswer, 'durationMs' | 'outcome' | 'body'>;

const partsOf = (timings: Response['timings'] | undefined): Told => {
	const {dns, tcp, tls, firstByte} = timings?.phases ?? {};
	const parts = Object.entries({dns, tcp, tls, firstByte}).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, Math.round(value)] as const],
	);
	return parts.length === 0 ? {} : {parts: Object.fromEntries(parts)};
};

const headersOf = ({headers}: Response): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			value === undefined ? [] : [[name, [value].flat().join(', ')] as const],
		),
	);

/** A redirect may carry a token behind its `?`. */
const redirectsOf = ({redirectUrls}: Response): Told => {
	const last = redirectUrls.at(-1);
	return last ? {redirects: {count: redirectUrls.length, last: `${last.origin}${last.pathname}`}} : {};
};

const why = (error: Pick<RequestError, 'code' | 'message'>, timeoutMs: number): string => {
	if (error.code === 'ETIMEDOUT' || error.code === 'ERR_BODY_READ_TIMEOUT')
		return `no answer within ${timeoutMs < 1000 ? `${timeoutMs} ms` : `${Math.round(timeoutMs / 1000)} s`}`;
	return reasons[error.code] ?? (error.code?.startsWith('ERR_GOT') ? error.message : (error.code ?? error.message));
};

/**
 * Asks over HTTP or HTTPS from this machine. Each request has a connection of its own, so that all its parts are
 * measured, and is sent once: an answer of the second try would hide the first.
 */
export const httpProbe: ProbePort = {
	get: async (
		url,
		{timeoutMs, signal, maxBodyBytes: keptBytes = defaultKeptBytes, followRedirects = false, accept},
	) => {
		// Whoever never asks does not pay for it.
		const {default: got} = await import('got');
		const begun = performance.now();
		const since = (): number => performance.now() - begun;
		const request = got.stream(url, {
			signal,
			timeout: {request: timeoutMs},
			retry: {limit: 0},
			throwHttpErrors: false,
			followRedirect: followRedirects,
			maxRedirects: mostRedirects,
			agent: {http: false, https: false},
			headers: {'user-agent': 'release-cockpit', ...(accept === undefined ? {} : {accept})},
			// Judged below, so that one request tells both what is wrong with a certificate and until when it is.
			https: {rejectUnauthorized: false},
		});
		return new Promise<ProbeAnswer>(resolve => {
			let told: Told = {};
			let status = 0;
			const chunks: Buffer[] = [];
			let size = 0;
			const answer = (outcome: ProbeAnswer['outcome']): void => {
				const body = problem === undefined ? Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8') : '';
				resolve({
					...told,
					durationMs: since(),
					outcome: problem === undefined ? outcome : {error: `the certificate is ${problem}`},
					body,
					...(size > keptBytes ? {isCut: true} : {}),
				});
			};
			/** A redirect by a certificate that proves nothing may lead anywhere. */
			let problem: string | undefined;
			request.on('redirect', (_, response) => {
				problem ??= certificateOf(response.socket).certificateProblem;
			});
			request.on('response', (response: Response) => {
				status = response.statusCode;
				const certificate = certificateOf(response.socket);
				problem ??= certificate.certificateProblem;
				told = {
					...certificate,
					...(problem === undefined ? {} : {certificateProblem: problem}),
					...partsOf(response.timings),
					...redirectsOf(response),
					headers: headersOf(response),
				};
			});
			request.on('data', (chunk: Buffer) => {
				if (size < keptBytes) chunks.push(chunk);
				size += chunk.length;
				if (size < mostBytes) return;
				answer({status});
				request.destroy();
			});
			request.on('end', () => answer({status}));
			request.on('error', (error: RequestError) => {
				told = {...partsOf(error.timings), ...told};
				answer({error: why(error, timeoutMs)});
			});
		});
	},
};
