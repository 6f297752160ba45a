import {phpTokens, type PhpToken} from './tokens.ts';

/** A pair of brackets and what stands in it. */
export type Group = {
	readonly kind: 'group';
	readonly open: '(' | '[' | '{';
	readonly nodes: readonly Node[];
	readonly line: number;
};

export type Node = PhpToken | Group;

const pairs: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}', '#[': ']'};

/** PHP source as tokens in their brackets. Undefined where brackets do not match: then nothing can be said of it. */
export const phpCode = (text: string): readonly Node[] | undefined => {
	const outer: Node[] = [];
	const open: {token: PhpToken; nodes: Node[]}[] = [];
	for (const token of phpTokens(text)) {
		const {nodes} = open.at(-1) ?? {nodes: outer};
		if (token.kind !== 'mark') nodes.push(token);
		else if (pairs[token.text] !== undefined) open.push({token, nodes: []});
		else if (token.text === ')' || token.text === ']' || token.text === '}') {
			const last = open.pop();
			if (!last || pairs[last.token.text] !== token.text) return undefined;
			// An attribute says nothing that is asked here.
			if (last.token.text !== '#[')
				(open.at(-1)?.nodes ?? outer).push({
					kind: 'group',
					open: last.token.text as Group['open'],
					nodes: last.nodes,
					line: last.token.line,
				});
		} else nodes.push(token);
	}
	return open.length === 0 ? outer : undefined;
};

export const isMark = (node: Node | undefined, text: string): boolean => node?.kind === 'mark' && node.text === text;

/** Names of PHP's own are the same in any case. */
export const isWord = (node: Node | undefined, ...words: readonly string[]): boolean =>
	node?.kind === 'name' && words.includes(node.text.toLowerCase());

export const isGroup = (node: Node | undefined, open: Group['open']): node is Group =>
	node?.kind === 'group' && node.open === open;

/** Nodes between marks of this text; nothing where there are no nodes. */
export const splitAt = (nodes: readonly Node[], text: string): readonly (readonly Node[])[] => {
	const parts: Node[][] = [[]];
	for (const node of nodes) {
		if (isMark(node, text)) parts.push([]);
		else parts.at(-1)?.push(node);
	}
	return parts.filter(part => part.length > 0);
};
