import {execa} from 'execa';

export type RunResult = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** Runs a program of this machine to its end. Throws only when it could not run or was killed. */
export const run = async (
	[file = '', ...args]: readonly string[],
	input: string | Uint8Array = '',
): Promise<RunResult> => {
	const result = await execa(file, args, {input, reject: false, stripFinalNewline: false});
	const {exitCode, stdout, stderr, shortMessage} = result;
	if (exitCode === undefined) throw new Error(shortMessage);
	return {code: exitCode, stdout, stderr};
};
