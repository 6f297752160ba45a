import type {HttpCheck} from '../environments/watched.ts';
import type {ProbeAnswer} from '../ports.ts';
import type {ProbeFinding} from './probe.ts';

/** What an answer must be like. */
export type HttpExpectation = Pick<HttpCheck, 'status' | 'withinMs' | 'contains' | 'jsonKeys' | 'headers'>;

/** Where a redirect leads, without what may be a token. */
const leadsTo = (headers: ProbeAnswer['headers']): string => {
	const location = headers?.['location'];
	return location === undefined ? '' : ` to ${location.replace(/[?#].*$/s, '')}`;
};

const hasKey = (value: unknown, path: string): boolean => {
	let at = value;
	for (const name of path.split('.')) {
		if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return false;
		at = (at as Readonly<Record<string, unknown>>)[name];
	}
	return true;
};

const jsonIn = (text: string): unknown => {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
};

/** What of the answer is not as it must be, the first of it; undefined when all is. */
const mismatch = (
	{status, withinMs, contains, jsonKeys, headers}: HttpExpectation,
	{durationMs, body, isCut, headers: got = {}}: ProbeAnswer,
	answered: number,
): string | undefined => {
	if (answered !== status) return `${answered}${leadsTo(got)}, not ${status}`;
	for (const [name, text] of Object.entries(headers ?? {})) {
		const value = got[name];
		if (value === undefined) return `${answered} without the header ${name}`;
		if (!value.includes(text)) return `${answered}, header ${name} without ${JSON.stringify(text)}`;
	}
	if (contains !== undefined && !body.includes(contains)) return `${answered} without ${JSON.stringify(contains)}`;
	if (jsonKeys !== undefined) {
		const value = jsonIn(body);
		if (value === undefined) return `${answered}, ${isCut === true ? 'too long to read as' : 'but not'} JSON`;
		const missing = jsonKeys.find(key => !hasKey(value, key));
		if (missing !== undefined) return `${answered} without the key ${missing}`;
	}
	const tookMs = Math.round(durationMs);
	return withinMs !== undefined && durationMs > withinMs ? `${tookMs} ms, limit ${withinMs} ms` : undefined;
};

/** Judges one answer. One that never came is as bad as a wrong one: users see the same. */
export const judgeHttp = (
	expected: HttpExpectation,
	answer: ProbeAnswer,
): Pick<ProbeFinding, 'state' | 'value' | 'unit' | 'limit' | 'text' | 'parts'> => {
	const {outcome, durationMs, parts, redirects} = answer;
	const limit = expected.withinMs === undefined ? {} : {limit: expected.withinMs};
	if ('error' in outcome) return {state: 'fail', unit: 'ms', ...limit, text: outcome.error};
	const value = Math.round(durationMs);
	const wrong = mismatch(expected, answer, outcome.status);
	const via = redirects === undefined ? '' : ` after ${redirects.count} redirects, at ${redirects.last}`;
	return {
		state: wrong === undefined ? 'pass' : 'fail',
		value,
		unit: 'ms',
		...limit,
		...(parts === undefined ? {} : {parts}),
		text: `${wrong ?? `${outcome.status} in ${value} ms`}${via}`,
	};
};
