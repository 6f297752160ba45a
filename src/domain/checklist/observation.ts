import type {ChecklistItem, HttpProbe} from './checklist.ts';
import {members} from '../ledger/ledger.ts';

/** What a probe says of an item. `unclear`: what it saw proves nothing. */
export type ProbeOutcome = (typeof outcomes)[number];
const outcomes = ['passed', 'failed', 'unclear'] as const;

/** How often a probe was asked about one build, by what it saw. */
export type Attempts = Readonly<Record<ProbeOutcome, number>>;

const noAttempts: Attempts = {passed: 0, failed: 0, unclear: 0};

/** What the probe of an item saw when it was asked last. It decides nothing: a person signs with it. */
export type Observation = {
	readonly outcome: ProbeOutcome;
	/** Short: `200 in 84 ms`, `500, not 200`. */
	readonly seen: string;
	/** All of it on one line: `200 in 84 ms, limit 500 ms, 3 of 3`. */
	readonly text: string;
	/** How long the answer took that counts; undefined: none came that was asked for. */
	readonly tookMs: number | undefined;
	/** Epoch milliseconds by the host's clock. */
	readonly at: number;
	/** This one included. */
	readonly attempts: Attempts;
};

/** The part of an observation that is known before it is set beside those of the same build. */
export type Sight = Omit<Observation, 'at' | 'attempts'>;

/** One answer: what was wrong with it, if anything, and how long it took. */
export type ProbedAnswer = {readonly fault: string | undefined; readonly durationMs: number};

/** The middle one of some times, in whole milliseconds. */
export const middleOf = (took: readonly number[]): number =>
	Math.round(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0);

/**
 * What several answers to one probe say. Answers that contradict each other prove nothing; of times the middle one
 * counts, since one slow answer is not a slow app.
 */
export const sightOf = ({status, withinMs}: HttpProbe, answers: readonly ProbedAnswer[]): Sight => {
	const wrong = answers.filter(({fault}) => fault !== undefined);
	const right = answers.length - wrong.length;
	const [first] = wrong;
	const ofAll = (good: number): string => (answers.length === 1 ? '' : `, ${good} of ${answers.length}`);
	if (first?.fault !== undefined) {
		const seen = right === 0 ? first.fault : `${wrong.length} of ${answers.length}: ${first.fault}`;
		return {
			outcome: right === 0 ? 'failed' : 'unclear',
			seen,
			text: right === 0 ? `${seen}${ofAll(0)}` : `${seen}; the others answered ${status}`,
			tookMs: undefined,
		};
	}
	const tookMs = middleOf(answers.map(({durationMs}) => durationMs));
	if (withinMs === undefined) {
		const seen = `${status} in ${tookMs} ms`;
		return {outcome: 'passed', seen, text: `${seen}${ofAll(right)}`, tookMs};
	}
	const inTime = answers.filter(({durationMs}) => Math.round(durationMs) <= withinMs).length;
	const isLate = tookMs > withinMs;
	const seen = isLate ? `${tookMs} ms, limit ${withinMs} ms` : `${status} in ${tookMs} ms`;
	return {
		outcome: isLate ? 'failed' : 'passed',
		seen,
		text: `${isLate ? seen : `${seen}, limit ${withinMs} ms`}${ofAll(inTime)}`,
		tookMs,
	};
};

/** Sets what was seen beside what was seen before of the same build. */
export const observed = (sight: Sight, at: number, before?: Attempts): Observation => {
	const counted = before ?? noAttempts;
	return {...sight, at, attempts: {...counted, [sight.outcome]: counted[sight.outcome] + 1}};
};

const timesOf = ({passed, failed, unclear}: Attempts): number => passed + failed + unclear;

/** `asked 3 times: 1 unclear, 2 passed`; empty when it was asked once. */
export const attemptsText = (attempts: Attempts): string => {
	const all = timesOf(attempts);
	if (all < 2) return '';
	const parts = (['failed', 'unclear', 'passed'] as const).flatMap(outcome =>
		attempts[outcome] > 0 ? [`${attempts[outcome]} ${outcome}`] : [],
	);
	return `asked ${all} times: ${parts.join(', ')}`;
};

/** Why a result can't be given beside what the probe of the item saw. Undefined when it can. */
export const refuseBeside = (observation: Observation | undefined, result: string): string | undefined => {
	if (result !== 'passed') return undefined;
	if (!observation) return 'what its probe sees is not known yet';
	if (observation.outcome === 'failed') return `its probe fails: ${observation.text}`;
	return observation.outcome === 'unclear' ? `its probe is unclear: ${observation.text}` : undefined;
};

const perMs: Readonly<Record<string, number>> = {ms: 1, s: 1000};

/**
 * What stands for the value of an item by what its probe saw: a time where one is asked for in its unit, else, where
 * nothing is asked, all of it. Undefined: only a person can say.
 */
export const filledValue = (
	{answer}: Pick<ChecklistItem, 'answer'>,
	{text, tookMs}: Pick<Observation, 'text' | 'tookMs'>,
): string | undefined => {
	if (answer.kind === 'tick') return text;
	if (answer.kind !== 'value' || tookMs === undefined) return undefined;
	const ms = perMs[answer.unit ?? ''];
	return ms === undefined ? undefined : String(tookMs / ms);
};

/** The note of who signs failed with what the probe saw. */
export const notedOf = ({text}: Pick<Observation, 'text'>): string => `the probe saw ${text}`;

/** What a sign-off keeps of an observation. */
export type ProbeRecord = Pick<Observation, 'outcome' | 'text' | 'at' | 'attempts'>;

export const probeRecord = ({outcome, text, at, attempts}: Observation): ProbeRecord => ({outcome, text, at, attempts});

/** What a sign-off was given beside, where its value does not say it: what the probe saw, and how often it was asked. */
export const besideText = ({
	value,
	probe,
}: {
	readonly value?: string | undefined;
	readonly probe?: ProbeRecord | undefined;
}): readonly string[] => {
	if (!probe) return [];
	const tried = attemptsText(probe.attempts);
	return [...(probe.text === value ? [] : [`probe saw ${probe.text}`]), ...(tried === '' ? [] : [`probe ${tried}`])];
};

const countIn = (value: unknown): number =>
	typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

/** Reads what a sign-off keeps of it; undefined where it says too little. */
export const probeRecordIn = (value: unknown): ProbeRecord | undefined => {
	const {outcome, text, at, attempts} = members(value);
	const known = outcomes.find(one => one === outcome);
	if (
		known === undefined ||
		typeof text !== 'string' ||
		typeof at !== 'number' ||
		Number.isNaN(new Date(at).getTime())
	)
		return undefined;
	const {passed, failed, unclear} = members(attempts);
	return {
		outcome: known,
		text,
		at,
		attempts: {passed: countIn(passed), failed: countIn(failed), unclear: countIn(unclear)},
	};
};
