import type {Binding, KeyScope} from './binding.ts';

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
