/** Why a message did not arrive, in words that hold nothing secret. `isFinal`: another try can't help. */
export class Undelivered extends Error {
	readonly isFinal: boolean;

	constructor(why: string, {isFinal}: {readonly isFinal: boolean}) {
		super(why);
		this.name = 'Undelivered';
		this.isFinal = isFinal;
	}
}

/** Values of the environment, by the names that targets state. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Throws Undelivered where the variable is not set. */
export const valueFrom = (variables: Variables, name: string): string => {
	const value = variables[name] ?? '';
	if (value === '') throw new Undelivered(`${name} is not set`, {isFinal: true});
	return value;
};

/** How one message leaves. */
export type Sending = {
	readonly variables: Variables;
	/** Longest time that whoever takes it may say nothing. */
	readonly timeoutMs: number;
	/** Ends it at once. */
	readonly signal: AbortSignal;
};
