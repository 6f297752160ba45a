import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AppServices} from '../../src/app/app-services.ts';
import type {Checklists} from '../../src/domain/checklist.ts';
import type {AppName, Environment} from '../../src/domain/environment.ts';
import {appendLedger} from '../../src/commands/ledger.ts';
import {renderCommand} from '../../src/commands/shell.ts';
import {DeployError} from '../../src/domain/errors.ts';
import {renderManifest} from '../../src/domain/pipeline.ts';
import type {ManifestEntry, Session} from '../../src/domain/ports.ts';
import {createLedgerBook} from '../../src/app/ledger-book.ts';
import {createLedgerCache} from '../../src/services/state/ledger-cache.ts';
import {ledgerText, noSignatures, opened, type Said} from '../support/ledger.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const build = {commit: '7f3a9c2'.padEnd(40, '0'), digest: 'd'.repeat(64)};
export const otherBuild = {commit: '4e81d0c'.padEnd(40, '0'), digest: 'e'.repeat(64)};
export const release = '20260209T052800Z-7f3a9c2';
const files = {artisan: 'run\n', 'app/User.php': '<?php\n'};

const item = (id: string, scope: 'backend' | 'frontend' | 'both') => ({
	id,
	title: `Item ${id}`,
	scope,
	how: 'Look.',
	why: 'So.',
	answer: {kind: 'tick'} as const,
	mayNotApply: false,
	digest: sha256(id),
});

/** Two items of the backend, one of both, one of the frontend with a probe. */
export const checklists: Checklists = {
	files: [
		{
			file: 'checklists/10-test.yaml',
			title: 'Test',
			phase: 'before-production',
			sections: [
				{
					id: 'section',
					title: 'Section',
					mode: 'do-confirm',
					items: [
						item('one', 'backend'),
						{...item('two', 'backend'), probe: {on: 'api', path: '/health', status: 200}},
						item('shared', 'both'),
					],
				},
			],
		},
	],
	verifications: {backend: [], frontend: []},
	digest: 'c'.repeat(64),
};

/** Hours before now, in the form of a ledger. */
export const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

const deployed = (app: AppName, hours: number, of = build, name = release): Said => ({
	time: ago(hours),
	type: 'deploy.finished',
	actor: {name: 'Ravi', machine: 'thinkpad'},
	data: {run: 'r', app, build: of, release: name},
});

/**
 * Two hosts whose shell is a real one of this machine, each with a home and a state directory of its own: what the
 * product asks and writes there is done by `sh`. Pre-prod runs the build that is here for a day and an hour.
 */
export const evidenceHosts = async (
	changes: {readonly to?: Partial<Environment>; readonly from?: Partial<Environment>} = {},
) => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-evidence-'));
	const home = (name: string): string => join(directory, name);
	const live = (name: string): string => join(home(name), 'www/backend');
	const state = (name: string): string => join(home(name), 'state');
	const entries: ManifestEntry[] = Object.entries(files).map(([path, text]) => ({
		path,
		mode: '100644',
		sha256: sha256(text),
		sizeBytes: text.length,
	}));
	const writeLedger = (name: string, said: readonly Said[]): Promise<void> =>
		writeFile(join(state(name), 'ledger.jsonl'), ledgerText([opened(name), ...said]));
	for (const name of ['preprod', 'production']) {
		const releases = join(home(name), 'www/.backend/releases', release);
		await mkdir(join(state(name), 'manifests/backend'), {recursive: true});
		await mkdir(join(releases, 'app'), {recursive: true});
		for (const [path, text] of Object.entries(files)) await writeFile(join(releases, path), text, {mode: 0o644});
		await symlink(releases, live(name));
		await writeFile(join(state(name), 'manifests/backend', release), renderManifest(entries));
	}
	await writeLedger('preprod', [deployed('backend', 25)]);
	await writeLedger('production', [deployed('backend', 100, otherBuild)]);

	const owner = process.env['USER'] ?? 'root';
	const environment = (name: 'preprod' | 'production', more: Partial<Environment>): Environment =>
		({
			project: 'qsights',
			name,
			title: name === 'preprod' ? 'Pre-Prod' : 'Production',
			tier: name,
			...(name === 'production' ? {promotedFrom: 'preprod'} : {}),
			timeZone: 'Asia/Kolkata',
			urls: {site: `http://127.0.0.1/${name}`, api: `http://127.0.0.1/${name}/api`},
			hosts: [{name: `${name}-1`, address: '127.0.0.1', user: 'ubuntu'}],
			stateDirectory: state(name),
			soakHours: name === 'preprod' ? 24 : 0,
			approvals: 0,
			identity: 'claimed',
			headless: 'expect',
			onFailure: 'ask',
			file: join(directory, 'environments', `${name}.yaml`),
			apps: {
				backend: {
					recipe: 'laravel',
					source: '/source',
					path: live(name),
					owner,
					group: owner,
					excludes: ['vendor'],
					shared: {files: ['.env'], directories: []},
					services: [],
					health: {
						url: `http://127.0.0.1/${name}/api/health`,
						status: 200,
						passes: 1,
						stableForMs: 0,
						withinMs: 1,
						everyMs: 1,
					},
				},
			},
			...more,
		}) as unknown as Environment;
	const from = environment('preprod', changes.from ?? {});
	const to = environment('production', changes.to ?? {});

	/** Lines each host was asked to run. */
	const asked: Record<string, string[]> = {'preprod-1': [], 'production-1': []};
	const silent = new Set<string>();
	/** Seconds a host's clock is ahead. */
	const skew: Record<string, number> = {};
	const bin = join(directory, 'bin');
	await mkdir(bin);
	// The clock of a host, and rights it has without asking.
	await writeFile(
		join(bin, 'date'),
		'#!/bin/sh\ncase "$*" in *+%s*) echo $(($(/bin/date -u +%s) + ${HOST_SKEW:-0})) ;; *) exec /bin/date -d "@$(($(/bin/date -u +%s) + ${HOST_SKEW:-0}))" "$@" ;; esac\n',
		{mode: 0o755},
	);
	await writeFile(
		join(bin, 'sudo'),
		'#!/bin/sh\nwhile :; do case $1 in -n | -H | --) shift ;; -u) shift 2 ;; *) break ;; esac; done\nexec "$@"\n',
		{mode: 0o755},
	);
	const sessionOf = (name: string): Session =>
		({
			host: {name, address: '127.0.0.1'},
			exec: (line: string, {input}: {input?: string}) => {
				if (silent.has(name))
					throw new DeployError({
						code: 'unreachable',
						what: name,
						why: `${name} does not answer`,
						now: '',
						next: '',
					});
				asked[name]?.push(line);
				return new Promise((resolve, reject) => {
					const child = execFile(
						'sh',
						['-c', line],
						{
							encoding: 'utf8',
							maxBuffer: 64 * 1024 * 1024,
							env: {
								...process.env,
								SHLVL: '9',
								HOST_SKEW: String(skew[name] ?? 0),
								PATH: `${bin}:${process.env['PATH'] ?? ''}`,
							},
						},
						(error, stdout, stderr) => {
							const code = error ? Number(error.code) : 0;
							if (Number.isNaN(code)) reject(error ?? new Error('ended by a signal'));
							else resolve({code, stdout, stderr, durationMs: 1});
						},
					);
					// A command that ends without reading its input is no fault.
					child.stdin?.on('error', () => undefined);
					child.stdin?.end(input ?? '');
				});
			},
			connect: async () => undefined,
		}) as unknown as Session;
	const sessions = {session: ({name}: {name: string}) => sessionOf(name), close: async () => undefined};
	const actor = {current: {name: 'Ravi', machine: 'thinkpad'} as {name: string; machine: string; key?: string}};
	const head = {...build, uncommitted: [] as string[], policy: [] as string[]};
	const web = {status: 200, probe: 200};
	const cacheDirectory = join(directory, 'cache');
	const services = {
		sessions,
		ledgers: createLedgerBook(sessions, createLedgerCache(cacheDirectory)),
		signatures: noSignatures,
		source: {
			read: async () => ({commit: head.commit, digest: head.digest, subject: '', entries: []}),
			uncommitted: async (path: string) =>
				path === '/source' ? head.uncommitted : path.endsWith('environments') ? head.policy : [],
		},
		probe: {
			get: async (url: string) => ({
				durationMs: 5,
				outcome: {status: url.endsWith('/health') && url.includes('preprod') ? web.probe : web.status},
				body: '',
			}),
		},
		clock: {now: () => Date.now(), wait: async () => undefined},
		runs: {list: () => [], events: () => []},
		actorFor: async () => actor.current,
	} as unknown as AppServices;
	return {
		directory,
		from,
		to,
		environments: [from, to],
		services,
		/** The same hosts as another engineer's machine sees them, which has never read a ledger. */
		stranger: {
			...services,
			ledgers: createLedgerBook(sessions, createLedgerCache(join(directory, 'other-cache'))),
		} as AppServices,
		asked,
		silent,
		skew,
		actor,
		head,
		web,
		deployed,
		writeLedger,
		/** Writes one more entry, as a run on the host does. */
		append: async (name: string, said: Said): Promise<void> => {
			const line = renderCommand(appendLedger(state(name), said));
			const {code, stderr} = await sessionOf(`${name}-1`).exec(line, {lane: 'run'});
			if (code !== 0) throw new Error(stderr);
		},
		live,
		ledgerOf: (name: string) => join(state(name), 'ledger.jsonl'),
		readLedgerFile: (name: string) => readFile(join(state(name), 'ledger.jsonl'), 'utf8'),
		stateOf: state,
		[Symbol.asyncDispose]: () => rm(directory, {recursive: true, force: true}),
	};
};
