import {takesWord} from '../../store/rollback-gate.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {selectShownPrompt} from '../../store/run-prompt.ts';
import type {Scope} from './binding.ts';

/** Which component of Ink takes keys now, if any. */
export type InkFocus = 'typed-word' | 'filter' | 'choice' | undefined;

/** A text field or a menu has focus: what is typed is for it. */
export const inkFocus = (state: CockpitState): InkFocus => {
	const {dialog, gate, screen, stage, isSearching, isFilteringBackups, isFilteringHistory} = state;
	if (dialog) return dialog.kind === 'help' || dialog.kind === 'palette' ? 'filter' : undefined;
	if (gate) return takesWord(gate) ? 'typed-word' : undefined;
	if (screen === 'history') return isFilteringHistory ? 'filter' : undefined;
	if (screen === 'backups') return isFilteringBackups ? 'filter' : undefined;
	if (screen !== 'deploy' || selectShownPrompt(state)) return undefined;
	if (stage === 'confirm') return 'typed-word';
	if (isSearching) return 'filter';
	return stage === 'choose' ? 'choice' : undefined;
};

const screenScope = (state: CockpitState): Scope => {
	const {screen, stage} = state;
	if (screen === 'history') return state.historyPage ? 'history.page' : 'history';
	if (screen !== 'deploy') return screen;
	const prompt = selectShownPrompt(state);
	if (prompt) return prompt.kind === 'go-back' ? 'deploy.go-back' : 'deploy.prompt';
	return `deploy.${stage}`;
};

/** Scopes whose keys work now, strongest first. A dialog hides everything behind it. */
export const activeScopes = (state: CockpitState): readonly Scope[] => {
	const {dialog, gate, screen} = state;
	if (dialog) return [dialog.kind];
	if (gate) return ['rollback.gate', 'typing'];
	if (inkFocus(state) === 'typed-word') return ['deploy.confirm', 'typing'];
	if (inkFocus(state) === 'filter' && screen === 'history') return ['history.filter', 'typing'];
	if (inkFocus(state) === 'filter') return [screen === 'backups' ? 'backups.filter' : 'deploy.search', 'typing'];
	return [screenScope(state), 'screens', 'everywhere'];
};
