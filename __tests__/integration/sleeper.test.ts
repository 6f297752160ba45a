import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {silentNotifier} from '../../src/domain/notify/message.ts';
import {randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {prepareAdoption} from '../../src/app/deploy/adopt.ts';
import type {AppServices} from '../../src/app/app-services.ts';
import {prepareDeploy} from '../../src/app/deploy/deploy.ts';
import {execute} from '../../src/app/runs/execute.ts';
import {findResumable} from '../../src/app/resume/resume.ts';
import {prepareRollback} from '../../src/app/rollback/rollback.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import type {AppName, Environment} from '../../src/domain/environments/environment.ts';
import type {Action, Pipeline} from '../../src/domain/runs/pipeline.ts';
import type {ExecOptions, Session, SessionManager} from '../../src/domain/ports.ts';
import type {RunOutcome} from '../../src/runner/run-pipeline.ts';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {createEnvFiles} from '../../src/services/local/env/env-files.ts';
import {createGitSource} from '../../src/services/local/source/git-source.ts';
import {createNextBuild} from '../../src/services/local/build/next-build.ts';
import {httpProbe} from '../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createRunStore} from '../../src/services/state/run-store.ts';
import {systemClock} from '../../src/services/system-clock.ts';
import {ledgerBook, noSignatures} from '../support/ledger.ts';
import {noHooks} from '../support/no-hooks.ts';
import {policyAsOpened} from '../support/policy.ts';
import {isDeep} from '../support/depth.ts';
import {outputOf} from '../support/run-program.ts';

/**
 * A driver that was stopped, e.g. by a laptop that was closed, at each action in turn. A colleague takes the run over and
 * brings it to its end. Then the driver wakes up and goes on, or is cut off in the middle of what it goes on with.
 */

let directory: string;
let sandbox: Sandbox;
let preprod: Environment;
let environments: readonly Environment[];
const closing: (() => Promise<void>)[] = [];

/** An engineer whose laptop can be closed: what it has not sent yet waits until it is opened again. */
const engineer = (name: string) => {
	const sessions = createSessionManager({environment: process.env});
	closing.push(() => sessions.close());
	let awake = Promise.withResolvers<void>();
	awake.resolve();
	/** Bytes of a stream that still leave before the laptop closes. */
	let closesAfter = Number.POSITIVE_INFINITY;
	const asleep = Promise.withResolvers<void>();
	const sleep = (): void => {
		awake = Promise.withResolvers<void>();
		asleep.resolve();
	};
	const slowly = async function* (input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
		for await (const chunk of input) {
			closesAfter -= chunk.length;
			if (closesAfter <= 0) {
				closesAfter = Number.POSITIVE_INFINITY;
				sleep();
			}
			await awake.promise;
			yield chunk;
		}
	};
	const held = (session: Session): Session => ({
		...session,
		host: session.host,
		get status() {
			return session.status;
		},
		subscribe: listener => session.subscribe(listener),
		connect: options => session.connect(options),
		close: () => session.close(),
		exec: async (line, options) => {
			await awake.promise;
			const {input} = options;
			const stream: ExecOptions =
				input !== undefined && typeof input === 'object' && Symbol.asyncIterator in input
					? {...options, input: slowly(input)}
					: options;
			return session.exec(line, stream);
		},
	});
	const manager: SessionManager = {session: host => held(sessions.session(host)), close: () => sessions.close()};
	const home = join(directory, name);
	const services: AppServices = {
		sessions: manager,
		ledgers: ledgerBook(sessions),
		signatures: noSignatures,
		envFiles: createEnvFiles(),
		samples: createMemorySamples(),
		notifier: silentNotifier,
		policy: policyAsOpened(),
		source: createGitSource(),
		builds: createNextBuild({directory: home, environment: process.env}),
		hooks: noHooks,
		probe: httpProbe,
		clock: systemClock,
		runs: createRunStore(home),
		nonce: () => randomBytes(2).toString('hex'),
		actorFor: async () => ({name, machine: `${name}-laptop`}),
		patienceMs: 10_000,
	};
	return {
		services,
		asleep: asleep.promise,
		sleep,
		sleepAfter: (bytes: number) => void (closesAfter = bytes),
		wake: () => awake.resolve(),
		/** Its connections are cut, as when it is killed. */
		cut: () => sessions.close(),
	};
};

type Drive = (services: AppServices) => Promise<Pipeline>;

const drives: Readonly<Record<string, (app: AppName) => Drive>> = {
	adoption: app => services => prepareAdoption(services, {environment: preprod, app, undo: false}),
	deploy: app => services =>
		prepareDeploy(services, {environment: preprod, app, environments, canAsk: false, migrate: 'run'}),
	rollback: app => services => prepareRollback(services, {environment: preprod, app, to: 'previous'}),
	undoing: app => services => prepareAdoption(services, {environment: preprod, app, undo: true}),
};

const drive = async (services: AppServices, pipeline: Pipeline, attempt: number): Promise<RunOutcome> =>
	execute(services, pipeline, {attempt, onEvent: () => undefined}).finished;

/** What is live and everything beside it that belongs to the app, but what a running app writes. */
const fingerprint = async (app: AppName): Promise<string> => {
	const live = preprod.apps[app]?.path ?? '';
	const script = String.raw`
		cd -- "$1"
		[ -e ".$2" ] && set -- "$2" ".$2" || set -- "$2"
		find "$@" \( -path '*/.next/cache' -o -path '*/storage' -o -path '.*/trash' \) -prune -o -type l -printf '%p -> %l\n' -o -type f -printf '%m %u %s ' -exec sha256sum {} \; | LC_ALL=C sort
	`;
	return outputOf(['sh', '-ec', script, 'sh', dirname(live), basename(live)]);
};

/** One more build each time, with a file that takes a while to send. */
const commit = async (app: AppName): Promise<void> => {
	const project = sandbox.config;
	const file = join(project, app, app === 'backend' ? 'resources/data/bulk.bin' : 'public/bulk.bin');
	await outputOf(['mkdir', '-p', dirname(file)]);
	await writeFile(file, randomBytes(600_000));
	await outputOf(['git', '-C', project, 'add', '-A']);
	await outputOf([
		'git',
		'-C',
		project,
		'-c',
		'user.name=Ravi',
		'-c',
		'user.email=r@x',
		'commit',
		'-qm',
		'Another build',
	]);
};

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-sleeper-'));
	sandbox = await startSandbox({directory: join(directory, 'box')});
	({environments} = await loadEnvironments(sandbox.config, {home: directory}));
	const found = environments.find(({name}) => name === 'preprod');
	if (!found) throw new Error('no preprod');
	preprod = found;
});
afterAll(async () => {
	for (const close of closing) await close();
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

/** Actions in which a driver has something to do with the host, once it has the lock. */
const fenced = ({steps}: Pipeline): readonly Action[] => {
	const actions = steps.flatMap(({actions}) => actions);
	return actions.slice(actions.findIndex(({kind}) => kind === 'lock') + 1);
};

/** At full depth a driver is stopped at every action; else at every fourth, other ones of the two apps. */
const stride = isDeep ? 1 : 4;
const firstOf = (app: AppName): number => (isDeep || app === 'backend' ? 0 : 2);

describe.each(['backend', 'frontend'] as const)('a driver of the %s that was stopped', app => {
	type Sleep = {
		readonly name: string;
		/** Number of the action behind the lock at which the laptop is closed. */
		readonly index: number;
		/** Bytes of a stream that leave before. */
		readonly after?: number;
		readonly ending: 'goes on' | 'is cut off';
	};

	/** Answers with the action, undefined once there is none with this number; `passed`: the run did not come by it. */
	const sleepThrough = async ({name, index, after, ending}: Sleep): Promise<Action | undefined> => {
		const ravi = engineer('Ravi');
		const asha = engineer('Asha');
		const pipeline = await drives[name]?.(app)(ravi.services);
		if (!pipeline) throw new Error(`no ${name}`);
		const action = fenced(pipeline)[index];
		if (!action) return undefined;
		const first = execute(ravi.services, pipeline, {
			attempt: 1,
			onEvent: event => {
				if (event.type !== 'action.announced' || event.action !== action.id) return;
				if (after === undefined) ravi.sleep();
				else ravi.sleepAfter(after);
			},
		});
		const over = await Promise.race([ravi.asleep, first.finished]);
		if (over) {
			expect(over.outcome, JSON.stringify(over.error)).toBe('done');
			expect(action.when ?? after, `${name}: nobody slept at ${action.id}`).toBeDefined();
			return action;
		}
		const {run} = pipeline.record;
		const found = await findResumable(asha.services, [preprod], run, {canAsk: false, all: environments});
		if (found.kind !== 'open')
			throw new Error(`${name}: run ${run} is over although somebody sleeps at ${action.id}`);
		const second = await drive(asha.services, found.pipeline, found.attempt);
		expect(second.outcome, `${name}, ${action.id}: ${JSON.stringify(second.error)}`).toBe('done');
		const before = await fingerprint(app);

		if (ending === 'is cut off') await ravi.cut();
		ravi.wake();
		const {outcome, exitCode, error} = await first.finished;

		expect(await fingerprint(app), `${name}, ${action.id}`).toBe(before);
		if (ending === 'is cut off') return action;
		expect({action: action.id, outcome, exitCode, now: error?.now}, JSON.stringify(error)).toEqual({
			action: action.id,
			outcome: 'failed',
			exitCode: 6,
			now: 'Nothing was started from here after that.',
		});
		expect(error?.why).toMatch(/^Asha on Asha-laptop took it over at /);
		return action;
	};
	const isDone = async (name: string): Promise<void> => {
		const {services} = engineer('Mei');
		const pipeline = await drives[name]?.(app)(services);
		if (!pipeline) throw new Error(`no ${name}`);
		const {outcome, error} = await drive(services, pipeline, 1);
		expect(outcome, `${name}: ${JSON.stringify(error)}`).toBe('done');
	};

	test('an adoption, and its undoing: at each action', {timeout: 900_000}, async () => {
		for (let index = firstOf(app); ; index += stride) {
			const adopting = await sleepThrough({name: 'adoption', index, ending: 'goes on'});
			if (!adopting) await isDone('adoption');
			const undoing = await sleepThrough({name: 'undoing', index, ending: 'goes on'});
			if (!undoing) await isDone('undoing');
			if (!adopting && !undoing) return;
		}
	});

	test('a deploy, and the rollback of it: at each action', {timeout: 900_000}, async () => {
		await isDone('adoption');
		await commit(app);
		await isDone('deploy');
		for (let index = firstOf(app); ; index += stride) {
			await commit(app);
			const deploying = await sleepThrough({name: 'deploy', index, ending: 'goes on'});
			if (!deploying) await isDone('deploy');
			const goingBack = await sleepThrough({name: 'rollback', index, ending: 'goes on'});
			if (!deploying && !goingBack) return;
		}
	});

	test.each(['goes on', 'is cut off'] as const)(
		'a deploy in the middle of its upload, that %s',
		async ending => {
			await commit(app);
			for (let index = 0; ; index += 1) {
				const action = await sleepThrough({name: 'deploy', index, after: 300_000, ending});
				if (action?.kind !== 'transfer') continue;
				return;
			}
		},
		300_000,
	);
});
