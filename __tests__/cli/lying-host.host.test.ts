import {existsSync, mkdtempSync, readlinkSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createLedgerBook} from '../../src/app/ledger/ledger-book.ts';
import type {AppServices} from '../../src/app/app-services.ts';
import type {CliContext, Cockpit} from '../../src/cli/cli-context.ts';
import {runCli} from '../../src/cli/program.ts';
import {silentNotifier} from '../../src/domain/notify/message.ts';
import type {ExecOptions, ExecResult, SessionManager} from '../../src/domain/ports.ts';
import {openPolicy} from '../../src/open-policy.ts';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {createEnvFiles} from '../../src/services/local/env/env-files.ts';
import {createGitSource} from '../../src/services/local/source/git-source.ts';
import {httpProbe} from '../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createLedgerCache} from '../../src/services/state/ledger-cache.ts';
import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {createRunStore} from '../../src/services/state/run-store.ts';
import {systemClock} from '../../src/services/system-clock.ts';
import {isDeep} from '../support/depth.ts';
import {noSignatures} from '../support/ledger.ts';
import {noBuilds} from '../support/no-builds.ts';
import {noHooks} from '../support/no-hooks.ts';
import {printedTerminal} from '../support/printed-terminal.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

/*
 * A host that answers one question of a verb with something else, each question in turn: what is printed is that host's problem
 * in its words, never one of the cockpit's own, and whatever else is known stands. The rest of the host is a real one.
 */

let directory: string;
let sandbox: Sandbox;
beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-lies-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

/**
 * One answer that is none, to the question of this number, or to the first that `isAsked`. `isDone`: what was asked is done all
 * the same, only the answer is another one.
 */
type Lie = {
	readonly host: string;
	readonly text: string;
	readonly stderr?: string;
	readonly isDone: boolean;
	readonly isAsked: (question: number, options: ExecOptions) => boolean;
};

const garbage = [
	'',
	'\u0000\u0001\uFFFDgarbage\u001E7\n{"a":[1,{\n99999999999999999999999999999999\tx\ty\n-1 -1\n\n',
	'time 999999999999999999999999999999\ntime\t99999999999999999\nsize -5\nlive\t../../x\n{}\n[]\nnull\n',
] as const;

let opened = 0;

/** A cockpit whose sessions lie once; `asked` counts what each host was asked. */
const cockpitFor = (lie: Lie | undefined) => {
	const home = join(directory, `home-${(opened += 1)}`);
	const asked = new Map<string, number>();
	let hasLied = false;
	const real = createSessionManager({environment: process.env});
	const liar: SessionManager = {
		...real,
		session: host => {
			const session = real.session(host);
			const exec = async (line: string, options: ExecOptions): Promise<ExecResult> => {
				const question = asked.get(host.name) ?? 0;
				asked.set(host.name, question + 1);
				if (hasLied || lie?.host !== host.name || !lie.isAsked(question, options))
					return session.exec(line, options);
				hasLied = true;
				const {onStdout, ...quiet} = options;
				if (lie.isDone) await session.exec(line, quiet);
				onStdout?.(Buffer.from(lie.text));
				return {code: 0, stdout: onStdout ? '' : lie.text, stderr: lie.stderr ?? '', durationMs: 1};
			};
			return new Proxy(session, {get: (of, name) => (name === 'exec' ? exec : Reflect.get(of, name))});
		},
	};
	const services: Omit<AppServices, 'policy'> = {
		sessions: liar,
		ledgers: createLedgerBook(liar, createLedgerCache(home)),
		signatures: noSignatures,
		envFiles: createEnvFiles(),
		samples: createMemorySamples(),
		notifier: silentNotifier,
		source: createGitSource(),
		builds: noBuilds,
		hooks: noHooks,
		probe: httpProbe,
		clock: systemClock,
		runs: createRunStore(home),
		nonce: () => '9b1d',
		actorFor: async () => ({name: 'Ravi', machine: 'ravi-thinkpad'}),
		patienceMs: 2000,
		isRehearsal: true,
	};
	const open = async (): Promise<Cockpit> => {
		const {port, set} = await openPolicy(sandbox.config, {home});
		return {
			...set,
			services: {...services, policy: port},
			outbox: {list: () => [], add: () => undefined, remove: () => undefined},
			tellNow: async () => [],
			unset: [],
			close: () => real.close(),
		} as unknown as Cockpit;
	};
	return {asked, open};
};

type Told = {readonly code: number; readonly text: string; readonly asked: ReadonlyMap<string, number>};

const run = async (argv: readonly string[], lie?: Lie): Promise<Told> => {
	const {printed, terminal} = printedTerminal();
	const {asked, open} = cockpitFor(lie);
	const context = {
		version: '0.0.0',
		terminal: {
			...terminal,
			isDumb: false,
			ask: async () => undefined,
			readHidden: async () => undefined,
			onInputEnd: () => undefined,
			onSignal: () => () => undefined,
		},
		open,
	} as unknown as CliContext;
	const code = await runCli(context, argv);
	return {code, text: printed.out + printed.err, asked};
};

const state = (path: string): string => join(directory, 'box/preprod/home/ubuntu/.cockpit/qsights/preprod', path);
const live = (): string => basename(readlinkSync(join(directory, 'box/preprod/var/www/qsights/backend')));

/** What nobody may read, whatever a host says. */
const wrong = /fault of the cockpit|^\s+at .+:\d+:\d+|\bNaN\b|\bundefined\b|Invalid Date|\[object |Infinity/m;

/** Garbage for each question in turn; in full depth each kind for each, done and not. */
const lies = (host: string, questions: number): readonly Lie[] =>
	Array.from({length: questions}, (_, at) => at).flatMap(at =>
		garbage.flatMap((text, kind) =>
			[false, true]
				.filter(isDone => isDeep || (!isDone && kind === at % garbage.length))
				.map(isDone => ({host, text, isDone, isAsked: (question: number) => question === at})),
		),
	);

const place = (argv: readonly string[], {text, isDone}: Lie, told: Told): string =>
	`${argv.join(' ')}, ${JSON.stringify(text)}${isDone ? ', done' : ''}:\n${told.text}`;

test.each([
	['status'],
	['history', '--env', 'preprod'],
	['backups', 'list', '--env', 'preprod'],
	['env', 'show', '--env', 'preprod'],
	['checklist', 'show', '--env', 'preprod'],
	['ledger', 'verify', '--env', 'preprod'],
	...(isDeep
		? [
				['status', '--json'],
				['logs', '--env', 'preprod'],
				['watch', '--env', 'preprod'],
				['gate', 'backend', '--env', 'production'],
			]
		: []),
])(
	'a lie to a question of %s is told as one of its host, and the other host as it is',
	{timeout: 300_000},
	async (...argv) => {
		const words = argv.filter(word => typeof word === 'string');
		const plain = await run(words);
		const count = plain.asked.get('preprod-1') ?? 0;
		expect(count, plain.text).toBeGreaterThan(0);
		const other = plain.text.split('\n').filter(line => line.includes('20260204T06'));
		for (const lie of lies('preprod-1', count)) {
			const told = await run(words, lie);
			expect(told.text, place(words, lie, told)).not.toMatch(wrong);
			expect(told.text, place(words, lie, told)).not.toBe('');
			if (words.length === 1)
				for (const line of other) expect(told.text, place(words, lie, told)).toContain(line);
		}
		if (words[0] === 'status' && words.length === 1) expect(other).toHaveLength(2);
	},
);

const deploy = ['deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', '--migrate', 'run'] as const;

/** Drives on what is left open, so that the next run finds the host free. */
const tidyUp = async (): Promise<void> => {
	for (let tries = 0; tries < 3 && existsSync(state('lock/backend')); tries += 1)
		await run(['resume', '--env', 'preprod']);
	expect(existsSync(state('lock/backend'))).toBe(false);
};

test.runIf(isDeep)(
	'a lock that is still held is never told as given back: the job that closes a deploy says that all went well, and was not begun',
	async () => {
		const told = await run(deploy, {
			host: 'preprod-1',
			text: '',
			stderr: 'J exit 0 0\n',
			isDone: false,
			isAsked: (_, {input}) => typeof input === 'string' && input.includes('close-the-run'),
		});

		expect(told.code, told.text).not.toBe(0);
		expect(told.text).not.toMatch(wrong);
		expect(told.text).toContain('it does not say that the run is closed');
		expect(told.text).toContain(live());
		if (existsSync(state('lock/backend'))) expect(told.text).not.toContain('lock was given back');
		await tidyUp();
	},
);

test.runIf(isDeep)(
	'a lie to any question of a deploy: it ends with what is live as it is, and with the lock as it is',
	{timeout: 1_800_000},
	async () => {
		const plain = await run(deploy);
		expect(plain.code, plain.text).toBe(0);
		for (const lie of lies('preprod-1', (plain.asked.get('preprod-1') ?? 0) + 5)) {
			const told = await run(deploy, lie);
			expect(told.text, place(deploy, lie, told)).not.toMatch(wrong);
			const names = /[Ll]ive (?:backend )?(?:is|on \S+ is|\S*)[^.]*?(\d{8}T\d{6}Z-[\da-f]{7})/.exec(
				told.text,
			)?.[1];
			if (told.code === 4) expect(names, place(deploy, lie, told)).toBe(live());
			if (existsSync(state('lock/backend')))
				expect(told.text, place(deploy, lie, told)).not.toContain('lock was given back');
			await tidyUp();
		}
	},
);
