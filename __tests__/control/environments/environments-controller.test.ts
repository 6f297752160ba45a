import {expect, test} from 'vitest';
import type {EnvFilesPort} from '../../../src/domain/ports.ts';
import {createEnvironmentsController} from '../../../src/control/environments/environments-controller.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {selectEnvReading} from '../../../src/store/environments/env-tables.ts';
import {memoryEnvFiles} from '../../support/memory-env-files.ts';
import {untilState} from '../../support/wait.ts';
import {environment, fakeServices, type Answers} from '../fake-services.ts';

const values = (text: string): string =>
	`time\t1770702600\nfile\t.env\t600\twww-data\n${Buffer.from(text).toString('base64')}\n\n`;

const template = {'/environments/.env.preprod': 'APP_ENV=preprod\nMAIL_TIMEOUT=30\n'};

/** A cockpit with one host that has values, and a template here. */
const cockpit = (answers: Answers, envFiles: EnvFilesPort = memoryEnvFiles(template)) => {
	const fake = fakeServices(answers);
	const store = createCockpitStore({project: 'qsights', environments: [], now: Date.now()});
	const faults: unknown[] = [];
	const controller = createEnvironmentsController({
		services: {...fake.services, envFiles},
		environments: [environment],
		store,
		onFault: error => void faults.push(error),
	});
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	const isRead = (state: CockpitState): boolean =>
		selectEnvReading(state).askedAt === undefined && selectEnvReading(state).kept !== undefined;
	return {...fake, store, controller, faults, until, isRead};
};

test('environments: opening shows the screen at once and asks the host once; r meanwhile asks no second time', async () => {
	const answer = Promise.withResolvers<{stdout: string}>();
	const {controller, store, until, isRead, lines, faults} = cockpit({'read-the-values': () => answer.promise});
	controller.open();
	expect(store.getState()).toMatchObject({screen: 'environments', envReadings: {backend: {kept: undefined}}});
	expect(selectEnvReading(store.getState()).askedAt).toBeTypeOf('number');
	controller.reload();
	controller.open();
	answer.resolve({stdout: values('APP_ENV=preprod\n')});
	const {kept} = selectEnvReading(await until(isRead));

	expect(kept?.table.rows.map(({key, finding}) => [key, finding])).toEqual([
		['MAIL_TIMEOUT', 'missing'],
		['APP_ENV', 'equal'],
	]);
	expect(lines.filter(line => line === 'read-the-values')).toHaveLength(1);
	expect(faults).toEqual([]);
});

test('environments: a host that goes silent keeps the values it was read with', async () => {
	let code = 0;
	const {controller, until, isRead} = cockpit({
		'read-the-values': () => ({code, stdout: values('APP_ENV=preprod\nMAIL_TIMEOUT=30\n')}),
	});
	controller.open();
	const before = selectEnvReading(await until(isRead)).kept;
	code = 1;
	controller.reload();
	const state = await until(all => isRead(all) && selectEnvReading(all).kept !== before);
	const {table, keptFrom} = selectEnvReading(state).kept ?? {};

	expect(table?.columns.find(({id}) => id === 'preprod')?.problem).toContain('ended with 1');
	expect(keptFrom).toEqual({preprod: before?.table.columns.find(({id}) => id === 'preprod')?.readAt});
	expect(table?.rows.find(({key}) => key === 'APP_ENV')?.cells['preprod']).toMatchObject({text: 'preprod'});
});

test('environments: the other app is read when it is not known yet, and not again on the way back', async () => {
	const {controller, store, until, isRead, lines} = cockpit({
		'read-the-values': () => ({stdout: values('APP_ENV=preprod\n')}),
	});
	controller.open();
	await until(isRead);
	controller.switchApp();
	expect(store.getState().app).toBe('frontend');
	await until(isRead);
	controller.switchApp();
	await until(isRead);

	expect(selectEnvReading(store.getState()).kept?.table.app).toBe('backend');
	expect(lines.filter(line => line === 'read-the-values')).toHaveLength(1);
});

test('environments: a template that can not be read says why, and what was read stays', async () => {
	const files = memoryEnvFiles(template);
	let fault: Error | undefined;
	const {controller, until, isRead, store, faults} = cockpit(
		{'read-the-values': () => ({stdout: values('APP_ENV=preprod\n')})},
		{...files, read: path => (fault ? Promise.reject(fault) : files.read(path))},
	);
	controller.open();
	await until(isRead);
	fault = new Error('EACCES: \u001B[31mpermission denied');
	controller.reload();
	const state = await until(all => selectEnvReading(all).problem !== undefined);

	expect(selectEnvReading(state)).toMatchObject({
		askedAt: undefined,
		problem: {why: 'EACCES: permission denied', now: 'Nothing was changed.'},
	});
	expect(selectEnvReading(store.getState()).kept?.table.rows).toHaveLength(2);
	expect(faults).toEqual([]);
});

test('environments: what arrives after the end is dropped', async () => {
	const answer = Promise.withResolvers<{stdout: string}>();
	const {controller, store} = cockpit({'read-the-values': () => answer.promise});
	controller.open();
	await controller.stop();
	const before = store.getState();
	answer.resolve({stdout: values('APP_ENV=preprod\n')});
	for (let turns = 0; turns < 20; turns += 1) await new Promise(resolve => setImmediate(resolve));

	expect(store.getState()).toBe(before);
});
