/** What of a line of a hook is read at most; more than is shown, so that a secret is masked before it is cut. */
export const longestRead = 8000;

const longestShown = 2000;
const mostShown = 1_000_000;
const lastShown = 20;

/** A line as it is shown and kept. */
export const boundedLine = (line: string): string =>
	line.length > longestShown ? `${line.slice(0, longestShown)} [cut: the line is longer]` : line;

/**
 * Bounds what a hook says, which goes to the screen and into the log of its run. `take` gives what of further lines is
 * shown; `finish`, at its end, how much was not, and the last lines of that.
 */
export const createBoundedOutput = () => {
	let shown = 0;
	let leftOut = 0;
	let last: string[] = [];
	return {
		take: (lines: readonly string[]): readonly string[] =>
			lines.map(boundedLine).filter(line => {
				shown += line.length + 1;
				if (shown <= mostShown) return true;
				leftOut += 1;
				last.push(line);
				if (last.length > 2 * lastShown) last = last.slice(-lastShown);
				return false;
			}),
		finish: (): readonly string[] => {
			const end = last.slice(-lastShown);
			const between = leftOut - end.length;
			return between > 0 ? [`[${between} lines left out: it said too much]`, ...end] : end;
		},
	};
};
