import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {silentNotifier} from '../../src/domain/notify/message.ts';
import {ledgerBook, noSignatures} from '../support/ledger.ts';
import {policyAsOpened} from '../support/policy.ts';
import type {AppServices} from '../../src/app/app-services.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {memoryEnvFiles} from '../support/memory-env-files.ts';
import {noBuilds} from '../support/no-builds.ts';
import {noHooks} from '../support/no-hooks.ts';
import {DeployError} from '../../src/domain/errors.ts';
import type {RunEvent} from '../../src/domain/runs/events.ts';
import type {ExecResult, Mirror, Session, SessionManager} from '../../src/domain/ports.ts';

const health = {
	url: 'http://127.0.0.1/health',
	status: 200,
	passes: 1,
	stableForMs: 0,
	withinMs: 1000,
	everyMs: 1,
	timeoutMs: 10_000,
	sameFailureMs: 5000,
};

export const environment: Environment = {
	project: 'qsights',
	name: 'preprod',
	title: 'Pre-Prod',
	tier: 'preprod',
	timeZone: 'Asia/Kolkata',
	urls: {site: 'http://127.0.0.1', api: 'http://127.0.0.1/api'},
	database: {host: '127.0.0.1'},
	drivers: {mail: 'log', cache: 'file'},
	debug: false,
	hosts: [{name: 'preprod-1', address: '127.0.0.1', user: 'ubuntu'}],
	stateDirectory: '.cockpit',
	backups: {directory: '/backups', policy: 'before-swap', keep: 3},
	approvals: 0,
	identity: 'claimed',
	headless: 'expect',
	onFailure: 'ask',
	soakHours: 0,
	file: '/environments/preprod.yaml',
	apps: {
		backend: {
			recipe: 'laravel',
			source: '/source',
			path: '/var/www/backend',
			owner: 'www-data',
			group: 'www-data',
			fileMode: 0o644,
			directoryMode: 0o755,
			excludes: ['vendor'],
			shared: {files: ['.env'], directories: ['storage/app']},
			services: [],
			health,
			keepReleases: 3,
			php: 'php',
			composer: 'composer',
			restartQueue: false,
		},
	},
};

export const goodFacts = [
	'time\t1',
	'machine\tm',
	'layout\treleases',
	'live\t20260203T055341Z-4e81d0c',
	...['app', 'backups', 'state', 'tmp'].flatMap(place => [
		`free-${place}\t99999999`,
		`device-${place}\t1`,
		`inodes-${place}\t999999`,
	]),
	'live-kib\t1000',
	'shared-kib\t100',
	'answer-php\tPHP 8.1.27 (cli)',
	'answer-composer\tComposer version 2.7.1',
	'owner\tok',
	'manifest',
	'',
].join('\n');

/**
 * What the gates of pre-prod and a review ask: the clock, the lock, and what live holds. Answered alike in every test,
 * and not counted.
 */
const gateAnswers: Readonly<Record<string, string>> = {
	'ask-for-the-status': 'time 1770702600\nledger-bytes 0\n',
	'compare-live-with-what-was-deployed': 'listed yes\n',
	'read-the-ledger': 'home {}\ntime 1770702600\nsize 0\nfrom 0\nledger\n',
};

/** Lines a fake host answers to, by a piece of the line; anything else is a fault of the test. */
export type Answers = Readonly<Record<string, () => Partial<ExecResult> | Promise<Partial<ExecResult>>>>;

/** Services without a host, and the lines they were asked to run. A command nobody expected fails loudly. */
export const fakeServices = (answers: Answers, journals: Readonly<Record<string, readonly RunEvent[]>> = {}) => {
	const lines: string[] = [];
	const unexpected: string[] = [];
	let head = {commit: '7f3a9c2'.padEnd(40, '0'), digest: 'd'.repeat(64)};
	const session: Session = {
		host: environment.hosts[0] as Session['host'],
		status: {state: 'ready', since: 0},
		subscribe: () => () => undefined,
		connect: async () => undefined,
		close: async () => undefined,
		exec: async line => {
			const gate = Object.entries(gateAnswers).find(([part]) => line.includes(` ${part} `));
			if (gate) return {code: 0, stdout: gate[1], stderr: '', durationMs: 1};
			const name = Object.keys(answers).find(part => line.includes(` ${part} `));
			lines.push(name ?? line);
			const answer = name === undefined ? undefined : await answers[name]?.();
			if (!answer) {
				unexpected.push(line);
				throw new DeployError({code: 'step-failed', what: 'unexpected command', why: line, now: '', next: ''});
			}
			return {code: 0, stdout: '', stderr: '', durationMs: 1, ...answer};
		},
	};
	const written: RunEvent[] = [];
	const mirror: Mirror = {sizeBytes: 0, append: () => undefined, tail: () => ''};
	const sessions: SessionManager = {session: () => session, close: async () => undefined};
	const services: AppServices = {
		sessions,
		ledgers: ledgerBook(sessions),
		signatures: noSignatures,
		envFiles: memoryEnvFiles(),
		samples: createMemorySamples(),
		notifier: silentNotifier,
		policy: policyAsOpened(),
		source: {
			read: async () => ({
				...head,
				branch: 'main',
				subject: 'Reminders',
				entries: ['artisan', 'composer.json', 'composer.lock'].map(path => ({
					path,
					mode: '100644',
					sha256: 'a'.repeat(64),
					sizeBytes: 10,
				})),
			}),
			uncommitted: async () => [],
			knownPaths: async () => new Set(),
			commits: async () => ({commits: [], behind: 0}),
			texts: async () => new Map(),
			tar: async function* () {
				yield new Uint8Array();
			},
		},
		builds: noBuilds,
		hooks: noHooks,
		probe: {get: async () => ({durationMs: 5, outcome: {status: 200}, body: ''})},
		clock: {
			now: () => Date.now(),
			wait: (ms, signal) =>
				new Promise((resolve, reject) => {
					const timer = setTimeout(resolve, ms);
					signal?.addEventListener('abort', () => {
						clearTimeout(timer);
						reject(new DeployError({code: 'cancelled', what: '', why: '', now: '', next: ''}));
					});
				}),
		},
		runs: {
			open: () => ({
				directory: '/runs',
				logPath: '/runs/run.log',
				lost: undefined,
				append: event => void written.push(event),
				mirror: () => mirror,
				close: () => undefined,
			}),
			events: ({run}) => journals[run] ?? [],
			end: ({run}) => (journals[run] ?? []).findLast(event => event.type === 'run.finished'),
			list: () => Object.keys(journals).sort(),
			log: ({run}) => (journals[run] ? {path: `/runs/${run}/run.log`, tail: () => 'the log\n'} : undefined),
			prune: () => undefined,
		},
		nonce: () => '9b1d',
		actorFor: async () => ({name: 'Ravi', machine: 'ravi-thinkpad'}),
		patienceMs: 0,
	};
	return {
		services,
		lines,
		unexpected,
		written,
		moveHead: (commit: string) => void (head = {...head, commit: commit.padEnd(40, '0')}),
	};
};
