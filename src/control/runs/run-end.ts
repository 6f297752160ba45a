import {DeployError, exitCodes} from '../../domain/errors.ts';
import {emptyRun, foldRun} from '../../domain/runs/run-state.ts';
import type {RunOutcome} from '../../runner/run-pipeline.ts';
import {problemOf} from '../../store/problem-of.ts';
import type {ControlOptions} from '../part.ts';
import {offerLeftRun} from './left-run.ts';

/** Shows how a run that was driven here has ended. */
export const showEnd = (options: ControlOptions, {outcome}: RunOutcome): void => {
	const {dialog, close, setStage} = options.store.getState();
	// What it asks has been answered by the end of the run.
	if (dialog?.kind === 'cancel' || dialog?.kind === 'quit') close();
	offerLeftRun(options);
	setStage(outcome === 'done' ? 'done' : 'failed');
};

/** Shows an error as the end of a run. `now`: what is live, where the error does not say it. */
export const showFailure = ({services, store}: ControlOptions, thrown: unknown, now?: string): void => {
	const at = services.clock.now();
	const exitCode = thrown instanceof DeployError ? exitCodes[thrown.code] : 1;
	const error = problemOf(thrown, now);
	const finished = {at, type: 'run.finished', outcome: 'failed', exitCode, durationMs: 0, error} as const;
	const {beginDriving, endDriving, setStage} = store.getState();
	beginDriving(foldRun(emptyRun, finished));
	endDriving();
	setStage('failed');
};
