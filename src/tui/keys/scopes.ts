import {takesValue} from '../../store/environments/value-change.ts';
import {takesWord} from '../../store/rollback/rollback-review.ts';
import type {ListPlace} from '../../store/list.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {selectShownPrompt} from '../../store/runs/run-prompt.ts';
import type {KeyScope} from './binding.ts';
import type {ScreenName} from '../../store/navigation.ts';

/** Which component of Ink takes keys now, if any. */
export type InkFocus = 'typed-word' | 'filter' | 'choice' | undefined;

/** The reason for an emergency is asked for. */
const isGivingReason = ({screen, stage, reason}: CockpitState): boolean =>
	screen === 'deploy' && stage === 'review' && reason !== undefined;

/** A text field or a menu has focus: what is typed is for it. */
export const inkFocus = (state: CockpitState): InkFocus => {
	const {
		dialog,
		rollback,
		screen,
		stage,
		isSearching,
		isLogTyping,
		isGuideTyping,
		checklistAsk,
		watchAsk,
		valueChange,
	} = state;
	const lists: Readonly<Partial<Record<string, ListPlace>>> = state.lists;
	if (dialog) return dialog.kind === 'help' || dialog.kind === 'palette' ? 'filter' : undefined;
	if (rollback) return takesWord(rollback) ? 'typed-word' : undefined;
	if (valueChange) return valueChange.at === 'word' ? 'typed-word' : takesValue(valueChange) ? 'filter' : undefined;
	if (screen === 'checklist' && checklistAsk) return checklistAsk.kind === 'retest' ? undefined : 'filter';
	if (screen === 'health' && watchAsk) return watchAsk.kind === 'retest' ? undefined : 'filter';
	if (lists[screen]?.isTyping || (screen === 'logs' && isLogTyping)) return 'filter';
	if (screen === 'guides' && isGuideTyping) return 'filter';
	if (screen !== 'deploy' || selectShownPrompt(state)) return undefined;
	if (stage === 'confirm') return 'typed-word';
	if (isSearching || isGivingReason(state)) return 'filter';
	return stage === 'choose' ? 'choice' : undefined;
};

const screenScope = (state: CockpitState): KeyScope => {
	const {screen, stage} = state;
	if (screen === 'history') return state.historyPage ? 'history.page' : 'history';
	if (screen === 'environments') return state.isEnvPageOpen ? 'environments.page' : 'environments';
	if (screen !== 'deploy') return screen;
	const prompt = selectShownPrompt(state);
	if (prompt) return prompt.kind === 'go-back' ? 'deploy.go-back' : 'deploy.prompt';
	return stage === 'review' && state.reviewPage === 'blocked' ? 'deploy.blocked' : `deploy.${stage}`;
};

/** Keys of what is typed to search in a screen. */
const filterScope = (screen: ScreenName): KeyScope => {
	if (screen === 'overview') return screen;
	return screen === 'deploy' || screen === 'logs' || screen === 'guides' ? `${screen}.search` : `${screen}.filter`;
};

/** Scopes whose keys work now, strongest first. A dialog hides everything behind it. */
export const activeScopes = (state: CockpitState): readonly KeyScope[] => {
	const {dialog, rollback, screen} = state;
	if (dialog) return [dialog.kind];
	if (rollback) return ['rollback.review', 'typing'];
	if (state.valueChange) return ['environments.change', 'typing'];
	if (inkFocus(state) === 'typed-word') return ['deploy.confirm', 'typing'];
	if (screen === 'checklist' && state.checklistAsk)
		return [state.checklistAsk.kind === 'retest' ? 'checklist.retest' : 'checklist.ask', 'typing'];
	if (screen === 'health' && state.watchAsk)
		return [state.watchAsk.kind === 'retest' ? 'health.retest' : 'health.ask', 'typing'];
	if (inkFocus(state) === 'filter') return [isGivingReason(state) ? 'deploy.reason' : filterScope(screen), 'typing'];
	return [screenScope(state), 'screens', 'everywhere'];
};
