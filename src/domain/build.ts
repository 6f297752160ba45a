/** Source identity of what is deployed; the same in every environment. */
export type Build = {
	/** Full commit id. */
	readonly commit: string;
	/** Lower-case hex sha256 over the sorted source manifest. */
	readonly digest: string;
	/** First line of the commit message. */
	readonly subject: string;
	readonly branch?: string;
};

/** Who does something. `claimed` unless a checked signature says otherwise. */
export type Actor = {
	readonly name: string;
	readonly machine: string;
	/** `SHA256:...` of the SSH key in use, when known. */
	readonly key?: string;
};

/** The seven characters people use. */
export const shortCommit = (commit: string): string => commit.slice(0, 7);
