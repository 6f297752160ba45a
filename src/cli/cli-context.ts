import type {AppServices} from '../app/app-services.ts';
import type {Checklists} from '../domain/checklist/checklist.ts';
import type {Environment} from '../domain/environments/environment.ts';
import {usage} from '../domain/errors.ts';
import type {TellNow} from '../domain/notify/message.ts';
import type {SignOffOutbox} from '../domain/ports.ts';
import type {Terminal} from './terminal.ts';

/** A loaded set of environments and the services to act on them. */
export type Cockpit = {
	/** In promotion order. */
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	/** Files of the work tree that are not as committed, and do not count. */
	readonly differs?: readonly string[];
	readonly services: AppServices;
	/** Keeps sign-offs of silent hosts. */
	readonly outbox?: SignOffOutbox;
	/** Sends a message to try a target out. */
	readonly tellNow?: TellNow;
	/** Variables that targets name and nobody has set here. */
	readonly unset?: readonly string[];
	readonly close: () => Promise<void>;
};

/** A sandbox under way. */
export type RunningSandbox = {
	readonly config: string;
	/** One JSON line: config, hosts, urls, pid. */
	readonly readyLine: string;
	/** Resolves when the sandbox has ended. */
	readonly ended: Promise<void>;
	readonly close: () => Promise<void>;
};

/** How a configuration is opened. */
export type OpenOptions = {readonly isOwnSandbox?: boolean; readonly isForAll?: boolean};

/** What the composition root gives the command line. */
export type CliContext = {
	readonly version: string;
	readonly terminal: Terminal;
	/** What starts this program again, for whoever writes that down: the runtime and the entry, as absolute paths. */
	readonly command?: readonly string[];
	/**
	 * `directory`: of `--config`; absent: the nearest ancestor. `isOwnSandbox`: of a sandbox that this process has started.
	 * `isForAll`: without what one person alone has set, and with `~` for their home. Throws DeployError `configuration`.
	 */
	readonly open: (directory: string | undefined, options?: OpenOptions) => Promise<Cockpit>;
	/** Opens the full screen and resolves with the exit code. */
	readonly openScreen: (cockpit: Cockpit) => Promise<number>;
	readonly startSandbox: (options: {
		readonly directory: string | undefined;
		readonly inChild: boolean;
	}) => Promise<RunningSandbox>;
};

/** Finds an environment by name. Throws DeployError `usage` that lists the names there are. */
export const environmentNamed = ({environments}: Cockpit, name: string): Environment => {
	const found = environments.find(environment => environment.name === name);
	if (found) return found;
	throw usage({
		what: `There is no environment ${JSON.stringify(name)}`,
		why: `there are: ${environments.map(({name}) => name).join(', ')}`,
		next: 'Use one of these with --env.',
	});
};
