import {DeployError} from '../../domain/errors.ts';
import {wordRefusal} from '../../domain/runs/confirm.ts';
import {isStopped, mayGoOn, selectReview, selectWord, type DeployChoice} from '../../store/deploy/wizard.ts';
import type {ControlOptions} from '../part.ts';
import {showFailure} from '../runs/run-end.ts';
import type {RunDriver} from '../runs/run-driver.ts';
import type {RunsController} from '../runs/runs-controller.ts';
import {startAdoption, startDeploy} from './start.ts';

/** Takes the typed word; behind the last one begins what it was asked for. */
export const confirm = (options: ControlOptions, driver: RunDriver, {takeOver}: RunsController): void => {
	const {store, onFault} = options;
	const state = store.getState();
	const {stage, choice, typed, words, wordIndex, intent} = state;
	const word = selectWord(state);
	if (stage !== 'confirm' || word === undefined || driver.isBusy()) return;
	if (choice && isStopped(state)) return showFailure(options, wrongWord(word, typed, choice));
	const wrong = wordRefusal(word, typed);
	if (wrong !== undefined) {
		state.setTyped('');
		return state.say('attention', `Not started: ${wrong}. Nothing was changed.`);
	}
	if (wordIndex + 1 < words.length) return state.nextWord();
	if (intent === 'takeover') return takeOver();
	if (!choice) return;
	if (intent === 'adopt') return void startAdoption(options, driver, choice).catch(onFault);
	const reviewed = selectReview(state);
	if (!reviewed || reviewed.environment !== choice.environment || reviewed.refusal || !mayGoOn(reviewed))
		return state.setStage('review');
	startDeploy(options, driver, {choice, reviewed}).catch(onFault);
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
