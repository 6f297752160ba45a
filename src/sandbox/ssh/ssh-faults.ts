/** Switches a test flips while the server runs; each works from the next attempt on. */
export type SshFaults = {
	/** Answers every login, right key or not, with a refusal. */
	refuseAuth: boolean;
	/** Closes every new connection before the handshake. */
	dropNew: boolean;
	/** Sees each line before it starts, and says which one starts in its place. It starts once that is settled, unless its client is
	 * gone by then. */
	before: ((line: string) => Promise<string>) | undefined;
};
