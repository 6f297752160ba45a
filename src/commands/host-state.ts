/** Where the state of one app lives on a host, and which run speaks. */
export type HostState = {
	/** State directory; relative paths start at the login directory. */
	readonly directory: string;
	readonly app: string;
	readonly run: string;
};
