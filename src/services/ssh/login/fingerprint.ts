import {createHash} from 'node:crypto';

/** `SHA256:...` of a public key blob, as `ssh-keygen -l` prints it. */
export const fingerprint = (blob: Uint8Array): string =>
	`SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** The type a public key blob names in its first field, e.g. `ssh-ed25519`; empty for what is no key. */
export const keyType = (blob: Buffer): string => {
	if (blob.length < 4) return '';
	const end = 4 + blob.readUInt32BE(0);
	return end > blob.length ? '' : blob.toString('latin1', 4, end);
};
