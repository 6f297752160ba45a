import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import type {AppServices} from '../../src/app/app-services.ts';
import {createLedgerBook} from '../../src/app/ledger/ledger-book.ts';
import {appendLedger} from '../../src/commands/ledger/ledger.ts';
import {renderCommand} from '../../src/commands/shell.ts';
import {DeployError} from '../../src/domain/errors.ts';
import type {ExecOptions, ExecResult, Session, SessionManager} from '../../src/domain/ports.ts';
import {createLedgerCache} from '../../src/services/state/ledger-cache.ts';
import {ledgerText, opened, type Said} from '../support/ledger.ts';
import {
	environmentsAt,
	files,
	firstEntries,
	manifest,
	now,
	release,
	surroundings,
	type Changes,
} from './gates/evidence.ts';

type Name = 'preprod' | 'production';

/** What every host has on its PATH: a clock that stands where the test puts it, and rights without asking. */
const shims = {
	date: '#!/bin/sh\nexec /bin/date -d "@$HOST_TIME" "$@"\n',
	sudo: '#!/bin/sh\nwhile :; do case $1 in -n | -H | --) shift ;; -u) shift 2 ;; *) break ;; esac; done\nexec "$@"\n',
} as const;

const runInShell = (
	line: string,
	{input, signal}: Pick<ExecOptions, 'input' | 'signal'>,
	environment: NodeJS.ProcessEnv,
): Promise<ExecResult> =>
	new Promise((resolve, reject) => {
		const child = execFile(
			'sh',
			['-c', line],
			{encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, env: {...process.env, ...environment}},
			(error, stdout, stderr) => {
				const code = error ? Number(error.code) : 0;
				if (Number.isNaN(code)) reject(error ?? new Error('ended by a signal'));
				else resolve({code, stdout, stderr, durationMs: 1});
			},
		);
		// A command that ends without reading its input is no fault.
		child.stdin?.on('error', () => undefined);
		const {stdin} = child;
		if (typeof input !== 'object' || input instanceof Uint8Array) return void stdin?.end(input ?? '');
		// A channel that closes takes standard input away.
		signal?.addEventListener('abort', () => void stdin?.end());
		void (async () => {
			for await (const piece of input) stdin?.write(piece);
			stdin?.end();
		})();
	});

/**
 * The hosts of `fakeHosts`, but what is asked and written there is done by a real `sh` of this machine, each in a home
 * and a state directory of its own.
 */
export const shellHosts = async (changes: Changes = {}) => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-gates-'));
	const live = (name: string): string => join(directory, name, 'www/backend');
	const state = (name: string): string => join(directory, name, 'state');
	const ledgerOf = (name: Name): string => join(state(name), 'ledger.jsonl');
	const writeLedger = (name: Name, said: readonly Said[]): Promise<void> =>
		writeFile(ledgerOf(name), ledgerText([opened(name), ...said]));
	const bin = join(directory, 'bin');
	await mkdir(bin);
	for (const [name, text] of Object.entries(shims)) await writeFile(join(bin, name), text, {mode: 0o755});
	for (const name of ['preprod', 'production'] as const) {
		const releases = join(directory, name, 'www/.backend/releases');
		const kept = join(state(name), 'manifests/backend');
		await mkdir(kept, {recursive: true});
		for (const [path, text] of Object.entries(files)) {
			await mkdir(dirname(join(releases, release, path)), {recursive: true});
			await writeFile(join(releases, release, path), text, {mode: 0o644});
		}
		await symlink(join(releases, release), live(name));
		await writeFile(join(kept, release), manifest);
		await writeLedger(name, firstEntries[name]);
	}
	/** Epoch milliseconds. */
	const time: Record<Name, number> = {preprod: now, production: now};
	const silent = new Set<Name>();
	const session = (name: Name): Session =>
		({
			exec: async (line: string, options: ExecOptions) => {
				if (silent.has(name)) {
					const why = `${name}-1 does not answer`;
					throw new DeployError({code: 'unreachable', what: name, why, now: '', next: ''});
				}
				return runInShell(line, options, {
					HOST_TIME: String(time[name] / 1000),
					PATH: `${bin}:${process.env['PATH'] ?? ''}`,
				});
			},
		}) as unknown as Session;
	const sessions = {
		session: ({name}: {readonly name: string}) => session(name === 'preprod-1' ? 'preprod' : 'production'),
		close: async () => undefined,
	} as SessionManager;
	const {from, to} = environmentsAt({configuration: directory, owner: userInfo().username, live, state}, changes);
	const {services, ...rest} = surroundings(
		sessions,
		createLedgerBook(sessions, createLedgerCache(join(directory, 'memory'))),
	);
	return {
		...rest,
		directory,
		from,
		to,
		environments: [from, to],
		services,
		/** The same hosts as a machine sees them that has never read a ledger. */
		stranger: {
			...services,
			ledgers: createLedgerBook(sessions, createLedgerCache(join(directory, 'other-memory'))),
		} as AppServices,
		time,
		silent,
		live,
		writeLedger,
		/** Adds one entry, as a run on the host does. */
		append: async (name: Name, said: Said): Promise<void> => {
			const {code, stderr} = await session(name).exec(renderCommand(appendLedger(state(name), said)), {
				lane: 'run',
			});
			if (code !== 0) throw new Error(stderr);
		},
		ledgerOf,
		readLedgerFile: (name: Name) => readFile(ledgerOf(name), 'utf8'),
		[Symbol.asyncDispose]: () => rm(directory, {recursive: true, force: true}),
	};
};

export type ShellHosts = Awaited<ReturnType<typeof shellHosts>>;
