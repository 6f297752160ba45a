import {TLSSocket} from 'node:tls';
import type {Socket} from 'node:net';
import type {ProbeAnswer} from '../../domain/ports.ts';

/** What Node calls a certificate that proves nothing, for people. */
const problems: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: 'expired',
	CERT_NOT_YET_VALID: 'not valid yet',
	CERT_REVOKED: 'revoked',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
	SELF_SIGNED_CERT_IN_CHAIN: 'signed by an authority nobody here trusts',
	UNABLE_TO_GET_ISSUER_CERT: 'signed by an authority nobody here trusts',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'signed by an authority nobody here trusts',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'signed by an authority that the server does not send',
	ERR_TLS_CERT_ALTNAME_INVALID: 'for another name',
};

/** Node says a code or an error there, whatever its types say. */
const codeOf = (error: unknown): string =>
	typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);

/** The certificate of the server on the other end: until when, and whether it proves who that is. */
export const certificateOf = (
	socket: Socket | undefined,
): Pick<ProbeAnswer, 'certificateUntil' | 'certificateProblem'> => {
	if (!(socket instanceof TLSSocket)) return {};
	const until = Date.parse(socket.getPeerCertificate().valid_to);
	const code = socket.authorized ? undefined : codeOf(socket.authorizationError);
	return {
		...(Number.isNaN(until) ? {} : {certificateUntil: until}),
		...(code === undefined ? {} : {certificateProblem: problems[code] ?? `not valid (${code})`}),
	};
};
