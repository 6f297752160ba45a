import {expect, test} from 'vitest';
import {createLogsController} from '../../../src/control/logs/logs-controller.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {ExecOptions, ExecResult} from '../../../src/domain/ports.ts';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import {selectLogs, selectLogSource} from '../../../src/store/logs/logs.ts';
import type {PlanView} from '../../../src/store/runs/run.ts';
import {until, untilState} from '../../support/wait.ts';
import {environment, fakeServices} from '../fake-services.ts';

const production = {...environment, name: 'production', title: 'Production', tier: 'production' as const};

/** What a host answers about a log: these lines are new in it. */
const answer = (lines: readonly string[], from = 0): string => {
	const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
	return [
		'clock 1770702600 +0530',
		`file 0 77 ${from + bytes.length} ${from} 0 1770702600 /var/www/backend/storage/logs/laravel.log`,
		`data 0 ${bytes.toString('base64')}`,
		'logs end',
		'',
	].join('\n');
};

const line = (text: string, level = 'INFO'): string => `[2026-02-10 05:50:00] production.${level}: ${text}`;

/** A cockpit whose host answers each question when the test does. */
const cockpit = () => {
	const asked: {readonly options: ExecOptions; readonly answer: (stdout: string) => void}[] = [];
	const fake = fakeServices({});
	const session = {
		...fake.services.sessions.session(production.hosts[0] as (typeof production.hosts)[0]),
		exec: async (_: string, options: ExecOptions): Promise<ExecResult> => {
			const {promise, resolve, reject} = Promise.withResolvers<ExecResult>();
			options.signal?.addEventListener('abort', () =>
				reject(new DeployError({code: 'cancelled', what: '', why: '', now: '', next: ''})),
			);
			asked.push({options, answer: stdout => resolve({code: 0, stdout, stderr: '', durationMs: 1})});
			return promise;
		},
	};
	const store = createCockpitStore({
		project: 'qsights',
		environments: [environment, production].map(({name, title, tier, timeZone}) => ({
			name,
			title,
			tier,
			timeZone,
			status: undefined,
			readAt: undefined,
		})),
		now: Date.now(),
	});
	const faults: unknown[] = [];
	const written: (readonly [string, string])[] = [];
	const controller = createLogsController({
		services: {...fake.services, sessions: {session: () => session, close: async () => undefined}},
		environments: [environment, production],
		store,
		onFault: error => void faults.push(error),
		files: {
			write: async (name, text) => {
				written.push([name, text]);
				return `/here/${name}`;
			},
		},
	});
	controller.start();
	const nth = (count: number) => until(`question ${count}`, () => asked[count - 1]);
	return {store, controller, asked, nth, faults, written};
};

test('logs: nobody looks, nothing is asked; leaving the screen ends the question', async () => {
	const {store, controller, asked, nth, faults} = cockpit();
	store.getState().show('backups');
	expect(asked).toEqual([]);
	controller.open();
	const first = await nth(1);
	expect(first.options.lane).toBe('poll');
	expect(store.getState().screen).toBe('logs');
	store.getState().show('overview');

	expect(first.options.signal?.aborted).toBe(true);
	await controller.stop();
	expect([asked.length, faults]).toEqual([1, []]);
});

test('logs: what a host answers is listed, and read on', async () => {
	const {store, controller, nth} = cockpit();
	controller.open();
	(await nth(1)).answer(answer([line('Login'), line('Mail: timeout password=hunter22', 'ERROR')]));
	const second = await nth(2);
	await untilState('two entries', store, state => selectLogs(state).lines.length === 2);
	second.answer(answer([line('Logout')], 1000));
	const state = await untilState('three entries', store, all => selectLogs(all).lines.length === 3);

	expect(selectLogSource(state)?.title).toBe('Laravel');
	expect(selectLogs(state).lines.map(({entry: {level}}) => level)).toEqual(['info', 'error', 'info']);
	expect(JSON.stringify(selectLogs(state).lines)).not.toContain('hunter22');
	await controller.stop();
});

test('logs: another environment begins anew, with nothing of the one before', async () => {
	const {store, controller, asked, nth} = cockpit();
	controller.open();
	(await nth(1)).answer(answer([line('Login')]));
	await untilState('an entry', store, state => selectLogs(state).lines.length === 1);
	controller.show('preprod');
	await until('the other is asked', () => asked.length === 3);

	expect(selectLogs(store.getState()).lines).toEqual([]);
	expect(asked.map(({options}) => options.signal?.aborted)).toEqual([true, true, false]);
	await controller.stop();
});

test('logs: from a run it opens the log of its app', async () => {
	const {store, controller, nth} = cockpit();
	const plan = {environment: 'preprod', app: 'backend', logPath: '/runs/r1/run.log'} as unknown as PlanView;
	store.getState().beginDriving(undefined, plan);
	store.getState().show('deploy');
	controller.open();
	await nth(1);

	expect(store.getState().logEnvironment).toBe('preprod');
	expect(selectLogSource(store.getState())?.id).toBe('preprod-1/laravel');
	await controller.stop();
});

test('logs: what is listed is saved, masked, with the time of the host; the path is said', async () => {
	const {store, controller, nth, written} = cockpit();
	controller.open();
	(await nth(1)).answer(answer([line('Login'), line('Sent token=abcdefgh12345678', 'WARNING')]));
	await untilState('entries', store, state => selectLogs(state).lines.length === 2);
	store.getState().limitLogs('warn');
	controller.save();
	const {notice} = await untilState('a word', store, state => state.notice !== undefined);

	expect(notice?.text).toMatch(/^1 entry written to \/here\/logs-production-\d{8}T\d{6}Z\.log$/);
	expect(written[0]?.[1]).toMatch(/^2026-02-10T05:50:00\.000Z warn {2}Laravel: Sent token=\*+\n$/);
	await controller.stop();
});

test('logs: who comes back finds the place as it was, and following goes on behind what was read', async () => {
	const {store, controller, asked, nth} = cockpit();
	controller.open();
	(await nth(1)).answer(answer([line('Login'), line('Logout'), line('Login again')]));
	await nth(2);
	await untilState('three entries', store, state => selectLogs(state).lines.length === 3);
	const [first] = selectLogs(store.getState()).lines;
	store.getState().setLogView({...store.getState().logView, top: first?.number ?? 0, cursor: first?.number});
	const {logView} = store.getState();
	store.getState().show('overview');
	controller.open();
	const third = await nth(3);
	third.answer(answer([line('Later')], 1000));
	const state = await untilState('four entries', store, all => selectLogs(all).lines.length === 4);

	expect(state.logView).toEqual(logView);
	expect(asked[1]?.options.signal?.aborted).toBe(true);
	expect(selectLogs(state).lines.map(({entry: {text}}) => text)).toEqual(['Login', 'Logout', 'Login again', 'Later']);
	await controller.stop();
});

test('logs: asked for again, they are read from their ends anew', async () => {
	const {store, controller, nth} = cockpit();
	controller.open();
	(await nth(1)).answer(answer([line('Login')]));
	await untilState('an entry', store, state => selectLogs(state).lines.length === 1);
	controller.reload();

	expect(selectLogs(store.getState()).lines).toEqual([]);
	await controller.stop();
});
