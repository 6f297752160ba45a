import type {CockpitController} from '../../control/controller.ts';
import type {CockpitState, CockpitStore} from '../../store/create-store.ts';

/** Where a key works. The first scopes of the active list win over later ones. */
export type KeyScope =
	| 'help'
	| 'palette'
	| 'quit'
	| 'cancel'
	| 'typing'
	| 'overview'
	| 'deploy.choose'
	| 'deploy.review'
	| 'deploy.blocked'
	| 'deploy.reason'
	| 'deploy.confirm'
	| 'deploy.run'
	| 'deploy.prompt'
	| 'deploy.go-back'
	| 'deploy.search'
	| 'deploy.done'
	| 'deploy.failed'
	| 'checklist'
	| 'checklist.ask'
	| 'checklist.retest'
	| 'checklist.filter'
	| 'backups'
	| 'backups.filter'
	| 'history'
	| 'history.filter'
	| 'history.page'
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
	readonly rank?: number;
	/** Left out of the palette, e.g. moves. */
	readonly isHidden?: boolean;
	/** A reason why it can't work now; undefined when it can. */
	readonly refusal?: (state: CockpitState) => string | undefined;
	readonly run: (context: KeyContext) => void;
};

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
