import type {Command} from '../domain/command.ts';

const needsNoQuotes = /^[\w@+:,./-]+$/;

/** Quotes one argument for a POSIX shell. Throws TypeError on NUL, which no argument can carry. */
export const quote = (argument: string): string => {
	if (argument.includes('\0')) throw new TypeError(`NUL in argument ${JSON.stringify(argument)}`);
	return needsNoQuotes.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
};

/** The words of a command with its user before them: sudo asks for nothing, so that it fails and never hangs. */
export const asUser = ({argv, as}: Pick<Command, 'argv' | 'as'>): Command['argv'] =>
	as === undefined ? argv : ['sudo', '-n', '-u', as, '--', ...argv];

/**
 * The exact line a host runs. The environment is set by env(1) behind sudo, which would drop it otherwise.
 */
export const renderCommand = ({argv, as, environment, to}: Command): string => {
	const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}`);
	const words: Command['argv'] = variables.length > 0 ? ['env', ...variables, ...argv] : argv;
	return (
		asUser({argv: words, ...(as === undefined ? {} : {as})})
			.map(quote)
			.join(' ') + (to === undefined ? '' : ` >${quote(to)}`)
	);
};

/** Source code; of several pieces each comes behind the one before. */
export type Source = string | readonly string[];

/**
 * A constant shell program with data as its positional parameters: the only way a command with logic of its own
 * reaches a host. Values go in `parameters`, never into `text`.
 */
export const program = (label: string, text: Source, parameters: readonly string[], as?: string): Command => ({
	argv: ['sh', '-c', [text].flat().join('\n').trim(), label.replaceAll(' ', '-'), ...parameters],
	label,
	...(as === undefined ? {} : {as}),
});

/** A program that runs another command, whose words come behind `parameters`, and has its name and its rights. */
export const around = (command: Command, text: Source, parameters: readonly string[] = []): Command => {
	const {argv, as, ...rest} = command;
	return {
		...rest,
		...program(command.label ?? argv[0], text, [...parameters, ...asUser(command)]),
		...(as === undefined ? {} : {sudo: [...(command.sudo ?? []), `${as}: ${argv[0]}`]}),
	};
};
