import {withoutSecrets} from '../domain/logs/mask.ts';
import {sanitise} from '../domain/sanitise.ts';

/** A value from a host with every text in it made safe to show: nothing a terminal would obey, and no secret. */
export const cleanText = <Value>(value: Value): Value => clean(value) as Value;

const clean = (value: unknown): unknown => {
	if (typeof value === 'string') return withoutSecrets(sanitise(value));
	if (Array.isArray(value)) return value.map(clean);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part)]));
};
