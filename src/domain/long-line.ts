/** What of one line is read at most, in characters: what a tool prints without an end must fill no memory. */
export const longestLine = 64 * 1024;

/** A line as it is kept: one that is longer ends in words that say so. `shown`: what is done to its text. */
export const keptLine = (line: string, most = longestLine, shown = (text: string): string => text): string =>
	line.length > most ? `${shown(line.slice(0, most))} [cut: the line is longer]` : shown(line);
