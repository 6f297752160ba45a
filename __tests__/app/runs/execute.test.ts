import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {execute, type RunGuard} from '../../../src/app/runs/execute.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {JobAction, Pipeline} from '../../../src/domain/runs/pipeline.ts';
import type {ExecOptions, Journal, Session} from '../../../src/domain/ports.ts';
import {silentNotifier, type Message, type Notifier, type NotifyTarget} from '../../../src/domain/notify/message.ts';
import {takeLock} from '../../../src/commands/lock/lock.ts';
import {wordsOf} from '../../support/words.ts';
import {recordOf} from '../../recipes/pipelines.ts';
import {endpoint, notifierWith, webhookTo} from '../../services/notify/messages.ts';

const state = {directory: 'state', app: 'backend', run: recordOf('backend').run};
const job = (id: string, more: Partial<JobAction> = {}): JobAction => ({
	kind: 'job',
	id,
	commands: [{argv: ['true'], label: id}],
	...more,
});

/** Takes the lock, prepares, swaps, closes. */
const pipeline: Pipeline = {
	record: recordOf('backend'),
	title: 'Deploy',
	environment: {project: 'qsights', name: 'preprod', stateDirectory: 'state', apps: {}} as Environment,
	host: {name: 'web-1', address: '127.0.0.1'},
	app: 'backend',
	steps: [
		{
			id: 'check',
			title: 'Check',
			touches: 'nothing',
			after: [],
			actions: [
				{
					kind: 'lock',
					id: 'take-lock',
					command: attempt => takeLock(state, {attempt, holder: {}, record: {}, entry: {}}),
				},
			],
		},
		{id: 'prepare', title: 'Prepare', touches: 'candidate', after: ['check'], actions: [job('prepare')]},
		{id: 'swap', title: 'Swap', touches: 'live', after: ['prepare'], actions: [job('swap', {swap: 0})]},
		{id: 'verify', title: 'Verify', touches: 'live', after: ['swap'], actions: [job('close')]},
	],
	swapStep: 'swap',
	readLive: {argv: ['readlink', 'live']},
	liveAfterSwap: '/releases/new',
	abandon: job('abandon'),
	closeAsFailed: job('close-as-failed'),
	wayBack: [],
};

const journal: Journal = {
	directory: '',
	logPath: '/logs/run.log',
	lost: undefined,
	append: () => undefined,
	close: () => undefined,
	mirror: () => {
		let text = '';
		return {
			get sizeBytes() {
				return text.length;
			},
			append: chunk => {
				text += Buffer.from(chunk).toString();
			},
			tail: () => text,
		};
	},
};

/** Runs the pipeline on a host that does all it is told; what was done, in order, by host and guard. */
const run = async (
	changes: {
		readonly underLock?: RunGuard['underLock'];
		readonly fails?: string;
		/** The job at which the host says that another drives the run. */
		readonly replacedAt?: string;
		/** The job at which the driver leaves. */
		readonly leftAt?: string;
		readonly attempt?: number;
		/** Jobs that the driver before began. */
		readonly begun?: readonly string[];
		readonly notifier?: Notifier;
		readonly notify?: readonly NotifyTarget[];
	} = {},
) => {
	const done: string[] = [];
	let leave = (): void => undefined;
	const exec = async (line: string, {onStdout}: ExecOptions) => {
		const ok = {code: 0, stdout: '', stderr: '', durationMs: 1};
		const words = wordsOf(line);
		const [program = ''] = words;
		const label = program === 'sh' ? (words[3] ?? '') : program;
		const name = label === 'job' ? (words[7] ?? '') : label;
		if (label === 'stay-known') return {...ok, code: 97};
		done.push(name);
		if (label === 'take-the-lock') {
			const begun = (changes.begun ?? []).map(job => `started ${job}\n`).join('');
			return {...ok, stdout: `${begun}token 1\ntime 2026-02-10T05:53:41Z\n`};
		}
		if (label === 'readlink') return {...ok, stdout: '/releases/old\n'};
		if (label !== 'job') return ok;
		if (name === changes.replacedAt) return {...ok, code: 97, stderr: ''};
		if (name === changes.leftAt) {
			leave();
			throw new DeployError({code: 'cancelled', what: 'left', why: '', now: '', next: ''});
		}
		const log = '\u001E0\n';
		onStdout?.(Buffer.from(log));
		return {...ok, stderr: `J exit ${name === changes.fails ? 1 : 0} ${log.length}\n`};
	};
	const session = {exec, subscribe: () => () => undefined, status: {state: 'ready', since: 0}} as unknown as Session;
	const services = {
		sessions: {session: () => session, close: async () => undefined},
		clock: {now: () => 0, wait: async () => undefined},
		runs: {open: () => journal, prune: () => undefined},
		notifier: changes.notifier ?? silentNotifier,
		patienceMs: 0,
	} as unknown as AppServices;
	const guard: RunGuard = {
		underLock: async signal => {
			done.push('guard asks');
			await changes.underLock?.(signal);
		},
		release: async () => {
			done.push('guard gives back');
		},
	};
	const {notify} = changes;
	const told = notify ? {...pipeline, environment: {...pipeline.environment, notify}} : pipeline;
	const driven = execute(services, told, {
		attempt: changes.attempt ?? 1,
		onEvent: event => {
			if (event.type === 'live.changed') done.push('live changed');
		},
		guard,
	});
	leave = () => driven.leave();
	return {outcome: await driven.finished, done, logPath: driven.logPath};
};

test('execute: the guard is asked once the lock is held, before anything is changed', async () => {
	const {outcome, done, logPath} = await run();

	expect(outcome).toMatchObject({outcome: 'done', exitCode: 0});
	expect(logPath).toBe('/logs/run.log');
	expect(done.slice(0, 4)).toEqual(['take-the-lock', 'guard asks', 'prepare', 'swap']);
});

test('execute: whoever drives a run on asks again, unless live is being changed', async () => {
	const before = await run({attempt: 2, begun: ['prepare']});
	const behind = await run({attempt: 2, begun: ['prepare', 'swap']});

	expect(before.done.slice(0, 2)).toEqual(['take-the-lock', 'guard asks']);
	expect(behind.done).not.toContain('guard asks');
	expect([before.outcome.outcome, behind.outcome.outcome]).toEqual(['done', 'done']);
});

test('execute: a run that is driven on with a gate closed ends before its swap', async () => {
	const blocked = new DeployError({code: 'blocked', what: 'no', why: 'checklist: 1 failed', now: '', next: ''});
	const {outcome, done} = await run({
		attempt: 2,
		begun: ['prepare'],
		underLock: () => Promise.reject(blocked),
	});

	expect(outcome).toMatchObject({outcome: 'failed', exitCode: 1, error: {why: 'checklist: 1 failed'}});
	expect(done).not.toContain('swap');
	expect(done.slice(-3)).toEqual(['abandon', 'readlink', 'guard gives back']);
});

test('execute: what the guard has taken is given back at the swap, before the run ends', async () => {
	const {done} = await run();

	expect(done).toContain('live changed');
	expect(done.indexOf('guard gives back')).toBe(done.indexOf('live changed') + 1);
	expect(done.indexOf('guard gives back')).toBeLessThan(done.indexOf('close'));
});

test('execute: a guard that refuses ends the run before anything is changed; the lock and what it took are given back', async () => {
	const blocked = new DeployError({code: 'blocked', what: 'no', why: 'window: closed', now: '', next: ''});
	const {outcome, done} = await run({underLock: () => Promise.reject(blocked)});

	expect(outcome).toMatchObject({outcome: 'failed', exitCode: 1, error: {code: 'blocked', why: 'window: closed'}});
	expect(done).not.toContain('prepare');
	expect(done).not.toContain('live changed');
	expect(done.slice(-3)).toEqual(['abandon', 'readlink', 'guard gives back']);
});

test('execute: a run that fails before its swap gives back what the guard has taken', async () => {
	const {outcome, done} = await run({fails: 'prepare'});

	expect(outcome).toMatchObject({outcome: 'failed', exitCode: 3});
	expect(done).not.toContain('swap');
	expect(done.slice(-3)).toEqual(['abandon', 'readlink', 'guard gives back']);
});

test('execute: what somebody else keeps from a run that has the lock is no reason to keep the lock', async () => {
	const locked = new DeployError({code: 'locked', what: 'no', why: 'Asha holds it', now: '', next: ''});
	const {outcome, done} = await run({underLock: () => Promise.reject(locked)});

	expect(outcome).toMatchObject({outcome: 'failed', exitCode: 6, error: {code: 'locked', why: 'Asha holds it'}});
	expect(done).not.toContain('prepare');
	expect(done.slice(-3)).toEqual(['abandon', 'readlink', 'guard gives back']);
});

test('execute: a driver that was replaced, or has left, gives nothing back that the run still leans on', async () => {
	const replaced = await run({replacedAt: 'prepare'});
	const left = await run({leftAt: 'prepare'});

	expect(replaced.outcome).toMatchObject({exitCode: 6, error: {code: 'taken-over'}});
	expect(left.outcome).toMatchObject({outcome: 'left', exitCode: 130});
	for (const {done} of [replaced, left]) {
		expect(done).toContain('prepare');
		expect(done).not.toContain('abandon');
		expect(done).not.toContain('guard gives back');
	}
});

/** Hears of a run all that is told of it. */
const listening = () => {
	const told: Message[] = [];
	const notifier: Notifier = {say: message => void told.push(message), settled: async () => undefined};
	return {told, notifier};
};

test('execute: a run is told of when it has the lock, and how it ends', async () => {
	const {told, notifier} = listening();
	await run({notifier});

	expect(told.map(({event, title, link}) => [event, title, link])).toEqual([
		['started', 'Started: Deploy', '/logs/run.log'],
		['done', 'Done: Deploy', '/logs/run.log'],
	]);
	expect(new Set(told.map(({key}) => key)).size).toBe(2);
});

test.each([
	{name: 'fails', changes: {fails: 'prepare'}, events: ['started', 'failed'], last: 'Failed: Deploy'},
	{
		name: 'is driven on and fails',
		changes: {fails: 'prepare', attempt: 2},
		events: ['failed'],
		last: 'Failed: Deploy',
	},
	{name: 'is left', changes: {leftAt: 'prepare'}, events: ['started', 'question'], last: 'Nobody drives it: Deploy'},
	{name: "is a colleague's now", changes: {replacedAt: 'prepare'}, events: ['started'], last: 'Started: Deploy'},
	{
		name: 'is refused by a gate under the lock',
		changes: {
			underLock: () =>
				Promise.reject(new DeployError({code: 'blocked', what: '', why: 'window: closed', now: '', next: ''})),
		},
		events: ['started', 'blocked'],
		last: 'Blocked: Deploy',
	},
])('execute: of a run that $name is told $events', async ({changes, events, last}) => {
	const {told, notifier} = listening();
	await run({...changes, notifier});

	expect(told.map(({event}) => event)).toEqual(events);
	expect(told.at(-1)?.title).toBe(last);
});

test('execute: a run ends while a target that never answers still hangs', async () => {
	await using hangs = await endpoint(() => undefined);
	const {notifier, lost} = notifierWith({variables: {HANGS: hangs.url}});
	const {outcome} = await run({notifier, notify: [{...webhookTo('HANGS'), on: ['started']}]});
	await hangs.came;

	expect(outcome.outcome).toBe('done');
	expect(lost).toEqual([]);
	await notifier.close(0);
	expect(lost).toEqual(['not told: "Started: Deploy" by webhook of HANGS: it was still on its way at the end']);
});
