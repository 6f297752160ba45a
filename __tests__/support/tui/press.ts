import type {CockpitController} from '../../../src/control/controller.ts';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {allBindings} from '../../../src/tui/keys/all-bindings.ts';
import {findBinding} from '../../../src/tui/keys/binding.ts';
import {activeScopes} from '../../../src/tui/keys/scopes.ts';

export type Pressed = {
	/** Why the key does nothing now. */
	readonly refusal?: string;
	/** What the controller was asked for, e.g. `checklist.sign`: name and arguments of each call. */
	readonly asked: readonly (readonly [string, ...unknown[]])[];
};

/** Presses a key as the dispatcher does, before a controller that only notes. Throws where the key means nothing. */
export const press = (store: CockpitStore, key: string): Pressed => {
	const asked: [string, ...unknown[]][] = [];
	const note =
		(name: string) =>
		(...given: unknown[]): void =>
			void asked.push([name, ...given]);
	/** Each part can be called by itself, as `refresh` is, and by its methods. */
	const controller = new Proxy({} as CockpitController, {
		get: (_, part) => new Proxy(note(String(part)), {get: (__, name) => note(`${String(part)}.${String(name)}`)}),
	});
	const state = store.getState();
	const binding = findBinding(allBindings, activeScopes(state), key);
	if (!binding) throw new Error(`no key ${key} in ${activeScopes(state).join(', ')}`);
	const refusal = binding.refusal?.(state);
	if (refusal !== undefined) return {refusal, asked};
	binding.run({store, controller, terminal: {exit: () => undefined, suspend: () => undefined}});
	return {asked};
};
