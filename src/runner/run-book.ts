import {hasCode, stepFailed, type DeployError} from '../domain/errors.ts';
import type {Action, JobAction, Pipeline, Results, Step} from '../domain/runs/pipeline.ts';
import type {JobWatch} from './jobs/job-watch.ts';

/**
 * What is known of the lock. `before`: the run holds it, this driver has not taken it over yet. `unknown`: the link
 * broke while it was asked for.
 */
export type LockState = 'none' | 'before' | 'unknown' | 'mine';

/** What a run has begun to make: nothing at all, a release (or what it puts in a place of its own), or only backups and what hooks do. */
export type Made = 'nothing' | 'other' | 'release';

const changing: readonly Step['touches'][] = ['candidate', 'live', 'backups'];

/** Kinds of actions that can leave something, by what their step touches. */
const makes: Partial<Record<Action['kind'], readonly Step['touches'][]>> = {
	job: changing,
	transfer: changing,
	send: changing,
	hook: ['nothing', ...changing],
};

const madeBy = ({steps}: Pipeline, isBegun: (action: string) => boolean): Made => {
	const making = steps.filter(({touches, actions}) =>
		actions.some(({kind, id}) => makes[kind]?.includes(touches) && isBegun(id)),
	);
	if (making.some(({touches}) => touches === 'candidate' || touches === 'live')) return 'release';
	return making.length > 0 ? 'other' : 'nothing';
};

/** What a run knows of itself: what its actions left, how far it has come, and what an earlier driver began. */
export type RunBook = ReturnType<typeof createRunBook>;

/** Of a driver of the run: the first, or one that takes over what others began. */
export const createRunBook = (pipeline: Pipeline, attempt: number) => {
	const isFirst = attempt === 1;
	const results: Record<string, string> = {};
	let lock: LockState = isFirst ? 'none' : 'before';
	let isPastSwap = false;
	let hasSwapped = false;
	let isSwapTold = false;
	/** Jobs that earlier attempts began. */
	const begun = new Set<string>();
	const alive = new Set<string>();
	const touched = new Set<string>();
	const watches = new Map<string, JobWatch>();
	const postponed: (() => void)[] = [];
	const noted = new Set<string>();
	let isBackDemanded = false;
	let found: string | undefined;
	const jobs = pipeline.steps.flatMap(({actions}) => actions).filter(action => action.kind === 'job');

	return {
		/** What every action so far has left. */
		results: results as Results,
		get lock() {
			return lock;
		},
		/** Whether something failed whose policy is to go back, whatever else the environment says. */
		get isBackDemanded() {
			return isBackDemanded;
		},
		/** From the first command on that belongs to the swap: then nothing but its end is left. */
		get isPastSwap() {
			return isPastSwap;
		},
		/** Whether the command that swaps has passed. */
		get hasSwapped() {
			return hasSwapped;
		},
		noteSwapped: (): void => {
			hasSwapped = true;
		},
		/** Tells that something else is live, once. */
		tellSwap: (tell: () => void): void => {
			if (!isSwapTold) tell();
			isSwapTold = true;
		},
		/** Jobs that may be alive on the host. */
		get alive(): readonly string[] {
			return [...alive];
		},
		/** Name of the release that was live when the run began; undefined where none was, or nobody has said. */
		get found() {
			return found;
		},
		/** Whether this driver, or one before it, has begun a job. */
		hasTouched: (job: string): boolean => begun.has(job) || touched.has(job),
		/** What was begun that leaves something. */
		made: (): Made => madeBy(pipeline, id => begun.has(id) || touched.has(id)),
		/** Path that is live once the swap has happened. */
		liveAfterSwap: (): string => pipeline.resolveLive?.(results) ?? pipeline.liveAfterSwap,
		/** An action is about to be done: from here on a job may be alive, and a lock taken. */
		begin: ({kind, id}: Action): void => {
			if (kind === 'job') alive.add(id);
			touched.add(id);
			if (kind === 'lock' && isFirst) lock = 'unknown';
		},
		keep: ({id}: Action, result: string): void => {
			results[id] = result;
		},
		/** An action did not work. A host that answered has not given us its lock; one that was cut off may have. */
		fail: ({kind, fails}: Action, error: unknown): void => {
			if (fails === 'rollback' && hasCode(error, ...toldFailures)) isBackDemanded = true;
			if (kind === 'lock' && isFirst && isAnswer(error)) lock = 'none';
		},
		/**
		 * Reads what the host said with its lock: which jobs were begun before us. Throws DeployError when one of them was
		 * the closing of the run, which is then only to be finished.
		 */
		noteLock: (answer: string): void => {
			lock = 'mine';
			found = /^found (\S+)$/m.exec(answer)?.[1];
			for (const [, job = ''] of answer.matchAll(/^started (\S+)$/gm)) begun.add(job);
			for (const {id} of jobs) if (begun.has(id)) alive.add(id);
			isPastSwap ||= jobs.some(({id, swap}) => swap !== undefined && begun.has(id));
			if (closingJobs(pipeline).some(({id}) => begun.has(id))) throw halfClosed(pipeline);
		},
		beginSwap: (): void => {
			isPastSwap = true;
		},
		/** A job under way, for the steps that follow it. */
		watch: ({id}: JobAction, watch: JobWatch): void => {
			watches.set(id, watch);
			void watch.finished.then(
				() => alive.delete(id),
				() => undefined,
			);
		},
		watchOf: (job: string): JobWatch | undefined => watches.get(job),
		hasBegun: (job: string): boolean => begun.has(job),
		/** Whether an earlier driver has come beyond this action: a job that waits for it has begun. */
		isBehind: (step: Step, index: number): boolean => jobsBehind(pipeline, step, index).some(job => begun.has(job)),
		/**
		 * A check of what was read. Before a driver that takes over has the lock it is put off: only with the lock comes the
		 * word which jobs have begun, and what those have changed is no reason to refuse.
		 */
		check: ({kind}: Action, judge: () => void): void => {
			if (lock === 'before' && kind === 'read') postponed.push(judge);
			else judge();
		},
		/** Makes the checks that were put off. */
		checkLate: (): void => {
			for (const judge of postponed.splice(0)) judge();
		},
		/** What a host could not do, but nothing stopped for. Steps of one job see one log: each note is told once. */
		newNotes: (log: string): readonly string[] => {
			const found = new Set([...log.matchAll(/^noted: (.*)$/gm)].map(([, text = '']) => text));
			const fresh = [...found].filter(text => !noted.has(text));
			for (const text of fresh) noted.add(text);
			return fresh;
		},
	};
};

/** Ids of the jobs that can only begin after the `index`-th action of `step` is done. */
const jobsBehind = ({steps}: Pipeline, step: Step, index: number): readonly string[] => {
	const behind = new Set([step.id]);
	// Steps stand in the order people read them; one may wait for another that stands below it.
	for (let size = 0; size < behind.size;) {
		size = behind.size;
		for (const {id, after} of steps) if (after.some(before => behind.has(before))) behind.add(id);
	}
	return [
		...step.actions.slice(index + 1),
		...steps.flatMap(({id, actions}) => (id !== step.id && behind.has(id) ? actions : [])),
	].flatMap(({kind, id}) => (kind === 'job' ? [id] : []));
};

/** How a thing fails by itself, rather than by the link, a rival or a person. */
export const toldFailures = ['step-failed', 'job-lost', 'timeout', 'remote-signal'] as const;

/** Whether the host has answered: the lock is then known not to be ours. */
const isAnswer = (error: unknown): boolean => hasCode(error, 'locked', 'blocked', 'step-failed');

const closingJobs = ({abandon, closeAsFailed, closeAsPutBack, goBack}: Pipeline): readonly JobAction[] => [
	abandon,
	closeAsFailed,
	...(closeAsPutBack ? [closeAsPutBack] : []),
	...(goBack ? [goBack.job, goBack.close] : []),
];

const halfClosed = ({record, host}: Pipeline): DeployError =>
	stepFailed({
		what: `Run ${record.run} on ${host.name} had failed already`,
		why: 'its closing was interrupted, and is done now',
		now: '',
		next: 'Its own error stands in the log of whoever drove it. Start again once that is mended.',
	});
