import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {createLedgerBook} from '../../../src/app/ledger/ledger-book.ts';
import {appendSignOff} from '../../../src/app/checklist/sign-off.ts';
import {loadChecklists} from '../../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.ts';
import {httpProbe} from '../../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../../src/services/ssh/session-manager.ts';
import {createLedgerCache} from '../../../src/services/state/ledger-cache.ts';
import {createSignOffOutbox} from '../../../src/services/state/sign-off-outbox.ts';
import {systemClock} from '../../../src/services/system-clock.ts';
import {createChecklistController, testedEnvironment} from '../../../src/control/checklist/checklist-controller.ts';
import {selectItemStates} from '../../../src/store/checklist/checklist.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {untilState} from '../../support/wait.ts';
import {fakeServices} from '../fake-services.ts';

let directory: string;
let sandbox: Sandbox;
let environments: readonly Environment[];
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-checklist-'));
	sandbox = await startSandbox({directory: join(directory, 'box')});
	({environments} = await loadEnvironments(sandbox.config, {home: directory}));
});

afterAll(async () => {
	await Promise.all(ends.map(end => end()));
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

/** How much faster the clocks of the cockpits run than the host's: their pauses need not be waited for here. */
const speed = 10;

/**
 * A cockpit of its own: connection, memory of the ledger, and a clock, which is put ahead for each answer. `polled` has
 * its questions to the host so far, and the longest pause between two by its own clock.
 */
const cockpit = async (name: string) => {
	const ahead = {ms: 0};
	const polled = {questions: 0, longestPauseMs: 0};
	const began = systemClock.now();
	const sessions = createSessionManager({environment: process.env});
	const state = join(directory, name);
	const book = createLedgerBook(sessions, createLedgerCache(state));
	const services: AppServices = {
		...fakeServices({}).services,
		sessions,
		ledgers: {
			...book,
			read: (environment, options) => {
				polled.questions += 1;
				return book.read(environment, options);
			},
		},
		probe: httpProbe,
		clock: {
			now: () => began + (systemClock.now() - began) * speed + ahead.ms,
			wait: (ms, signal) => {
				polled.longestPauseMs = Math.max(polled.longestPauseMs, ms);
				return systemClock.wait(ms / speed, signal);
			},
		},
		nonce: () => Math.floor(Math.random() * 65_536).toString(16),
		actorFor: async () => ({name, machine: `${name}-laptop`}),
	};
	const checklists = await loadChecklists(resolve('.'));
	const store = createCockpitStore({project: 'qsights', environments: [], checklists, now: Date.now()});
	const faults: unknown[] = [];
	const controller = createChecklistController({
		services,
		environments,
		checklists,
		store,
		files: {write: async file => file},
		outbox: createSignOffOutbox(state),
		onFault: error => void faults.push(error),
	});
	controller.start();
	ends.push(async () => {
		await controller.stop();
		await sessions.close();
		expect(faults).toEqual([]);
	});
	const until = (what: string, holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(`${name}: ${what}`, store, holds, {within: 40_000, show: seen});
	const answer = (item: string): void => {
		ahead.ms += 1000;
		controller.sign(item, 'passed');
	};
	return {services, store, controller, until, answer, polled};
};

/** What is asked of a state that never came. */
const seen = (state: CockpitState) => ({
	problem: state.checklistProblem,
	pending: state.checklistPending,
	here: state.checklistHere,
	entries: state.checklistReading?.ledger.entries.length,
	notice: state.notice,
});

const openTicks = (state: CockpitState): readonly string[] =>
	selectItemStates(state)
		.filter(one => one.state === 'open' && one.item.answer.kind === 'tick' && !one.item.probe)
		.map(({item}) => item.id);

const stateOf = (state: CockpitState, item: string) => selectItemStates(state).find(one => one.item.id === item)?.state;

test(
	'checklist: a tick of one cockpit is seen by the other with its next question, at most a second later, and none is lost',
	{timeout: 300_000},
	async () => {
		const [ravi, asha] = await Promise.all([cockpit('Ravi'), cockpit('Asha')]);
		const tested = testedEnvironment(environments);
		if (!tested) throw new Error('nothing is tested');
		const deployed = (app: 'backend' | 'frontend', digest: string) => ({
			type: 'deploy.finished',
			actor: {name: 'Ravi', machine: 'm'},
			data: {app, run: `r-${app}`, release: `x-${app}`, build: {commit: '7f3a9c2'.padEnd(40, '0'), digest}},
		});
		await appendSignOff(ravi.services, tested, deployed('backend', 'b'.repeat(64)));
		await appendSignOff(ravi.services, tested, deployed('frontend', 'f'.repeat(64)));
		ravi.controller.open();
		asha.controller.open();
		const isRead = (state: CockpitState): boolean => (state.checklistReading?.ledger.entries.length ?? 0) > 1;
		await Promise.all([ravi, asha].map(({until}) => until('the ledger read', isRead)));

		for (const item of openTicks(ravi.store.getState()).slice(0, 3)) {
			ravi.answer(item);
			await ravi.until(`${item} signed`, state => stateOf(state, item) === 'passed');
			// It stands on the host: one question may be on its way still, the one after it has to bring it.
			const before = asha.polled.questions;
			let needed = 0;
			await asha.until(`${item} seen`, state => {
				const isSeen = stateOf(state, item) === 'passed';
				needed = asha.polled.questions - before;
				return isSeen;
			});
			expect(needed).toBeLessThanOrEqual(1);
		}
		expect(asha.polled.longestPauseMs).toBeLessThanOrEqual(1000);

		const ticks = openTicks(ravi.store.getState()).slice(0, 12);
		for (const [index, item] of ticks.entries()) (index % 2 === 0 ? ravi : asha).answer(item);
		const isAll = (state: CockpitState): boolean =>
			state.checklistPending.length === 0 && ticks.every(item => stateOf(state, item) === 'passed');
		await Promise.all([ravi, asha].map(({until}) => until('all ticks', isAll)));
		const {checklistReading} = asha.store.getState();
		expect(checklistReading?.ledger.fault).toBeUndefined();
		expect(checklistReading?.ledger.entries.filter(({type}) => type === 'checklist.signed')).toHaveLength(15);

		const names = (state: CockpitState): readonly string[] => state.checklistHere.map(({name}) => name).sort();
		await ravi.until('both to be here', state => names(state).join(' ') === 'Asha Ravi');
		ravi.store.getState().show('overview');
		await asha.until('Ravi to have left', state => names(state).join(' ') === 'Asha');
	},
);
