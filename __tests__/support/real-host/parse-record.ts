import {outOfFrame} from '../../../src/commands/frame/out-of-frame.ts';
import {askHome} from '../../../src/services/ssh/home.ts';

/** One login as sshd saw it. */
export type RecordedLine = {
	/**
	 * What the client asked to run, without the way home its session begins each line with; absent for an interactive
	 * login.
	 */
	readonly line?: string;
	/** Epoch milliseconds. */
	readonly startedAtMs: number;
};

/** How a session begins each line, wherever the login begins. */
const wayHome = /^cd (?:'[^']*'|\\'|[\w@+:,./-])+ \|\| exit 94; /;

/** What stands in the frame that every line comes in. */
const asked = (line: string): string => outOfFrame(line)?.line ?? line;

/**
 * Reads what `inside/recorder` wrote: `<epoch seconds> <line>` and a NUL each. That a session asks where it begins is left
 * out: it belongs to the connection, not to a run.
 */
export const parseRecord = (text: string): RecordedLine[] =>
	text
		.split('\0')
		.slice(0, -1)
		.map(record => {
			const [seconds = ''] = record.split(' ', 1);
			const startedAtMs = Number(seconds) * 1000;
			return record === seconds
				? {startedAtMs}
				: {startedAtMs, line: asked(record.slice(seconds.length + 1)).replace(wayHome, '')};
		})
		.filter(({line}) => line !== askHome);
