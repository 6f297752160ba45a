import {describe, expect, test} from 'vitest';
import {haltJobs, renderScript, startOrAttachJob} from '../../src/commands/job/job.ts';
import {takeLock} from '../../src/commands/lock/lock.ts';
import {renderCommand} from '../../src/commands/shell.ts';
import type {Command} from '../../src/domain/command.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {DeployError} from '../../src/domain/errors.ts';
import type {RunEvent} from '../../src/domain/runs/events.ts';
import type {Action, JobAction, LeftBehind, Pipeline, Results, Step} from '../../src/domain/runs/pipeline.ts';
import type {
	BuildPort,
	ExecOptions,
	ExecResult,
	Journal,
	ProbePort,
	Session,
	SessionStatus,
} from '../../src/domain/ports.ts';
import {noBuilds} from '../support/no-builds.ts';
import {noHooks} from '../support/no-hooks.ts';
import {startRun, type Run} from '../../src/runner/run-pipeline.ts';

const state = {directory: 'state', app: 'backend', run: 'run-1'};
const releases = '/var/www/.backend/releases';

const job = (id: string, more: Partial<JobAction> = {}): JobAction => ({
	kind: 'job',
	id,
	commands: [{argv: ['run', id]}],
	...more,
});
const read = (id: string): Action => ({kind: 'read', id, command: {argv: ['read', id]}});
const step = (id: string, after: readonly string[], ...actions: readonly Action[]): Step => ({
	id,
	title: id,
	touches: 'candidate',
	after,
	actions,
});
const lock: Action = {
	kind: 'lock',
	id: 'lock',
	command: attempt => takeLock(state, {attempt, holder: {}, record: {}, entry: {}}),
};

const pipelineOf = (steps: readonly Step[], swapStep = 'swap'): Pipeline => ({
	record: {
		version: 1,
		run: state.run,
		kind: 'deploy',
		app: 'backend',
		environment: 'preprod',
		startedAt: '2026-02-10T05:53:41Z',
		commit: 'c0ffee',
		digest: 'd1',
		actor: {name: 'Ravi', machine: 'laptop'},
	},
	title: 'Deploy',
	environment: {name: 'preprod', stateDirectory: state.directory, apps: {}} as Environment,
	host: {name: 'web-1', address: '127.0.0.1'},
	app: 'backend',
	steps,
	swapStep,
	readLive: {argv: ['readlink', 'live']},
	liveAfterSwap: `${releases}/new`,
	abandon: job('abandon'),
	closeAsFailed: job('close-as-failed'),
	wayBack: ['sh rollback'],
});

type Reply = Partial<ExecResult> & {readonly log?: string; readonly error?: DeployError};
type Answer = Reply | ((options: ExecOptions) => Promise<Reply>);

const exited = (code: number, log = ''): Reply => ({log, stderr: `J exit ${code} ${Buffer.byteLength(log)}\n`});
const linkLost = new DeployError({code: 'link-lost', what: 'gone', why: 'cut', now: '', next: ''});

/** Waits until the run lets go of the command. */
const untilAborted = async ({signal}: ExecOptions): Promise<Reply> =>
	new Promise(resolve => {
		const stop = (): void =>
			resolve({error: new DeployError({code: 'cancelled', what: 'stopped', why: '', now: '', next: ''})});
		if (signal?.aborted) stop();
		else signal?.addEventListener('abort', stop);
	});

/** A host that knows some commands, each with its answers in turn, and fails on any other one. */
const fakeHost = (attempt: number, kind = 'deploy') => {
	const known = new Map<string, {readonly name: string; readonly answers: Answer[]; readonly last?: Answer}>();
	const asked: string[] = [];
	const unexpected: string[] = [];
	const on = (name: string, command: Command, ...answers: Answer[]) => {
		known.set(renderCommand(command), {name, answers});
		return host;
	};
	/** What is live is asked as often as it may have changed: the last answer stands. */
	const lives = (...names: readonly string[]) => {
		const answers = names.map(release => ({stdout: `${releases}/${release}\n`}));
		const [last = {}] = answers.slice(-1);
		known.set(renderCommand({argv: ['readlink', 'live']}), {name: 'live', answers: answers.slice(0, -1), last});
		return host;
	};
	const session: Session = {
		host: {name: 'web-1', address: '127.0.0.1'},
		status: {state: 'ready', since: 0} satisfies SessionStatus,
		subscribe: () => () => {},
		connect: async () => void asked.push('connect'),
		close: async () => {},
		exec: async (line, options) => {
			const match = known.get(line);
			const answer = match?.answers.shift() ?? match?.last;
			if (!match || !answer) {
				unexpected.push(match?.name ?? line);
				throw new Error(`unexpected command: ${line}`);
			}
			asked.push(match.name);
			const {log = '', error, ...result} = typeof answer === 'function' ? await answer(options) : answer;
			if (error) throw error;
			options.onStdout?.(Buffer.from(log));
			return {code: 0, stdout: '', stderr: '', durationMs: 1, ...result};
		},
	};
	const host = {
		session,
		asked,
		on,
		read: (id: string, ...answers: Answer[]) => on(id, {argv: ['read', id]}, ...answers),
		job: (id: string, ...answers: Answer[]) => {
			const script = renderScript([{argv: ['run', id]}]);
			// What makes a release live seals it against streams.
			const seals = id === 'swap';
			// A way back has the room that is kept for a full disk.
			const room = id === 'go-back' || kind === 'rollback' ? 'spare' : undefined;
			return on(id, startOrAttachJob(state, {job: id, attempt, offset: 0, script, seals, room}), ...answers);
		},
		lock: (...answers: Answer[]) =>
			on('lock', takeLock(state, {attempt, holder: {}, record: {}, entry: {}}), ...answers),
		halt: (jobs: readonly string[], ...answers: Answer[]) =>
			on('halt', haltJobs(state, {attempt, jobs}), ...answers),
		live: lives,
		/** Every command that was foreseen was asked for, and no other. */
		expectAll: (...order: readonly string[]) => {
			expect(unexpected).toEqual([]);
			expect(asked).toEqual(order);
			expect([...known.values()].filter(({answers}) => answers.length > 0).map(({name}) => name)).toEqual([]);
		},
	};
	return host;
};

const memoryJournal = (): Journal => {
	const mirrors = new Map<string, Buffer>();
	return {
		directory: '',
		logPath: 'run.log',
		lost: undefined,
		append: () => {},
		close: () => {},
		mirror: id => ({
			get sizeBytes() {
				return mirrors.get(id)?.length ?? 0;
			},
			append: chunk => void mirrors.set(id, Buffer.concat([mirrors.get(id) ?? Buffer.alloc(0), chunk])),
			tail: () => mirrors.get(id)?.toString() ?? '',
		}),
	};
};

const missing = (name: string) => async (): Promise<never> => Promise.reject(new Error(`unexpected use of ${name}`));

const start = (
	pipeline: Pipeline,
	session: Session,
	{
		probe = {get: missing('the probe')},
		builds = noBuilds,
		journal = memoryJournal(),
		...options
	}: {
		attempt?: number;
		aim?: 'finish' | 'abandon';
		canAsk?: boolean;
		onEvent?: (event: RunEvent) => void;
		probe?: ProbePort;
		builds?: BuildPort;
		journal?: Journal;
	} = {},
): Run =>
	startRun(
		pipeline,
		{
			session,
			source: {} as never,
			builds,
			hooks: noHooks,
			probe,
			clock: {now: () => 0, wait: missing('the clock')},
			journal,
			patienceMs: 1000,
		},
		{attempt: 1, onEvent: () => {}, ...options},
	);

describe('run: order', () => {
	test('steps overlap when neither waits for the other, and a step waits for all it names', async () => {
		const host = fakeHost(1);
		const [second, third] = [Promise.withResolvers<Reply>(), Promise.withResolvers<Reply>()];
		host.read('a', {})
			.read('b', async () => second.promise)
			.read('c', async () => third.promise)
			.read('d', {});
		const run = start(
			pipelineOf([
				step('a', [], read('a')),
				step('b', ['a'], read('b')),
				step('c', ['a'], read('c')),
				step('d', ['b', 'c'], read('d')),
			]),
			host.session,
			{
				onEvent: event => {
					// c ends while b is still under way; b only after c.
					if (event.type === 'action.announced' && event.action === 'c') third.resolve({});
					if (event.type === 'step.finished' && event.step === 'c') {
						expect(host.asked).toEqual(['a', 'b', 'c']);
						second.resolve({});
					}
				},
			},
		);

		expect(await run.finished).toEqual({outcome: 'done', exitCode: 0});
		host.expectAll('a', 'b', 'c', 'd');
	});

	test('a step may wait for one that stands below it', async () => {
		const host = fakeHost(1).read('a', {}).read('b', {}).read('c', {});
		await start(
			pipelineOf([step('c', ['b'], read('c')), step('a', [], read('a')), step('b', ['a'], read('b'))]),
			host.session,
		).finished;

		host.expectAll('a', 'b', 'c');
	});

	test('a step that waits for one that is not there is a fault, not a step without conditions', async () => {
		const host = fakeHost(1);
		const {outcome, error} = await start(pipelineOf([step('a', ['nowhere'], read('a'))]), host.session).finished;

		expect(outcome).toBe('failed');
		expect(error?.why).toContain('nowhere');
	});

	test('what a step announces comes before the command it announces', async () => {
		const host = fakeHost(1);
		const order: string[] = [];
		host.read('a', async () => {
			order.push('asked');
			return {};
		});
		await start(pipelineOf([step('a', [], read('a'))]), host.session, {
			onEvent: ({type}) => order.push(type),
		}).finished;

		expect(order).toEqual([
			'run.started',
			'step.started',
			'action.announced',
			'asked',
			'step.finished',
			'run.finished',
		]);
	});

	test('what a step made is told with its size, as a value', async () => {
		const host = fakeHost(1).read('a', {stdout: '212 files'}).read('b', {});
		const told: RunEvent[] = [];
		const a = {...step('a', [], read('a')), sizeBytes: ({a: text}: Results) => Number.parseInt(text ?? '', 10)};
		await start(pipelineOf([a, step('b', ['a'], read('b'))]), host.session, {
			onEvent: event => told.push(event),
		}).finished;

		expect(told.filter(({type}) => type === 'step.finished')).toEqual([
			{at: 0, type: 'step.finished', step: 'a', state: 'done', durationMs: 0, sizeBytes: 212},
			{at: 0, type: 'step.finished', step: 'b', state: 'done', durationMs: 0},
		]);
	});

	test('a screen that throws does not touch the run', async () => {
		const host = fakeHost(1).read('a', {});
		const onEvent = (): void => {
			throw new Error('a broken screen');
		};

		expect((await start(pipelineOf([step('a', [], read('a'))]), host.session, {onEvent}).finished).outcome).toBe(
			'done',
		);
	});
});

describe('run: failures', () => {
	test('a journal that can not be begun ends the run before the host is asked anything', async () => {
		const host = fakeHost(1);
		let watchers = 0;
		const subscribe = () => {
			watchers += 1;
			return () => void (watchers -= 1);
		};
		const told: RunEvent[] = [];
		const {outcome, exitCode, error} = await start(
			pipelineOf([step('a', [], read('a'))]),
			{...host.session, subscribe},
			{journal: {...memoryJournal(), lost: 'no room on /state'}, onEvent: event => told.push(event)},
		).finished;

		expect([outcome, exitCode]).toEqual(['failed', 3]);
		expect(error?.why).toBe('its log can not be kept on this machine: no room on /state');
		expect(error?.now).toBe('Nothing was changed.');
		expect(told.map(({type}) => type)).toEqual(['run.started', 'run.noted', 'run.finished']);
		expect(watchers).toBe(0);
		host.expectAll();
	});

	/** A journal that is lost with the first event that matches. */
	const lostAt = (matches: (event: RunEvent) => boolean): Journal => {
		let lost: string | undefined;
		return {
			...memoryJournal(),
			get lost() {
				return lost;
			},
			append: event => {
				if (matches(event)) lost ??= 'no room on /state';
			},
		};
	};
	const announced =
		(id: string) =>
		(event: RunEvent): boolean =>
			event.type === 'action.announced' && event.action === id;

	test('a journal lost under the lock: the next action is not begun, and the host is left in a named state', async () => {
		const host = fakeHost(1)
			.lock({stdout: 'token 1\n'})
			.job('composer', exited(0))
			.halt([], {})
			.live('old')
			.job('abandon', exited(0));
		const notes: string[] = [];
		const {outcome, exitCode, error} = await start(
			pipelineOf([step('take', [], lock), step('build', ['take'], job('composer'), job('caches'))]),
			host.session,
			{
				journal: lostAt(announced('caches')),
				onEvent: event => event.type === 'run.noted' && notes.push(event.text),
			},
		).finished;

		expect([outcome, exitCode]).toEqual(['failed', 3]);
		expect(error?.now).toBe(
			'Live backend is untouched: old. The release being prepared was removed, the lock given back.',
		);
		expect(notes).toEqual(['the log of this run is not kept here: no room on /state']);
		host.expectAll('lock', 'composer', 'halt', 'live', 'abandon', 'live');
	});

	test.each([
		{what: 'behind the beginning of its swap', at: 'swap', kind: 'deploy'},
		{what: 'of a rollback from the first event on', at: '', kind: 'rollback'},
	] as const)('a journal lost $what stops nothing, and is told once', async ({at, kind}) => {
		const host = fakeHost(1, kind).lock({stdout: 'token 1\n'}).job('swap', exited(0)).read('after', {});
		const told: RunEvent[] = [];
		const pipeline = pipelineOf([
			step('take', [], lock),
			step('swap', ['take'], {...job('swap'), swap: 0}, read('after')),
		]);
		const {outcome, exitCode} = await start({...pipeline, record: {...pipeline.record, kind}}, host.session, {
			journal: lostAt(at === '' ? () => true : announced(at)),
			onEvent: event => told.push(event),
		}).finished;

		expect([outcome, exitCode]).toEqual(['done', 0]);
		expect(told.flatMap(event => (event.type === 'run.noted' ? [event.text] : []))).toEqual([
			'the log of this run is not kept here: no room on /state; it goes on',
		]);
		host.expectAll('lock', 'swap', 'after');
	});

	test('a rollback whose lock cannot be written names the script that the host keeps', async () => {
		const host = fakeHost(1, 'rollback').lock({code: 94, stderr: 'Read-only file system\n'});
		const pipeline = pipelineOf([step('take', [], lock)]);
		const target = {kind: 'snapshot', release: 'previous'} as const;
		const {outcome, exitCode, error} = await start(
			{...pipeline, record: {...pipeline.record, kind: 'rollback', target}},
			host.session,
		).finished;

		expect([outcome, exitCode, error?.now]).toEqual(['failed', 3, 'Nothing was changed.']);
		expect(error?.why).toContain('Read-only file system');
		expect(error?.next).toMatch(
			/Without the cockpit, to the release before: ssh \S+ sh state\/rollback-backend\.sh$/,
		);
	});

	test('before the lock: nothing further starts, nothing is tidied, the tool is quoted', async () => {
		const host = fakeHost(1).read('a', {code: 3, stderr: 'No such file\n'}).read('b', untilAborted);
		const {outcome, exitCode, error} = await start(
			pipelineOf([step('b', [], read('b')), step('a', [], read('a')), step('c', ['a'], lock)]),
			host.session,
		).finished;

		expect([outcome, exitCode]).toEqual(['failed', 3]);
		expect(error?.why).toContain('No such file');
		expect(error?.now).toBe('Nothing was changed.');
		host.expectAll('b', 'a');
	});

	test('under the lock: what runs is ended first, then live is asked, then the candidate is removed', async () => {
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.job('slow', untilAborted)
			.job('broken', exited(2, '\u001E0\nout of memory\n'))
			.halt(['slow', 'broken'], {})
			.live('old')
			.job('abandon', exited(0));
		const {exitCode, error} = await start(
			pipelineOf([step('l', [], lock), step('s', ['l'], job('slow')), step('b', ['l'], job('broken'))]),
			host.session,
		).finished;

		expect(exitCode).toBe(3);
		expect(error?.why).toBe('run broken exited with 2:\nout of memory');
		expect(error?.now).toBe(
			'Live backend is untouched: old. The release being prepared was removed, the lock given back.',
		);
		host.expectAll('lock', 'slow', 'broken', 'halt', 'live', 'abandon', 'live');
	});

	test('after the swap: exit 4, closed as failed, with the way back', async () => {
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.job('swap', exited(1, '\u001E0\nphp-fpm failed\n'))
			.halt(['swap'], {})
			.live('new')
			.job('close-as-failed', exited(0));
		const {exitCode, error} = await start(
			pipelineOf([step('l', [], lock), step('swap', ['l'], job('swap', {swap: 0}))]),
			host.session,
		).finished;

		expect([exitCode, error?.code]).toEqual([4, 'failed-after-swap']);
		expect(error?.now).toContain('Live backend is the new release new.');
		expect(error?.next).toContain('Go back with:\n  sh rollback');
		host.expectAll('lock', 'swap', 'halt', 'live', 'close-as-failed', 'live');
	});

	test('what could not be tidied is said, and the lock is not claimed to be free', async () => {
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.job('a', exited(1))
			.halt(['a'], {code: 1, stderr: 'process group 7 of a is still alive\n'})
			.live('old')
			.job('abandon', exited(1, '\u001E0\nrm: busy\n'));
		const {error} = await start(pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]), host.session)
			.finished;

		expect(error?.now).toContain('process group 7 of a is still alive');
		expect(error?.now).toContain('rm: busy');
		expect(error?.now).not.toContain('given back');
		expect(error?.now).toContain('cockpit resume run-1 --env preprod');
	});

	test('taken over: a failing driver that was replaced ends nothing, closes nothing, exit 6', async () => {
		const holder = 'run-1 2 5\n{"since":"2026-02-10T06:00:00Z","name":"Asha","machine":"desk"}\n';
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.job('a', exited(1))
			.halt(['a'], {code: 97, stderr: holder});
		const {exitCode, error} = await start(
			pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]),
			host.session,
		).finished;

		expect(exitCode).toBe(6);
		expect(error?.why).toBe('Asha on desk took it over at 2026-02-10T06:00:00Z');
		host.expectAll('lock', 'a', 'halt');
	});
});

describe('run: links', () => {
	test('a job whose link broke is attached to again where its output was cut', async () => {
		const host = fakeHost(1);
		const script = renderScript([{argv: ['run', 'a']}]);
		host.lock({stdout: 'token 4\n'})
			.job('a', async ({onStdout}) => {
				onStdout?.(Buffer.from('\u001E0\nhal'));
				return {error: linkLost};
			})
			.on('a again', startOrAttachJob(state, {job: 'a', attempt: 1, offset: 6, script}), {
				log: 'f\n',
				stderr: 'J exit 0 8\n',
			});
		const lines: string[] = [];
		const {outcome} = await start(pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]), host.session, {
			onEvent: event => void (event.type === 'step.output' && lines.push(...event.lines)),
		}).finished;

		expect(outcome).toBe('done');
		expect(lines).toEqual(['half']);
		host.expectAll('lock', 'a', 'connect', 'a again');
	});

	test('a job that says it has written more than has come is read on, to the last byte', async () => {
		const host = fakeHost(1);
		const script = renderScript([{argv: ['run', 'a']}]);
		host.lock({stdout: 'token 4\n'})
			.job('a', {log: '\u001E0\nfirst\n', stderr: 'J exit 0 14\n'})
			.on('the rest', startOrAttachJob(state, {job: 'a', attempt: 1, offset: 9, script}), {
				log: 'last\n',
				stderr: 'J exit 0 14\n',
			});
		const lines: string[] = [];
		const {outcome} = await start(pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]), host.session, {
			onEvent: event => void (event.type === 'step.output' && lines.push(...event.lines)),
		}).finished;

		expect(outcome).toBe('done');
		expect(lines).toEqual(['first', 'last']);
		host.expectAll('lock', 'a', 'the rest');
	});

	test('a link that broke while the lock was taken: asked again, its own run is recognised', async () => {
		const host = fakeHost(1).lock({error: linkLost}, {code: 96, stdout: 'run-1 1 4\n{"name":"Ravi"}\n'});
		const tokens: number[] = [];
		const {outcome} = await start(pipelineOf([step('l', [], lock)]), host.session, {
			onEvent: event => void (event.type === 'lock.taken' && tokens.push(event.token)),
		}).finished;

		expect([outcome, tokens]).toEqual(['done', [4]]);
		host.expectAll('lock', 'connect', 'lock');
	});

	test('a run that holds its lock when the link is gone for good is left, never called failed', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'}).job('a', {error: linkLost});
		const session: Session = {...host.session, connect: async () => Promise.reject(linkLost)};
		const {outcome, exitCode, error} = await start(
			pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]),
			session,
		).finished;

		expect([outcome, exitCode]).toEqual(['left', 5]);
		expect(error?.next).toBe('cockpit resume run-1 --env preprod');
	});
});

describe('run: cancel and leave', () => {
	test('cancel before the swap ends what runs and closes; a second thought leaves without waiting', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'}).job('a', untilAborted).halt(['a'], untilAborted);
		const run = start(pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]), host.session, {
			onEvent: event => {
				if (event.type === 'action.announced' && event.action === 'a') queueMicrotask(() => run.cancel());
				if (event.type === 'step.finished' && event.step === 'a') setImmediate(() => run.leave());
			},
		});

		expect(await run.finished).toMatchObject({outcome: 'left', exitCode: 130});
		host.expectAll('lock', 'a', 'halt');
	});

	test('cancel once the swap step has begun is refused, and the run goes on', async () => {
		const swapping = Promise.withResolvers<Reply>();
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.job('swap', async () => swapping.promise);
		const answers: unknown[] = [];
		const run = start(
			pipelineOf([step('l', [], lock), step('swap', ['l'], job('swap', {swap: 0}))]),
			host.session,
			{
				onEvent: event => {
					if (event.type !== 'action.announced' || event.action !== 'swap') return;
					answers.push(run.cancel());
					swapping.resolve(exited(0));
				},
			},
		);

		expect((await run.finished).outcome).toBe('done');
		expect(answers).toEqual(['the swap has begun: the run goes on to its end']);
	});
});

describe('run: a build that is not there any more when it is sent', () => {
	test('is made again, and what that says is told', async () => {
		const host = fakeHost(1).live('old');
		const content = {kind: 'build', request: {directory: '/sources'}};
		const transfer = {content, known: () => ({manifest: '', hasZstd: false})};
		const lines: string[] = [];
		const {error} = await start(
			pipelineOf([step('u', [], {kind: 'transfer', id: 'upload', transfer} as unknown as Action)]),
			host.session,
			{
				builds: {
					...noBuilds,
					find: async () => undefined,
					build: async (_, {onLines}) => {
						onLines(['thrown away,\u001B[31m built again']);
						throw new DeployError({
							code: 'step-failed',
							what: 'w',
							why: 'no npm',
							now: '',
							next: '',
						});
					},
				},
				onEvent: event => void (event.type === 'step.output' && lines.push(...event.lines)),
			},
		).finished;

		expect(lines).toEqual(['thrown away, built again']);
		expect(error?.why).toBe('no npm');
	});
});

describe('run: resumed', () => {
	const transfer = {kind: 'transfer', id: 'upload', transfer: {known: missing('the transfer')}} as unknown as Action;

	test('files are not sent again beneath a job that has worked on them', async () => {
		const host = fakeHost(2)
			.lock({stdout: 'started copy\nstarted composer\ntoken 5\n'})
			.job('copy', exited(0))
			.job('composer', exited(0));
		const {outcome} = await start(
			pipelineOf([
				step('l', [], lock),
				step('u', ['l'], job('copy'), transfer),
				step('c', ['u'], job('composer')),
			]),
			host.session,
			{attempt: 2},
		).finished;

		expect(outcome).toBe('done');
		host.expectAll('lock', 'copy', 'composer');
	});

	test('a check that fails before the lock is taken over leaves the run open', async () => {
		const host = fakeHost(2).read('a', {code: 1, stderr: 'disk full\n'});
		const {outcome, error} = await start(
			pipelineOf([step('a', [], read('a')), step('l', ['a'], lock)]),
			host.session,
			{attempt: 2},
		).finished;

		expect(outcome).toBe('left');
		expect(error?.now).toBe('Nothing was changed by this attempt. Run run-1 stays open.');
		host.expectAll('a');
	});

	test('jobs of earlier drivers are ended too when it fails', async () => {
		const host = fakeHost(2)
			.lock({stdout: 'started a\nstarted b\ntoken 5\n'})
			.job('a', exited(1))
			.halt(['a', 'b'], {})
			.live('old')
			.job('abandon', exited(0));
		const {exitCode} = await start(
			pipelineOf([step('l', [], lock), step('a', ['l'], job('a')), step('b', ['a'], job('b'))]),
			host.session,
			{attempt: 2},
		).finished;

		expect(exitCode).toBe(3);
		host.expectAll('lock', 'a', 'halt', 'live', 'abandon', 'live');
	});

	test('a closing that was interrupted is done, nothing else; one that could not finish gets a second try', async () => {
		const host = fakeHost(2)
			.lock({stdout: 'started a\nstarted abandon\ntoken 5\n'})
			.halt(['a'], {})
			.live('old')
			.job('abandon', exited(1))
			.on(
				'abandon-2',
				startOrAttachJob(state, {
					job: 'abandon-2',
					attempt: 2,
					offset: 0,
					script: renderScript([{argv: ['run', 'abandon']}]),
				}),
				exited(0),
			);
		const {exitCode, error} = await start(
			pipelineOf([step('l', [], lock), step('a', ['l'], job('a'))]),
			host.session,
			{attempt: 2},
		).finished;

		expect(exitCode).toBe(3);
		expect(error?.now).toContain('the lock given back');
		host.expectAll('lock', 'halt', 'live', 'abandon', 'abandon-2', 'live');
	});
});

describe('run: somebody has made another release live by hand', () => {
	const probed: Action = {
		kind: 'probe',
		id: 'health',
		policy: {
			url: 'http://127.0.0.1',
			status: 200,
			passes: 1,
			stableForMs: 0,
			withinMs: 10,
			everyMs: 1,
			timeoutMs: 10_000,
			sameFailureMs: 5000,
		},
	};
	const prove = {argv: ['prove']} as const;
	const pipeline: Pipeline = {
		...pipelineOf([
			step('l', [], lock),
			step('swap', ['l'], job('swap', {swap: 0})),
			step('v', ['swap'], probed, job('close')),
		]),
		environment: {
			name: 'preprod',
			stateDirectory: state.directory,
			apps: {},
			timeZone: 'Asia/Kolkata',
		} as Environment,
		proveLive: prove,
		closeAsPutBack: job('close-as-put-back'),
	};
	const moved = (was: string): string =>
		`live was ${was}, and is old now, put live by hand at 2026-02-10T06:02:00Z by ubuntu\n`;

	test('behind the swap: whoever drives it on asks nobody for health, tells nothing as live and closes it as put back', async () => {
		const host = fakeHost(2)
			.lock({stdout: 'started swap\ntoken 5\n'})
			.job('swap', exited(0, '\u001E0\nswapped\n'))
			.on('prove', prove, {code: 91, stdout: moved('made new by the run')})
			.halt([], {})
			.live('old')
			.job('close-as-put-back', exited(0));
		const events: string[] = [];
		const {exitCode, error} = await start(pipeline, host.session, {
			attempt: 2,
			onEvent: ({type}) => void events.push(type),
		}).finished;

		expect(exitCode).toBe(4);
		expect(error?.why).toBe(
			'run run-1 made new live, and live is old now, put live by hand at Tue 10 Feb 11:32 IST by ubuntu',
		);
		expect(error?.now).toContain('Live backend on web-1 is old, put there by hand.');
		expect(error?.now).toContain('its release new is not live');
		expect(events).not.toContain('live.changed');
		host.expectAll('lock', 'swap', 'prove', 'halt', 'live', 'close-as-put-back', 'live');
	});

	test('at the close of the first driver: nothing is recorded as live', async () => {
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.job('swap', exited(0, '\u001E0\nswapped\n'))
			.job('close', exited(91, `\u001E0\n${moved('made new by the run')}`))
			.halt(['close'], {})
			.live('old')
			.job('close-as-put-back', exited(0));
		const {exitCode, error} = await start(pipeline, host.session, {
			probe: {get: async () => ({durationMs: 1, outcome: {status: 200}, body: ''})},
		}).finished;

		expect(exitCode).toBe(4);
		expect(error?.what).toContain('Somebody changed by hand what is live of the backend on web-1');
		host.expectAll('lock', 'swap', 'close', 'halt', 'live', 'close-as-put-back', 'live');
	});

	test('before the swap: whoever drives it on stops under the lock, and the run is taken away', async () => {
		const host = fakeHost(2)
			.lock({stdout: `started prepare\n${moved('first when the run began')}token 5\n`})
			.halt([], {})
			.live('old')
			.job('abandon', exited(0));
		const {exitCode, error} = await start(pipeline, host.session, {attempt: 2}).finished;

		expect(exitCode).toBe(3);
		expect(error?.why).toContain('live was first, and live is old now, put live by hand at Tue 10 Feb 11:32 IST');
		expect(error?.next).toContain('cockpit deploy backend --env preprod');
		expect(error?.now).toContain('Live backend is untouched: old.');
		host.expectAll('lock', 'halt', 'live', 'abandon', 'live');
	});
});

describe('run: ended from elsewhere', () => {
	const pipeline = pipelineOf([
		step('l', [], read('facts'), lock, read('more')),
		step('a', [], job('a')),
		step('swap', ['l', 'a'], job('swap', {swap: 0})),
	]);
	const end = {attempt: 2, aim: 'abandon'} as const;

	test('takes the lock, does nothing else of its steps, ends what is alive and closes it', async () => {
		const host = fakeHost(2)
			.lock({stdout: 'started a\ntoken 5\n'})
			.halt(['a'], {})
			.live('old')
			.job('abandon', exited(0));

		const {outcome, isTidy, error} = await start(pipeline, host.session, end).finished;

		expect({outcome, isTidy}).toEqual({outcome: 'cancelled', isTidy: true});
		expect(error?.now).toBe(
			'Live backend is untouched: old. The release being prepared was removed, the lock given back.',
		);
		host.expectAll('lock', 'halt', 'live', 'abandon', 'live');
	});

	test('a swap that has begun meanwhile is closed by nobody', async () => {
		const host = fakeHost(2).lock({stdout: 'started a\nstarted swap\ntoken 5\n'});

		const {outcome, isTidy} = await start(pipeline, host.session, end).finished;

		expect({outcome, isTidy}).toEqual({outcome: 'left', isTidy: undefined});
		host.expectAll('lock');
	});

	test('what could not be tidied up is no end', async () => {
		const host = fakeHost(2)
			.lock({stdout: 'token 5\n'})
			.halt([], {code: 1, stderr: 'does not end'})
			.live('old')
			.job('abandon', exited(0));

		expect(await start(pipeline, host.session, end).finished).toMatchObject({outcome: 'cancelled', isTidy: false});
	});
});

describe('run: one job told as several steps', () => {
	const three = job('unit', {
		commands: [{argv: ['stop']}, {argv: ['swap']}, {argv: ['start']}],
		swap: 1,
		spans: [
			{from: 1, step: 'swap'},
			{from: 2, step: 'start'},
		],
	});
	const follow = (id: string): Action => ({kind: 'follow', id, job: 'unit'});
	const pipeline = pipelineOf([
		step('l', [], lock),
		step('stop', ['l'], three),
		step('swap', ['stop'], follow('follow-swap')),
		step('start', ['swap'], follow('follow-start')),
	]);
	const command = startOrAttachJob(state, {
		job: 'unit',
		attempt: 1,
		offset: 0,
		script: renderScript(three.commands),
		seals: true,
	});

	test('each step ends when its commands have passed, and its output is its own', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'});
		const ended: string[] = [];
		const gate = Promise.withResolvers<void>();
		host.on('unit', command, async ({onStdout}) => {
			onStdout?.(Buffer.from('\u001E0\nstopping\n\u001E1\nswapping\n\u001E2\nstarting\n'));
			await gate.promise;
			const size = Buffer.byteLength('\u001E0\nstopping\n\u001E1\nswapping\n\u001E2\nstarting\nup\n');
			onStdout?.(Buffer.from('up\n'));
			return {stderr: `J exit 0 ${size}\n`};
		});
		const output: string[] = [];
		const live: string[] = [];
		const {outcome} = await start(pipeline, host.session, {
			onEvent: event => {
				if (event.type === 'step.output') output.push(`${event.step}: ${event.lines.join('|')}`);
				if (event.type === 'live.changed') live.push(ended.join(','));
				if (event.type === 'step.started' && event.step === 'start') gate.resolve();
				if (event.type === 'step.finished') ended.push(event.step);
			},
		}).finished;

		expect(outcome).toBe('done');
		expect(ended).toEqual(['l', 'stop', 'swap', 'start']);
		expect(output).toEqual(['stop: stopping', 'swap: swapping', 'start: starting', 'start: up']);
		// Told as soon as the swap has passed, not when the job has ended.
		expect(live).toHaveLength(1);
		expect(ended.indexOf('start')).toBe(3);
	});

	test('a failure belongs to the step whose command failed', async () => {
		const host = fakeHost(1)
			.lock({stdout: 'token 4\n'})
			.on('unit', command, exited(1, '\u001E0\n\u001E1\n\u001E2\nport is taken\n'))
			.halt(['unit'], {})
			.live('new')
			.job('close-as-failed', exited(0));
		const {exitCode, error} = await start(pipeline, host.session).finished;

		expect(exitCode).toBe(4);
		expect(error?.what).toBe('start failed on web-1 (preprod)');
		expect(error?.why).toContain('port is taken');
	});
});

describe('run: questions', () => {
	const choices = ['abort', 'run', 'skip'].map(id => ({id, label: id, detail: ''}));
	const asking = (settled?: string): Pipeline =>
		pipelineOf([
			step('l', [], lock),
			step(
				'ask',
				['l'],
				{
					kind: 'prompt',
					id: 'migrations',
					job: 'migrate',
					prompt: () => ({
						id: 'migrations',
						kind: 'migrations',
						title: 'Migrate?',
						facts: [],
						choices,
						...(settled === undefined ? {} : {settled}),
					}),
				},
				{...job('migrate'), when: {text: 'run', holds: results => results['migrations'] === 'run'}},
			),
		]);

	test('a person answers, and the run goes on accordingly', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'}).job('migrate', exited(0));
		const refused: (string | undefined)[] = [];
		const run: Run = start(asking(), host.session, {
			canAsk: true,
			onEvent: event => {
				if (event.type !== 'prompt.raised') return;
				// Whoever hears of a question may answer at once.
				refused.push(run.answer('migrations', 'maybe'), run.answer('other', 'run'));
				refused.push(run.answer('migrations', 'run'));
			},
		});

		expect((await run.finished).outcome).toBe('done');
		expect(refused).toEqual(['maybe is not a choice', 'that is not asked any more', undefined]);
		host.expectAll('lock', 'migrate');
	});

	test('what was settled before is not asked', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'});
		const by: string[] = [];
		const {outcome} = await start(asking('skip'), host.session, {
			onEvent: event => void (event.type === 'prompt.answered' && by.push(`${event.choice} ${event.by}`)),
		}).finished;

		expect([outcome, by]).toEqual(['done', ['skip settled']]);
		host.expectAll('lock');
	});

	test('where nobody is there to ask, the run ends with exit 2 before anything is migrated', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'}).halt([], {}).live('old').job('abandon', exited(0));
		const {exitCode, error} = await start(asking(), host.session).finished;

		expect([exitCode, error?.code]).toEqual([2, 'answer-needed']);
		host.expectAll('lock', 'halt', 'live', 'abandon', 'live');
	});

	test('stopping at the question cancels the run', async () => {
		const host = fakeHost(1).lock({stdout: 'token 4\n'}).halt([], {}).live('old').job('abandon', exited(0));
		const run: Run = start(asking(), host.session, {
			canAsk: true,
			onEvent: event => void (event.type === 'prompt.raised' && run.answer('migrations', 'abort')),
		});

		expect(await run.finished).toMatchObject({outcome: 'cancelled', exitCode: 130});
		host.expectAll('lock', 'halt', 'live', 'abandon', 'live');
	});

	test('a driver that resumes behind the question knows the answer from what has begun', async () => {
		const host = fakeHost(2).lock({stdout: 'started migrate\ntoken 5\n'}).job('migrate', exited(0));
		const {outcome} = await start(asking(), host.session, {attempt: 2}).finished;

		expect(outcome).toBe('done');
		host.expectAll('lock', 'migrate');
	});
});

describe('run: going back within the lock', () => {
	const pipeline = (onFailure: 'ask' | 'rollback'): Pipeline => {
		const base = pipelineOf([step('l', [], lock), step('swap', ['l'], job('swap', {swap: 0}))]);
		return {
			...base,
			environment: {...base.environment, title: 'Pre-Prod', onFailure},
			goBack: {
				job: job('go-back'),
				health: {
					url: 'http://127.0.0.1',
					status: 200,
					passes: 1,
					stableForMs: 0,
					withinMs: 10,
					everyMs: 1,
					timeoutMs: 10_000,
					sameFailureMs: 5000,
				},
				close: job('close-as-gone-back'),
			},
		};
	};
	const failed = () =>
		fakeHost(1).lock({stdout: 'token 4\n'}).job('swap', exited(1, '\u001E0\nphp-fpm failed\n')).halt(['swap'], {});
	const healthy = {get: async () => ({durationMs: 1, outcome: {status: 200}, body: ''})};
	const lives = (host: ReturnType<typeof fakeHost>, ...releaseNames: readonly string[]) => host.live(...releaseNames);

	test('nobody to ask: only what has its way back as default goes back by itself', async () => {
		const ending = async (isDefault: boolean) => {
			const host = lives(failed(), 'new', ...(isDefault ? ['old'] : []))
				.job('go-back', exited(0))
				.job('close-as-gone-back', exited(0))
				.job('close-as-failed', exited(0));
			const {goBack, ...asks} = pipeline('ask');
			if (!goBack) throw new TypeError('no way back');
			const way = isDefault ? {...goBack, isDefault} : goBack;
			const {exitCode, error} = await start({...asks, goBack: way}, host.session, {probe: healthy}).finished;
			return [exitCode, error?.now.split(':')[0]];
		};

		expect(await ending(true)).toEqual([4, 'Went back']);
		expect(await ending(false)).toEqual([4, expect.stringContaining('is the new release')]);
	});

	test('by policy: swaps back, waits for health, and says so with exit 4', async () => {
		const host = lives(failed(), 'new', 'old', 'old')
			.job('go-back', exited(0))
			.job('close-as-gone-back', exited(0));
		const events: string[] = [];
		const {exitCode, error} = await start(pipeline('rollback'), host.session, {
			probe: healthy,
			onEvent: event => void (event.type.startsWith('going-back') && events.push(event.type)),
		}).finished;

		expect(exitCode).toBe(4);
		expect(error?.why).toContain('php-fpm failed');
		expect(error?.now).toContain('Went back: live backend on web-1 is old again, and healthy.');
		expect(events).toEqual(['going-back.started', 'going-back.finished']);
		host.expectAll('lock', 'swap', 'halt', 'live', 'go-back', 'live', 'close-as-gone-back', 'live');
	});

	test.each([
		{
			what: 'goes back',
			onFailure: 'rollback',
			closing: ['go-back', 'close-as-gone-back'],
			lives: ['new', 'old', 'old'],
		},
		{what: 'keeps what is live', onFailure: 'ask', closing: ['close-as-failed'], lives: ['new']},
		{what: 'did not come to its swap', onFailure: 'ask', closing: ['abandon'], lives: ['old']},
	] as const)(
		'what it leaves behind, one that $what says by what it knows itself',
		async ({onFailure, closing, ...of}) => {
			const host = lives(failed(), ...of.lives);
			for (const id of closing) host.job(id, exited(0));
			const heard: string[] = [];
			const leftBehind: LeftBehind = {
				job: 'swap',
				command: {argv: ['ask', 'left']},
				tell: ({results, log, said}) => {
					heard.push(results['lock'] ?? '', log('swap'), said);
					return {now: 'A migration of it ran.', next: 'Look at the database.'};
				},
			};
			host.on('left', {argv: ['ask', 'left']}, {stdout: 'it stands'});
			const {error} = await start({...pipeline(onFailure), leftBehind}, host.session, {probe: healthy}).finished;

			expect(error?.now).toMatch(/ A migration of it ran\.$/);
			expect(heard[0]).toBe('token 4\n');
			expect(heard[1]).toContain('php-fpm failed');
			expect(heard[2]).toBe('it stands');
			expect(error?.next).toMatch(/Look at the database\.$/);
		},
	);

	test('asked: the lock is still held while a person decides; keeping it closes the run as failed', async () => {
		const host = lives(failed(), 'new').job('close-as-failed', exited(0));
		const run: Run = start(pipeline('ask'), host.session, {
			canAsk: true,
			probe: healthy,
			onEvent: event => {
				if (event.type !== 'prompt.raised') return;
				expect(host.asked).not.toContain('close-as-failed');
				run.answer('go-back', 'keep');
			},
		});
		const {exitCode, error} = await run.finished;

		expect(exitCode).toBe(4);
		expect(error?.now).toContain('Live backend is the new release new.');
		host.expectAll('lock', 'swap', 'halt', 'live', 'close-as-failed', 'live');
	});

	test('asked where nobody is there to answer: what is live is kept, and the way back is named', async () => {
		const host = lives(failed(), 'new').job('close-as-failed', exited(0));
		const {exitCode, error} = await start(pipeline('ask'), host.session, {probe: healthy}).finished;

		expect(exitCode).toBe(4);
		expect(error?.now).toContain('Live backend is the new release new.');
		expect(error?.next).toContain('Go back with:');
		host.expectAll('lock', 'swap', 'halt', 'live', 'close-as-failed', 'live');
	});

	test('going back that fails is told, and the way back by hand is named', async () => {
		const host = lives(failed(), 'new', 'new')
			.job('go-back', exited(1, '\u001E0\nrelease old is not on this host any more\n'))
			.job('close-as-failed', exited(0));
		const notes: string[] = [];
		const {exitCode, error} = await start(pipeline('rollback'), host.session, {
			probe: healthy,
			onEvent: event => void (event.type === 'run.noted' && notes.push(event.text)),
		}).finished;

		expect(exitCode).toBe(4);
		expect(notes.join()).toContain('is not on this host any more');
		expect(error?.next).toContain('Go back with:\n  sh rollback');
	});
});
