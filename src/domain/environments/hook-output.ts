import {keptLine, longestLine} from '../long-line.ts';

/** What of a line of a hook is read at most; more than is shown, so that a secret is masked before it is cut. */
export const longestRead = 8000;

const longestShown = 2000;
const ofHook = {longest: longestShown, most: 1_000_000, last: 20} as const;

/** A line as it is shown and kept. */
export const boundedLine = (line: string): string => keptLine(line, longestShown);

/** What of the output of a job is told and kept: a tool that says more says nothing. In characters, and lines of its end. */
export const boundsOfJob = {longest: longestLine + 100, most: 50_000_000, last: 500} as const;

/**
 * Bounds what a hook or a job says, which goes to the screen and into the log of its run. `take` gives what of further lines
 * is shown; `finish`, at its end, how much was not, and the last lines of that.
 */
export const createBoundedOutput = ({
	longest,
	most,
	last: lastShown,
}: {readonly longest: number; readonly most: number; readonly last: number} = ofHook) => {
	let shown = 0;
	let leftOut = 0;
	let last: string[] = [];
	return {
		take: (lines: readonly string[]): readonly string[] =>
			lines.flatMap(one => {
				const line = keptLine(one, longest);
				shown += line.length + 1;
				if (shown <= most) return [line];
				leftOut += 1;
				last.push(line);
				if (last.length > 2 * lastShown) last = last.slice(-lastShown);
				return [];
			}),
		finish: (): readonly string[] => {
			const end = last.slice(-lastShown);
			const between = leftOut - end.length;
			return between > 0 ? [`[${between} lines left out: it said too much]`, ...end] : end;
		},
	};
};
