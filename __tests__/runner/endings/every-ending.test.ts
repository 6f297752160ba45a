import {expect, test} from 'vitest';
import {askRuns} from '../../../src/commands/job/run-state.ts';
import {haltJobs} from '../../../src/commands/job/job.ts';
import {noteEnd, takeLock} from '../../../src/commands/lock/lock.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import type {Command} from '../../../src/domain/command.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {ExecResult, Session} from '../../../src/domain/ports.ts';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import type {Action, JobAction, Pipeline, RunRecord} from '../../../src/domain/runs/pipeline.ts';
import {startRun, type Run, type RunOutcome} from '../../../src/runner/run-pipeline.ts';
import {noBuilds} from '../../support/no-builds.ts';
import {noHooks} from '../../support/no-hooks.ts';

/*
 * Every way a run can end against what it says then. The host is a few facts that jobs change; what a run says is compared
 * with those facts, as they are once it is over.
 */

const releases = '/var/www/.backend/releases';
const state = {directory: 'state', app: 'backend', run: 'run-1'};
const health = {
	url: 'http://api',
	status: 200,
	passes: 1,
	stableForMs: 0,
	withinMs: 0,
	everyMs: 1,
	timeoutMs: 1000,
	sameFailureMs: 5000,
};

/** What is true on the host, and for users. */
type World = {live: string; fpm: string; answers: string};

/** Exit code of a job, and what it says. */
type Does = (world: World) => readonly [code: number, log?: string];

const job = (id: string, more: Partial<JobAction> = {}): JobAction => ({
	kind: 'job',
	id,
	commands: [{argv: ['run', id]}],
	...more,
});

const command = (name: string): Command => ({argv: ['ask', name]});
const take: Action = {
	kind: 'lock',
	id: 'lock',
	command: attempt => takeLock(state, {attempt, holder: {}, record: {}, entry: {}}),
};

const deploy: Pipeline = {
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
	environment: {
		name: 'preprod',
		title: 'Pre-Prod',
		stateDirectory: state.directory,
		onFailure: 'rollback',
		timeZone: 'Asia/Kolkata',
		apps: {
			backend: {
				path: '/var/www/backend',
				owner: 'www-data',
				shared: {files: ['.env'], directories: []},
				services: [{unit: 'php8.1-fpm', after: 'restart'}],
			},
		},
	} as unknown as Environment,
	host: {name: 'web-1', address: '10.0.0.7', user: 'ubuntu'},
	app: 'backend',
	steps: [
		{id: 'l', title: 'l', touches: 'nothing', after: [], actions: [take]},
		{id: 'm', title: 'm', touches: 'candidate', after: ['l'], actions: [job('migrate')]},
		{id: 'swap', title: 'Restart services', touches: 'live', after: ['m'], actions: [job('swap', {swap: 0})]},
		{
			id: 'v',
			title: 'Verify',
			touches: 'live',
			after: ['swap'],
			actions: [{kind: 'probe', id: 'health', policy: health}, job('close')],
		},
	],
	swapStep: 'swap',
	readLive: command('live'),
	liveAfterSwap: `${releases}/new`,
	abandon: job('abandon'),
	closeAsFailed: job('close-as-failed'),
	closeAsPutBack: job('close-as-put-back'),
	goBack: {job: job('go-back'), health, close: job('close-as-gone-back')},
	proveLive: command('prove'),
	seen: {url: health.url, status: 200, name: 'the API'},
	readServices: [command('services')],
	noteEnd: end => noteEnd(state, end),
	wayBack: ['cockpit rollback backend --env preprod --to previous --confirm ROLLBACK'],
};
const {goBack: _goBack, closeAsPutBack: _closeAsPutBack, ...withoutBack} = deploy;

const record = (more: Partial<RunRecord>): RunRecord => ({...deploy.record, ...more});
const keeping: Pipeline = {
	...deploy,
	environment: {...deploy.environment, onFailure: 'ask'},
};
const rollback: Pipeline = {
	...withoutBack,
	record: record({kind: 'rollback', target: {kind: 'snapshot', release: 'previous'}}),
};
const adopt: Pipeline = {...withoutBack, record: record({kind: 'adopt'})};
const undo: Pipeline = {...withoutBack, record: record({kind: 'adopt-undo'}), liveAfterSwap: '/var/www/backend'};
const setEnv: Pipeline = {
	...deploy,
	record: record({kind: 'set-env', env: {key: 'MAIL_HOST', verb: 'set'}}),
	liveAfterSwap: '/var/www/shared/.env by run-1',
	words: {
		untouched: '.env on web-1 is untouched, and so is the app.',
		swapped: '.env on web-1 is the new one. The old one is kept: .env.1.',
		removed: 'What was written beside it was removed, the lock given back.',
		back: '.env on web-1 is the one before again',
		question: 'Go back?',
	},
};
const migrating: Pipeline = {
	...deploy,
	leftBehind: {
		job: 'migrate',
		command: command('left'),
		tell: ({said, is}) => ({now: `Left: ${said} ${is}.`, next: 'Look: migrate:status'}),
	},
};

const swaps =
	(live: string, more: Partial<World> = {}): Does =>
	world => {
		Object.assign(world, {live, ...more});
		return [0];
	};
const fails =
	(does: Does, log: string): Does =>
	world => {
		does(world);
		return [1, log];
	};
const noStart: Partial<World> = {fpm: 'failed', answers: '502'};

const gone = new DeployError({code: 'link-lost', what: 'gone', why: 'cut', now: '', next: ''});

const ended = async (
	pipeline: Pipeline,
	jobs: Readonly<Record<string, Does>>,
	{
		found = 'old',
		before = {},
		meet = () => undefined,
		runs = '',
	}: {
		readonly found?: string;
		readonly before?: Partial<World>;
		readonly meet?: (run: Run, event: RunEvent) => void;
		/** What the host says of its runs, asked behind a job that closes one. */
		readonly runs?: string;
	} = {},
) => {
	const world: World = {live: `${releases}/old`, fpm: 'active', answers: '200', ...before};
	/** The ledger's part: what was noted for the entry that closed the run. */
	let noted: unknown;
	const done: string[] = [];
	const answers: Record<string, () => Partial<ExecResult>> = {
		[renderCommand(command('live'))]: () => ({stdout: `${world.live}\n`}),
		[renderCommand(command('services'))]: () => ({stdout: `php8.1-fpm ${world.fpm}\n`}),
		[renderCommand(askRuns(state.directory, [state.run]))]: () => ({stdout: runs}),
		[renderCommand(command('left'))]: () => ({stdout: 'a table'}),
		[renderCommand(takeLock(state, {attempt: 1, holder: {}, record: {}, entry: {}}))]: () => ({
			stdout: `${found === '' ? '' : `found ${found}\n`}token 4\n`,
		}),
	};
	const session: Session = {
		host: pipeline.host,
		status: {state: 'ready', since: 0},
		subscribe: () => () => {},
		connect: async () => Promise.reject(gone),
		close: async () => {},
		exec: async (line, {input, onStdout}) => {
			const script = typeof input === 'string' ? input : '';
			const result = (more: Partial<ExecResult>) => ({code: 0, stdout: '', stderr: '', durationMs: 1, ...more});
			const known = answers[line];
			if (known) return result(known());
			if (line.startsWith(renderCommand(haltJobs(state, {attempt: 1, jobs: []})).slice(0, 200))) {
				if (input === undefined) return result({});
			}
			const [, id = ''] = /\brun (\S+)$/m.exec(script) ?? [];
			done.push(id);
			const note = /note-what-is-so-at-the-end \S+ \S+ '(.*)'$/m.exec(script)?.[1];
			if (note !== undefined) noted = JSON.parse(note);
			const [code, log = ''] = jobs[id]?.(world) ?? [0];
			const text = `\u001E0\n${log}\n`;
			onStdout?.(Buffer.from(text));
			return result({stderr: `J exit ${code} ${Buffer.byteLength(text)}\n`});
		},
	};
	const events: RunEvent[] = [];
	let time = 0;
	const mirror = () => {
		let kept = '';
		return {
			get sizeBytes() {
				return kept.length;
			},
			append: (chunk: Uint8Array) => void (kept += Buffer.from(chunk).toString()),
			tail: () => kept,
		};
	};
	const run: Run = startRun(
		pipeline,
		{
			session,
			source: {} as never,
			builds: noBuilds,
			hooks: noHooks,
			probe: {
				get: async () =>
					/^\d+$/.test(world.answers)
						? {durationMs: 1, outcome: {status: Number(world.answers)}, body: ''}
						: {durationMs: 1, outcome: {error: world.answers}, body: ''},
			},
			clock: {now: () => (time += 1000), wait: async () => {}},
			journal: {lost: undefined, directory: '', logPath: 'run.log', append: () => {}, close: () => {}, mirror},
			patienceMs: 0,
		},
		{
			attempt: 1,
			onEvent: event => {
				events.push(event);
				meet(run, event);
			},
		},
	);
	const outcome: RunOutcome = await run.finished;
	const finished = events.find(event => event.type === 'run.finished');
	return {outcome, finished, world, noted, done};
};

type Case = {
	readonly what: string;
	readonly pipeline: Pipeline;
	readonly jobs?: Readonly<Record<string, Does>>;
	readonly more?: Parameters<typeof ended>[2];
	readonly exit: number;
	readonly is: string;
	readonly closed?: string;
	readonly now: readonly string[];
	readonly not?: readonly string[];
	readonly next?: readonly string[];
	readonly notNext?: readonly string[];
};

const back = 'cockpit rollback backend';
const start = "Start php8.1-fpm: ssh ubuntu@10.0.0.7 'sudo -n -u root -- systemctl start php8.1-fpm'";
const sick = {swap: swaps(`${releases}/new`, {answers: '500'})};

/** One that takes its lock, then runs that step in place of the one that makes a release. */
const stopsAt = (touches: 'nothing' | 'backups', actions: Pipeline['steps'][number]['actions']): Pipeline => ({
	...deploy,
	steps: deploy.steps.flatMap(step => {
		if (step.id !== 'm') return [step];
		return [
			{...step, id: 'p', title: 'Pre-flight checks', touches, actions},
			{...step, after: ['p']},
		];
	}),
});

const cases: readonly Case[] = [
	{
		what: 'a deploy that fails before its swap',
		pipeline: deploy,
		jobs: {migrate: () => [1, 'no disk']},
		exit: 3,
		is: 'before',
		closed: 'abandon',
		now: ['Live backend is untouched: old.', 'The API answers 200.', 'was removed, the lock given back'],
		notNext: [back],
	},
	{
		what: 'a deploy that is blocked before it has made anything',
		pipeline: stopsAt('nothing', [
			{
				kind: 'read',
				id: 'ask',
				command: command('services'),
				check: () => ({code: 'blocked', why: 'no', next: 'mend'}),
			},
		]),
		exit: 1,
		is: 'before',
		closed: 'abandon',
		now: ['Live backend is untouched: old.', 'Nothing was changed, the lock was given back.'],
		not: ['release being prepared', 'was removed'],
		notNext: [back],
	},
	{
		what: 'a deploy that is refused behind its backup',
		pipeline: stopsAt('backups', [job('back-up')]),
		jobs: {'back-up': () => [1, 'no room']},
		exit: 3,
		is: 'before',
		closed: 'abandon',
		now: ['Live backend is untouched: old.', 'No release was made, the lock was given back.'],
		not: ['release being prepared'],
		notNext: [back],
	},
	{
		what: 'a deploy that is cancelled',
		pipeline: deploy,
		more: {meet: (run, event) => void (event.type === 'lock.taken' && run.cancel())},
		exit: 130,
		is: 'before',
		closed: 'abandon',
		now: ['Live backend is untouched: old.', 'The API answers 200.'],
		next: ['Start again: cockpit deploy backend --env preprod'],
	},
	{
		what: 'a deploy that is not healthy and kept',
		pipeline: keeping,
		jobs: sick,
		exit: 4,
		is: 'new',
		closed: 'close-as-failed',
		now: ['Live backend is the new release new.', 'The API answers 500.'],
		next: ['Go back with:', `${back} --env preprod --to previous`],
	},
	{
		what: 'a deploy whose php-fpm does not start, kept',
		pipeline: keeping,
		jobs: {swap: fails(swaps(`${releases}/new`, noStart), 'Job for php8.1-fpm.service failed')},
		exit: 4,
		is: 'new',
		closed: 'close-as-failed',
		now: ['Live backend is the new release new.', 'The API answers 502.', 'php8.1-fpm is failed.'],
		next: [start, 'Go back with:'],
	},
	{
		what: 'a deploy that goes back',
		pipeline: deploy,
		jobs: {...sick, 'go-back': swaps(`${releases}/old`, {answers: '200'})},
		exit: 4,
		is: 'before',
		closed: 'close-as-gone-back',
		now: ['Went back: live backend on web-1 is old again, and healthy.', 'The failed release new is kept.'],
		next: ['then start again: cockpit deploy backend --env preprod'],
		notNext: [back],
	},
	{
		what: 'a deploy that goes back, and is healthy no more once it is closed',
		pipeline: deploy,
		jobs: {
			...sick,
			'go-back': swaps(`${releases}/old`, {answers: '200'}),
			'close-as-gone-back': swaps(`${releases}/old`, {answers: 'connection refused'}),
		},
		exit: 4,
		is: 'before',
		closed: 'close-as-gone-back',
		now: ['live backend on web-1 is old again.', 'The API does not answer: connection refused.'],
		not: ['and healthy'],
		next: ['a rollback would change nothing', 'cockpit logs --env preprod'],
		notNext: [back],
	},
	{
		what: 'a deploy whose way back swaps, and php-fpm does not start',
		pipeline: deploy,
		jobs: {
			swap: fails(swaps(`${releases}/new`, noStart), 'php-fpm of new'),
			'go-back': fails(swaps(`${releases}/old`, noStart), 'php-fpm of old'),
		},
		exit: 4,
		is: 'before',
		closed: 'close-as-gone-back',
		now: [
			'Going back did not end well, but live backend on web-1 is old again, as before.',
			'The API answers 502.',
			'php8.1-fpm is failed.',
		],
		not: ['the new release', 'healthy'],
		next: ['live already: a rollback would change nothing', start, 'journalctl -u php8.1-fpm'],
		notNext: [back, 'Go back with'],
	},
	{
		what: 'a deploy whose way back swaps, and it is not healthy either',
		pipeline: deploy,
		jobs: {...sick, 'go-back': swaps(`${releases}/old`, {answers: '503'})},
		exit: 4,
		is: 'before',
		closed: 'close-as-gone-back',
		now: ['live backend on web-1 is old again, as before.', 'The API answers 503.'],
		notNext: [back],
	},
	{
		what: 'a deploy whose way back does not come to its swap',
		pipeline: deploy,
		jobs: {...sick, 'go-back': () => [1, 'release old is not on this host any more']},
		exit: 4,
		is: 'new',
		closed: 'close-as-failed',
		now: ['Going back failed: live backend is the new release new.', 'The API answers 500.'],
		next: ['Go back with:'],
	},
	{
		what: 'a deploy that somebody went back from by hand',
		pipeline: deploy,
		jobs: {
			swap: swaps(`${releases}/new`),
			close: fails(swaps(`${releases}/old`), 'live was made new by the run, and is old now'),
		},
		exit: 4,
		is: 'before',
		closed: 'close-as-put-back',
		now: [
			'Live backend on web-1 is old, put there by hand.',
			'its release new is not live',
			'The API answers 200.',
		],
	},
	{
		what: 'a deploy behind which somebody put a third release',
		pipeline: deploy,
		jobs: {
			swap: swaps(`${releases}/new`),
			close: fails(swaps(`${releases}/third`), 'live was made new by the run, and is third now'),
		},
		exit: 4,
		is: 'other',
		closed: 'close-as-put-back',
		now: ['Live backend on web-1 is third, put there by hand.'],
	},
	{
		what: 'a deploy that fails while somebody puts another release live',
		pipeline: deploy,
		jobs: {migrate: fails(swaps(`${releases}/third`), 'no disk')},
		exit: 3,
		is: 'other',
		closed: 'abandon',
		now: ['Live backend on web-1 is third, put there by somebody else: not by this run.'],
		not: ['untouched'],
	},
	{
		what: 'a deploy whose closing changes what is live: it is read behind it',
		pipeline: keeping,
		jobs: {...sick, 'close-as-failed': fails(swaps(`${releases}/old`, {answers: '200'}), 'no room')},
		exit: 4,
		is: 'before',
		closed: 'close-as-failed',
		now: ['Live backend on web-1 is old, as before.', 'The API answers 200.', 'Not tidied up: '],
		notNext: [back],
	},
	{
		what: 'a deploy that fails in its migrations',
		pipeline: migrating,
		jobs: {migrate: () => [1, 'table exists']},
		exit: 3,
		is: 'before',
		now: ['Live backend is untouched: old.', 'Left: a table before.'],
		next: ['Look: migrate:status'],
	},
	{
		what: 'a deploy that is cancelled in its migrations',
		pipeline: migrating,
		more: {
			meet: (run, event) =>
				void (event.type === 'action.announced' && event.action === 'migrate' && run.cancel()),
		},
		exit: 130,
		is: 'before',
		now: ['Left: a table before.'],
		next: ['Look: migrate:status'],
	},
	{
		what: 'a deploy that goes back behind its migrations',
		pipeline: migrating,
		jobs: {...sick, 'go-back': swaps(`${releases}/old`, {answers: '200'})},
		exit: 4,
		is: 'before',
		now: ['Went back: ', 'Left: a table before.'],
		next: ['Look: migrate:status'],
	},
	{
		what: 'a rollback that is not healthy: the release before is the one that was left by then',
		pipeline: rollback,
		jobs: sick,
		exit: 4,
		is: 'new',
		closed: 'close-as-failed',
		now: ['Live backend is new, to which it was rolled back.', 'The API answers 500.'],
		next: [`${back} --env preprod --to old --confirm ROLLBACK`],
		notNext: ['--to previous'],
	},
	{
		what: 'a rollback to a snapshot that fails before its swap has prepared nothing',
		pipeline: rollback,
		jobs: {swap: fails(swaps(`${releases}/old`, noStart), 'no room')},
		exit: 3,
		is: 'before',
		closed: 'abandon',
		now: [
			'Live backend is untouched: old.',
			'The lock was given back.',
			'The API answers 502.',
			'php8.1-fpm is failed.',
		],
		not: ['release being prepared'],
		next: [start],
	},
	{
		what: 'an adoption that fails before its exchange',
		pipeline: adopt,
		jobs: {migrate: () => [1, 'no room']},
		more: {found: '', before: {live: '/var/www/backend'}},
		exit: 3,
		is: 'before',
		now: ['Live backend is untouched: a plain directory.'],
	},
	{
		what: 'an adoption that fails behind it',
		pipeline: adopt,
		jobs: sick,
		more: {found: '', before: {live: '/var/www/backend'}},
		exit: 4,
		is: 'new',
		now: ['Live backend is the new release new.', 'The API answers 500.'],
	},
	{
		what: 'an undoing that fails behind its exchange',
		pipeline: undo,
		jobs: {swap: swaps('/var/www/backend', {answers: '500'})},
		exit: 4,
		is: 'new',
		now: ['Live backend is a plain directory again.', 'The API answers 500.'],
	},
	{
		what: 'a changed value that goes back',
		pipeline: setEnv,
		jobs: {
			swap: swaps('/var/www/shared/.env by run-1', {answers: '500'}),
			'go-back': swaps('/var/www/shared/.env', {answers: '200'}),
		},
		more: {before: {live: '/var/www/shared/.env'}},
		exit: 4,
		is: 'before',
		closed: 'close-as-gone-back',
		now: ['Went back: .env on web-1 is the one before again, and the app is healthy.', 'The API answers 200.'],
	},
	{
		what: 'a changed value whose way back does not start php-fpm',
		pipeline: setEnv,
		jobs: {
			swap: swaps('/var/www/shared/.env by run-1', {answers: '500'}),
			'go-back': fails(swaps('/var/www/shared/.env', noStart), 'no start'),
		},
		more: {before: {live: '/var/www/shared/.env'}},
		exit: 4,
		is: 'before',
		closed: 'close-as-gone-back',
		now: ['.env on web-1 is the one before again.', 'The API answers 502.', 'php8.1-fpm is failed.'],
		not: ['healthy'],
		notNext: ['env restore', back],
	},
	{
		what: 'a run that is left',
		pipeline: deploy,
		more: {meet: (run, event) => void (event.type === 'lock.taken' && run.leave())},
		exit: 130,
		is: 'unknown',
		now: ['The job under way ends by itself'],
	},
];

test.each(cases)(
	'ending: $what',
	async ({pipeline, jobs = {}, more, exit, is, closed, now, not = [], next = [], notNext = []}) => {
		const {outcome, finished, world, noted, done} = await ended(pipeline, jobs, more);
		const {error, end} = outcome;

		expect(outcome.exitCode, error?.why).toBe(exit);
		for (const text of now) expect(error?.now).toContain(text);
		for (const text of not) expect(error?.now).not.toContain(text);
		for (const text of next) expect(error?.next).toContain(text);
		for (const text of notNext) expect(error?.next).not.toContain(text);
		if (closed !== undefined) expect(done.at(-1)).toBe(closed);
		expect(end?.is).toBe(is);
		// What is told is what is so now, and both ways of telling it are one.
		if (finished?.type !== 'run.finished') throw new TypeError('it is not over');
		expect(finished.end).toEqual(end);
		if (is !== 'unknown') expect(end?.health.answer).toBe(world.answers);
		if (end?.live !== undefined && !pipeline.words) expect(world.live).toBe(`${releases}/${end.live}`);
		if (closed !== undefined && closed !== done[0]) expect(noted).toMatchObject({is: expect.any(String)});
	},
);

test('ending: both reasons are told once it could not go back, each once', async () => {
	const {outcome} = await ended(deploy, {
		swap: fails(swaps(`${releases}/new`, noStart), 'php-fpm of new'),
		'go-back': fails(swaps(`${releases}/old`, noStart), 'php-fpm of old'),
	});

	expect(outcome.error?.why.split('\n')).toEqual([
		'run swap exited with 1:',
		'php-fpm of new',
		'Going back:',
		'run go-back exited with 1:',
		'php-fpm of old',
	]);
});

test('ending: a run that is done says what it has made live, and that it is healthy', async () => {
	const {outcome, finished} = await ended(deploy, {swap: swaps(`${releases}/new`)});

	expect(outcome.outcome).toBe('done');
	expect(finished).toMatchObject({end: {live: 'new', is: 'new', health: {state: 'good', answer: '200'}}});
});

test('ending: a host that is gone leaves what is live open, and what users see is asked all the same', async () => {
	const {outcome} = await ended(migrating, {
		migrate: world => {
			world.answers = '502';
			throw gone;
		},
	});

	expect(outcome).toMatchObject({outcome: 'left', end: {is: 'unknown', health: {state: 'bad', answer: '502'}}});
	expect(outcome.error?.now).toContain('The API answers 502.');
	expect(outcome.error?.now).toContain('Left: ');
	expect(outcome.error?.next).toContain('cockpit resume run-1 --env preprod');
});

test('a lock is told as given back when its host says so of the run, not for the exit code of a job', async () => {
	const closing = {...deploy, abandon: job('abandon', {isClosing: true})};
	const fails = {migrate: (): readonly [number, string] => [1, 'no disk']};
	const open = `lock backend\nrun-1 1 4\n{"name":"Ravi","machine":"laptop"}\nend\nrecord ${JSON.stringify(deploy.record)}\n`;
	const [held, silent, closed] = await Promise.all(
		[open, '', `${open}closed run-1 abandoned\n`].map(runs => ended(closing, fails, {runs})),
	);

	for (const one of [held, silent]) {
		expect(one?.outcome.error?.now).toContain('it does not say that the run is closed');
		expect(one?.outcome.error?.now).not.toContain('lock was given back');
		expect(one?.outcome.error?.now).toContain('cockpit resume run-1 --env preprod');
	}
	expect(closed?.outcome.error?.now).toContain('the lock given back');
});
