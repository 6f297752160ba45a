import {expect, test} from 'vitest';
import {selectList, selectRow, selectRows, snapshotId} from '../../../src/store/backups/backups.ts';
import {createBackupsController} from '../../../src/control/backups/backups-controller.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {untilState} from '../../support/wait.ts';
import {listOf} from './backup-answers.ts';
import {environment, fakeServices, type Answers} from '../fake-services.ts';

const name = 'backend_20260203_113512';
const hostile = 'backend_20260101_000000.tar.gz\n\u001B[2J';

const cockpit = (answers: Answers) => {
	const fake = fakeServices(answers);
	const store = createCockpitStore({project: 'qsights', environments: [], now: Date.now()});
	const faults: unknown[] = [];
	const controller = createBackupsController({
		services: fake.services,
		environments: [environment],
		store,
		onFault: error => void faults.push(error),
	});
	controller.start();
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	const open = async (): Promise<CockpitState> => {
		controller.open();
		return until(state => selectList(state).listing !== undefined);
	};
	return {...fake, store, controller, faults, until, open};
};

const isIdle = ({backupTask}: CockpitState): boolean => backupTask === undefined;

test('backups: opening asks the host once; the snapshot stands first, then backups, newest first', async () => {
	const {open, lines, faults} = cockpit({
		'list-the-backups': () => ({
			stdout: listOf(
				[
					[`${name}.tar.gz`, 10],
					['backend_20260210_112341.tar.gz', 20],
					['frontend_20260210_112341.tar.gz', 20],
				],
				{'previous backend': '20260203T055341Z-4e81d0c'},
			),
		}),
	});
	const state = await open();

	expect(state.screen).toBe('backups');
	expect(selectRows(state).map(({id}) => id)).toEqual([
		snapshotId,
		'backend_20260210_112341.tar.gz',
		`${name}.tar.gz`,
	]);
	expect(lines).toEqual(['list-the-backups']);
	expect(faults).toEqual([]);
});

test('backups: what is selected stays so when the list is read again, and the first is when it is gone', async () => {
	let files = [`${name}.tar.gz`, 'backend_20260210_112341.tar.gz'];
	const {open, controller, store, until} = cockpit({
		'list-the-backups': () => ({stdout: listOf(files.map(file => [file, 1]))}),
	});
	await open();
	store.getState().pointAt('backups', `${name}.tar.gz`);
	const before = selectList(store.getState()).listing;
	files = ['backend_20260210_120000.tar.gz', ...files];
	controller.reload();
	await until(state => selectList(state).listing !== before);
	expect(selectRow(store.getState())?.id).toBe(`${name}.tar.gz`);

	const again = selectList(store.getState()).listing;
	files = ['backend_20260210_120000.tar.gz'];
	controller.reload();
	await until(state => selectList(state).listing !== again);
	expect(selectRow(store.getState())?.id).toBe('backend_20260210_120000.tar.gz');
});

test('backups: a name that is an order for a terminal is shown escaped, and can not be restored', async () => {
	const {open} = cockpit({'list-the-backups': () => ({stdout: listOf([[hostile, 1]])})});
	const [row] = selectRows(await open());

	if (row?.kind !== 'backup') throw new Error('no backup');
	expect(row.backup.shown).not.toMatch(/[\u0000-\u001F]/);
	expect(row.backup.isRestorable).toBe(false);
});

test('backups: a host that does not answer says why; what was read before stays', async () => {
	let code = 0;
	const {open, controller, until} = cockpit({
		'list-the-backups': () => ({code, stdout: listOf([[`${name}.tar.gz`, 1]]), stderr: 'no\u0007 route'}),
	});
	await open();
	code = 1;
	controller.reload();
	const state = await until(all => selectList(all).problem !== undefined);

	expect(selectList(state)).toMatchObject({problem: {why: 'no route'}, askedAt: undefined});
	expect(selectRows(state)).toHaveLength(1);
});

test('backups: an answer that is overtaken by a newer one is dropped', async () => {
	const first = Promise.withResolvers<{stdout: string}>();
	let calls = 0;
	const {controller, store, until} = cockpit({
		'list-the-backups': () => (calls++ === 0 ? first.promise : {stdout: listOf([])}),
	});
	controller.open();
	controller.reload();
	await until(state => selectList(state).listing !== undefined);
	first.resolve({stdout: listOf([[`${name}.tar.gz`, 1]])});
	await new Promise(resolve => setImmediate(resolve));

	expect(selectRows(store.getState())).toEqual([]);
});

test('backups: verifying tells what was found and reads the list again; a bad one is told as bad', async () => {
	let verdict: {code: number; stdout: string; stderr: string} = {
		code: 0,
		stdout: `entries 12\nbytes 10\nunpacked 100\nmodified 1770100000\nstrip 0\nsha256 ${'a'.repeat(64)}\n`,
		stderr: '',
	};
	const {open, controller, until, lines, store} = cockpit({
		'list-the-backups': () => ({stdout: listOf([[`${name}.tar.gz`, 10]])}),
		'verify-the-backup': () => verdict,
		'write-down-what-was-found': () => ({}),
	});
	await open();
	controller.verify(name);
	expect(store.getState().backupTask).toMatchObject({kind: 'verify', name});
	controller.verify(name);
	await until(isIdle);
	expect(store.getState().notice).toMatchObject({tone: 'success'});
	expect(store.getState().notice?.text).toContain('12 files');

	verdict = {code: 1, stdout: '', stderr: 'unexpected end of file\n'};
	controller.verify(name);
	await until(state => isIdle(state) && state.notice?.tone === 'danger');

	expect(store.getState().notice?.text).toContain('is bad: unexpected end of file');
	expect(lines.filter(line => line === 'verify-the-backup')).toHaveLength(2);
	expect(lines.filter(line => line === 'list-the-backups')).toHaveLength(3);
});

test('backups: pinning says so; one that can not be pinned says why', async () => {
	let code = 0;
	const {open, controller, until, store} = cockpit({
		'list-the-backups': () => ({stdout: listOf([[`${name}.tar.gz`, 10]])}),
		'pin-the-backup': () => ({code, stderr: 'Read-only file system'}),
	});
	await open();
	controller.pin(name);
	await until(state => isIdle(state) && state.notice !== undefined);
	expect(store.getState().notice?.text).toBe(`${name} is kept until it is unpinned.`);

	code = 1;
	controller.pin(name);
	await until(state => isIdle(state) && state.notice?.tone === 'danger');
	expect(store.getState().notice?.text).toContain('Read-only file system');
});
