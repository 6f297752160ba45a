import http from 'node:http';
import https from 'node:https';
import type {ProbeAnswer, ProbePort} from '../../domain/ports.ts';

const keptBytes = 4096;

/** Asks over HTTP or HTTPS from this machine, without following redirects: the answer itself is the evidence. */
export const httpProbe: ProbePort = {
	get: async (url, {timeoutMs, signal}) => {
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
					const chunks: Buffer[] = [];
					let size = 0;
					response.on('data', (chunk: Buffer) => {
						if (size < keptBytes) chunks.push(chunk);
						size += chunk.length;
					});
					response.on('error', ({message}) => fail(message));
					response.on('end', () => {
						const body = Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8');
						resolve({durationMs: since(), outcome: {status: response.statusCode ?? 0}, body});
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
