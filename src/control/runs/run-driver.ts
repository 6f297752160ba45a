import {guardFor} from '../../app/gates/run-guard.ts';
import {DeployError} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {followRun, type FollowedRun} from './follow-run.ts';
import {createPreparing, type Preparing} from './preparing.ts';
import {nothingChanged} from '../../store/problem-of.ts';
import {showEnd, showFailure} from './run-end.ts';
import type {ControlOptions} from '../part.ts';

type Start = Omit<Parameters<typeof followRun>[2], 'guard'>;

/** Drives one run at a time, and says in the store how it goes. */
export type RunDriver = ReturnType<typeof createRunDriver>;

const noRun = 'no run is under way';

/** Nothing a screen does ends a run. */
export const createRunDriver = (options: ControlOptions) => {
	const {services, environments, checklists, store, onFault} = options;
	const preparing = createPreparing();
	let current: FollowedRun | undefined;

	/** A run is under way or being prepared. */
	const isBusy = (): boolean => current !== undefined || preparing.isUnderWay();

	const ask: Preparing['ask'] = (question, goOn) => {
		store.getState().output.clear();
		return preparing.ask(question, goOn);
	};

	/** Drives a run that is ready, to its end. */
	const drive = async (pipeline: Pipeline, start: Start): Promise<void> => {
		const guard = guardFor(services, pipeline, {environments, checklists, attempt: start.attempt});
		current = followRun(options, pipeline, {...start, guard});
		let outcome;
		try {
			outcome = await current.finished;
		} finally {
			current = undefined;
		}
		try {
			showEnd(options, outcome);
		} catch (error) {
			onFault(error);
		}
	};

	/** Begins a run that has still to be prepared; what fails before it starts is shown as its end. */
	const prepare = async (make: () => Promise<Pipeline>, start: Start): Promise<void> => {
		const begin = (): Promise<Pipeline> => {
			store.getState().beginDriving();
			store.getState().setStage('run');
			return make();
		};
		let isReady = false;
		try {
			await ask(begin, pipeline => {
				if (!pipeline) throw notStarted();
				isReady = true;
				return drive(pipeline, start);
			});
		} catch (error) {
			showFailure(options, error, isReady ? undefined : nothingChanged);
		}
	};

	const leave = (): void => {
		preparing.cancel();
		current?.leave();
	};

	return {
		isBusy,
		/** The same as `isBusy`, and told on screen. */
		refusesBusy: (): boolean => {
			if (isBusy()) store.getState().say('attention', 'A run is under way.');
			return isBusy();
		},
		prepare,
		ask,
		drive,
		/** Answers with a reason when it is too late. */
		cancel: (): string | undefined => (current ? current.cancel() : preparing.cancel() ? undefined : noRun),
		answer: (prompt: string, choice: string): string | undefined =>
			current ? current.answer(prompt, choice) : noRun,
		leave,
		/** Leaves the run under way and waits until nothing drives it any more. */
		stop: async (): Promise<void> => {
			leave();
			await current?.finished;
		},
	};
};

const notStarted = (): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: 'The run was not started',
		why: 'you asked for it',
		now: nothingChanged,
		next: 'Begin again with Choose.',
	});
