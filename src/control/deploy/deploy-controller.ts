import {reviewDeploy, type DeployReview} from '../../app/deploy/review-deploy.ts';
import {tellBlocked} from '../../app/notify/tell-blocked.ts';
import {deployOptions} from '../../store/deploy/deploy-options.ts';
import {homePage, mayGoOn, resumeId, selectReview, wordsFor, type DeployChoice} from '../../store/deploy/wizard.ts';
import {environmentCalled, type ControlOptions, type Part} from '../part.ts';
import {createReviewer} from '../reviewer.ts';
import type {RunDriver} from '../runs/run-driver.ts';
import type {RunsController} from '../runs/runs-controller.ts';
import {createApproving} from './approve.ts';
import {confirm} from './confirm.ts';

/** The part of the controller that deploys and adopts. */
export type DeployController = Pick<Part, 'start'> & {
	/** Goes to the review of a deploy and fetches what it shows. */
	readonly review: (choice: DeployChoice) => void;
	/** Goes on from the review to the words, or to what a closed gate asks for. */
	readonly goOn: () => void;
	/** Signs the reviewed build for promotion, as whoever sits here, and reviews it again; says why when it can't be. */
	readonly approve: () => void;
	/** Starts the reviewed deploy when the typed word is exact; says why not otherwise. */
	readonly confirm: () => void;
};

export const createDeployController = (
	options: ControlOptions,
	driver: RunDriver,
	runs: RunsController,
): DeployController => {
	const {services, environments, checklists, store, onFault} = options;
	const {setReview} = store.getState();
	/** Those who are not looking hear that somebody wanted to deploy, and what holds it up. */
	const tell = async ({environment, decision}: DeployReview): Promise<void> =>
		tellBlocked(services, environmentCalled(environments, environment), decision);
	const makeReview = createReviewer<DeployReview>(reviewed => {
		setReview(reviewed);
		if (reviewed.state === 'ready' && homePage(reviewed) === 'blocked') tell(reviewed.review).catch(onFault);
	}, onFault);

	const review = (choice: DeployChoice): void => {
		if (driver.refusesBusy()) return;
		store.getState().show('deploy');
		store.getState().beginReview(choice);
		const {app, environment, emergency} = choice;
		makeReview(async () =>
			reviewDeploy(services, {
				environment: environmentCalled(environments, environment),
				environments,
				app,
				checklists,
				...(emergency === undefined ? {} : {emergency}),
			}),
		);
	};

	/** What Enter does on an entry of the choice. */
	const pick = (id: string): void => {
		const {left, options: entries, say} = store.getState();
		if (id === resumeId && left) return runs.resume(left.run);
		const option = entries.find(entry => entry.id === id);
		if (option?.refusal) say('attention', `${option.title} ${option.app}: ${option.refusal.why}`);
		else if (option) review(option);
	};

	return {
		start: () => store.getState().offer({options: deployOptions(environments), pick}),
		review,
		goOn: () => {
			const state = store.getState();
			const reviewed = selectReview(state);
			if (!reviewed || driver.isBusy()) return;
			if (!mayGoOn(reviewed)) return state.openPage('blocked');
			const {app, environment} = reviewed;
			state.askWords('deploy', state.choice ?? {app, environment}, wordsFor(reviewed));
		},
		approve: createApproving(options, driver, review),
		confirm: () => confirm(options, driver, runs),
	};
};
