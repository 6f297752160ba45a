import type {Command} from '../domain/command.ts';

const needsNoQuotes = /^[\w@+:,./-]+$/;

/** Quotes one argument for a POSIX shell. Throws TypeError on NUL, which no argument can carry. */
export const quote = (argument: string): string => {
	if (argument.includes('\0')) throw new TypeError(`NUL in argument ${JSON.stringify(argument)}`);
	return needsNoQuotes.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
};

/**
 * The exact line a host runs. `as` goes through sudo without a prompt, so it fails and never hangs.
 * The environment is set by env(1) behind sudo, which would drop it otherwise.
 */
export const renderCommand = ({argv, as, environment, to}: Command): string => {
	const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}`);
	const words = [
		...(as ? ['sudo', '-n', '-u', as, '--'] : []),
		...(variables.length > 0 ? ['env', ...variables] : []),
		...argv,
	];
	return words.map(quote).join(' ') + (to === undefined ? '' : ` >${quote(to)}`);
};

/**
 * A constant shell program with data as its positional parameters: the only way a command with logic of its own
 * reaches a host. `text` is source code; values go in `parameters`, never into `text`.
 */
export const program = (label: string, text: string, parameters: readonly string[], as?: string): Command => ({
	argv: ['sh', '-c', text.trim(), label.replaceAll(' ', '-'), ...parameters],
	label,
	...(as === undefined ? {} : {as}),
});
