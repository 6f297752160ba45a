import type {Prompt} from '../../domain/runs/prompt.ts';
import type {CockpitState} from '../create-store.ts';

/** What is selected in the question of a run, and which page of its text is shown. */
export type PromptView = {readonly id: string; readonly choice: string; readonly page: number};

type Asking = Pick<CockpitState, 'run' | 'isDriving'>;

/** The question that waits for the person here; undefined when nobody drives the run any more. */
export const selectPrompt = ({run, isDriving}: Asking): Prompt | undefined =>
	isDriving && run?.finished === undefined ? run?.prompt : undefined;

/** A question starts at its safe choice, at the first page. */
export const promptViewOf = (prompt: Prompt, view: PromptView | undefined): PromptView =>
	view?.id === prompt.id ? view : {id: prompt.id, choice: prompt.choices[0]?.id ?? '', page: 0};

/** The question that is on screen now, where its keys work. */
export const selectShownPrompt = (state: Asking & Pick<CockpitState, 'screen' | 'stage'>): Prompt | undefined =>
	state.screen === 'deploy' && state.stage === 'run' ? selectPrompt(state) : undefined;
