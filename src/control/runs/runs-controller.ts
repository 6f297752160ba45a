import {primaryHost} from '../../domain/environments/environment.ts';
import type {ControlOptions} from '../control-options.ts';
import type {Part} from '../controller.ts';
import {environmentCalled} from '../environment-called.ts';
import type {Resuming} from './resuming.ts';
import type {RunDriver} from './run-driver.ts';

/** The part of the controller that is asked about the run under way, or the one that was left. */
export type RunsController = Pick<Part, 'start' | 'stop'> & {
	/** Cancels the run before the swap; answers with a reason when it is too late. */
	readonly cancel: () => string | undefined;
	/** Answers a question of the run; says why when it can't be answered so. */
	readonly answer: (prompt: string, choice: string) => void;
	/** Stops driving the run; the job under way ends on its host. */
	readonly leave: () => void;
	/** Drives on a run this machine, or another one, has left. */
	readonly resume: (run: string) => void;
	/** Tries a lost connection again now. */
	readonly reconnect: () => void;
};

export const createRunsController = (
	{services, environments, store}: ControlOptions,
	driver: RunDriver,
	{resume}: Resuming,
): RunsController => ({
	start: driver.offerLeft,
	stop: driver.stop,
	cancel: driver.cancel,
	answer: (prompt, choice) => {
		const refusal = driver.answer(prompt, choice);
		if (refusal !== undefined) store.getState().say('attention', `Not answered: ${refusal}`);
	},
	leave: driver.leave,
	resume,
	reconnect: () => {
		const name = store.getState().runPlan?.environment;
		if (name === undefined) return;
		// The state of the connection tells how it went.
		services.sessions
			.session(primaryHost(environmentCalled(environments)(name)))
			.connect()
			.catch(() => undefined);
	},
});
