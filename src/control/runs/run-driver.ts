import type {RunGuard} from '../../app/runs/execute.ts';
import {guardDeploy} from '../../app/gates/run-guard.ts';
import {DeployError, exitCodes} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {emptyRun, foldRun} from '../../domain/runs/run-state.ts';
import {followRun, type FollowedRun} from './follow-run.ts';
import {findLeftRun} from './left-run.ts';
import type {ControlOptions} from '../control-options.ts';
import {problemOf} from '../../store/problem-of.ts';

type Start = Omit<Parameters<typeof followRun>[2], 'guard'>;

/** Drives one run at a time, and says in the store how it goes. */
export type RunDriver = {
	/** A run is under way or being prepared. */
	readonly isBusy: () => boolean;
	/** The same, and told on screen. */
	readonly refusesBusy: () => boolean;
	/** Begins a run that has still to be prepared; what fails before it starts is shown as its end. */
	readonly prepare: (prepare: () => Promise<Pipeline>, start: Start) => Promise<void>;
	/**
	 * Asks for what a run needs before it is clear whether there will be one, and goes on with it at once, so that
	 * nothing else begins in between; with undefined where it was cancelled meanwhile.
	 */
	readonly ask: <Found>(
		question: () => Promise<Found>,
		goOn: (found: Found | undefined) => Promise<void>,
	) => Promise<void>;
	/** Drives a run that is ready, to its end. */
	readonly drive: (pipeline: Pipeline, start: Start) => Promise<void>;
	/** Shows an error as the end of a run that did not start. */
	readonly showFailure: (error: unknown) => void;
	/** Offers the run this machine left, if there is one. */
	readonly offerLeft: () => void;
	readonly cancel: () => string | undefined;
	readonly answer: (prompt: string, choice: string) => string | undefined;
	readonly leave: () => void;
	/** Leaves the run under way and waits until nothing drives it any more. */
	readonly stop: () => Promise<void>;
};

/** Nothing a screen does ends a run. */
export const createRunDriver = (options: ControlOptions): RunDriver => {
	const {services, environments, store, onFault} = options;
	const {output} = store.getState();
	let current: FollowedRun | undefined;
	/** A run being prepared: not on the host yet, so ending it ends everything. */
	let preparing: {isCancelled: boolean} | undefined;

	const offerLeft = (): void => store.getState().offer({left: findLeftRun(services, environments)});
	const isBusy = (): boolean => current !== undefined || preparing !== undefined;

	const ask: RunDriver['ask'] = async (question, goOn) => {
		const mine = {isCancelled: false};
		preparing = mine;
		output.clear();
		let found;
		try {
			found = await question();
		} finally {
			preparing = undefined;
		}
		await goOn(mine.isCancelled ? undefined : found);
	};

	const drive = async (pipeline: Pipeline, start: Start): Promise<void> => {
		current = followRun(options, pipeline, {
			...start,
			...guardOf(options, pipeline, start),
		});
		const {outcome} = await current.finished;
		current = undefined;
		try {
			const {dialog, close, setStage} = store.getState();
			// What it asks has been answered by the end of the run.
			if (dialog?.kind === 'cancel' || dialog?.kind === 'quit') close();
			offerLeft();
			setStage(outcome === 'done' ? 'done' : 'failed');
		} catch (error) {
			onFault(error);
		}
	};

	const leave = (): void => {
		if (preparing) preparing.isCancelled = true;
		current?.leave();
	};

	return {
		isBusy,
		refusesBusy: () => {
			if (isBusy()) store.getState().say('attention', 'A run is under way.');
			return isBusy();
		},
		prepare: async (make, start) => {
			const begin = (): Promise<Pipeline> => {
				store.getState().beginDriving();
				store.getState().setStage('run');
				return make();
			};
			try {
				await ask(begin, async pipeline => {
					if (!pipeline) throw notStarted();
					await drive(pipeline, start);
				});
			} catch (error) {
				showFailure(options, error);
			}
		},
		ask,
		drive,
		showFailure: error => showFailure(options, error),
		offerLeft,
		cancel: () => {
			if (current) return current.cancel();
			if (!preparing) return 'no run is under way';
			preparing.isCancelled = true;
			return undefined;
		},
		answer: (prompt, choice) => (current ? current.answer(prompt, choice) : 'no run is under way'),
		leave,
		stop: async () => {
			leave();
			await current?.finished;
		},
	};
};

/** What holds a deploy to its gates under the lock, for whoever drives it. */
const guardOf = (
	{services, environments, checklists}: ControlOptions,
	{record, environment}: Pipeline,
	{attempt}: Start,
): {readonly guard?: RunGuard} =>
	record.kind === 'deploy'
		? {guard: guardDeploy(services, {record, environment, environments, checklists, attempt})}
		: {};

const showFailure = ({services, store}: ControlOptions, thrown: unknown): void => {
	const at = services.clock.now();
	const exitCode = thrown instanceof DeployError ? exitCodes[thrown.code] : 1;
	const error = problemOf(thrown);
	const finished = {at, type: 'run.finished', outcome: 'failed', exitCode, durationMs: 0, error} as const;
	const {beginDriving, endDriving, setStage} = store.getState();
	beginDriving(foldRun(emptyRun, finished));
	endDriving();
	setStage('failed');
};

const notStarted = (): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: 'The run was not started',
		why: 'you asked for it',
		now: 'Nothing was changed.',
		next: 'Begin again with Choose.',
	});
