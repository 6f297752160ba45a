import {guardFor} from '../../app/gates/run-guard.ts';
import {DeployError} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {followRun, type FollowedRun} from './follow-run.ts';
import {createPreparing, type Preparing} from './preparing.ts';
import {showEnd, showFailure} from './run-end.ts';
import type {ControlOptions} from '../part.ts';

type Start = Omit<Parameters<typeof followRun>[2], 'guard'>;

/** Drives one run at a time, and says in the store how it goes. */
export type RunDriver = Pick<Preparing, 'ask'> & {
	/** A run is under way or being prepared. */
	readonly isBusy: () => boolean;
	/** The same, and told on screen. */
	readonly refusesBusy: () => boolean;
	/** Begins a run that has still to be prepared; what fails before it starts is shown as its end. */
	readonly prepare: (make: () => Promise<Pipeline>, start: Start) => Promise<void>;
	/** Drives a run that is ready, to its end. */
	readonly drive: (pipeline: Pipeline, start: Start) => Promise<void>;
	/** Answers with a reason when it is too late. */
	readonly cancel: () => string | undefined;
	readonly answer: (prompt: string, choice: string) => string | undefined;
	readonly leave: () => void;
	/** Leaves the run under way and waits until nothing drives it any more. */
	readonly stop: () => Promise<void>;
};

const noRun = 'no run is under way';

/** Nothing a screen does ends a run. */
export const createRunDriver = (options: ControlOptions): RunDriver => {
	const {services, environments, checklists, store, onFault} = options;
	const preparing = createPreparing();
	let current: FollowedRun | undefined;

	const isBusy = (): boolean => current !== undefined || preparing.isUnderWay();

	const ask: RunDriver['ask'] = (question, goOn) => {
		store.getState().output.clear();
		return preparing.ask(question, goOn);
	};

	const drive = async (pipeline: Pipeline, start: Start): Promise<void> => {
		const guard = guardFor(services, pipeline, {environments, checklists, attempt: start.attempt});
		current = followRun(options, pipeline, {...start, guard});
		const outcome = await current.finished;
		current = undefined;
		try {
			showEnd(options, outcome);
		} catch (error) {
			onFault(error);
		}
	};

	const prepare = async (make: () => Promise<Pipeline>, start: Start): Promise<void> => {
		const begin = (): Promise<Pipeline> => {
			store.getState().beginDriving();
			store.getState().setStage('run');
			return make();
		};
		try {
			await ask(begin, pipeline => {
				if (!pipeline) throw notStarted();
				return drive(pipeline, start);
			});
		} catch (error) {
			showFailure(options, error);
		}
	};

	const leave = (): void => {
		preparing.cancel();
		current?.leave();
	};

	return {
		isBusy,
		refusesBusy: () => {
			if (isBusy()) store.getState().say('attention', 'A run is under way.');
			return isBusy();
		},
		prepare,
		ask,
		drive,
		cancel: () => (current ? current.cancel() : preparing.cancel() ? undefined : noRun),
		answer: (prompt, choice) => (current ? current.answer(prompt, choice) : noRun),
		leave,
		stop: async () => {
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
		now: 'Nothing was changed.',
		next: 'Begin again with Choose.',
	});
