import type {AppName} from '../environments/environment.ts';
import type {ProbeFinding} from './probe.ts';

/** What a log of an app was found to hold. */
export type LoggedErrors = {
	/** In the last minute; of a release that is younger, since it is live. */
	readonly lastMinute: number;
	/** Absent: no swap is known. */
	readonly sinceSwap?: number;
	/** The kind of error that came most: in the last minute, else since the swap where one is known. */
	readonly most?: {readonly signature: string; readonly count: number};
};

const longestSignature = 60;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const textOf = ({lastMinute, sinceSwap, most}: LoggedErrors): string => {
	const all = sinceSwap === undefined ? [] : [`${sinceSwap === 0 ? 'none' : sinceSwap} since the swap`];
	if (lastMinute === 0 && sinceSwap === 0) return 'no error since the swap';
	const kind =
		most === undefined
			? []
			: [
					`${times(most.count)}: ${most.signature.length > longestSignature ? `${most.signature.slice(0, longestSignature)}...` : most.signature}`,
				];
	return [`${lastMinute === 0 ? 'no error' : lastMinute} in the last minute`, ...all, ...kind].join(', ');
};

/** Errors an app logs a minute. `found`: as a sentence why it can't be known. */
export const judgeLog = (
	{app, host, limit}: {readonly app: AppName; readonly host: string; readonly limit: number},
	found: LoggedErrors | {readonly why: string},
): ProbeFinding => {
	const common = {
		probe: `${app}.log`,
		title: app === 'backend' ? 'API errors' : 'site errors',
		kind: 'log' as const,
		app,
		host,
		unit: 'per minute' as const,
		limit,
	};
	if ('why' in found) return {...common, state: 'unclear', text: found.why};
	return {
		...common,
		value: found.lastMinute,
		...(found.sinceSwap === undefined ? {} : {count: found.sinceSwap}),
		state: found.lastMinute > limit ? 'fail' : 'pass',
		text: textOf(found),
	};
};
