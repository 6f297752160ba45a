/** One login as sshd saw it. */
export type RecordedLine = {
	/** Exactly what the client asked to run; absent for an interactive login. */
	readonly line?: string;
	/** Epoch milliseconds. */
	readonly startedAtMs: number;
};

/** Reads what `inside/recorder` wrote: `<epoch seconds> <line>` and a NUL each. */
export const parseRecord = (text: string): RecordedLine[] =>
	text
		.split('\0')
		.slice(0, -1)
		.map(record => {
			const [seconds = ''] = record.split(' ', 1);
			const startedAtMs = Number(seconds) * 1000;
			return record === seconds ? {startedAtMs} : {startedAtMs, line: record.slice(seconds.length + 1)};
		});
