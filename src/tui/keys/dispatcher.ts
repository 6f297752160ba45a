import type {CockpitState} from '../../store/create-store.ts';
import {type Binding, findBinding, type KeyContext, labelOf} from './binding.ts';
import {activeScopes, inkFocus, type InkFocus} from './scopes.ts';
import type {Token} from './tokenizer.ts';

/** Keys a text field never gets, nor any with Ctrl: they are answered in the scope of the field. */
const notText = new Set(['enter', 'esc', 'tab', 'shift-tab', 'f1', 'up', 'down', 'pageup', 'pagedown']);
/** Keys a menu gets; digits would choose and act at once, so they stay ours. */
const forMenu = new Set(['up', 'down', 'j', 'k', 'enter']);

const isForInk = (focus: InkFocus, name: string): boolean =>
	focus === 'choice' ? forMenu.has(name) : focus !== undefined && !notText.has(name) && !name.startsWith('ctrl-');

export type Dispatcher = {readonly feed: (token: Token) => void};

/**
 * The one place where keys meet actions. One token per turn of the event loop, so that each sees the state the one
 * before left behind. A throw in an action is told and never ends the cockpit: a run may be under way.
 */
export const createDispatcher = (options: {
	readonly bindings: readonly Binding[];
	readonly context: KeyContext;
	/** Hands a key to the Ink component in focus. */
	readonly forward: (sequence: string) => void;
	readonly onFault: (error: unknown) => void;
}): Dispatcher => {
	const {bindings, context, forward, onFault} = options;
	const queue: Token[] = [];
	let isDraining = false;

	const act = (token: Token): void => {
		const state = context.store.getState();
		const focus = inkFocus(state);
		if (token.kind === 'paste') return paste(context, focus, token.text, forward);
		if (isForInk(focus, token.name)) return forward(token.sequence);
		const binding = findBinding(bindings, activeScopes(state), token.name);
		if (binding) press(context, binding, state);
	};

	const drain = (): void => {
		const token = queue.shift();
		if (!token) {
			isDraining = false;
			return;
		}
		try {
			act(token);
		} catch (error) {
			onFault(error);
		}
		setImmediate(drain);
	};

	return {
		feed: token => {
			queue.push(token);
			if (isDraining) return;
			isDraining = true;
			setImmediate(drain);
		},
	};
};

const press = (context: KeyContext, binding: Binding, state: CockpitState): void => {
	const refusal = binding.refusal?.(state);
	if (refusal === undefined) binding.run(context);
	else state.say('attention', `${labelOf(binding, state)}: ${refusal}`);
};

const control = /[\u0000-\u001F\u007F-\u009F]/;

/** Typing a word is the point of it; anything else takes one line of text. */
const paste = ({store}: KeyContext, focus: InkFocus, text: string, forward: (sequence: string) => void): void => {
	if (focus === 'typed-word') {
		store.getState().say('attention', 'Not pasted: the word is typed, so that it is meant.');
		return;
	}
	if (focus !== 'filter') return;
	// Part of a secret is worse than none of it, and nobody could see what is missing.
	if (store.getState().valueChange && control.test(text.replace(/(?:\r?\n|\r)$/, ''))) {
		return store.getState().valuePasteRefused();
	}
	const line = text.split(/[\r\n]/)[0]?.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '') ?? '';
	if (line !== '') forward(line);
};
