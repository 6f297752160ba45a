/** What a host answered in lines of a name and a value; a name may come several times. */
export type Answers = {
	readonly all: (name: string) => readonly string[];
	/** The first of them. */
	readonly one: (name: string) => string | undefined;
	/** One of these words, which is all that the program prints there. Throws Error for any other. */
	readonly word: <const Word extends string>(name: string, words: readonly Word[]) => Word | undefined;
	/** Whole number; NaN where there is none. */
	readonly figure: (name: string) => number;
};

/** Reads lines of `name<TAB>value`, or of what else stands between them. Lines without it are left out. */
export const answersIn = (text: string, between: '\t' | ' ' = '\t'): Answers => {
	const lines = text.split('\n');
	const all = (name: string): readonly string[] =>
		lines.flatMap(line => (line.startsWith(name + between) ? [line.slice(name.length + 1)] : []));
	const one = (name: string): string | undefined => all(name)[0];
	return {
		all,
		one,
		word: (name, words) => {
			const value = one(name);
			const word = words.find(known => known === value);
			if (value !== undefined && word === undefined)
				throw new Error(`the host answered ${name} ${JSON.stringify(value)}`);
			return word;
		},
		figure: name => Number.parseInt(one(name) ?? '', 10),
	};
};

/** One JSON object, as a host keeps it in a line of a file; undefined for anything else, such as a line that was torn. */
export const objectIn = (line: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		return asObject(JSON.parse(line));
	} catch {
		return undefined;
	}
};

export const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Readonly<Record<string, unknown>>)
		: undefined;

/** What was found in such an object where a text is meant. */
export const textOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');
