import ssh2, {type AuthContext, type ParsedKey} from 'ssh2';

export type Account = {
	readonly user: string;
	/** `ssh-ed25519 AAAA...`: the one key that may log in. */
	readonly key: string;
};

const parse = (key: string): ParsedKey => {
	const parsed = ssh2.utils.parseKey(key);
	if (parsed instanceof Error) throw parsed;
	return parsed;
};

/** Judges one attempt to log in. Only public keys are offered; a question about a key gets the same answer as its use. */
export const authenticator = ({user, key}: Account): ((context: AuthContext) => boolean) => {
	const allowed = parse(key);
	const isAllowed = (algorithm: string, blob: Buffer): boolean =>
		algorithm === allowed.type && blob.equals(allowed.getPublicSSH());

	return context => {
		if (context.method !== 'publickey' || context.username !== user) return false;
		if (!isAllowed(context.key.algo, context.key.data)) return false;
		if (!context.signature || !context.blob) return true;
		// Typed as a boolean, but an Error comes back for a signature that cannot be read.
		const answer: unknown = allowed.verify(context.blob, context.signature, context.hashAlgo);
		return answer === true;
	};
};
