import {findResumable, type Resumable} from '../../app/resume/resume.ts';
import {primaryHost} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {addressOf} from '../../domain/environments/environment.ts';
import type {TakeOver} from '../../store/deploy/wizard.ts';
import {environmentCalled, sayProblem, type ControlOptions, type Part} from '../part.ts';
import {offerLeftRun} from './left-run.ts';
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
	/** Drives on the run whose takeover was asked about, once its word was typed. */
	readonly takeOver: () => void;
	/** Tries a lost connection again now. */
	readonly reconnect: () => void;
};

export const createRunsController = (options: ControlOptions, driver: RunDriver): RunsController => {
	const {services, environments, store, onFault} = options;
	const {stop, cancel, leave} = driver;
	return {
		start: () => offerLeftRun(options),
		stop,
		cancel,
		leave,
		answer: (prompt, choice) => {
			const refusal = driver.answer(prompt, choice);
			if (refusal !== undefined) store.getState().say('attention', `Not answered: ${refusal}`);
		},
		reconnect: () => {
			const name = store.getState().runPlan?.environment;
			if (name === undefined) return;
			// The state of the connection tells how it went.
			services.sessions
				.session(primaryHost(environmentCalled(environments, name)))
				.connect()
				.catch(() => undefined);
		},
		resume: run => {
			if (!driver.refusesBusy()) driveOn(options, driver, {run, isAgreed: () => false}).catch(onFault);
		},
		takeOver: () => {
			const {takeOver, setStage} = store.getState();
			if (!takeOver || driver.refusesBusy()) return;
			const {run, name, machine} = takeOver;
			setStage('choose');
			// Asked once more: it may be over by now, or driven by yet another.
			const isAgreed = (holder: Holder): boolean => holder?.name === name && holder.machine === machine;
			driveOn(options, driver, {run, isAgreed}).catch(onFault);
		},
	};
};

type Open = Extract<Resumable, {kind: 'open'}>;
type Holder = Open['takenFrom'];

/** Drives on a run that is open. `isAgreed`: whoever drives it now has been named on screen, and the word was typed. */
const driveOn = async (
	{services, environments, store}: ControlOptions,
	driver: RunDriver,
	{run, isAgreed}: {readonly run: string; readonly isAgreed: (holder: Holder) => boolean},
): Promise<void> => {
	const {say, offer, askTakeOver, hush, show, setStage} = store.getState();
	const goOn = async (found: Resumable | undefined): Promise<void> => {
		if (!found) return;
		if (found.kind === 'closed') {
			offer({left: undefined});
			return say('attention', found.text);
		}
		hush();
		show('deploy');
		if (found.takenFrom && !isAgreed(found.takenFrom)) return askTakeOver(takeOverOf(found, found.takenFrom));
		setStage('run');
		await driver.drive(found.pipeline, {attempt: found.attempt, replaces: undefined});
	};
	say('muted', `Asks the host about run ${run}.`);
	try {
		await driver.ask(() => findResumable(services, environments, run, {canAsk: true}), goOn);
	} catch (error) {
		sayProblem(store, error);
		if (!(error instanceof DeployError)) throw error;
	}
};

const takeOverOf = (
	{pipeline: {record, title, environment}}: Open,
	{name, machine, since, running}: NonNullable<Open['takenFrom']>,
): TakeOver => ({
	run: record.run,
	title,
	place: {
		title: environment.title,
		tier: environment.tier,
		timeZone: environment.timeZone,
		address: addressOf(primaryHost(environment)),
	},
	name,
	machine,
	since: Date.parse(since),
	running,
});
