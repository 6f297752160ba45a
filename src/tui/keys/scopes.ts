import type {CockpitState} from '../../store/create-store.ts';
import type {Scope} from './binding.ts';

/** Which component of Ink takes keys now, if any. */
export type InkFocus = 'typed-word' | 'filter' | 'choice' | undefined;

/** A text field or a menu has focus: what is typed is for it. */
export const inkFocus = ({dialog, screen, stage, isSearching}: CockpitState): InkFocus => {
	if (dialog) return dialog.kind === 'help' || dialog.kind === 'palette' ? 'filter' : undefined;
	if (screen !== 'deploy') return undefined;
	if (stage === 'confirm') return 'typed-word';
	if (isSearching) return 'filter';
	return stage === 'choose' ? 'choice' : undefined;
};

/** Scopes whose keys work now, strongest first. A dialog hides everything behind it. */
export const activeScopes = (state: CockpitState): readonly Scope[] => {
	const {dialog, screen, stage} = state;
	if (dialog) return [dialog.kind];
	if (inkFocus(state) === 'typed-word') return ['deploy.confirm', 'typing'];
	if (inkFocus(state) === 'filter') return ['deploy.search', 'typing'];
	return [screen === 'overview' ? 'overview' : `deploy.${stage}`, 'screens', 'everywhere'];
};
