import {Command, CommanderError} from 'commander';
import {usage, type DeployError} from '../domain/errors.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {errorObject, exitCodeOf, printError} from './print-error.ts';
import {printJson} from './print-json.ts';
import type {Terminal} from './terminal.ts';
import type {Actions, RegisterVerb} from './verb.ts';

/**
 * Every verb, in the order in which `--help` lists them. One that is named is loaded alone: the use cases behind all of
 * them take as long to load as Node itself.
 */
const verbs: ReadonlyMap<string, () => Promise<{readonly register: RegisterVerb}>> = new Map([
	['sandbox', () => import('./verbs/sandbox.ts')],
	['status', () => import('./verbs/status.ts')],
	['history', () => import('./verbs/history.ts')],
	['logs', () => import('./verbs/logs.ts')],
	['deploy', () => import('./verbs/deploy.ts')],
	['gate', () => import('./verbs/gate.ts')],
	['checklist', () => import('./verbs/checklist.ts')],
	['approve', () => import('./verbs/approve.ts')],
	['hold', () => import('./verbs/hold.ts')],
	['unlock', () => import('./verbs/unlock.ts')],
	['notify', () => import('./verbs/notify.ts')],
	['ledger', () => import('./verbs/ledger.ts')],
	['rollback', () => import('./verbs/rollback.ts')],
	['watch', () => import('./verbs/watch.ts')],
	['adopt', () => import('./verbs/adopt.ts')],
	['resume', () => import('./verbs/resume.ts')],
	['backups', () => import('./verbs/backups.ts')],
	['env', () => import('./verbs/env.ts')],
	['docs', () => import('./verbs/docs.ts')],
]);

const loadVerbs = async ([first, second, third]: readonly string[]): Promise<readonly RegisterVerb[]> => {
	if (first === '--version') return [];
	const named = verbs.get((first === '--config' ? third : first?.startsWith('--config=') ? second : first) ?? '');
	const loaded = await Promise.all((named ? [named] : [...verbs.values()]).map(load => load()));
	return loaded.map(({register}) => register);
};

/** Runs the command line and resolves with the exit code. Never throws. */
export const runCli = async (context: CliContext, argv: readonly string[]): Promise<number> => {
	let exitCode = 0;
	const {terminal} = context;
	const program = new Command('cockpit')
		.description('Takes a build from Local to Pre-Prod to Production over SSH.')
		.version(context.version)
		.option('--config <dir>', 'directory that holds environments/ and checklists/')
		.exitOverride()
		// What commander has to complain of is printed below, in the form of every other error.
		.configureOutput({writeOut: terminal.out, writeErr: () => undefined});
	const actions: Actions = {
		withCockpit:
			(verb, options) =>
			async (...given) => {
				const cockpit = await context.open(program.opts<{config?: string}>().config, options);
				noteDiffering(terminal, cockpit);
				try {
					exitCode = await verb(context, cockpit, ...given);
				} finally {
					await cockpit.close();
				}
			},
		onEnvironment: verb =>
			actions.withCockpit(({command, version}, cockpit, ...given) => {
				// Behind what a verb is given commander puts the verb itself.
				const {env = ''} = (given.at(-1) as Command).opts<{env?: string}>();
				const environment = environmentNamed(cockpit, env);
				const place = {terminal, version, cockpit, services: cockpit.services, environment};
				return verb(command ? {...place, command} : place, ...given);
			}),
		alone:
			verb =>
			async (...given) => {
				exitCode = await verb(context, ...given);
			},
	};

	try {
		const screen = screenRequest(argv);
		if (screen && terminal.isInteractive && !terminal.isDumb) return await openScreen(context, screen.config);
		for (const register of await loadVerbs(argv)) register(program, actions);
		if (screen) throw noTerminal(program.helpInformation());
		await program.parseAsync([...argv], {from: 'user'});
		return exitCode;
	} catch (thrown) {
		if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
		const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
		if (argv.includes('--json')) printJson(terminal, errorObject(error));
		printError(terminal, error);
		return exitCodeOf(error);
	}
};

/** Whoever edits a policy and sees nothing come of it has to know why. */
const noteDiffering = ({err}: Terminal, {differs = []}: Cockpit): void => {
	if (differs.length === 0) return;
	const [are, do_] = differs.length === 1 ? ['is', 'does'] : ['are', 'do'];
	err(`noted: ${differs.join(', ')} ${are} not as committed, and ${do_} not count until committed\n`);
};

const usageError = ({code, message}: CommanderError): DeployError =>
	usage({
		what: 'The command line could not be understood',
		// What a group of commands says when none of them is named.
		why: code === 'commander.help' ? 'a command is missing at its end' : message.replace(/^error: /, ''),
		next: 'cockpit --help lists the commands, cockpit <command> --help its options.',
	});

const noTerminal = (help: string): DeployError =>
	usage({
		what: 'The full screen needs a terminal',
		why: 'standard input or output is not one, or TERM is dumb',
		next: help,
	});

/** `cockpit` and `cockpit --config DIR` mean the full screen; anything else is a command or a mistake. */
const screenRequest = (argv: readonly string[]): {readonly config: string | undefined} | undefined => {
	const [first, second, ...rest] = argv;
	if (first === undefined) return {config: undefined};
	if (first === '--config' && second !== undefined && rest.length === 0) return {config: second};
	return first.startsWith('--config=') && second === undefined
		? {config: first.slice('--config='.length)}
		: undefined;
};

const openScreen = async (context: CliContext, config: string | undefined): Promise<number> => {
	const cockpit = await context.open(config);
	try {
		return await context.openScreen(cockpit);
	} finally {
		await cockpit.close();
	}
};
