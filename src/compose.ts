import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {existsSync} from 'node:fs';
import {homedir, hostname} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {createInterface} from 'node:readline/promises';
import {Writable} from 'node:stream';
import type {AppServices} from './app/app-services.ts';
import type {CliContext, Cockpit, OpenOptions, RunningSandbox} from './cli/cli-context.ts';
import {runCli} from './cli/program.ts';
import {wantsColour, type Terminal} from './cli/terminal.ts';
import type {Environment, Host} from './domain/environments/environment.ts';
import {misconfigured, type DeployError} from './domain/errors.ts';
import type {BuildPort, HookPort} from './domain/ports.ts';
import type {PastSources} from './sandbox/past/past-sources.ts';

/**
 * The composition root: the only place that knows which services stand behind the ports. Loads each of them when a
 * verb first needs it. Resolves with the exit code.
 */
export const start = async (argv: readonly string[]): Promise<number> => {
	// Node opens its inspector to whoever sends this signal: what the cockpit holds in memory is nobody else's.
	process.on('SIGUSR1', () => undefined);
	// Whoever reads along may stop reading, or hang up; a run under way goes on.
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
	const {version} = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
		version: string;
	};
	let isScreenOpen = false;
	const context: CliContext = {
		version,
		terminal: processTerminal(),
		command: [process.execPath, ...(process.argv[1] === undefined ? [] : [resolve(process.argv[1])])],
		open: async (directory, options) => openCockpit(directory, {...options, isScreenOpen: () => isScreenOpen}),
		openScripts: async () => (await import('./services/local/script-files.ts')).scriptFiles,
		startSandbox,
		openScreen: async cockpit => {
			// Ink's colours follow FORCE_COLOR alone, and are settled when it is first loaded.
			if (!wantsColour(process.env, true)) process.env['FORCE_COLOR'] = '0';
			const {openTui} = await import('./compose-tui.ts');
			isScreenOpen = true;
			try {
				return await openTui(cockpit, stateHome());
			} finally {
				isScreenOpen = false;
			}
		},
	};
	return runCli(context, argv);
};

const processTerminal = (): Terminal => ({
	out: text => void process.stdout.write(text),
	err: text => void process.stderr.write(text),
	isInteractive: process.stdin.isTTY && process.stdout.isTTY,
	isDumb: process.env['TERM'] === 'dumb',
	hasColour: wantsColour(process.env, process.stdout.isTTY),
	ask: async question => {
		const lines = createInterface({input: process.stdin, output: process.stdout});
		try {
			return await lines.question(question);
		} catch {
			return undefined;
		} finally {
			lines.close();
		}
	},
	readHidden: async (question, maxBytes) => (process.stdin.isTTY ? askHidden(question) : readInput(maxBytes)),
	onInputEnd: listener => {
		process.stdin.once('end', listener).resume();
	},
	onSignal: listener => {
		const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
		for (const signal of signals) process.on(signal, listener);
		return () => {
			for (const signal of signals) process.off(signal, listener);
		};
	},
});

/** What is typed is echoed to nowhere; the end of the line is, or the next one would stand beside the question. */
const askHidden = async (question: string): Promise<Uint8Array | undefined> => {
	const nowhere = new Writable({write: (_chunk, _encoding, done) => done()});
	const lines = createInterface({input: process.stdin, output: nowhere, terminal: true, historySize: 0});
	// Only now does the terminal echo nothing: whoever answers at once is not shown either.
	process.stderr.write(question);
	const ended = new AbortController();
	for (const end of ['close', 'SIGINT'] as const) lines.once(end, () => ended.abort());
	try {
		return Buffer.from(await lines.question('', {signal: ended.signal}));
	} catch {
		return undefined;
	} finally {
		lines.close();
		process.stderr.write('\n');
	}
};

const readInput = async (maxBytes: number): Promise<Uint8Array> => {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
		size += chunk.length;
		chunks.push(chunk);
		if (size > maxBytes) break;
	}
	return Buffer.concat(chunks);
};

const noConfiguration = (why: string): DeployError =>
	misconfigured({
		what: 'No configuration found',
		why,
		next: 'Start with "cockpit sandbox", make a set with "cockpit init", or name one with --config DIR.',
	});

const findConfiguration = async (directory: string | undefined): Promise<string> => {
	if (directory === '') throw noConfiguration('--config names no directory');
	if (directory !== undefined) return directory;
	const {findConfigDirectory, isShippedSet} = await import('./config/find-config-directory.ts');
	const found = await findConfigDirectory(process.cwd());
	if (found === undefined)
		throw noConfiguration(`no directory from ${process.cwd()} upwards holds environments/ and checklists/`);
	if (await isShippedSet(found))
		throw noConfiguration(`${found} is the set shipped with the product, used only with --config`);
	return found;
};

const openCockpit = async (
	directory: string | undefined,
	{isOwnSandbox = false, isForAll = false, isScreenOpen}: OpenOptions & {readonly isScreenOpen: () => boolean},
): Promise<Cockpit> => {
	const config = await findConfiguration(directory);
	const sandbox = sandboxAround(config);
	const state = sandbox !== undefined && isOwnSandbox ? join(sandbox, 'state') : stateHomeFor(sandbox);
	const [{openPolicy, personalDirectory}, {createSignOffOutbox}, services] = await Promise.all([
		import('./open-policy.ts'),
		import('./services/state/sign-off-outbox.ts'),
		buildServices(state),
	]);
	const home = homedir();
	// Hosts of a sandbox have names that real ones have too.
	const own = sandbox === undefined && !isForAll ? {personal: personalDirectory(process.env, home)} : {};
	const {set: opened, differs, port} = await openPolicy(config, {home, ...own});
	const set = isForAll ? {...opened, environments: opened.environments.map(one => belowHome(one, home))} : opened;
	const outbox = createSignOffOutbox(state);
	const {notifier, unset} = await openNotifier(services, set.environments, isScreenOpen);
	return {
		...set,
		differs,
		services: {...services, policy: port, notifier, isRehearsal: sandbox !== undefined},
		outbox,
		tellNow: notifier.tellNow,
		unset,
		close: async () => {
			await Promise.all([notifier.close(notifyMs), services.sessions.close()]);
			services.samples.close();
		},
	};
};

/** The files of this machine that an environment names, from the home of whoever reads of them. */
const belowHome = (environment: Environment, home: string): Environment => {
	const named = (path: string): string => (path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
	return {
		...environment,
		hosts: environment.hosts.map(({identityFile, knownHostsFile, ...host}) => ({
			...host,
			...(identityFile === undefined ? {} : {identityFile: named(identityFile)}),
			...(knownHostsFile === undefined ? {} : {knownHostsFile: named(knownHostsFile)}),
		})),
	};
};

/** How long a command that has ended waits for messages on their way. */
const notifyMs = 5000;

/** Tells by the targets of environments. What is lost is said in the log of a screen, else once the command has ended. */
const openNotifier = async (
	{samples, clock}: Pick<AppServices, 'samples' | 'clock'>,
	environments: readonly Environment[],
	isScreenOpen: () => boolean,
) => {
	const [{createNotifier}, {unsetVariables}] = await Promise.all([
		import('./services/notify/notifier.ts'),
		import('./domain/notify/message.ts'),
	]);
	const project = environments[0]?.project ?? '';
	const lost: string[] = [];
	const notifier = createNotifier({
		clock,
		variables: process.env,
		isTold: ({environment, key}) => samples.tellOnce({project, environment}, key, clock.now()),
		screen: () => (isScreenOpen() ? text => void process.stdout.write(text) : undefined),
		onLost: text => {
			// The console goes to the log of the cockpit while a screen is up.
			if (isScreenOpen()) console.error(text);
			else lost.push(text);
		},
	});
	return {
		notifier: {
			...notifier,
			close: async (waitMs: number) => {
				await notifier.close(waitMs);
				for (const text of lost) process.stderr.write(`noted: ${text}\n`);
			},
		},
		unset: unsetVariables(
			environments.flatMap(({notify = []}) => notify),
			process.env,
		),
	};
};

/** Where this machine keeps journals and logs. Source: XDG base directories. */
const stateHome = (): string => process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');

/** Directory of the sandbox a configuration belongs to; undefined: to none. */
const sandboxAround = (config: string): string | undefined => {
	const directory = dirname(resolve(config));
	return existsSync(join(directory, sandboxRecordName)) ? directory : undefined;
};

/**
 * A sandbox keeps its own journals: its runs must not count as those of a real project of the same name, nor its ledgers
 * be held against those of a sandbox before it. Who joins one from elsewhere may keep theirs apart, as another person.
 */
const stateHomeFor = (sandbox: string | undefined): string =>
	process.env['XDG_STATE_HOME'] === undefined && sandbox !== undefined ? join(sandbox, 'state') : stateHome();

const sandboxRecordName = '.cockpit-sandbox';

const buildServices = async (journals: string): Promise<Omit<AppServices, 'policy' | 'notifier'>> => {
	const [
		{createSessionManager},
		{createGitSource},
		{httpProbe},
		{systemClock},
		{createRunStore},
		{createLedgerCache},
		{createLedgerBook},
		{sshSignatures},
		{createSampleStore},
		{createEnvFiles},
		{knownSecrets},
	] = await Promise.all([
		import('./services/ssh/session-manager.ts'),
		import('./services/local/source/git-source.ts'),
		import('./services/probes/http-probe.ts'),
		import('./services/system-clock.ts'),
		import('./services/state/run-store.ts'),
		import('./services/state/ledger-cache.ts'),
		import('./app/ledger/ledger-book.ts'),
		import('./services/local/git/ssh-signatures.ts'),
		import('./services/state/sample-store.ts'),
		import('./services/local/env/env-files.ts'),
		import('./services/local/env/known-secrets.ts'),
	]);
	const sessions = createSessionManager({environment: process.env});
	/** Asked of git once: whoever sits here stays the same person. */
	let known: Promise<string> | undefined;
	return {
		sessions,
		source: createGitSource(),
		builds: await openBuilds(join(journals, 'cockpit')),
		hooks: openHooks(join(journals, 'cockpit', 'hooks')),
		probe: httpProbe,
		clock: systemClock,
		runs: createRunStore(journals),
		ledgers: createLedgerBook(sessions, createLedgerCache(journals)),
		signatures: sshSignatures,
		envFiles: createEnvFiles(),
		secrets: environment => knownSecrets(process.env, environment),
		samples: createSampleStore(journals),
		nonce: () => randomBytes(2).toString('hex'),
		actorFor: async host => {
			const key = (await identityOf(host)) ?? sessions.session(host).keyFingerprint;
			return {
				name: await (known ??= ownName()),
				machine: hostname(),
				...(key === undefined ? {} : {key}),
			};
		},
		patienceMs: 10 * 60_000,
	};
};

const ownName = async (): Promise<string> => {
	const {actorName} = await import('./services/local/actor-name.ts');
	return actorName(process.env['COCKPIT_ACTOR']);
};

/** Builds apps on this machine when a run first asks for one. */
const openBuilds = async (directory: string): Promise<BuildPort> => {
	let opened: Promise<BuildPort> | undefined;
	const open = async (): Promise<BuildPort> => {
		const {createNextBuild} = await import('./services/local/build/next-build.ts');
		return createNextBuild({directory, environment: process.env});
	};
	const builds = (): Promise<BuildPort> => (opened ??= open());
	return {
		build: async (request, options) => (await builds()).build(request, options),
		find: async request => (await builds()).find(request),
		tar: async function* (tree, options) {
			yield* (await builds()).tar(tree, options);
		},
	};
};

/** Runs the team's own programs when a run first asks for one. */
const openHooks = (directory: string): HookPort => {
	const open = async (): Promise<HookPort> => {
		const {createHookRunner} = await import('./services/local/hooks/hook-runner.ts');
		return createHookRunner({directory, variables: process.env});
	};
	return {
		whyNot: async (hook, options) => (await open()).whyNot(hook, options),
		run: async (hook, options) => (await open()).run(hook, options),
	};
};

/** Fingerprint of the key an environment names; the login itself reports what is wrong with it. */
const identityOf = async ({identityFile}: Host): Promise<string | undefined> => {
	if (identityFile === undefined) return undefined;
	const [{readKeyFile}, {fingerprint}] = await Promise.all([
		import('./services/ssh/login/key-file.ts'),
		import('./services/ssh/login/fingerprint.ts'),
	]);
	try {
		const {publicKey} = await readKeyFile(identityFile);
		return publicKey ? fingerprint(publicKey) : undefined;
	} catch {
		return undefined;
	}
};

/** Reads a project as the cockpit does, for whoever writes about it. */
const projectReader = async (): Promise<PastSources> => {
	const [{loadEnvironments}, {loadChecklists}, {createGitSource}] = await Promise.all([
		import('./config/environments/load-environments.ts'),
		import('./config/checklists/load-checklists.ts'),
		import('./services/local/source/git-source.ts'),
	]);
	return {
		source: createGitSource(),
		load: async config => {
			const [{environments}, checklists] = await Promise.all([
				loadEnvironments(config, {home: homedir()}),
				loadChecklists(config),
			]);
			return {environments, checklists};
		},
	};
};

const startSandbox = async (options: {
	readonly directory: string | undefined;
	readonly inChild: boolean;
}): Promise<RunningSandbox> => {
	const {serveSandbox, spawnSandbox} = await import('./run-sandbox.ts');
	return options.inChild ? spawnSandbox(options.directory) : serveSandbox(options.directory, await projectReader());
};
