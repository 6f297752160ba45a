import {isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit} from 'yaml';
import type {Document, Pair} from 'yaml';
import {formatPath, type ConfigProblem, type Path} from '../problem.ts';

type Place = {readonly line: number; readonly column: number};

/** The content of a YAML 1.2 file, and where each value of it stands. */
export type YamlFile = {
	readonly file: string;
	/** Plain data; undefined when the file has mistakes of syntax. */
	readonly data: unknown;
	/** Mistakes of syntax: indents, tabs, duplicate keys, unresolved aliases and tags. */
	readonly problems: readonly ConfigProblem[];
	/** Place of the value at `path`, or of its key; of the nearest thing around it when it is missing. */
	at(path: Path, where?: 'value' | 'key'): Place;
	/** A problem at a value, or at its key. */
	problem(path: Path, problem: string, fix: string, where?: 'value' | 'key'): ConfigProblem;
};

const yamlFile = (file: string, data: unknown, at: YamlFile['at']): YamlFile => ({
	file,
	data,
	problems: [],
	at,
	problem: (path, problem, fix, where) => ({file, ...at(path, where), path: formatPath(path), problem, fix}),
});

/** A file that could not be read. */
export const brokenYaml = (file: string, problems: readonly ConfigProblem[]): YamlFile => ({
	...yamlFile(file, undefined, () => ({line: 1, column: 1})),
	problems,
});

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));

const pairAt = (node: unknown, key: string | number): Pair | undefined =>
	isMap(node) ? node.items.find(pair => keyOf(pair) === String(key)) : undefined;

const childAt = (node: unknown, key: string | number): unknown =>
	isSeq(node) ? node.items[Number(key)] : pairAt(node, key)?.value;

const offsetOf = (node: unknown): number | undefined => {
	if (isPair(node)) return offsetOf(node.key);
	return isNode(node) ? node.range?.[0] : undefined;
};

/** Walks `path` as far as it exists, through aliases; the last offset met is the best place to point at. */
const find = (document: Document, path: Path, where: 'value' | 'key' = 'value'): number => {
	let node: unknown = document.contents;
	let offset = offsetOf(node) ?? 0;
	let keyOffset = offset;
	for (const part of path) {
		const holder: unknown = isAlias(node) ? node.resolve(document) : node;
		keyOffset = offsetOf(pairAt(holder, part)) ?? offset;
		node = childAt(holder, part);
		offset = offsetOf(node) ?? keyOffset;
	}
	return where === 'key' ? keyOffset : offset;
};

const fixes: Readonly<Record<string, string>> = {
	TAB_AS_INDENT: 'indent with spaces',
	DUPLICATE_KEY: 'keep one of the two',
	BAD_INDENT: 'indent this line like its neighbours',
	MULTIPLE_DOCS: 'one file holds one document: remove the line ---',
	TAG_RESOLVE_FAILED: 'remove the tag',
};

const unresolvedAliases = (document: Document): ReadonlyArray<{offset: number; name: string}> => {
	const found: Array<{offset: number; name: string}> = [];
	visit(document, {
		Alias: (_, alias) => {
			if (!alias.resolve(document)) found.push({offset: offsetOf(alias) ?? 0, name: alias.source});
		},
	});
	return found;
};

/** One wrong bracket makes the parser complain about every line after it; the first complaints are the useful ones. */
const mostProblems = 5;

/** Parses without ever throwing: what cannot be read becomes a problem with its place. */
export const parseYamlFile = (file: string, text: string): YamlFile => {
	const lines = new LineCounter();
	const place = (offset: number): Place => {
		const {line, col} = lines.linePos(offset);
		return {line: Math.max(line, 1), column: Math.max(col, 1)};
	};
	const problem = (offset: number, what: string, fix: string): ConfigProblem => ({
		file,
		...place(offset),
		path: '',
		problem: what,
		fix,
	});

	try {
		const document = parseDocument(text, {lineCounter: lines, prettyErrors: false, logLevel: 'error'});
		const problems = [
			...[...document.errors, ...document.warnings].map(({pos, code, message}) =>
				problem(pos[0], message.replace(/\.$/, ''), fixes[code] ?? 'correct the YAML at this place'),
			),
			...unresolvedAliases(document).map(({offset, name}) =>
				problem(offset, `alias *${name} has no anchor &${name} before it`, 'write the value out'),
			),
		];
		if (problems.length > 0) return brokenYaml(file, problems.slice(0, mostProblems));
		return yamlFile(file, document.toJS(), (path, where) => place(find(document, path, where)));
	} catch (error) {
		// The parser throws for what it cannot hold: too many aliases, nesting deeper than the stack.
		return brokenYaml(file, [
			problem(0, error instanceof Error ? error.message : String(error), 'simplify the file'),
		]);
	}
};
