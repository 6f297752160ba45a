import {renderCommand} from '../commands/shell.ts';
import type {Command} from '../domain/command.ts';
import {primaryHost, type Environment} from '../domain/environments/environment.ts';
import type {ExecOptions, ExecResult} from '../domain/ports.ts';
import type {AppServices} from './app-services.ts';

/** Runs a command on the primary host of an environment, before all polls. Throws DeployError as `Session.exec`. */
export const execOn = async (
	{sessions}: Pick<AppServices, 'sessions'>,
	environment: Environment,
	command: Command,
	options: Partial<ExecOptions> = {},
): Promise<ExecResult> =>
	sessions
		.session(primaryHost(environment))
		.exec(renderCommand(command), {lane: 'run', timeoutMs: 30_000, ...options});
