import type {LogLine} from './log-ring.ts';

/** Entries as a file holds them: time of the host in UTC, level, source, text; traces below. */
export const logText = (lines: readonly LogLine[], titleOf: (source: string) => string): string =>
	lines
		.map(({entry: {at, level, source, text, trace}}) => {
			const first = `${new Date(at).toISOString()} ${level.padEnd(5)} ${titleOf(source)}: ${text}`;
			return [first, ...trace.map(line => `    ${line}`)].map(line => `${line}\n`).join('');
		})
		.join('');
