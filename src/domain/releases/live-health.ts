/** One answer of the app to this machine. `at`: epoch milliseconds of the request. */
export type LiveAnswer = {
	readonly at: number;
	readonly durationMs: number;
	/** Status, or why there was none. */
	readonly text: string;
	readonly isGood: boolean;
};

/** What users of an app meet during a run, asked about once a second. */
export type LiveHealth = {
	/** The last answers, oldest first. */
	readonly answers: readonly LiveAnswer[];
	/** Sum of the outages that are over, in milliseconds. */
	readonly downtimeMs: number;
	/** Start of the outage under way. */
	readonly downSince: number | undefined;
	/** Answers in all. */
	readonly count: number;
};

export const noHealth: LiveHealth = {answers: [], downtimeMs: 0, downSince: undefined, count: 0};

const kept = 60;

/**
 * An outage lasts from the first request that failed to the first answer that is good again: what is measured is never
 * shorter than what users met, by at most one pause between two requests.
 */
export const foldHealth = (health: LiveHealth, answer: LiveAnswer): LiveHealth => {
	const {downSince, downtimeMs} = health;
	const ended = answer.isGood && downSince !== undefined ? answer.at + answer.durationMs - downSince : 0;
	return {
		answers: [...health.answers, answer].slice(-kept),
		downtimeMs: downtimeMs + ended,
		downSince: answer.isGood ? undefined : (downSince ?? answer.at),
		count: health.count + 1,
	};
};

/** Downtime so far, the outage under way included. */
export const downtimeAt = ({downtimeMs, downSince}: LiveHealth, now: number): number =>
	downtimeMs + (downSince === undefined ? 0 : Math.max(0, now - downSince));
