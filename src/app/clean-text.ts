import {withoutSecrets} from '../domain/logs/mask.ts';
import {sanitise} from '../domain/sanitise.ts';

/** A value from a host with every text in it made safe to show: nothing a terminal would obey, and no secret. */
export const cleanText = <Value>(value: Value): Value => clean(value) as Value;

/** Digests and hashes hold neither, and are most of what a ledger says. */
const isDigest = /^[\da-f]{40,64}$/;

/** What is said again and again: names, keys, items. Emptied when it is full, so that it never grows on. */
const again = new Map<string, string>();
const mostAgain = 20_000;
const longestAgain = 200;

const cleanOne = (text: string): string => {
	if (isDigest.test(text)) return text;
	const known = again.get(text);
	if (known !== undefined) return known;
	const cleaned = withoutSecrets(sanitise(text));
	if (text.length > longestAgain) return cleaned;
	if (again.size >= mostAgain) again.clear();
	again.set(text, cleaned);
	return cleaned;
};

const clean = (value: unknown): unknown => {
	if (typeof value === 'string') return cleanOne(value);
	if (typeof value !== 'object' || value === null) return value;
	// What holds nothing of it stays the value it is: most do, and a copy of a long ledger costs as much as reading it.
	if (Array.isArray(value)) return value.every(part => clean(part) === part) ? value : value.map(clean);
	const parts = Object.entries(value);
	return parts.every(([, part]) => clean(part) === part)
		? value
		: Object.fromEntries(parts.map(([name, part]) => [name, clean(part)]));
};
