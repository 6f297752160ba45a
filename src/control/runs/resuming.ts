import {findResumable, type Resumable} from '../../app/resume/resume.ts';
import {primaryHost} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {addressOf} from '../../store/deploy/deploy-options.ts';
import type {ControlOptions} from '../control-options.ts';
import {sayProblem} from '../say-problem.ts';
import type {RunDriver} from './run-driver.ts';
import type {TakeOver} from '../../store/deploy/wizard.ts';

type Open = Extract<Resumable, {kind: 'open'}>;

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

/** Drives on what was left, or what somebody else drives. */
export type Resuming = {
	readonly resume: (run: string) => void;
	/** Drives on the run whose takeover was asked about, once its word was typed. */
	readonly takeOver: () => void;
};

export const createResuming = (
	{services, environments, store, onFault}: ControlOptions,
	driver: RunDriver,
): Resuming => {
	const driveOn = async ({pipeline, attempt}: Open): Promise<void> => {
		store.getState().hush();
		store.getState().show('deploy');
		store.getState().setStage('run');
		await driver.drive(pipeline, {attempt, replaces: undefined});
	};

	/** `isAgreed`: whoever drives it now has been named on screen, and the word was typed. */
	const find = async (run: string, isAgreed: (holder: Open['takenFrom']) => boolean): Promise<void> => {
		const {say, offer, askTakeOver, hush, show} = store.getState();
		say('muted', `Asks the host about run ${run}.`);
		const goOn = async (found: Resumable | undefined): Promise<void> => {
			if (!found) return;
			if (found.kind === 'closed') {
				offer({left: undefined});
				say('attention', `Run ${run} is over already: ${found.outcome}.`);
			} else if (found.takenFrom && !isAgreed(found.takenFrom)) {
				hush();
				show('deploy');
				askTakeOver(takeOverOf(found, found.takenFrom));
			} else await driveOn(found);
		};
		try {
			await driver.ask(() => findResumable(services, environments, run, {canAsk: true}), goOn);
		} catch (error) {
			sayProblem(store, error);
			if (!(error instanceof DeployError)) throw error;
		}
	};

	return {
		resume: run => {
			if (!driver.refusesBusy()) find(run, () => false).catch(onFault);
		},
		takeOver: () => {
			const {takeOver, setStage} = store.getState();
			if (!takeOver || driver.refusesBusy()) return;
			const {run, name, machine} = takeOver;
			setStage('choose');
			// Asked once more: it may be over by now, or driven by yet another.
			find(run, holder => holder?.name === name && holder.machine === machine).catch(onFault);
		},
	};
};
