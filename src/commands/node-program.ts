import type {Command} from '../domain/command.ts';

/**
 * A constant program for the Node of a host, with data as one JSON parameter: for what is to be read from `/proc` or
 * from PM2, which is beyond a shell. `text` is source code (CommonJS, Node 14); values go in `about`, never into `text`.
 */
export const nodeProgram = (
	label: string,
	options: {readonly node: string; readonly text: string; readonly about: Readonly<Record<string, unknown>>},
): Command => ({argv: [options.node, '-e', options.text.trim(), '--', JSON.stringify(options.about)], label});
