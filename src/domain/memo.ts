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

/** The same answer as long as the arguments are the same ones: what draws and what reads keys ask again and again. */
export const once = <Given extends readonly unknown[], Answer>(work: (...given: Given) => Answer) => {
	let last: {readonly given: Given; readonly answer: Answer} | undefined;
	return (...given: Given): Answer => {
		const {given: before, answer} = last ?? {};
		const isSame = before?.length === given.length && before.every((one, index) => one === given[index]);
		if (isSame && answer !== undefined) return answer;
		const next = work(...given);
		last = {given, answer: next};
		return next;
	};
};
