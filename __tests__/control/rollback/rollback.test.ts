import {expect, test} from 'vitest';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import {createBackupsController} from '../../../src/control/backups/backups-controller.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import {createRunControllers} from '../../../src/control/run-controllers.ts';
import {shownReview} from '../../../src/store/rollback/rollback-review.ts';
import {allBindings} from '../../../src/tui/keys/all-bindings.ts';
import {findBinding} from '../../../src/tui/keys/binding.ts';
import {activeScopes} from '../../../src/tui/keys/scopes.ts';
import {quietController} from '../../support/tui/quiet-cockpit.ts';
import {untilState} from '../../support/wait.ts';
import {listOf, waysBack} from '../backups/backup-answers.ts';
import {environment, fakeServices, type Answers} from '../fake-services.ts';

const [older, newer] = ['backend_20260203_113512', 'backend_20260210_112341'] as const;
const files = (...names: readonly string[]) => names.map(name => [`${name}.tar.gz`, 211_000_000] as const);

const cockpit = (answers: Answers) => {
	const all: Answers = {
		'ask-what-lies-between': () => ({stdout: ''}),
		'take-the-lock': () => ({code: 1, stderr: 'disk full'}),
		...answers,
	};
	const fake = fakeServices(all);
	const store = createCockpitStore({project: 'qsights', environments: [], now: Date.now()});
	const faults: unknown[] = [];
	const options = {
		services: fake.services,
		environments: [environment],
		checklists: noChecklists,
		store,
		onFault: (error: unknown) => void faults.push(error),
	};
	const backups = createBackupsController(options);
	const controller = quietController({...createRunControllers(options), backups});
	backups.start();
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	/** As the dispatcher does it. */
	const press = (key: string): void => {
		const state = store.getState();
		const binding = findBinding(allBindings, activeScopes(state), key);
		const refusal = binding?.refusal?.(state);
		if (refusal === undefined)
			binding?.run({store, controller, terminal: {exit: () => undefined, suspend: () => undefined}});
		else state.say('attention', refusal);
	};
	const target = (): unknown =>
		fake.written.find((event): event is Extract<RunEvent, {type: 'run.started'}> => event.type === 'run.started')
			?.record.target;
	return {...fake, store, controller, faults, until, press, target};
};

const isReady = (state: CockpitState): boolean => shownReview(state.rollback) !== undefined;

test('rollback: goes to the backup that was chosen when the rollback opened, whatever the list does meanwhile', async () => {
	let listed = listOf(files(older));
	const {press, store, until, target, faults} = cockpit({
		'list-the-backups': () => ({stdout: listed}),
		'look-what-there-is-to-go-back-to': () => ({stdout: waysBack([older, newer])}),
	});
	press('4');
	await until(({backupLists}) => backupLists['preprod']?.listing !== undefined);
	press('enter');
	await until(isReady);
	store.getState().typeRollback('ROLL');
	listed = listOf(files(newer));
	store.setState({backupLists: {}});
	store.getState().pointAt('backups', `${newer}.tar.gz`);
	store.getState().typeRollback('ROLLBACK');
	expect(store.getState().rollback?.choice.to).toBe(older);
	press('enter');
	await until(({stage}) => stage === 'failed');

	expect(target()).toEqual({kind: 'backup', name: older});
	expect(faults).toEqual([]);
});

test('rollback: goes to the release that was shown, although another one is the previous one by now', async () => {
	let previous = '20260203T055341Z-4e81d0c';
	const {controller, press, store, until, target} = cockpit({
		'look-what-there-is-to-go-back-to': () => ({stdout: waysBack([], previous)}),
	});
	controller.rollback.open({app: 'backend', environment: 'preprod', to: 'previous'});
	await until(isReady);
	previous = '20260209T000000Z-aaaaaaa';
	store.getState().typeRollback('ROLLBACK');
	press('enter');
	await until(({stage}) => stage === 'failed');

	expect(target()).toEqual({kind: 'snapshot', release: '20260203T055341Z-4e81d0c'});
});

test('rollback: part of the word does nothing, another word closes the rollback, and the host was only asked', async () => {
	const {controller, press, store, until, lines} = cockpit({
		'look-what-there-is-to-go-back-to': () => ({stdout: waysBack([older])}),
	});
	controller.rollback.open({app: 'backend', environment: 'preprod', to: older});
	await until(isReady);
	for (const typed of ['', 'ROLLBAC']) {
		store.getState().typeRollback(typed);
		press('enter');
		expect(store.getState().rollback).toBeDefined();
	}
	store.getState().typeRollback('rollback');
	press('enter');

	expect(store.getState()).toMatchObject({rollback: undefined, isDriving: false});
	expect(store.getState().notice?.text).toContain('Nothing was changed');
	expect(lines).toEqual(['look-what-there-is-to-go-back-to', 'ask-what-lies-between']);
});

test('rollback: a name that is not there is refused with those that are, and takes no word', async () => {
	const {controller, press, store, until} = cockpit({
		'look-what-there-is-to-go-back-to': () => ({stdout: waysBack([newer])}),
	});
	controller.rollback.open({app: 'backend', environment: 'preprod', to: older});
	await until(isReady);
	store.getState().typeRollback('ROLLBACK');
	press('enter');

	expect(shownReview(store.getState().rollback)?.refusal?.next).toContain(newer);
	expect(store.getState()).toMatchObject({isDriving: false});
});

test('rollback: a host that can not be asked says why in the rollback; Esc closes it', async () => {
	const {controller, press, store, until} = cockpit({
		'look-what-there-is-to-go-back-to': () => ({code: 1, stderr: 'no\u001B[2J answer'}),
	});
	controller.rollback.open({app: 'backend', environment: 'preprod', to: older});
	const {rollback} = await until(state => state.rollback?.review.state === 'failed');
	press('enter');
	expect(store.getState().rollback).toBeDefined();
	press('esc');

	expect(rollback?.review).toMatchObject({problem: {why: 'no answer', now: 'Nothing was changed.'}});
	expect(store.getState().rollback).toBeUndefined();
});

test('rollback: an answer that comes after the rollback was closed and opened again is dropped', async () => {
	const first = Promise.withResolvers<{stdout: string}>();
	let calls = 0;
	const {controller, store, until} = cockpit({
		'look-what-there-is-to-go-back-to': () => (calls++ === 0 ? first.promise : {stdout: waysBack([newer])}),
	});
	controller.rollback.open({app: 'backend', environment: 'preprod', to: older});
	store.getState().closeRollback();
	controller.rollback.open({app: 'backend', environment: 'preprod', to: newer});
	await until(isReady);
	first.resolve({stdout: waysBack([older])});
	await new Promise(resolve => setImmediate(resolve));

	expect(shownReview(store.getState().rollback)?.to.name).toBe(newer);
});
