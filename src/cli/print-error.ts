import {DeployError, exitCodes} from '../domain/errors.ts';
import {paint, type Terminal} from './terminal.ts';

const row = (name: string, text: string): string[] => {
	if (text === '') return [];
	const [first = '', ...rest] = text.split('\n');
	return [`  ${name.padEnd(5)} ${first}`, ...rest.map(line => `        ${line}`)];
};

/** The error form: what, why, now, next, log. A bug shows its stack instead. */
export const printError = (terminal: Terminal, error: unknown): void => {
	if (!(error instanceof DeployError)) {
		const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
		terminal.err(`${paint(terminal, 'danger', '✖ A fault of the cockpit itself')}\n${story}\n`);
		return;
	}
	const {what, why, now, next, log} = error;
	const lines = [...row('Why', why), ...row('Now', now), ...row('Next', next), ...row('Log', log ?? '')];
	terminal.err(`${paint(terminal, 'danger', `✖ ${what}`)}\n${lines.join('\n')}\n`);
};

/** The exit code an error stands for; 1 for a bug would look like a closed gate, so it is 3. */
export const exitCodeOf = (error: unknown): number => (error instanceof DeployError ? exitCodes[error.code] : 3);

/** An error as one JSON object. */
export const errorObject = (error: unknown): Readonly<Record<string, unknown>> => {
	if (!(error instanceof DeployError)) {
		return {type: 'error', code: 'fault', exitCode: 3, why: error instanceof Error ? error.message : String(error)};
	}
	const {code, what, why, now, next, log} = error;
	return {type: 'error', code, exitCode: exitCodes[code], what, why, now, next, ...(log ? {log} : {})};
};
