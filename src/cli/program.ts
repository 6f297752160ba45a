import {Command, CommanderError, Option} from 'commander';
import {historyKinds} from '../app/history/history.ts';
import {DeployError} from '../domain/errors.ts';
import {checklistPhases} from '../domain/checklist/checklist.ts';
import type {AppName} from '../domain/environments/environment.ts';
import type {CliContext, Cockpit} from './cli-context.ts';
import {results} from '../domain/checklist/sign-off.ts';
import type {ShowOptions, SignOptions} from './verbs/checklist.ts';
import type {DeployOptions} from './verbs/deploy.ts';
import type {HoldOptions} from './verbs/evidence.ts';
import type {GateOptions} from './verbs/gate.ts';
import type {HistoryOptions} from './verbs/history.ts';
import type {ResumeOptions} from './verbs/resume.ts';
import type {RollbackOptions} from './verbs/rollback.ts';
import {errorObject, exitCodeOf, printError} from './print-error.ts';
import type {Terminal} from './terminal.ts';

type Globals = {readonly config?: string};

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];
const environment = (): Option => new Option('--env <name>', 'environment').makeOptionMandatory();
const json = (): Option => new Option('--json', 'one JSON object per line').default(false);
const plan = (): Option => new Option('--plan', 'print every command and stop; connects to nothing').default(false);

/** Whoever edits a policy and sees nothing come of it has to know why. */
const noteDiffering = ({err}: Terminal, {differs = []}: Cockpit): void => {
	if (differs.length === 0) return;
	const [are, do_] = differs.length === 1 ? ['is', 'does'] : ['are', 'do'];
	err(`noted: ${differs.join(', ')} ${are} not as committed, and ${do_} not count until committed\n`);
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

	const withCockpit =
		<Arguments extends readonly unknown[]>(verb: (cockpit: Cockpit, ...args: Arguments) => Promise<number>) =>
		async (...args: Arguments): Promise<void> => {
			const cockpit = await context.open(program.opts<Globals>().config);
			noteDiffering(terminal, cockpit);
			try {
				exitCode = await verb(cockpit, ...args);
			} finally {
				await cockpit.close();
			}
		};

	program
		.command('sandbox')
		.description('fly everything with no server: embedded SSH hosts and sample apps')
		.option('--serve', 'print one JSON line when ready and run until TERM', false)
		.addOption(new Option('--with-parent', 'end when standard input ends').hideHelp().default(false))
		.option('--dir <dir>', 'keep its state here and go on with it next time')
		.action(async options => {
			const {sandbox} = await import('./verbs/sandbox.ts');
			exitCode = await sandbox(context, options);
		});

	program
		.command('status')
		.description('what runs where, and is it healthy')
		.option('--env <name>', 'only this environment')
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: {env?: string; json: boolean}) =>
				(await import('./verbs/status.ts')).status(context, cockpit, options),
			),
		);

	program
		.command('history')
		.description('who did what where, newest first, from the ledgers of all environments')
		.option('--env <name>', 'only this environment')
		.addOption(new Option('--app <app>', 'only of this app').choices(['backend', 'frontend']))
		.option('--who <name>', 'only what this person did')
		.addOption(new Option('--kind <kind>', 'only these').choices(historyKinds).default('all'))
		.option('--limit <count>', 'at most so many', countIn, 50)
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: HistoryOptions) =>
				(await import('./verbs/history.ts')).history(context, cockpit, options),
			),
		);

	const emergency = (): Option =>
		new Option('--emergency <reason>', 'go by the emergency profile of the environment, and say why');
	const acceptPolicy = (): Option =>
		new Option(
			'--accept-policy <digest>',
			'go by this policy though it asks less than at the last run; recorded under your name',
		);
	program
		.command('deploy')
		.description('deploy an app, or both as a release')
		.argument('<app>', 'backend, frontend, or release: both, in this order', parseDeployable)
		.addOption(environment())
		.option('--confirm <word>', 'the word to type; once per word, in order', collect, [])
		.option('--expect <commit>', 'stop unless this is the commit that would be deployed')
		.addOption(
			new Option('--migrate <answer>', 'what becomes of pending migrations').choices(['run', 'skip'] as const),
		)
		.addOption(emergency())
		.addOption(acceptPolicy())
		.addOption(plan())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, app: AppName | 'release', options: DeployOptions) =>
				app === 'release'
					? (await import('./verbs/deploy-release.ts')).deployRelease(context, cockpit, options)
					: (await import('./verbs/deploy.ts')).deploy(context, cockpit, app, options),
			),
		);

	program
		.command('gate')
		.description('may this build go there now, and if not, why and until when')
		.argument('<app>', 'backend or frontend', parseApp)
		.addOption(environment())
		.addOption(emergency())
		.addOption(acceptPolicy())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, app: AppName, options: GateOptions) =>
				(await import('./verbs/gate.ts')).gate(context, cockpit, app, options),
			),
		);

	const checklist = program.command('checklist').description('what has been tested, by whom, for this very build');
	const testedEnvironment = (): Option =>
		new Option('--env <name>', 'environment that is tested; may be left out when there is one');
	const onlyApp = (): Option => new Option('--app <app>', 'only of this app').choices(['backend', 'frontend']);
	checklist
		.command('show')
		.description('every item and where it stands')
		.addOption(testedEnvironment())
		.addOption(onlyApp())
		.addOption(
			new Option('--phase <phase>', 'what to look at, not only before production')
				.choices(checklistPhases)
				.default('before-production'),
		)
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: ShowOptions) =>
				(await import('./verbs/checklist.ts')).show(context, cockpit, options),
			),
		);
	checklist
		.command('sign')
		.description('record what you found on one item')
		.argument('<item>', 'id of the item, as checklist show lists it')
		.addOption(testedEnvironment())
		.addOption(new Option('--result <result>', 'what you found').choices(results))
		.option('--value <text>', 'what you saw, where the item asks for it')
		.option('--note <text>', 'in your own words; needed unless it passed')
		.option('--retest', 'replace a worse result: you have tested it again', false)
		.option('--undo', 'take back your own last result', false)
		.addOption(json())
		.action(
			withCockpit(async (cockpit, item: string, options: SignOptions) =>
				(await import('./verbs/checklist.ts')).sign(context, cockpit, item, options),
			),
		);
	checklist
		.command('export')
		.description('the list with its evidence, as Markdown, JSON or JUnit XML')
		.addOption(testedEnvironment())
		.addOption(onlyApp())
		.addOption(
			new Option('--format <format>', 'form').choices(['markdown', 'json', 'junit'] as const).default('markdown'),
		)
		.option('--out <file>', 'write it there')
		.action(
			withCockpit(
				async (
					cockpit,
					options: {env?: string; app?: AppName; format: 'markdown' | 'json' | 'junit'; out?: string},
				) => (await import('./verbs/checklist.ts')).exportAll(context, cockpit, options),
			),
		);

	program
		.command('approve')
		.description('sign the build that is on an environment for promotion')
		.argument('<app>', 'backend or frontend', parseApp)
		.addOption(environment())
		.option('--note <text>', 'in your own words')
		.addOption(json())
		.action(
			withCockpit(async (cockpit, app: AppName, options: {env: string; note?: string; json: boolean}) =>
				(await import('./verbs/evidence.ts')).approve(context, cockpit, app, options),
			),
		);

	const reason = (): Option => new Option('--reason <text>', 'why').makeOptionMandatory();
	program
		.command('hold')
		.description('keep others from deploying, with a reason and an end')
		.addOption(environment())
		.addOption(onlyApp())
		.addOption(reason())
		.option('--for <duration>', 'until then, e.g. 2h or 90m', '2h')
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: HoldOptions) =>
				(await import('./verbs/evidence.ts')).holdAll(context, cockpit, options),
			),
		);
	program
		.command('unlock')
		.description('end a hold, whoever has it')
		.addOption(environment())
		.addOption(onlyApp())
		.addOption(reason())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: HoldOptions) =>
				(await import('./verbs/evidence.ts')).unlockAll(context, cockpit, options),
			),
		);

	const ledger = program.command('ledger').description("the team's memory on each primary host");
	ledger
		.command('verify')
		.description('does it hold together, here and with what others have seen of it; exit 7 when not')
		.addOption(environment())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: {env: string; json: boolean}) =>
				(await import('./verbs/evidence.ts')).verify(context, cockpit, options),
			),
		);
	ledger
		.command('adopt')
		.description('put a ledger that can not be relied on aside and begin anew: soak and tests start over')
		.addOption(environment())
		.addOption(reason())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: {env: string; reason: string; json: boolean}) =>
				(await import('./verbs/evidence.ts')).adoptAnew(context, cockpit, options),
			),
		);

	program
		.command('rollback')
		.description('go back to the release before, or to a backup')
		.argument('<app>', 'backend or frontend', parseApp)
		.addOption(environment())
		.requiredOption('--to <target>', 'previous, or the name of a backup')
		.option('--confirm <word>', 'ROLLBACK', collect, [])
		.addOption(plan())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, app: AppName, options: RollbackOptions) =>
				(await import('./verbs/rollback.ts')).rollback(context, cockpit, app, options),
			),
		);

	program
		.command('adopt')
		.description('take a host over as the old scripts left it')
		.addOption(environment())
		.option('--undo', 'put a plain directory back', false)
		.addOption(plan())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: {env: string; undo: boolean; plan: boolean; json: boolean}) =>
				(await import('./verbs/adopt.ts')).adopt(context, cockpit, options),
			),
		);

	program
		.command('resume')
		.description('drive on a run that lost its cockpit')
		.argument('[run]', 'id of the run; the last unfinished one when absent')
		.option('--env <name>', 'only look in this environment')
		.option('--confirm <word>', 'TAKE-OVER, when somebody else drives it', collect, [])
		.option('--abandon', 'end it instead, with live as it is: only before its swap', false)
		.addOption(json())
		.action(
			withCockpit(async (cockpit, run: string | undefined, options: ResumeOptions) =>
				(await import('./verbs/resume.ts')).resume(context, cockpit, run, options),
			),
		);

	const backups = program.command('backups').description('list, verify, pin and remove backups');
	const app = (): Option => new Option('--app <app>', 'only of this app').choices(['backend', 'frontend']);
	backups
		.command('list')
		.description('what there is to go back to, newest first')
		.addOption(environment())
		.addOption(app())
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: {env: string; app?: AppName; json: boolean}) =>
				(await import('./verbs/backups.ts')).list(context, cockpit, options),
			),
		);
	backups
		.command('verify')
		.description('read a backup to its end and write down what was found')
		.argument('[name]', 'with or without .tar.gz')
		.addOption(environment())
		.option('--all', 'every backup, one after the other', false)
		.addOption(app())
		.addOption(json())
		.action(
			withCockpit(
				async (
					cockpit,
					name: string | undefined,
					options: {env: string; all: boolean; app?: AppName; json: boolean},
				) => (await import('./verbs/backups.ts')).verify(context, cockpit, name, options),
			),
		);
	backups
		.command('pin')
		.description('keep retention from ever removing a backup')
		.argument('<name>', 'with or without .tar.gz')
		.addOption(environment())
		.option('--undo', 'no longer', false)
		.addOption(json())
		.action(
			withCockpit(async (cockpit, name: string, options: {env: string; undo: boolean; json: boolean}) =>
				(await import('./verbs/backups.ts')).pinOne(context, cockpit, name, options),
			),
		);
	backups
		.command('prune')
		.description('remove what is older than the environment keeps')
		.addOption(environment())
		.option('--old-scripts', 'also those the old scripts made', false)
		.option('--plan', 'say what would be removed, and remove nothing', false)
		.addOption(json())
		.action(
			withCockpit(async (cockpit, options: {env: string; oldScripts: boolean; plan: boolean; json: boolean}) =>
				(await import('./verbs/backups.ts')).pruneAll(context, cockpit, options),
			),
		);

	try {
		const screen = screenRequest(argv);
		if (screen) return await openScreen(context, screen.config, program.helpInformation());
		await program.parseAsync([...argv], {from: 'user'});
		return exitCode;
	} catch (thrown) {
		if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
		const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
		if (argv.includes('--json')) terminal.out(`${JSON.stringify(errorObject(error))}\n`);
		printError(terminal, error);
		return exitCodeOf(error);
	}
};

const usageError = ({code, message}: CommanderError): DeployError =>
	new DeployError({
		code: 'usage',
		what: 'The command line could not be understood',
		// What a group of commands says when none of them is named.
		why: code === 'commander.help' ? 'a command is missing at its end' : message.replace(/^error: /, ''),
		now: 'Nothing was changed.',
		next: 'cockpit --help lists the commands, cockpit <command> --help its options.',
	});

const noTerminal = (help: string): DeployError =>
	new DeployError({
		code: 'usage',
		what: 'The full screen needs a terminal',
		why: 'standard input or output is not one, or TERM is dumb',
		now: 'Nothing was changed.',
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

const openScreen = async (context: CliContext, config: string | undefined, help: string): Promise<number> => {
	if (!context.terminal.isInteractive || context.terminal.isDumb) throw noTerminal(help);
	const cockpit = await context.open(config);
	try {
		return await context.openScreen(cockpit);
	} finally {
		await cockpit.close();
	}
};

/** Throws DeployError `usage`. */
const parseDeployable = (value: string): AppName | 'release' => (value === 'release' ? value : parseApp(value));

/** Throws DeployError `usage`. */
const parseApp = (value: string): AppName => {
	if (value === 'backend' || value === 'frontend') return value;
	throw new DeployError({
		code: 'usage',
		what: `There is no app ${JSON.stringify(value)}`,
		why: 'an app is backend or frontend',
		now: 'Nothing was changed.',
		next: 'cockpit deploy backend --env preprod',
	});
};

/** Throws DeployError `usage`. */
const countIn = (value: string): number => {
	const count = Number(value);
	if (/^\d{1,6}$/.test(value) && count > 0) return count;
	throw new DeployError({
		code: 'usage',
		what: `${JSON.stringify(value)} is not a number of lines`,
		why: 'a limit is a whole number from 1 on',
		now: 'Nothing was changed.',
		next: 'cockpit history --limit 50',
	});
};
