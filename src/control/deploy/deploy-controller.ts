import {prepareAdoption} from '../../app/deploy/adopt.ts';
import {prepareDeploy} from '../../app/deploy/deploy.ts';
import {acceptedPolicy} from '../../app/gates/gate.ts';
import {promotionTo} from '../../app/gates/promotion.ts';
import {approveBuild} from '../../app/checklist/sign-off.ts';
import {shortCommit} from '../../domain/build.ts';
import {reviewDeploy, type DeployReview} from '../../app/deploy/review-deploy.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {isOpen} from '../../domain/gates/gates.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {Part} from '../controller.ts';
import {deployOptions} from '../../store/deploy/deploy-options.ts';
import {environmentCalled} from '../environment-called.ts';
import {problemOf} from '../../store/problem-of.ts';
import type {Resuming} from '../runs/resuming.ts';
import type {DriverOptions, RunDriver} from '../runs/run-driver.ts';
import {
	isStopped,
	mayGoOn,
	resumeId,
	selectReview,
	selectWord,
	wordsFor,
	type DeployChoice,
} from '../../store/deploy/wizard.ts';

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
	{services, environments, checklists, store, onFault}: DriverOptions,
	driver: RunDriver,
	{resume, takeOver}: Resuming,
): DeployController => {
	const named = environmentCalled(environments);
	let reviewNumber = 0;

	const review = (choice: DeployChoice): void => {
		if (driver.refusesBusy()) return;
		reviewNumber += 1;
		const mine = reviewNumber;
		store.getState().show('deploy');
		store.getState().beginReview(choice);
		const isAsked = (): boolean => mine === reviewNumber;
		const look = async (): Promise<DeployReview> => {
			const environment = named(choice.environment);
			const {app, emergency} = choice;
			return reviewDeploy(services, {
				environment,
				environments,
				app,
				checklists,
				...(emergency === undefined ? {} : {emergency}),
			});
		};
		look()
			.then(
				found => isAsked() && store.getState().setReview({state: 'ready', review: found}),
				(error: unknown) =>
					isAsked() && store.getState().setReview({state: 'failed', problem: problemOf(error)}),
			)
			.catch(onFault);
	};

	const startDeploy = (choice: DeployChoice, reviewed: DeployReview): Promise<void> =>
		driver.prepare(
			async () => {
				const environment = named(choice.environment);
				const {app} = choice;
				const {decision} = reviewed;
				const {promotion} = decision;
				// With the words, its digest has been typed.
				const policy = isOpen(decision.report) ? decision.policy : acceptedPolicy(decision);
				const pipeline = await prepareDeploy(services, {
					environment,
					app,
					environments,
					canAsk: true,
					...(policy ? {policy} : {}),
					...(promotion ? {promotion} : {}),
				});
				if (
					pipeline.record.digest === reviewed.build.digest &&
					pipeline.record.commit === reviewed.build.commit
				)
					return pipeline;
				throw movedOn(reviewed, pipeline);
			},
			{attempt: 1, replaces: reviewed.live.release},
		);

	const startAdoption = (choice: DeployChoice): Promise<void> =>
		driver.prepare(
			async () => {
				const environment = named(choice.environment);
				// The key of the connection names the actor in the record.
				await services.sessions.session(primaryHost(environment)).connect();
				return prepareAdoption(services, {environment, app: choice.app, undo: false});
			},
			{attempt: 1, replaces: undefined},
		);

	const confirm = (): void => {
		const state = store.getState();
		const {stage, choice, typed, words, wordIndex, intent} = state;
		if (stage !== 'confirm' || driver.isBusy()) return;
		const word = selectWord(state);
		if (choice && isStopped(state)) {
			driver.showFailure(wrongWord(word ?? '', typed, choice));
			return;
		}
		if (word === undefined || typed !== word) {
			state.setTyped('');
			state.say('attention', `Not started: the word is ${word}, exactly. Nothing was changed.`);
			return;
		}
		if (wordIndex + 1 < words.length) return state.nextWord();
		if (intent === 'takeover') return takeOver();
		if (!choice) return;
		if (intent === 'adopt') return void startAdoption(choice).catch(onFault);
		const reviewed = selectReview(state);
		if (!reviewed || reviewed.environment !== choice.environment || reviewed.refusal || !mayGoOn(reviewed))
			return state.setStage('review');
		void startDeploy(choice, reviewed).catch(onFault);
	};

	/** From the review to the words; with a gate closed, to what closes it. */
	const goOn = (): void => {
		const state = store.getState();
		const reviewed = selectReview(state);
		if (!reviewed || driver.isBusy()) return;
		if (!mayGoOn(reviewed)) return state.openPage('blocked');
		const {app, environment} = reviewed;
		state.askWords('deploy', state.choice ?? {app, environment}, wordsFor(reviewed));
	};

	let isSigning = false;
	const sign = async (choice: DeployChoice, {app, build}: DeployReview, from: Environment): Promise<void> => {
		try {
			const {commit} = await approveBuild(services, {environment: from, app, digest: build.digest});
			const {screen, stage, choice: shown} = store.getState();
			// Whoever has gone elsewhere meanwhile is not fetched back.
			if (screen === 'deploy' && stage === 'review' && shown === choice) review(choice);
			store
				.getState()
				.say(
					'success',
					`${app} ${shortCommit(commit)} on ${from.title} is signed by you. It counts for a deploy by somebody else.`,
				);
		} catch (error) {
			const {what, why, next} = problemOf(error);
			store.getState().say('danger', `${what}: ${why}. ${next}`);
			if (!(error instanceof DeployError)) throw error;
		} finally {
			isSigning = false;
		}
	};
	const approve = (): void => {
		const state = store.getState();
		const reviewed = selectReview(state);
		if (!reviewed || !state.choice || driver.isBusy() || isSigning) return;
		const promotion = promotionTo(environments, named(reviewed.environment));
		if (!promotion) return state.say('attention', `Nothing is promoted to ${reviewed.environment}.`);
		isSigning = true;
		state.say('muted', `Signs ${reviewed.app} ${shortCommit(reviewed.build.commit)} on ${promotion.from.title}.`);
		sign(state.choice, reviewed, promotion.from).catch(onFault);
	};

	const pick = (id: string): void => {
		const {left, options: entries} = store.getState();
		if (id === resumeId && left) return resume(left.run);
		const option = entries.find(entry => entry.id === id);
		if (option?.refusal) store.getState().say('attention', `${option.title} ${option.app}: ${option.refusal.why}`);
		else if (option) review(option);
	};

	return {
		start: () => store.getState().offer({options: deployOptions(environments), pick}),
		review,
		goOn,
		approve,
		confirm,
	};
};

/** Source: workflow, "Deployment Blocked Scenarios": not verified, confirmation missing. */
const wrongWord = (word: string, typed: string, {app, environment}: DeployChoice): DeployError =>
	new DeployError({
		code: 'wrong-word',
		what: `DEPLOYMENT BLOCKED: ${word} was not typed`,
		why: `The word has to be exactly ${word}; typed was ${JSON.stringify(typed)}.`,
		now: `Nothing was changed on ${environment}.`,
		next:
			word === 'VERIFIED'
				? `Prove the ${app} on Pre-Prod first, then begin again with Choose.`
				: 'Begin again with Choose.',
	});

const movedOn = ({build}: DeployReview, {record}: Pipeline): DeployError =>
	new DeployError({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: this is not what was reviewed',
		why:
			record.commit === build.commit
				? 'the excludes or shared paths of the environment have changed since the review'
				: `the sources are at ${record.commit.slice(0, 7)} by now, the review was of ${build.commit.slice(0, 7)}`,
		now: 'Nothing was changed.',
		next: 'Review it again.',
	});
