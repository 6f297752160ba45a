import {expect, test, vi} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {createHistoryController} from '../../../src/control/history/history-controller.ts';
import {ledgerReading} from '../../support/ledger.ts';
import {untilState} from '../../support/wait.ts';
import {stageNamed} from '../../support/tui/stage-named.ts';
import {historyStages, now, preprodEntries, productionEntries, runId} from '../../tui/screens/history/fixtures.ts';

const environments = [
	{name: 'local', title: 'Local', hosts: []},
	{name: 'preprod', title: 'Pre-Prod', hosts: [{name: 'preprod-1'}]},
	{name: 'production', title: 'Production', hosts: [{name: 'production-1'}]},
] as unknown as readonly Environment[];

const controllerOf = (
	store: CockpitStore,
	{
		read = async ({name}: {readonly name: string}) =>
			ledgerReading(name === 'preprod' ? preprodEntries : productionEntries),
		save = async (name: string) => `/here/${name}`,
	}: {
		readonly read?: (environment: {readonly name: string}) => Promise<ReturnType<typeof ledgerReading>>;
		readonly save?: (name: string, text: string) => Promise<string>;
	} = {},
) => {
	const events = vi.fn(() => []);
	const services = {
		clock: {now: () => now},
		ledgers: {read, remembered: () => ledgerReading(productionEntries)},
		runs: {
			events,
			log: ({run}: {readonly run: string}) =>
				run === runId ? {path: '/runs/run.log', tail: () => 'one\n\u001B[2Jtwo\n'} : undefined,
		},
	} as unknown as AppServices;
	const onFault = (error: unknown): void => {
		throw error;
	};
	const files = {write: save};
	return {events, controller: createHistoryController({services, environments, store, files, schema: 1, onFault})};
};

const stage = stageNamed(historyStages);

test('history: verifies every ledger, and says of a silent host that it could not be asked', async () => {
	const store = stage('history');
	const {controller} = controllerOf(store, {
		read: async ({name}) => {
			if (name === 'preprod') return ledgerReading(preprodEntries, {fault: 'is broken: line 6 is not readable'});
			throw new DeployError({code: 'unreachable', what: '', why: 'timed out', now: '', next: ''});
		},
	});
	controller.verify();
	expect(store.getState().historyChecks['preprod']?.state).toBe('checking');
	await untilState('the ledger of production', store, state => state.historyChecks['production']?.state === 'silent');

	expect(store.getState().historyChecks).toEqual({
		preprod: {state: 'broken', entries: 9, problem: 'is broken: line 6 is not readable', at: now},
		production: {state: 'silent', entries: 0, problem: 'timed out', at: now},
	});
});

test('history: exports what is shown, one object a line, and says where; a disk that refuses is told', async () => {
	const store = stage('history, filtered');
	const save = vi.fn(async (name: string, _text: string) => `/here/${name}`);
	controllerOf(store, {save}).controller.export();
	await untilState('a notice', store, ({notice}) => notice !== undefined);

	const [name, text] = save.mock.calls[0] ?? [];
	expect(name).toBe('history-20260210T061200Z.jsonl');
	expect(
		text
			?.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line) as object),
	).toMatchObject([{schema: 1, seq: 7}, {seq: 6}, {seq: 5}]);
	expect(store.getState().notice?.text).toBe('3 lines written to /here/history-20260210T061200Z.jsonl');

	store.getState().hush();
	controllerOf(store, {
		save: async () => Promise.reject(new Error('EACCES: permission denied')),
	}).controller.export();
	const {notice} = await untilState('another notice', store, ({notice}) => notice !== undefined);
	expect(notice?.text).toBe('Not exported: EACCES: permission denied');
});

test('history: reads the journal of the run under the cursor once, and opens its log as text', () => {
	const store = stage('history');
	const {controller, events} = controllerOf(store);
	controller.start();
	store.getState().pointAt('history', 'production:8');
	store.getState().tick(now + 1000);
	store.getState().tick(now + 2000);
	expect(events).toHaveBeenCalledTimes(1);
	expect(store.getState().historyRuns[`production/${runId}`]).toMatchObject({logPath: '/runs/run.log'});
	store.getState().pointAt('history', 'production:6');
	expect(Object.values(store.getState().historyRuns)).toContain('none');

	store.getState().pointAt('history', 'production:8');
	controller.openLog();
	expect(store.getState().historyPage).toEqual({kind: 'log', path: '/runs/run.log', lines: ['one', 'two']});
});

test('history: shows what is remembered of an environment that has not answered', () => {
	const store = stage('history, silent and unknown');
	controllerOf(store).controller.open();

	expect(store.getState()).toMatchObject({screen: 'history', historyRemembered: {production: productionEntries}});
});
