import {reviewRollback, type RollbackReview} from '../app/rollback/review-rollback.ts';
import {prepareRollback, rollbackFrom} from '../app/rollback/rollback.ts';
import {rollbackWord} from '../domain/runs/confirm.ts';
import type {CockpitController} from './controller.ts';
import {environmentCalled} from './environment-called.ts';
import {problemOf} from '../store/problem-of.ts';
import {
	gateReview,
	isOtherWord,
	takesWord,
	type RollbackChoice,
	type RollbackGate,
} from '../store/rollback/rollback-review.ts';
import type {DriverOptions, RunDriver} from './runs/run-driver.ts';

/** The part of the controller that goes back: it asks for no evidence, only for the word. */
export const createRollbackController = (
	{services, environments, store, onFault}: DriverOptions,
	driver: RunDriver,
): Pick<CockpitController, 'openRollback' | 'confirmRollback'> => {
	const named = environmentCalled(environments);
	let gateNumber = 0;
	const openRollback = (choice: RollbackChoice): void => {
		if (driver.refusesBusy()) return;
		gateNumber += 1;
		const mine = gateNumber;
		const environment = named(choice.environment);
		store.getState().openGate({choice, title: environment.title, tier: environment.tier});
		const isAsked = (): boolean => mine === gateNumber && store.getState().gate !== undefined;
		reviewRollback(services, {environment, app: choice.app, to: choice.to})
			.then(
				found => isAsked() && store.getState().changeGate({review: {state: 'ready', review: found}}),
				(error: unknown) =>
					isAsked() && store.getState().changeGate({review: {state: 'failed', problem: problemOf(error)}}),
			)
			.catch(onFault);
	};

	const startRollback = ({choice}: RollbackGate, reviewed: RollbackReview): Promise<void> =>
		driver.begin(
			async () => {
				const environment = named(choice.environment);
				const pipeline = await prepareRollback(services, {environment, app: choice.app, to: choice.to});
				const {release} = reviewed.to;
				if (reviewed.to.kind !== 'snapshot' || release === undefined) return pipeline;
				// The release that was shown, whatever may be called the previous one by now.
				return rollbackFrom({...pipeline.record, target: {kind: 'snapshot', release}}, environment);
			},
			{attempt: 1, replaces: reviewed.from.release},
		);

	const confirmRollback = (): void => {
		const {gate, changeGate, closeGate, say, show, beginRollback} = store.getState();
		const reviewed = gateReview(gate);
		if (!gate || !reviewed || !takesWord(gate) || driver.isBusy()) return;
		if (gate.typed !== rollbackWord) {
			const isOther = isOtherWord(gate);
			say('attention', `Not started: the word is ${rollbackWord}, exactly. Nothing was changed.`);
			if (isOther) closeGate();
			else changeGate({typed: ''});
			return;
		}
		closeGate();
		beginRollback(gate.choice);
		show('deploy');
		void startRollback(gate, reviewed).catch(onFault);
	};

	return {openRollback, confirmRollback};
};
