import type {Command} from '../../domain/command.ts';
import {wholeIn} from '../answers.ts';
import {program} from '../shell.ts';
import ask from './ask-room.sh';

/** Asks how much room there is at some paths. Changes nothing and writes nothing. */
export const askRoom = (paths: readonly string[]): Command => program('ask for room', ask, paths);

/** Room at a path; figures are NaN where the host could not say, inodes also where a file system has none to count. */
export type Room = {
	readonly path: string;
	readonly freeKib: number;
	readonly freeInodes: number;
	readonly mount: string;
};

/** Reads what `askRoom` printed; a line that was cut is left out. */
export const parseRoom = (text: string): readonly Room[] =>
	[...text.matchAll(/^room\t([^\t\n]*)\t(\d*)-?\t(\d*)-?\t([^\t\n]*)$/gm)].map(
		([, path = '', kib = '', inodes = '', mount = '']) => ({
			path,
			freeKib: wholeIn(kib) ?? Number.NaN,
			freeInodes: wholeIn(inodes) ?? Number.NaN,
			mount,
		}),
	);
