/** One process, as an argument list. Nothing here is quoted; `renderCommand` does that once. */
export type Command = {
	readonly argv: readonly [string, ...string[]];
	/** User to run as, through `sudo -n`. Absent: the SSH user. */
	readonly as?: string;
	/** Added to the environment of the process. Never secrets: they show in `ps`. */
	readonly environment?: Readonly<Record<string, string>>;
	/** File of the SSH user that takes standard output. */
	readonly to?: string;
	/** What the program itself calls through sudo, as `user: command`, for the list of needed rights. */
	readonly sudo?: readonly string[];
	/** Goes to standard input: what is too long for a command line, which SSH and the kernel both limit. */
	readonly input?: string;
	/** Short name for people, e.g. `copy the live release`; the argv itself when absent. */
	readonly label?: string;
};
