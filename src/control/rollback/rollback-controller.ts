import {reviewRollback, type RollbackReview} from '../../app/rollback/review-rollback.ts';
import {prepareRollback, rollbackFrom} from '../../app/rollback/rollback.ts';
import {rollbackWord, wordRefusal} from '../../domain/runs/confirm.ts';
import {environmentCalled, type ControlOptions} from '../part.ts';
import {
	shownReview,
	isOtherWord,
	takesWord,
	type RollbackChoice,
	type OpenRollback,
} from '../../store/rollback/rollback-review.ts';
import {createReviewer} from '../reviewer.ts';
import type {RunDriver} from '../runs/run-driver.ts';

/** The part of the controller that goes back: it asks for no evidence, only for the word. */
export type RollbackController = {
	/** Opens the review of a rollback and fetches what it shows. */
	readonly open: (choice: RollbackChoice) => void;
	/** Starts the rollback that was reviewed when its word is exact; any other word closes the review. */
	readonly confirm: () => void;
};

export const createRollbackController = (
	{services, environments, store, onFault}: ControlOptions,
	driver: RunDriver,
): RollbackController => {
	const makeReview = createReviewer(store.getState().rollbackReviewed, onFault);

	const open = (choice: RollbackChoice): void => {
		if (driver.refusesBusy()) return;
		const environment = environmentCalled(environments, choice.environment);
		store.getState().openRollbackReview({choice, title: environment.title, tier: environment.tier});
		const review = (to: string): Promise<RollbackReview> =>
			reviewRollback(services, {environment, app: choice.app, to});
		makeReview(async () => {
			const reviewed = await review(choice.to);
			const {release, hasFailed} = reviewed.to;
			// A script has to name one that was gone back from. Here its name is shown, with a warning, before the word.
			return choice.to === 'previous' && hasFailed && reviewed.refusal && release !== undefined
				? review(release)
				: reviewed;
		});
	};

	const startRollback = ({choice}: OpenRollback, reviewed: RollbackReview): Promise<void> =>
		driver.prepare(
			async () => {
				const environment = environmentCalled(environments, choice.environment);
				const pipeline = await prepareRollback(services, {environment, app: choice.app, to: choice.to});
				const {release} = reviewed.to;
				if (reviewed.to.kind !== 'snapshot' || release === undefined) return pipeline;
				// The release that was shown, whatever may be called the previous one by now.
				return rollbackFrom({...pipeline.record, target: {kind: 'snapshot', release}}, environment);
			},
			{attempt: 1, replaces: reviewed.from.release},
		);

	const confirm = (): void => {
		const {rollback, typeRollback, closeRollback, say, show, beginRollback} = store.getState();
		const reviewed = shownReview(rollback);
		if (!rollback || !reviewed || !takesWord(rollback) || driver.isBusy()) return;
		const wrong = wordRefusal(rollbackWord, rollback.typed);
		if (wrong !== undefined) {
			const isOther = isOtherWord(rollback);
			say('attention', `Not started: ${wrong}. Nothing was changed.`);
			if (isOther) closeRollback();
			else typeRollback('');
			return;
		}
		closeRollback();
		beginRollback(rollback.choice);
		show('deploy');
		void startRollback(rollback, reviewed).catch(onFault);
	};

	return {open, confirm};
};
