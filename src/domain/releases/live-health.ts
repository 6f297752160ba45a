/** One answer of the app to this machine. `at`: epoch milliseconds at which the request was sent. */
export type LiveAnswer = {
	readonly at: number;
	readonly durationMs: number;
	/** Status, or why there was none. */
	readonly text: string;
	readonly isGood: boolean;
	/** The page that the run itself shows visitors while it works: away for them, but no failure. */
	readonly isMaintenance?: true;
};

type Kind = 'good' | 'failed' | 'maintenance';

/** A request by when it was sent, and what came of it. */
type Sent = {readonly at: number; readonly kind: Kind};

/** What users of an app meet during a run, asked about once a second, and many times a second while live changes. */
export type LiveHealth = {
	/** The last answers, oldest first: all of the last second or so, of before what tells one stretch from the next. */
	readonly answers: readonly LiveAnswer[];
	/** The last requests in the order they were sent, whatever order they were answered in. */
	readonly sent: readonly Sent[];
	/** Sum of all outages up to the last request, in milliseconds. */
	readonly downtimeMs: number;
	/** The same of the run's own maintenance. */
	readonly maintenanceMs: number;
	/** Start of the outage under way. */
	readonly downSince: number | undefined;
	/** Answers in all. */
	readonly count: number;
	/** Of them failed; maintenance is none. */
	readonly failed: number;
};

export const noHealth: LiveHealth = {
	answers: [],
	sent: [],
	downtimeMs: 0,
	maintenanceMs: 0,
	downSince: undefined,
	count: 0,
	failed: 0,
};

const kept = 60;
/** Of answers alike, one in this time is enough to draw. */
const drawnMs = 1000;
/** Longer than any request is waited for: no answer comes to be placed before those kept. */
const unsettledMs = 90_000;

const kindOf = ({isGood, isMaintenance}: LiveAnswer): Kind =>
	isGood ? 'good' : isMaintenance ? 'maintenance' : 'failed';

/** Adds an answer for drawing; one that comes late is not the last, and answers alike do not push others out. */
const draw = (answers: readonly LiveAnswer[], answer: LiveAnswer): readonly LiveAnswer[] => {
	const [before, last] = answers.slice(-2);
	if (last && answer.at < last.at) return answers;
	const isDense =
		before && last && [before, last].every(one => one.isGood === answer.isGood) && answer.at - before.at < drawnMs;
	return [...(isDense ? answers.slice(0, -1) : answers), answer].slice(-kept);
};

/**
 * An outage lasts from when the first request that failed was sent until the first good one after it was: by requests in
 * the order they were sent, so that one that hangs neither hides nor moves the others, and what runs into its time limit
 * counts from when it was sent. Right by one pause between two requests, which is what any poller can tell. The run's own
 * maintenance is counted alike, and apart.
 */
export const foldHealth = (health: LiveHealth, answer: LiveAnswer): LiveHealth => {
	const {at} = answer;
	const kind = kindOf(answer);
	const index = health.sent.findLastIndex(one => one.at <= at) + 1;
	const [before, after] = [health.sent[index - 1], health.sent[index]];
	const times = {good: 0, failed: 0, maintenance: 0};
	// The time up to a request belongs to the one before it, and is shared anew where this one comes between.
	if (before) times[before.kind] += after ? at - after.at : at - before.at;
	if (after) times[kind] += after.at - at;
	const sent = [...health.sent.slice(0, index), {at, kind}, ...health.sent.slice(index)];
	const latest = sent.at(-1)?.at ?? at;
	const from = Math.max(
		0,
		sent.findIndex(one => one.at >= latest - unsettledMs),
	);
	return {
		answers: draw(health.answers, answer),
		sent: from === 0 ? sent : sent.slice(from),
		downtimeMs: health.downtimeMs + times.failed,
		maintenanceMs: health.maintenanceMs + times.maintenance,
		downSince: downSinceOf(sent, health.downSince),
		count: health.count + 1,
		failed: health.failed + (kind === 'failed' ? 1 : 0),
	};
};

/** `known`: start of an outage that may have begun before the requests that are kept. */
const downSinceOf = (sent: readonly Sent[], known: number | undefined): number | undefined => {
	const first = sent.findLastIndex(({kind}) => kind !== 'failed') + 1;
	const at = sent[first]?.at;
	return first === 0 && at !== undefined && known !== undefined ? Math.min(known, at) : at;
};

/** Downtime so far, the outage under way included. */
export const downtimeAt = ({downtimeMs, sent}: LiveHealth, now: number): number => {
	const last = sent.at(-1);
	return downtimeMs + (last?.kind === 'failed' ? Math.max(0, now - last.at) : 0);
};

/** The same of the run's own maintenance. */
export const maintenanceAt = ({maintenanceMs, sent}: LiveHealth, now: number): number => {
	const last = sent.at(-1);
	return maintenanceMs + (last?.kind === 'maintenance' ? Math.max(0, now - last.at) : 0);
};
