/**
 * A process of its own that asks for URLs at a pace and notes each answer, so that what it measures is the site and not
 * the test. `node poll.ts <targets as JSON>`; prints `ready` once every target has answered, and on SIGTERM a report.
 */
import {get} from 'node:http';
import {setInterval} from 'node:timers';

export type PollTarget = {
	readonly name: string;
	readonly url: string;
	readonly everyMs: number;
	/** Source of a regular expression the body must match; what it matches is counted in `bodies`. */
	readonly pattern?: string;
};

export type PollReport = {
	readonly name: string;
	readonly requests: number;
	/** Answers that were not 200, had an unexpected body, or never came. */
	readonly failed: number;
	/** How often each failure came: a status code, an error code, `body`. */
	readonly failures: Readonly<Record<string, number>>;
	/** How often each text the pattern found came. */
	readonly bodies: Readonly<Record<string, number>>;
	/** Milliseconds since the start at which the first failed request began and the last one ended. */
	readonly firstFailureMs?: number;
	readonly lastFailureMs?: number;
	/**
	 * Epoch milliseconds at which the first failed request had ended, and at which the last one began: the target had
	 * gone by the one, and was away after the other, however slow this process was to ask.
	 */
	readonly wasAway?: {readonly by: number; readonly after: number};
	/** Longest time in which no request that succeeded began or ended, of those that hold a failure; 0 without one. */
	readonly downMs: number;
	/** From when each first request that failed was sent to when the first good one behind it was, all together. */
	readonly refusedMs: number;
};

/** `began`, `ended`: epoch milliseconds. The others: since the start. */
type Answer = {
	readonly from: number;
	readonly to: number;
	readonly began: number;
	readonly ended: number;
	readonly failure?: string;
};

const timeoutMs = 15_000;
/** No answer for so long that asking more would only fill queues. */
const maximumInFlight = 25;

const ask = async (url: string, pattern: RegExp | undefined): Promise<{failure?: string; body?: string}> =>
	new Promise(resolve => {
		const request = get(url, {agent: false}, response => {
			let text = '';
			response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
			response.on('error', ({message}) => resolve({failure: message}));
			response.on('end', () => {
				const found = pattern?.exec(text)?.[0];
				if (response.statusCode !== 200) resolve({failure: String(response.statusCode)});
				else if (pattern && found === undefined) resolve({failure: 'body'});
				else resolve(found === undefined ? {} : {body: found});
			});
		});
		request.setTimeout(timeoutMs, () => request.destroy(new Error('timeout')));
		request.on('error', (error: NodeJS.ErrnoException) => resolve({failure: error.code ?? error.message}));
	});

/** The longest time without a success among those in which something failed. */
const longestDown = (answers: readonly Answer[]): number => {
	const failures = answers.filter(({failure}) => failure !== undefined);
	const good = answers.filter(({failure}) => failure === undefined);
	let longest = 0;
	for (const {from, to} of failures) {
		// A success ends when its answer was complete, and proves the site up from then until a failure begins.
		const before = Math.max(0, ...good.filter(answer => answer.to <= from).map(answer => answer.to));
		const after = Math.min(...good.filter(answer => answer.to >= to).map(answer => answer.to));
		longest = Math.max(longest, (Number.isFinite(after) ? after : to) - before);
	}
	return Math.round(longest);
};

const refusedFor = (answers: readonly Answer[]): number => {
	const sent = answers.toSorted((a, b) => a.from - b.from);
	let since: number | undefined;
	let total = 0;
	for (const {from, failure} of sent) {
		if (failure !== undefined) since ??= from;
		else if (since !== undefined) {
			total += from - since;
			since = undefined;
		}
	}
	return Math.round(total);
};

const count = (values: readonly string[]): Record<string, number> => {
	const counts: Record<string, number> = {};
	for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
	return counts;
};

const startedAt = performance.now();
const now = (): number => performance.now() - startedAt;

const poll = ({name, url, everyMs, pattern}: PollTarget) => {
	const expression = pattern === undefined ? undefined : new RegExp(pattern);
	const answers: Answer[] = [];
	const bodies: string[] = [];
	const waiting = new Set<Promise<void>>();
	const askOnce = async (): Promise<void> => {
		const [from, began] = [now(), Date.now()];
		const {failure, body} = await ask(url, expression);
		if (body !== undefined) bodies.push(body);
		answers.push({from, to: now(), began, ended: Date.now(), ...(failure === undefined ? {} : {failure})});
	};
	const start = (): void => {
		if (waiting.size >= maximumInFlight) return;
		const asking = askOnce().finally(() => waiting.delete(asking));
		waiting.add(asking);
	};
	const timer = setInterval(start, everyMs);
	const stop = async (): Promise<PollReport> => {
		clearInterval(timer);
		await Promise.all(waiting);
		const failures = answers.filter(({failure}) => failure !== undefined);
		const window =
			failures.length === 0
				? {}
				: {
						firstFailureMs: Math.round(Math.min(...failures.map(({from}) => from))),
						lastFailureMs: Math.round(Math.max(...failures.map(({to}) => to))),
						wasAway: {
							by: Math.min(...failures.map(({ended}) => ended)),
							after: Math.max(...failures.map(({began}) => began)),
						},
					};
		return {
			name,
			requests: answers.length,
			failed: failures.length,
			failures: count(failures.map(({failure}) => failure ?? '')),
			bodies: count(bodies),
			...window,
			downMs: longestDown(answers),
			refusedMs: refusedFor(answers),
		};
	};
	return {first: askOnce(), stop};
};

const targets = JSON.parse(process.argv[2] ?? '[]') as readonly PollTarget[];
const polls = targets.map(target => poll(target));
await Promise.all(polls.map(({first}) => first));
process.once('SIGTERM', () => {
	void Promise.all(polls.map(({stop}) => stop())).then(reports => {
		console.log(JSON.stringify(reports));
	});
});
console.log('ready');
