import {isGroup, isMark, isWord, type Group, type Node} from './code.ts';
import {isForeign, laravelName, runsCode} from './runs-code.ts';

/** What runs although it stands in no method that is read. */
export type Beside = {readonly line: number; readonly why: string};

/** The class of a file that is the migration: its methods by name in small letters, and what runs beside them. */
export type MigrationClass = {readonly methods: ReadonlyMap<string, Group>; readonly beside: readonly Beside[]};

type Declared = {
	/** None of an anonymous one. */
	readonly name: string | undefined;
	/** Between `class` and its body. */
	readonly head: readonly Node[];
	readonly body: Group;
	/** And no trait, interface or enum. */
	readonly isClass: boolean;
};

type Parts = {
	readonly classes: Declared[];
	readonly imports: {readonly short: string; readonly full: string; readonly line: number}[];
	readonly beside: Beside[];
	/** Nodes of what the file returns. */
	returned?: readonly Node[];
};

const textOf = (node: Node | undefined): string | undefined => (node?.kind === 'name' ? node.text : undefined);

const lastName = (name: string): string => name.slice(name.lastIndexOf('\\') + 1);

/** Behind the `;` or the block with which what begins at `at` ends. */
const endOf = (nodes: readonly Node[], at: number): number => {
	const end = nodes.findIndex((node, index) => index >= at && (isMark(node, ';') || isGroup(node, '{')));
	return end < 0 ? nodes.length : end + 1;
};

const modifiers = ['abstract', 'final', 'readonly'];

/** The class that begins at `at`, and where it ends; undefined where none does. */
const classAt = (nodes: readonly Node[], at: number): {readonly found: Declared; readonly end: number} | undefined => {
	const start = nodes.findIndex((node, index) => index >= at && !isWord(node, ...modifiers));
	if (!isWord(nodes[start], 'class', 'trait', 'interface', 'enum')) return undefined;
	const end = endOf(nodes, start);
	const body = nodes[end - 1];
	if (!isGroup(body, '{')) return undefined;
	const isNamed = textOf(nodes[start + 1]) !== undefined && !isWord(nodes[start + 1], 'extends', 'implements');
	return {
		found: {
			name: isNamed ? textOf(nodes[start + 1]) : undefined,
			head: nodes.slice(isNamed ? start + 2 : start + 1, end - 1),
			body,
			isClass: isWord(nodes[start], 'class'),
		},
		end,
	};
};

/** `use A\B as C, D;`, `use A\{B, C};` */
const importsOf = (nodes: readonly Node[], prefix = ''): Parts['imports'] =>
	nodes.flatMap((node, at) => {
		if (isGroup(node, '{')) return importsOf(node.nodes, textOf(nodes[at - 1]) ?? '');
		if (node.kind !== 'name' || isWord(node, 'as', 'function', 'const')) return [];
		if (isWord(nodes[at - 1], 'as') || isGroup(nodes[at + 1], '{')) return [];
		const short = isWord(nodes[at + 1], 'as') ? textOf(nodes[at + 2]) : lastName(node.text);
		return [{short: short ?? '', full: `${prefix}${node.text}`, line: node.line}];
	});

const isImport = (nodes: readonly Node[]): boolean =>
	nodes.every(node => node.kind === 'name' || isMark(node, ',') || (isGroup(node, '{') && isImport(node.nodes)));

/** What a file declares, and what of it runs as soon as it is read. */
const partsOf = (nodes: readonly Node[]): Parts => {
	const parts: Parts = {classes: [], imports: [], beside: []};
	let at = 0;
	while (at < nodes.length) {
		const node = nodes[at];
		const line = node?.line ?? 1;
		const declared = classAt(nodes, at);
		const mark = nodes.findIndex((later, index) => index >= at && isMark(later, ';'));
		const end = mark < 0 ? nodes.length : mark;
		const rest = nodes.slice(at + 1, end);
		if (isMark(node, ';')) at += 1;
		else if (declared) {
			parts.classes.push(declared.found);
			at = declared.end;
		} else if (isWord(node, 'use') && isImport(rest)) {
			parts.imports.push(...importsOf(rest));
			if (isWord(rest[0], 'function'))
				parts.beside.push({line, why: 'a function of another namespace is called by a short name'});
			at = end;
		} else if (isWord(node, 'function') && textOf(nodes[at + 1]) !== undefined) at = endOf(nodes, at);
		else if (isWord(node, 'return') && !parts.returned) {
			parts.returned = rest;
			at = end;
		} else if (isStrict(node, rest)) at = end;
		else {
			const why = isWord(node, 'namespace')
				? 'short names are those of its namespace, which is not followed'
				: 'code outside of the class runs as soon as the file is read';
			parts.beside.push({line, why});
			at = Math.max(endOf(nodes, at), at + 1);
		}
	}
	return parts;
};

/** `declare(strict_types=1)` */
const isStrict = (node: Node | undefined, [first, ...more]: readonly Node[]): boolean =>
	isWord(node, 'declare') && more.length === 0 && isGroup(first, '(') && isWord(first.nodes[0], 'strict_types');

/** `create_users_table` is `CreateUsersTable`, as Laravel finds the class of a file that returns none. */
const studly = (migration: string): string =>
	migration
		.replace(/^\d{4}_\d{2}_\d{2}_\d{6}_/, '')
		.split(/[_-]/)
		.map(word => word.charAt(0).toUpperCase() + word.slice(1))
		.join('');

/** The class that the migrator makes of the file; undefined where it can't be told. */
const chosen = ({classes, returned}: Parts, migration: string): Declared | undefined => {
	if (returned) {
		const [first, second, third] = returned;
		if (!isWord(first, 'new')) return undefined;
		const anonymous = classAt(returned, 1);
		if (anonymous) return anonymous.end === returned.length ? anonymous.found : undefined;
		const isPlain =
			returned.length === 2 || (returned.length === 3 && isGroup(third, '(') && third.nodes.length === 0);
		return isPlain ? classes.find(({name}) => name === textOf(second)) : undefined;
	}
	const [only, ...others] = classes.filter(({isClass}) => isClass);
	return classes.find(({name}) => name === studly(migration)) ?? (others.length === 0 ? only : undefined);
};

/** What the head of a class says that is not followed: arguments, a parent that is not Laravel's. */
const headBeside = (head: readonly Node[], line: number): readonly Beside[] => {
	const [first] = head;
	const given =
		isGroup(first, '(') && first.nodes.length > 0 ? [{line, why: 'its class is made with arguments'}] : [];
	const at = head.findIndex(node => isWord(node, 'extends'));
	const parent = textOf(head[at + 1]);
	return at < 0 || (parent !== undefined && laravelName(parent) === 'Migration')
		? given
		: [...given, {line, why: `its class extends ${parent ?? 'another'}, which is not read`}];
};

type Members = {readonly methods: Map<string, Group>; readonly beside: Beside[]};

/** Methods that the migrator, or PHP by itself, calls beside `up()` and `down()`. */
const isCalled = (name: string): boolean => name.startsWith('__') || name === 'getconnection';

const membersOf = ({nodes}: Group): Members => {
	const members: Members = {methods: new Map(), beside: []};
	let at = 0;
	while (at < nodes.length) {
		const end = Math.max(endOf(nodes, at), at + 1);
		const member = nodes.slice(at, end);
		const line = member[0]?.line ?? 1;
		const named = member.findIndex(node => isWord(node, 'function'));
		if (isWord(member[0], 'use')) members.beside.push({line, why: 'its class uses a trait, which is not read'});
		else if (named >= 0 && !member.slice(0, named).some(node => isMark(node, '=')))
			addMethod(members, member.slice(named));
		else if (member.some(node => isGroup(node, '{') || isGroup(node, '(')) || runsCode(member))
			members.beside.push({line, why: 'a property of its class is made by code'});
		at = end;
	}
	return members;
};

const addMethod = ({methods, beside}: Members, nodes: readonly Node[]): void => {
	const name =
		nodes
			.map(textOf)
			.slice(1)
			.find(text => text !== undefined)
			?.toLowerCase() ?? '';
	const [line, body] = [nodes[0]?.line ?? 1, nodes.at(-1)];
	const given = nodes.find(node => isGroup(node, '('));
	if (isCalled(name)) beside.push({line, why: `${name}() runs too`});
	if ((name === 'up' || name === 'down') && isGroup(given, '(') && given.nodes.length > 0)
		beside.push({line, why: `${name}() takes arguments`});
	if (isGroup(body, '{')) methods.set(name, body);
};

/** Names that stand for something else here than they do in Laravel. */
const foreign = ({imports, classes}: Parts): readonly Beside[] => [
	...imports
		.filter(
			({short, full}) => isForeign(short, full) && full.replace(/^\\/, '').toLowerCase() !== short.toLowerCase(),
		)
		.map(({short, full, line}) => ({line, why: `${short} is ${full}, which is not read`})),
	...classes.flatMap(({name, body}) =>
		name !== undefined && isForeign(name, `here\\${name}`)
			? [{line: body.line, why: `${name} is a class of this file`}]
			: [],
	),
];

/** The migration of a file; undefined where it has no class that is known to be it. */
export const migrationClass = (nodes: readonly Node[], migration: string): MigrationClass | undefined => {
	const parts = partsOf(nodes);
	const found = chosen(parts, migration);
	if (!found) return undefined;
	const {methods, beside} = membersOf(found.body);
	return {
		methods,
		beside: [...parts.beside, ...foreign(parts), ...headBeside(found.head, found.body.line), ...beside],
	};
};
