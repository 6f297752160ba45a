import {Option} from 'commander';
import {prepareDeploy} from '../../app/deploy/deploy.ts';
import {primaryHost} from '../../domain/environments/environment.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {drive} from '../drive.ts';
import type {RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {alone}) =>
	program
		.command('sandbox')
		.description('fly everything with no server: embedded SSH hosts and sample apps')
		.option('--serve', 'print one JSON line when ready and run until TERM', false)
		.addOption(new Option('--with-parent', 'end when standard input ends').hideHelp().default(false))
		.option('--dir <dir>', 'keep its state here and go on with it next time')
		.action(alone(sandbox));

type SandboxOptions = {
	readonly serve: boolean;
	/** Ends with its input, so that a sandbox never outlives the screen it was started for. */
	readonly withParent: boolean;
	readonly dir?: string;
};

/**
 * `cockpit sandbox`: the full screen on embedded hosts; without a terminal one deploy in plain lines. `--serve`: one
 * JSON line when it is ready, then until TERM.
 */
const sandbox = async (context: CliContext, options: SandboxOptions): Promise<number> => {
	const {terminal} = context;
	if (!options.serve) terminal.out('Starting the sandbox: SSH hosts on loopback, sample apps ...\n');
	const running = await context.startSandbox({directory: options.dir, inChild: !options.serve});
	const stop = terminal.onSignal(() => void running.close());
	if (options.withParent) terminal.onInputEnd(() => void running.close());
	try {
		if (options.serve) {
			terminal.out(`${running.readyLine}\n`);
			await running.ended;
			return 0;
		}
		return await fly(context, running.config);
	} finally {
		stop();
		await running.close();
	}
};

const fly = async (context: CliContext, config: string): Promise<number> => {
	const {isInteractive, isDumb} = context.terminal;
	const cockpit = await context.open(config, {isOwnSandbox: true});
	try {
		return await (isInteractive && !isDumb ? context.openScreen(cockpit) : tour(context, cockpit));
	} finally {
		await cockpit.close();
	}
};

/** Without a screen: one deploy to pre-prod, in plain lines. */
const tour = async ({terminal}: CliContext, cockpit: Cockpit): Promise<number> => {
	const {services} = cockpit;
	const environment = environmentNamed(cockpit, 'preprod');
	await services.sessions.session(primaryHost(environment)).connect();
	const pipeline = await prepareDeploy(services, {
		environment,
		environments: cockpit.environments,
		app: 'backend',
		canAsk: false,
		migrate: 'run',
	});
	return drive(terminal, services, pipeline, {attempt: 1, json: false});
};
