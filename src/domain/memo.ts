/**
 * A function of an object that is never changed, worked out once for each such object and kept as long as it is. Who
 * asks with the same object gets the same answer, so that nothing is drawn again for it.
 */
export const memoOn = <Key extends object, Value>(work: (key: Key) => Value): ((key: Key) => Value) => {
	const kept = new WeakMap<Key, {readonly value: Value}>();
	return key => {
		const found = kept.get(key) ?? {value: work(key)};
		kept.set(key, found);
		return found.value;
	};
};
