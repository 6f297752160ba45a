import type {Command} from 'commander';
import type {Environment} from '../domain/environments/environment.ts';
import type {CliContext, Cockpit, OpenOptions} from './cli-context.ts';

/** What a verb about one environment works with. */
export type Place = Pick<CliContext, 'terminal' | 'command' | 'version'> &
	Pick<Cockpit, 'services'> & {readonly cockpit: Cockpit; readonly environment: Environment};

/** Makes an action of what a verb does; what it resolves with is the exit code. */
export type Actions = {
	/** Of a verb that needs the environments: they are opened before, and closed after it. */
	readonly withCockpit: <Given extends readonly unknown[]>(
		verb: (context: CliContext, cockpit: Cockpit, ...given: Given) => Promise<number>,
		options?: Pick<OpenOptions, 'isForAll'>,
	) => (...given: Given) => Promise<void>;
	/** The same of a verb about the environment that `--env` names. */
	readonly onEnvironment: <Given extends readonly unknown[]>(
		verb: (place: Place, ...given: Given) => Promise<number>,
	) => (...given: Given) => Promise<void>;
	/** Of a verb that opens what it needs by itself. */
	readonly alone: <Given extends readonly unknown[]>(
		verb: (context: CliContext, ...given: Given) => Promise<number>,
	) => (...given: Given) => Promise<void>;
};

/** Registers a verb on the command line: its name, arguments, options and help, and what it does. */
export type RegisterVerb = (program: Command, actions: Actions) => void;
