import * as z from 'zod';
import {isRecord, valueAt} from './data.ts';
import {didYouMean} from './did-you-mean.ts';
import {Fault, type ConfigProblem, type Path} from '../problem.ts';
import type {YamlFile} from './yaml-file.ts';

const separator = ', ';

/**
 * An object that knows its keys and no others. The message of an unknown key is the list of known ones,
 * which is what a suggestion is made from.
 */
export const strictObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
	z.strictObject(shape, {
		error: issue => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(separator) : undefined),
	});

/** Refuses what a schema checks, or a value inside of it. */
export const addProblem = (context: z.RefinementCtx, path: Path, message: string, fix: string): void =>
	context.addIssue({code: 'custom', path: [...path], message, params: {fix}});

/** A field read from text. What `read` refuses becomes a problem at that value. */
export const text = <Value>(read: (value: string) => Value | Fault) =>
	z.string().transform((value, context): Value => {
		const result = read(value);
		if (!(result instanceof Fault)) return result;
		addProblem(context, [], result.problem, result.fix);
		return z.NEVER;
	});

const inWords: Readonly<Record<string, string>> = {
	string: 'text',
	number: 'a number',
	int: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	tuple: 'a list',
	object: 'keys with values',
	record: 'keys with values',
	null: 'nothing',
};

const describe = (value: unknown): string => {
	if (typeof value === 'string') return `text ${JSON.stringify(value.slice(0, 60))}`;
	if (typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${value}`;
	if (Array.isArray(value)) return 'a list';
	return isRecord(value) ? 'keys with values' : 'nothing';
};

const typeFix = (expected: string, found: unknown): string => {
	if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean'))
		return 'put quotes around it';
	if (expected === 'number' && typeof found === 'string') return 'write a number without quotes';
	return `write ${inWords[expected] ?? expected}`;
};

const choiceFix = (found: unknown, values: readonly unknown[]): string => {
	const known = values.map(String);
	const guess = typeof found === 'string' ? didYouMean(found, known) : undefined;
	return guess === undefined
		? `use ${known.length === 1 ? '' : 'one of '}${known.join(separator)}`
		: `did you mean ${guess}?`;
};

const unknownChoice = (found: unknown, values: readonly unknown[]): readonly [string, string] => [
	found === undefined ? 'is missing' : `${describe(found)} is not known here`,
	choiceFix(found, values),
];

/** What became of keys that earlier versions had. */
const movedKeys: ReadonlyMap<string, string> = new Map([
	[
		'beforeMigrate',
		'write hooks: {beforeMigrate: [{id: database-snapshot, run: [...], where: host}]} in its place, with what it had as run',
	],
]);

const unknownKeyFix = (key: string, known: string): string => {
	const moved = movedKeys.get(key);
	if (moved !== undefined) return moved;
	const guess = didYouMean(key, known.split(separator));
	return guess === undefined ? `remove it; known here: ${known}` : `did you mean ${guess}?`;
};

const limits = (
	issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
	found: unknown,
): readonly [string, string] => {
	const [word, limit] =
		issue.code === 'too_small'
			? [issue.inclusive === false ? 'more than' : 'at least', issue.minimum]
			: [issue.inclusive === false ? 'less than' : 'at most', issue.maximum];
	return Array.isArray(found)
		? [`has ${found.length} ${found.length === 1 ? 'entry' : 'entries'}`, `give ${word} ${String(limit)}`]
		: [`${String(found)} is too ${issue.code === 'too_small' ? 'small' : 'large'}`, `use ${word} ${String(limit)}`];
};

const explain = (yaml: YamlFile, issue: z.core.$ZodIssue): readonly ConfigProblem[] => {
	const path = issue.path.filter(part => typeof part !== 'symbol');
	const found = valueAt(yaml.data, path);
	switch (issue.code) {
		case 'unrecognized_keys':
			return issue.keys.map(key =>
				yaml.problem([...path, key], 'unknown key', unknownKeyFix(key, issue.message), 'key'),
			);
		case 'invalid_type':
			return found === undefined
				? [yaml.problem(path, 'is missing', `add it: ${inWords[issue.expected] ?? issue.expected}`)]
				: [
						yaml.problem(
							path,
							`expected ${inWords[issue.expected] ?? issue.expected}, found ${describe(found)}`,
							typeFix(issue.expected, found),
						),
					];
		case 'invalid_value':
			return [yaml.problem(path, ...unknownChoice(found, issue.values))];
		case 'invalid_key':
			return issue.issues.flatMap(inner => explain(yaml, {...inner, path: issue.path}));
		case 'too_small':
		case 'too_big':
			return [yaml.problem(path, ...limits(issue, found))];
		case 'custom':
			return [yaml.problem(path, issue.message, String(issue.params?.['fix'] ?? 'correct the value'))];
		case 'invalid_union':
			if (issue.inclusive === false || issue.options === undefined) break;
			return [yaml.problem(path, ...unknownChoice(found, issue.options))];
		case 'invalid_format':
		case 'not_multiple_of':
		case 'invalid_element':
			break;
	}
	return [yaml.problem(path, issue.message, 'correct the value')];
};

/** What a schema found wrong with a parsed file, in words of the file rather than of the schema. */
export const schemaProblems = (yaml: YamlFile, error: z.ZodError): readonly ConfigProblem[] =>
	error.issues.flatMap(issue => explain(yaml, issue));
