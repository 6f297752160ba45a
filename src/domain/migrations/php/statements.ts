import {isGroup, isMark, isWord, splitAt, type Node} from './code.ts';
import {laravelName, runsCode} from './runs-code.ts';

/** What is known of an argument without running anything. */
export type Value =
	| {readonly kind: 'text'; readonly text: string}
	| {readonly kind: 'number'; readonly number: number}
	/** `true`, `null`, a constant. */
	| {readonly kind: 'constant'; readonly name: string}
	| {readonly kind: 'list'; readonly items: readonly Value[]}
	/** `User::class` */
	| {readonly kind: 'class'; readonly name: string}
	/** `DB::raw('now()')` */
	| {readonly kind: 'raw'; readonly text: string}
	| {
			readonly kind: 'closure';
			readonly parameter: string;
			readonly statements: readonly Statement[];
			/** It calls what nobody here has read. */
			readonly runsCode: boolean;
	  }
	| {readonly kind: 'other'};

/** `isProperty`: nothing is called, a property is meant. `runsCode`: an argument calls what nobody here has read. */
export type Call = {
	readonly name: string;
	readonly args: readonly Value[];
	readonly isProperty?: true;
	readonly runsCode?: true;
};

/** One statement of a body, as far as it can be read. */
export type Statement = {readonly line: number} & (
	| {
			readonly kind: 'chain';
			/** A class without its namespace, or a variable with its `$`. */
			readonly root: string;
			readonly calls: readonly Call[];
			/** The variable it is assigned to. */
			readonly into?: string;
	  }
	/** Whether, or how often, what is inside happens is known on the host only. */
	| {readonly kind: 'control'; readonly word: string; readonly inside: readonly Statement[]}
	| {readonly kind: 'throw'}
	/** `value`: what is done before it returns. */
	| {readonly kind: 'return'; readonly value?: Statement}
	/** A property is set, or a variable to what does nothing. */
	| {readonly kind: 'assignment'; readonly root: string}
	| {readonly kind: 'other'}
);

const controls = [
	'if',
	'elseif',
	'else',
	'for',
	'foreach',
	'while',
	'do',
	'switch',
	'try',
	'catch',
	'finally',
	'declare',
];

const isArrow = (node: Node | undefined): boolean => isMark(node, '->') || isMark(node, '?->') || isMark(node, '::');

const baseName = (name: string): string => name.slice(name.lastIndexOf('\\') + 1);

/** Statements of the nodes of a body. */
export const statementsOf = (nodes: readonly Node[]): readonly Statement[] => {
	const statements: Statement[] = [];
	let rest = nodes;
	while (rest.length > 0) {
		const end = endOf(rest);
		const part = rest.slice(0, end);
		rest = rest.slice(end + (isMark(rest[end], ';') ? 1 : 0));
		const [first] = part;
		if (part.length === 1 && isGroup(first, '{')) statements.push(...statementsOf(first.nodes));
		else if (part.length > 0) statements.push(statementOf(part));
	}
	return statements;
};

/** Where the first statement ends: before its `;`, or behind the block of a control structure. */
const endOf = (nodes: readonly Node[]): number => {
	const isBlock = isWord(nodes[0], ...controls) || isGroup(nodes[0], '{');
	const end = nodes.findIndex(node => isMark(node, ';') || (isBlock && isGroup(node, '{')));
	if (end < 0) return nodes.length;
	return isMark(nodes[end], ';') ? end : end + 1;
};

const lineOf = ([first]: readonly Node[]): number => first?.line ?? 0;

const statementOf = (nodes: readonly Node[]): Statement => {
	const line = lineOf(nodes);
	const [first] = nodes;
	if (isWord(first, ...controls)) return controlOf(nodes, line);
	if (isWord(first, 'throw')) return {kind: 'throw', line};
	if (isWord(first, 'return'))
		return nodes.length === 1 || (nodes.length === 2 && nodes[1]?.kind !== 'group' && !runsCode(nodes))
			? {kind: 'return', line}
			: {kind: 'return', value: statementOf(nodes.slice(1)), line};
	return chainOf(nodes, line) ?? assignmentOf(nodes, line) ?? {kind: 'other', line};
};

/** What is in it may happen: it is read, and told beside the control itself. */
const controlOf = (nodes: readonly Node[], line: number): Statement => {
	const word = nodes[0]?.kind === 'name' ? nodes[0].text.toLowerCase() : '';
	const isHead = isGroup(nodes[1], '(');
	const body = nodes.slice(isHead ? 2 : 1);
	const [block] = body;
	const inside = isGroup(block, '{') ? statementsOf(block.nodes) : body.length > 0 ? [statementOf(body)] : [];
	return {kind: 'control', word, inside, line};
};

/** `$table->engine = 'InnoDB'`, `$name = 'x'`; nothing where something is called in it. */
const assignmentOf = (nodes: readonly Node[], line: number): Statement | undefined => {
	const at = nodes.findIndex(node => isMark(node, '='));
	const [first] = nodes;
	if (at < 1 || first?.kind !== 'variable' || runsCode(nodes)) return undefined;
	const value = valueOf(nodes.slice(at + 1));
	return value.kind === 'other' || value.kind === 'closure'
		? undefined
		: {kind: 'assignment', root: first.text, line};
};

const chainOf = (nodes: readonly Node[], line: number): Statement | undefined => {
	const [first, second] = nodes;
	if (first?.kind === 'variable' && isMark(second, '=')) {
		const assigned = chainOf(nodes.slice(2), line);
		return assigned?.kind === 'chain' ? {...assigned, into: first.text} : undefined;
	}
	if (first?.kind !== 'variable' && first?.kind !== 'name') return undefined;
	const calls: Call[] = [];
	let at = 1;
	// A function of nobody: `dd('x')`.
	if (first.kind === 'name' && isGroup(second, '(')) return undefined;
	while (isArrow(nodes[at])) {
		const called = nodes[at + 1];
		if (called?.kind !== 'name' && called?.kind !== 'variable') return undefined;
		const args = nodes[at + 2];
		if (isGroup(args, '(')) calls.push({name: called.text, ...argsOf(args.nodes)});
		else calls.push({name: called.text, args: [], isProperty: true});
		at += isGroup(args, '(') ? 3 : 2;
	}
	if (at !== nodes.length || calls.length === 0) return undefined;
	const root = first.kind === 'name' ? laravelName(first.text) : first.text;
	return {kind: 'chain', root, calls, line};
};

/** `name: value` of PHP 8. */
const isNamed = ([first, second]: readonly Node[]): boolean => first?.kind === 'name' && isMark(second, ':');

/** Names of arguments that stand where they would stand without them. */
const inPlace = ['callback', 'length', 'to', 'value', 'columns', 'column', 'total'];

const argsOf = (nodes: readonly Node[]): Pick<Call, 'args' | 'runsCode'> => {
	const parts = splitAt(nodes, ',');
	const args = parts.map((part, at): Value => {
		if (!isNamed(part)) return valueOf(part);
		return at === 0 || isWord(part[0], ...inPlace) ? valueOf(part.slice(2)) : {kind: 'other'};
	});
	const isUnread =
		(isNamed(parts[0] ?? []) && parts.length > 1) ||
		parts.some((part, at) => args[at]?.kind !== 'closure' && runsCode(isNamed(part) ? part.slice(2) : part));
	return {args, ...(isUnread ? {runsCode: true} : {})};
};

const valueOf = (nodes: readonly Node[]): Value => {
	const [first, second, third] = nodes;
	if (nodes.length === 1 && first) return single(first);
	if (isWord(first, 'array') && isGroup(second, '(') && nodes.length === 2) return listOf(second.nodes);
	if (nodes.length === 2 && isMark(first, '-') && second?.kind === 'number')
		return {kind: 'number', number: -Number(second.text)};
	if (nodes.length === 3 && first?.kind === 'name' && isMark(second, '::') && isWord(third, 'class'))
		return {kind: 'class', name: baseName(first.text)};
	return closureOf(nodes) ?? rawOf(nodes) ?? joined(nodes) ?? {kind: 'other'};
};

/** `DB::raw('...')`, `new Expression('...')` */
const rawOf = (nodes: readonly Node[]): Value | undefined => {
	const [first, second, third, last] = nodes;
	const isRaw =
		nodes.length === 4 &&
		first?.kind === 'name' &&
		laravelName(first.text) === 'DB' &&
		isMark(second, '::') &&
		isWord(third, 'raw');
	const isExpression = nodes.length === 3 && isWord(first, 'new') && isWord(second, 'expression');
	const args = isRaw ? last : isExpression ? third : undefined;
	const value = isGroup(args, '(') ? valueOf(args.nodes) : undefined;
	return value?.kind === 'text' ? {kind: 'raw', text: value.text} : undefined;
};

const single = (node: Node): Value => {
	if (node.kind === 'string') return node.value === undefined ? {kind: 'other'} : {kind: 'text', text: node.value};
	if (node.kind === 'number') {
		const number = Number(node.text.replaceAll('_', ''));
		return Number.isNaN(number) ? {kind: 'other'} : {kind: 'number', number};
	}
	if (node.kind === 'name') return {kind: 'constant', name: node.text.toLowerCase()};
	return isGroup(node, '[') ? listOf(node.nodes) : {kind: 'other'};
};

const listOf = (nodes: readonly Node[]): Value => ({kind: 'list', items: splitAt(nodes, ',').map(valueOf)});

/** `'a'.'b'` */
const joined = (nodes: readonly Node[]): Value | undefined => {
	if (!nodes.some(node => isMark(node, '.'))) return undefined;
	const parts = splitAt(nodes, '.').map(valueOf);
	return parts.every(part => part.kind === 'text')
		? {kind: 'text', text: parts.map(({text}) => text).join('')}
		: undefined;
};

const closureOf = (nodes: readonly Node[]): Value | undefined => {
	const rest = isWord(nodes[0], 'static') ? nodes.slice(1) : nodes;
	if (!isWord(rest[0], 'function', 'fn')) return undefined;
	const parameters = rest.find(node => isGroup(node, '('));
	const given = isGroup(parameters, '(') ? parameters.nodes : [];
	// A standard value may be made by code.
	if (given.some(({kind}) => kind === 'group')) return undefined;
	const parameter = given.find(node => node.kind === 'variable');
	const name = parameter?.kind === 'variable' ? parameter.text : '';
	const closure = (statements: readonly Statement[]): Value => ({
		kind: 'closure',
		parameter: name,
		statements,
		runsCode: runsCode(nodes),
	});
	const arrow = rest.findIndex(node => isMark(node, '=>'));
	if (isWord(rest[0], 'fn') && arrow > 0) return closure([statementOf(rest.slice(arrow + 1))]);
	const body = rest.at(-1);
	return isGroup(body, '{') ? closure(statementsOf(body.nodes)) : undefined;
};
