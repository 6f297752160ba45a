import type {Command} from '../domain/command.ts';

type NodeProgram = {
	readonly node: string;
	readonly text: string;
	readonly about: Readonly<Record<string, unknown>>;
};

/** What a shell program needs to run one by itself: Node, its source, its data. */
export const nodeWords = ({node, text, about}: NodeProgram): readonly [string, string, string] => [
	node,
	text.trim(),
	JSON.stringify(about),
];

/**
 * A constant program for the Node of a host, with data as one JSON parameter: for what is to be read from `/proc` or
 * from PM2, which is beyond a shell. `text` is source code (CommonJS, Node 14); values go in `about`, never into `text`.
 */
export const nodeProgram = (label: string, options: NodeProgram): Command => {
	const [node, text, about] = nodeWords(options);
	return {argv: [node, '-e', text, '--', about], label};
};
