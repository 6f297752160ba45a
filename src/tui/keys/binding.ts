import type {CockpitController} from '../../control/controller.ts';
import type {CockpitState, CockpitStore} from '../../store/create-store.ts';
import type {WizardStage} from '../../store/deploy/wizard.ts';
import type {ListName} from '../../store/list.ts';
import type {ScreenName} from '../../store/navigation.ts';

/** Where a key works. The first scopes of the active list win over later ones. */
export type KeyScope =
	| 'help'
	| 'palette'
	| 'quit'
	| 'cancel'
	| 'typing'
	/** A screen but for a deploy, and the filter of one that is a list. */
	| Exclude<ScreenName, 'deploy'>
	| `${Extract<ListName, ScreenName>}.filter`
	| `deploy.${WizardStage | 'blocked' | 'reason' | 'prompt' | 'go-back' | 'search'}`
	| 'checklist.ask'
	| 'checklist.retest'
	| 'environments.page'
	| 'environments.change'
	| 'health.ask'
	| 'health.retest'
	| 'history.page'
	| 'logs.search'
	| 'guides.search'
	| 'rollback.review'
	| 'screens'
	| 'everywhere';

/** What a key may use. */
export type KeyContext = {
	readonly store: CockpitStore;
	readonly controller: CockpitController;
	readonly terminal: {
		/** Ends the cockpit; the exit code is the process's. */
		readonly exit: (code: number) => void;
		/** Stops the process as Ctrl-Z does, and repaints when it is continued. */
		readonly suspend: () => void;
	};
};

/** One key, as data: it drives the handler, the footer, the help, the palette and docs/keys.md. */
export type Binding = {
	/** Stable name, e.g. `deploy.cancel`. */
	readonly id: string;
	/** Names as the tokenizer gives them; the first is shown. */
	readonly keys: readonly [string, ...string[]];
	readonly scope: KeyScope;
	/** A few words; may depend on the state, e.g. `cancel: live stays as it is`. */
	readonly label: string | ((state: CockpitState) => string);
	/** Column of the help. */
	readonly group: 'here' | 'move' | 'everywhere' | 'screens' | 'danger';
	/** Place in the footer, smallest first; absent: only in help and palette. */
	readonly rank?: number | undefined;
	/** Left out of the palette, e.g. moves. */
	readonly isHidden?: boolean;
	/** A reason why it can't work now; undefined when it can. */
	readonly refusal?: ((state: CockpitState) => string | undefined) | undefined;
	readonly run: (context: KeyContext) => void;
};

/** A key of a scope; its id is the scope and a name. */
export const bind = (
	scope: KeyScope,
	name: string,
	keys: Binding['keys'],
	label: Binding['label'],
	run: Binding['run'],
	more: Partial<Pick<Binding, 'rank' | 'isHidden' | 'refusal' | 'group'>> = {},
): Binding => ({id: `${scope}.${name}`, keys, scope, label, group: 'here', run, ...more});

/** The binding a key means now, in the strongest active scope that has it. */
export const findBinding = (
	bindings: readonly Binding[],
	scopes: readonly KeyScope[],
	key: string,
): Binding | undefined => {
	for (const scope of scopes) {
		const found = bindings.find(binding => binding.scope === scope && binding.keys.includes(key));
		if (found) return found;
	}
	return undefined;
};

/** The bindings whose first key means them now, in their order. */
export const workingBindings = (bindings: readonly Binding[], scopes: readonly KeyScope[]): readonly Binding[] =>
	bindings.filter(binding => binding === findBinding(bindings, scopes, binding.keys[0]));

export const labelOf = ({label}: Pick<Binding, 'label'>, state: CockpitState): string =>
	typeof label === 'string' ? label : label(state);

const shown: Readonly<Record<string, string>> = {
	enter: 'Enter',
	esc: 'Esc',
	tab: 'Tab',
	'shift-tab': 'Shift-Tab',
	up: '↑',
	down: '↓',
	pageup: 'PgUp',
	pagedown: 'PgDn',
	home: 'Home',
	end: 'End',
	space: 'Space',
	f1: 'F1',
};

/** How a key is written for people. `isUnicode`: arrows may be drawn. */
export const keyName = (key: string, isUnicode = true): string => {
	if (key.startsWith('ctrl-')) return `Ctrl-${key.slice('ctrl-'.length).toUpperCase()}`;
	if (!isUnicode && (key === 'up' || key === 'down')) return key === 'up' ? 'Up' : 'Down';
	return shown[key] ?? key;
};
