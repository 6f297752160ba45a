import http from 'node:http';
import https from 'node:https';
import {TLSSocket} from 'node:tls';
import type {ProbeAnswer, ProbePort} from '../../domain/ports.ts';

const defaultKeptBytes = 4096;

const certificateUntil = ({socket}: http.IncomingMessage): {certificateUntil?: number} => {
	const until = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN;
	return Number.isNaN(until) ? {} : {certificateUntil: until};
};

/** Asks over HTTP or HTTPS from this machine, without following redirects: the answer itself is the evidence. */
export const httpProbe: ProbePort = {
	get: async (url, {timeoutMs, signal, maxBodyBytes: keptBytes = defaultKeptBytes}) => {
		const begun = performance.now();
		const since = (): number => performance.now() - begun;
		return new Promise<ProbeAnswer>(resolve => {
			const fail = (error: string): void => resolve({durationMs: since(), outcome: {error}, body: ''});
			const limit = AbortSignal.timeout(timeoutMs);
			const request = (url.startsWith('https:') ? https : http).get(
				url,
				{
					signal: signal ? AbortSignal.any([signal, limit]) : limit,
					agent: false,
					headers: {'user-agent': 'release-cockpit'},
				},
				response => {
					const certificate = certificateUntil(response);
					const chunks: Buffer[] = [];
					let size = 0;
					response.on('data', (chunk: Buffer) => {
						if (size < keptBytes) chunks.push(chunk);
						size += chunk.length;
					});
					response.on('error', ({message}) => fail(message));
					response.on('end', () => {
						const body = Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8');
						const outcome = {status: response.statusCode ?? 0};
						resolve({durationMs: since(), outcome, body, ...certificate});
					});
				},
			);
			request.on('error', (error: NodeJS.ErrnoException) => {
				fail(
					limit.aborted
						? `no answer within ${Math.round(timeoutMs / 1000)} s`
						: (error.code ?? error.message),
				);
			});
		});
	},
};
