import {approveBuild} from '../../app/checklist/approve-build.ts';
import type {DeployReview} from '../../app/deploy/review-deploy.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {selectReview, type DeployChoice} from '../../store/deploy/wizard.ts';
import {createHeadLeaver} from '../checklist/leave-heads.ts';
import {environmentCalled, sayProblem, type ControlOptions} from '../part.ts';
import type {RunDriver} from '../runs/run-driver.ts';

/** Signs the reviewed build, once at a time. `review`: looks at it again, with the signature counted. */
export const createApproving = (
	{services, environments, checklists, store, onFault}: ControlOptions,
	driver: RunDriver,
	review: (choice: DeployChoice) => void,
): (() => void) => {
	let isSigning = false;

	const sign = async (choice: DeployChoice, {app, build}: DeployReview, from: Environment): Promise<void> => {
		try {
			const {commit} = await approveBuild(services, {
				environment: from,
				environments,
				checklists,
				app,
				digest: build.digest,
			});
			createHeadLeaver({services, environments, store, onFault}, from)();
			const {screen, stage, choice: shown, say} = store.getState();
			// Whoever has gone elsewhere meanwhile is not fetched back.
			if (screen === 'deploy' && stage === 'review' && shown === choice) review(choice);
			const signed = `${app} ${shortCommit(commit)} on ${from.title} is signed by you`;
			say('success', `${signed}. It counts for a deploy by somebody else.`);
		} catch (error) {
			sayProblem(store, error);
			if (!(error instanceof DeployError)) throw error;
		} finally {
			isSigning = false;
		}
	};

	return () => {
		const state = store.getState();
		const reviewed = selectReview(state);
		if (!reviewed || !state.choice || driver.isBusy() || isSigning) return;
		const {environment, app, build} = reviewed;
		const promotion = promotionTo(environments, environmentCalled(environments, environment));
		if (!promotion) return state.say('attention', `Nothing is promoted to ${environment}.`);
		isSigning = true;
		state.say('muted', `Signs ${app} ${shortCommit(build.commit)} on ${promotion.from.title}.`);
		sign(state.choice, reviewed, promotion.from).catch(onFault);
	};
};
