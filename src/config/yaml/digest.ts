import {createHash} from 'node:crypto';
import {isRecord} from './data.ts';

/** JSON with sorted keys and no blanks: the same text for the same value, however it was written down. */
const canonicalJson = (value: unknown): string => {
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	if (!isRecord(value)) return JSON.stringify(value);
	const entries = Object.keys(value)
		.filter(key => value[key] !== undefined)
		.sort()
		.map(key => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
	return `{${entries.join(',')}}`;
};

/** Lower-case hex sha256 over plain data. A key that is undefined counts as absent. */
export const digestOfData = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');
