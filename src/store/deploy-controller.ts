import {prepareAdoption} from '../app/adopt.ts';
import type {AppServices} from '../app/app-services.ts';
import {prepareDeploy} from '../app/deploy.ts';
import type {RunGuard} from '../app/execute.ts';
import {guardDeploy} from '../app/run-guard.ts';
import {promotionTo} from '../app/promotion.ts';
import {approveBuild} from '../app/sign-off.ts';
import {shortCommit} from '../domain/build.ts';
import {findResumable} from '../app/resume.ts';
import {reviewRollback, type RollbackReview} from '../app/review-rollback.ts';
import {prepareRollback, rollbackFrom} from '../app/rollback.ts';
import {noChecklists, type Checklists} from '../domain/checklist.ts';
import {deployWords, rollbackWord} from '../domain/confirm.ts';
import {reviewDeploy, type DeployReview} from '../app/review-deploy.ts';
import {primaryHost, type Environment} from '../domain/environment.ts';
import {DeployError, exitCodes} from '../domain/errors.ts';
import {isOpen} from '../domain/gates.ts';
import type {Pipeline} from '../domain/pipeline.ts';
import type {CockpitController} from './controller.ts';
import type {CockpitStore} from './create-store.ts';
import {deployOptions} from './deploy-options.ts';
import {driveRun, failedBeforeStart, type DrivenRun} from './drive-run.ts';
import {findLeftRun} from './left-run.ts';
import {problemOf} from './problem-of.ts';
import {gateReview, isOtherWord, takesWord, type RollbackChoice, type RollbackGate} from './rollback-gate.ts';
import {isStopped, resumeId, selectReview, selectWord, type DeployChoice} from './wizard.ts';

/** The part of the controller that changes hosts. */
export type DeployController = Pick<
	CockpitController,
	| 'start'
	| 'stop'
	| 'review'
	| 'goOn'
	| 'approve'
	| 'confirm'
	| 'openRollback'
	| 'confirmRollback'
	| 'answerPrompt'
	| 'cancelRun'
	| 'leaveRun'
	| 'resume'
	| 'reconnect'
	| 'output'
>;

/**
 * Deploys, adopts and rolls back for the screens. Every method returns at once; what comes of it arrives in the store. One run at a
 * time; it is not ended by anything a screen does. `onFault` hears of errors that are nobody's answer.
 */
export const createDeployController = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	/** Absent: none, so that nothing can be proved. */
	readonly checklists?: Checklists;
	readonly store: CockpitStore;
	readonly onFault?: (error: unknown) => void;
}): DeployController => {
	const {services, environments, checklists = noChecklists, store, onFault = () => undefined} = options;
	const {output} = store.getState();
	let current: DrivenRun | undefined;
	/** A run being prepared: not on the host yet, so ending it ends everything. */
	let preparing: {isCancelled: boolean} | undefined;
	let reviewNumber = 0;

	const named = (name: string): Environment => {
		const found = environments.find(environment => environment.name === name);
		if (!found) throw new TypeError(`no environment ${name}`);
		return found;
	};
	const offerLeft = (): void => store.getState().offer({left: findLeftRun(services, environments)});

	const review = (choice: DeployChoice): void => {
		if (current || preparing) return store.getState().say('attention', 'A run is under way.');
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

	/** Begins a run that has still to be prepared; what fails before it starts is shown as its end. */
	const begin = async (
		prepare: () => Promise<Pipeline>,
		start: Omit<Parameters<typeof driveRun>[2], 'guard'>,
	): Promise<void> => {
		const mine = {isCancelled: false};
		preparing = mine;
		output.clear();
		store.getState().beginDriving();
		store.getState().setStage('run');
		try {
			const pipeline = await prepare();
			if (mine.isCancelled) throw notStarted();
			preparing = undefined;
			await drive(pipeline, start);
		} catch (error) {
			preparing = undefined;
			showFailure(error);
		}
	};

	const showFailure = (thrown: unknown): void => {
		const at = services.clock.now();
		const exitCode = thrown instanceof DeployError ? exitCodes[thrown.code] : 1;
		const error = problemOf(thrown);
		const finished = {at, type: 'run.finished', outcome: 'failed', exitCode, durationMs: 0, error} as const;
		store.getState().beginDriving(failedBeforeStart(finished));
		store.getState().endDriving();
		store.getState().setStage('failed');
	};

	/** What holds a deploy to its gates under the lock, for whoever drives it. */
	const guardOf = ({record, environment}: Pipeline): {readonly guard?: RunGuard} =>
		record.kind === 'deploy' ? {guard: guardDeploy(services, {record, environment, environments, checklists})} : {};

	const drive = async (pipeline: Pipeline, start: Omit<Parameters<typeof driveRun>[2], 'guard'>): Promise<void> => {
		current = driveRun({services, store, output, onFault}, pipeline, {...start, ...guardOf(pipeline)});
		const {outcome} = await current.finished;
		current = undefined;
		try {
			const {dialog, close, setStage} = store.getState();
			// What it asks has been answered by the end of the run.
			if (dialog?.kind === 'cancel' || dialog?.kind === 'quit') close();
			offerLeft();
			setStage(outcome === 'done' ? 'done' : 'failed');
		} catch (error) {
			onFault(error);
		}
	};

	const startDeploy = (choice: DeployChoice, reviewed: DeployReview): Promise<void> =>
		begin(
			async () => {
				const environment = named(choice.environment);
				const {app} = choice;
				const {promotion} = reviewed.decision;
				const pipeline = await prepareDeploy(services, {
					environment,
					app,
					environments,
					canAsk: true,
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
		begin(
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
		if (stage !== 'confirm' || !choice || current || preparing) return;
		const word = selectWord(state);
		if (isStopped(state)) {
			showFailure(wrongWord(word ?? '', typed, choice));
			return;
		}
		if (word === undefined || typed !== word) {
			state.setTyped('');
			state.say('attention', `Not started: the word is ${word}, exactly. Nothing was changed.`);
			return;
		}
		if (wordIndex + 1 < words.length) return state.nextWord();
		if (intent === 'adopt') return void startAdoption(choice).catch(onFault);
		const reviewed = selectReview(state);
		if (
			!reviewed ||
			reviewed.environment !== choice.environment ||
			reviewed.refusal ||
			!isOpen(reviewed.decision.report)
		)
			return state.setStage('review');
		void startDeploy(choice, reviewed).catch(onFault);
	};

	/** From the review to the words; with a gate closed, to what closes it. */
	const goOn = (): void => {
		const state = store.getState();
		const reviewed = selectReview(state);
		if (!reviewed || current || preparing) return;
		if (!isOpen(reviewed.decision.report)) return state.openPage('blocked');
		const {app, environment} = reviewed;
		state.askWords('deploy', state.choice ?? {app, environment}, deployWords(reviewed));
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
		if (!reviewed || !state.choice || current || preparing || isSigning) return;
		const promotion = promotionTo(environments, named(reviewed.environment));
		if (!promotion) return state.say('attention', `Nothing is promoted to ${reviewed.environment}.`);
		isSigning = true;
		state.say('muted', `Signs ${reviewed.app} ${shortCommit(reviewed.build.commit)} on ${promotion.from.title}.`);
		sign(state.choice, reviewed, promotion.from).catch(onFault);
	};

	let gateNumber = 0;
	const openRollback = (choice: RollbackChoice): void => {
		if (current || preparing) return store.getState().say('attention', 'A run is under way.');
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
		begin(
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
		if (!gate || !reviewed || !takesWord(gate) || current || preparing) return;
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

	const resume = (run: string): void => {
		if (current || preparing) return store.getState().say('attention', 'A run is under way.');
		const mine = {isCancelled: false};
		preparing = mine;
		output.clear();
		store.getState().say('muted', `Asks the host about run ${run}.`);
		const found = async (): Promise<void> => {
			try {
				const resumable = await findResumable(services, environments, run, {canAsk: true});
				preparing = undefined;
				if (mine.isCancelled) return;
				if (resumable.kind === 'closed') {
					store.getState().offer({left: undefined});
					store.getState().say('attention', `Run ${run} is over already: ${resumable.outcome}.`);
					return;
				}
				if (resumable.takenFrom) {
					const {name, machine} = resumable.takenFrom;
					store
						.getState()
						.say(
							'attention',
							`${name} on ${machine} drives it now. To take it over: cockpit resume ${run}`,
						);
					return;
				}
				store.getState().hush();
				store.getState().show('deploy');
				store.getState().setStage('run');
				await drive(resumable.pipeline, {attempt: resumable.attempt, replaces: undefined});
			} catch (error) {
				preparing = undefined;
				const {what, why, next} = problemOf(error);
				store.getState().say('danger', `${what}: ${why}. ${next}`);
			}
		};
		found().catch(onFault);
	};

	const pick = (id: string): void => {
		const {left, options: entries} = store.getState();
		if (id === resumeId && left) return resume(left.run);
		const option = entries.find(entry => entry.id === id);
		if (option?.refusal) store.getState().say('attention', `${option.title} ${option.app}: ${option.refusal.why}`);
		else if (option) review(option);
	};

	return {
		output,
		start: () => {
			store.getState().offer({options: deployOptions(environments), pick});
			offerLeft();
		},
		stop: async () => {
			if (preparing) preparing.isCancelled = true;
			current?.leave();
			await current?.finished;
		},
		review,
		goOn,
		approve,
		confirm,
		openRollback,
		confirmRollback,
		resume,
		cancelRun: () => {
			if (current) return current.cancel();
			if (!preparing) return 'no run is under way';
			preparing.isCancelled = true;
			return undefined;
		},
		answerPrompt: (prompt, choice) => {
			const refusal = current ? current.answer(prompt, choice) : 'no run is under way';
			if (refusal !== undefined) store.getState().say('attention', `Not answered: ${refusal}`);
		},
		leaveRun: () => {
			if (preparing) preparing.isCancelled = true;
			current?.leave();
		},
		reconnect: () => {
			const name = store.getState().runPlan?.environment;
			if (name === undefined) return;
			// The state of the connection tells how it went.
			services.sessions
				.session(primaryHost(named(name)))
				.connect()
				.catch(() => undefined);
		},
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

const notStarted = (): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: 'The run was not started',
		why: 'you asked for it',
		now: 'Nothing was changed.',
		next: 'Begin again with Choose.',
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
