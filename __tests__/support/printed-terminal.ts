/** A terminal without a person, and all that was printed on it. */
export const printedTerminal = () => {
	const printed = {out: '', err: ''};
	const terminal = {
		out: (text: string) => void (printed.out += text),
		err: (text: string) => void (printed.err += text),
		isInteractive: false,
		hasColour: false,
	};
	return {printed, terminal};
};

/** The objects that a verb has printed with `--json`, one per line. */
export const objectsIn = (out: string): Record<string, unknown>[] =>
	out
		.split('\n')
		.filter(Boolean)
		.map(line => JSON.parse(line) as Record<string, unknown>);
