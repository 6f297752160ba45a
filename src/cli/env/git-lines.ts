import {paint, type Terminal} from '../terminal.ts';

/** That git leaves out what is kept, and which file says so. */
export const leftOutText = (file: string): string => `  git leaves out what is kept, in this copy alone: ${file}\n`;

/** That git would take a file with values into a commit. */
export const trackedText = (terminal: Pick<Terminal, 'hasColour'>, path: string): string =>
	`  ${paint(terminal, 'attention', `▲ git would take ${path} into a commit: add it to .gitignore`)}\n`;
