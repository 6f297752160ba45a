import {isGroup, isMark, isWord, type Node} from './code.ts';

/** Full names of Laravel's own that are read, in small letters, by the short one. */
const laravelNames: Readonly<Record<string, readonly string[]>> = {
	Schema: [String.raw`illuminate\support\facades\schema`],
	DB: [String.raw`illuminate\support\facades\db`],
	Expression: [String.raw`illuminate\database\query\expression`],
	Str: [String.raw`illuminate\support\str`],
	Hash: [String.raw`illuminate\support\facades\hash`],
	Carbon: [String.raw`illuminate\support\carbon`, String.raw`carbon\carbon`],
	Migration: [String.raw`illuminate\database\migrations\migration`],
	Blueprint: [String.raw`illuminate\database\schema\blueprint`],
};

const withoutSlash = (name: string): string => name.replace(/^\\/, '');

/** `Schema` for each name of Laravel's that is it; another name as it stands. */
export const laravelName = (name: string): string => {
	const full = withoutSlash(name);
	const isFull = ([, names]: [string, readonly string[]]): boolean => names.includes(full.toLowerCase());
	return Object.entries(laravelNames).find(isFull)?.[0] ?? full;
};

/** Whether a short name means something else than it does in Laravel, once it stands for `full`. */
export const isForeign = (short: string, full: string): boolean => {
	const own = Object.keys(laravelNames).find(name => name.toLowerCase() === short.toLowerCase());
	return own !== undefined && laravelName(full).toLowerCase() !== own.toLowerCase();
};

/** Words before a bracket that call nothing. */
const words = new Set(
	'return fn function use array isset empty list if elseif while foreach for switch and or xor'.split(' '),
);

/** Functions and methods that make a value and do nothing else. */
const plainFunctions = new Set(
	'now today config env count strtolower strtoupper ucfirst implode sprintf json_encode date time'.split(' '),
);
const plainStatics = new Set(
	'DB::raw Str::uuid Str::ulid Str::random Str::slug Hash::make Carbon::now Carbon::today Carbon::parse'.split(' '),
);

/** What is asked of the query that a closure is given. */
const ofQuery = /^(?:or)?(?:where|having|on)\w*$|^(?:select|from|join|leftJoin|orderBy|groupBy|limit|latest)(?:Raw)?$/i;

const acting = [
	'include',
	'include_once',
	'require',
	'require_once',
	'eval',
	'exit',
	'die',
	'echo',
	'print',
	'throw',
	'yield',
	'clone',
	'match',
	'goto',
];

const isArrow = (node: Node | undefined): boolean => isMark(node, '->') || isMark(node, '?->');

/** Where the chain begins of which the arrow at `at` is one. */
const rootOf = (nodes: readonly Node[], at: number): number => {
	const left = isGroup(nodes[at - 1], '(') ? at - 2 : at - 1;
	const before = nodes[left - 1];
	return isArrow(before) ? rootOf(nodes, left - 1) : left;
};

const isPlainCall = (nodes: readonly Node[], at: number, own: ReadonlySet<string>): boolean => {
	const called = nodes[at - 1];
	if (called?.kind === 'mark' || called === undefined) return true;
	if (called.kind !== 'name') return false;
	const before = nodes[at - 2];
	if (isMark(before, '::')) {
		const of = nodes[at - 3];
		return of?.kind === 'name' && plainStatics.has(`${laravelName(of.text)}::${called.text}`);
	}
	if (isWord(before, 'new')) return laravelName(called.text) === 'Expression';
	if (!isArrow(before)) return words.has(called.text.toLowerCase()) || plainFunctions.has(called.text.toLowerCase());
	const root = nodes[rootOf(nodes, at - 2)];
	if (root?.kind === 'variable') return own.has(root.text) && ofQuery.test(called.text);
	// The first call of the chain is looked at by itself: what it gave is asked for more of the same.
	return (
		root?.kind === 'name' &&
		/^(?:now|today|uuid|ulid|parse)$/i.test(root.text) &&
		/^(?:(?:add|sub|to|format)\w*)$/.test(called.text)
	);
};

const parametersOf = (nodes: readonly Node[], at: number): readonly string[] => {
	const given = nodes.slice(at).find(node => isGroup(node, '('));
	return isGroup(given, '(') ? given.nodes.flatMap(node => (node.kind === 'variable' ? [node.text] : [])) : [];
};

/** Whether something is called in these nodes of which nobody here knows what it does. */
export const runsCode = (nodes: readonly Node[], outer: ReadonlySet<string> = new Set()): boolean => {
	const given = nodes.flatMap((node, at) => (isWord(node, 'function', 'fn') ? parametersOf(nodes, at) : []));
	const own = new Set([...outer, ...given]);
	return nodes.some((node, at) => {
		switch (node.kind) {
			case 'group':
				return (node.open === '(' && !isPlainCall(nodes, at, own)) || runsCode(node.nodes, own);
			case 'string':
				// Between backquotes a shell runs it; between double quotes braces may call a method.
				return node.text.startsWith('`') || (node.value === undefined && /\{\$[^}]*\(|\$\{/.test(node.text));
			case 'name': {
				if (isArrow(nodes[at - 1]) || isMark(nodes[at - 1], '::')) return false;
				const made = nodes[at + 1];
				if (isWord(node, 'new')) return made?.kind !== 'name' || laravelName(made.text) !== 'Expression';
				return isWord(node, ...acting);
			}
			case 'variable':
			case 'number':
			case 'mark':
				return false;
		}
	});
};
