import {expect, test} from 'vitest';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {EnvFilesPort} from '../../../src/domain/ports.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import {createRunControllers} from '../../../src/control/run-controllers.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {selectEnvReading} from '../../../src/store/environments/env-tables.ts';
import {memoryEnvFiles} from '../../support/memory-env-files.ts';
import {untilState} from '../../support/wait.ts';
import {environment, fakeServices, type Answers} from '../fake-services.ts';

const values = (text: string): string =>
	`time\t1770702600\nfile\t.env\t600\twww-data\n${Buffer.from(text).toString('base64')}\n\n`;

const template = {'/environments/.env.preprod': 'APP_ENV=preprod\nMAIL_TIMEOUT=30\n'};

/** A cockpit with one host that has values, and a template here. */
const cockpit = (
	answers: Answers,
	envFiles: EnvFilesPort = memoryEnvFiles(template),
	environments: readonly Environment[] = [environment],
) => {
	const fake = fakeServices(answers);
	const store = createCockpitStore({project: 'qsights', environments: [], now: Date.now()});
	const faults: unknown[] = [];
	const {environments: controller} = createRunControllers({
		services: {...fake.services, envFiles},
		environments,
		checklists: noChecklists,
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

/** The file on the host as the look at it tells. */
const fileOf = (text: string): {stdout: string} => {
	const content = Buffer.from(text).toString('base64');
	const lines = ['adopted yes', 'written no', 'place yes', 'kind file', 'owned 33 www-data', 'user 33'];
	return {stdout: [...lines, `size ${text.length}`, `sha256 ${'a'.repeat(64)}`, `content ${content}`, ''].join('\n')};
};

const secret = 'hunter2 hunter2';

test('change a value: where nothing was typed no host is asked, and how it is set to nothing is said', async () => {
	const {controller, store, lines} = cockpit({});
	controller.begin('MAIL_TIMEOUT');
	controller.goOn();

	const {problem, at} = store.getState().valueChange ?? {};
	expect([at, problem?.what]).toEqual(['value', 'Nothing was typed']);
	expect(problem?.next).toMatch(/cockpit env set MAIL_TIMEOUT --env \w+ --app backend --empty$/);
	expect(lines).toEqual([]);
});

/** As a person types a value for a key. */
const typeValue = ({controller, store}: ReturnType<typeof cockpit>, key: string, value: string): void => {
	controller.begin(key);
	store.getState().typeValue(value);
	controller.goOn();
};

const isAt =
	(at: 'value' | 'asking' | 'word') =>
	(state: CockpitState): boolean =>
		state.valueChange?.at === at;

test('value: it is asked for where the key is missing, the host is asked, and behind the word the run begins', async () => {
	const made = cockpit({
		'read-the-values': () => ({stdout: values('APP_ENV=preprod\n')}),
		'read-the-file-of-values': () => fileOf('APP_ENV=preprod\n'),
		'take-the-lock': () => ({code: 1, stderr: 'disk full'}),
	});
	const {controller, store, until, isRead, written, faults} = made;
	controller.open();
	await until(isRead);
	typeValue(made, 'MAIL_TIMEOUT', secret);
	expect(store.getState().valueChange).toMatchObject({
		key: 'MAIL_TIMEOUT',
		place: 'preprod',
		at: 'asking',
		places: [{word: 'yes', file: '/var/www/.backend/shared/.env', refusal: undefined}],
	});
	await until(isAt('word'));
	store.getState().typeChangeWord('yes');
	controller.goOn();
	expect(store.getState()).toMatchObject({valueChange: undefined, screen: 'deploy', intent: 'change'});
	const state = await until(({stage}) => stage === 'failed');

	expect(state.run?.record).toMatchObject({kind: 'set-env', app: 'backend', env: {key: 'MAIL_TIMEOUT', verb: 'set'}});
	expect(JSON.stringify([written, store.getState()])).not.toContain('hunter2');
	expect(faults).toEqual([]);
});

test('value: one that is there already begins no run', async () => {
	const made = cockpit({'read-the-file-of-values': () => fileOf(`MAIL_PASSWORD='${secret}'\n`)});
	typeValue(made, 'MAIL_PASSWORD', secret);
	const state = await made.until(({valueChange}) => valueChange === undefined);

	expect(state.notice?.text).toBe('MAIL_PASSWORD has that value on Pre-Prod already: nothing to change.');
	expect(state.isDriving).toBe(false);
});

test('value: a host that refuses says why in the dialog, and what was typed stays', async () => {
	const made = cockpit({'read-the-file-of-values': () => ({code: 1, stderr: 'sudo: a \u0007password is required'})});
	typeValue(made, 'MAIL_PASSWORD', secret);
	const {valueChange} = await made.until(state => state.valueChange?.problem !== undefined);

	expect(valueChange).toMatchObject({at: 'value', value: secret, problem: {why: 'sudo: a password is required'}});
});

test('value: another word closes the dialog, and a part of it takes nothing; nothing was begun', async () => {
	const made = cockpit({'read-the-file-of-values': () => fileOf('')});
	const {controller, store, until} = made;
	for (const [typed, isClosed] of [
		['ye', false],
		['Yes', true],
	] as const) {
		typeValue(made, 'MAIL_PASSWORD', secret);
		await until(isAt('word'));
		store.getState().typeChangeWord(typed);
		controller.goOn();
		expect(store.getState().valueChange === undefined, typed).toBe(isClosed);
		expect(store.getState().notice?.text).toBe('Not started: the word is yes, exactly. Nothing was changed.');
		expect(store.getState().isDriving).toBe(false);
		store.getState().closeValueChange();
	}
});

test('value: who has left the dialog is not asked for a word', async () => {
	const answer = Promise.withResolvers<{stdout: string}>();
	const made = cockpit({'read-the-file-of-values': () => answer.promise});
	typeValue(made, 'MAIL_PASSWORD', secret);
	made.store.getState().closeValueChange();
	answer.resolve(fileOf(''));
	for (let turns = 0; turns < 20; turns += 1) await new Promise(resolve => setImmediate(resolve));

	expect(made.store.getState().valueChange).toBeUndefined();
	expect(made.lines).toEqual(['read-the-file-of-values']);
});

test('value: a name that is no key says so, and takes no value', () => {
	const {controller, store} = cockpit({});
	controller.begin('A B');

	expect(store.getState().valueChange?.places[0]?.refusal?.what).toContain('is no key');
});

/** It names no app: the sources are those of the others. */
const local: Environment = {...environment, name: 'local', title: 'Local', tier: 'local', hosts: [], apps: {}};

/** The same with a working copy, whose file may be there. */
const withWorkingCopy = (text?: string) => {
	const files = memoryEnvFiles({...template, ...(text === undefined ? {} : {'/source/.env': text})});
	const answers = {'read-the-values': () => ({stdout: values('APP_ENV=preprod\n')})};
	return {...cockpit(answers, files, [local, environment]), files};
};

test('value: in the working copy it is written with no word and no run, and the values are read again', async () => {
	const made = withWorkingCopy('APP_ENV=local\n');
	const {controller, store, until, isRead, files, lines, faults} = made;
	controller.open();
	await until(isRead);
	typeValue(made, 'MAIL_TIMEOUT', secret);
	expect(store.getState().valueChange).toMatchObject({place: 'local', at: 'asking', places: [{word: undefined}, {}]});
	await until(({valueChange}) => valueChange === undefined);
	await until(
		state =>
			isRead(state) &&
			selectEnvReading(state).kept?.table.rows.find(({key}) => key === 'MAIL_TIMEOUT')?.cells['local']?.kind ===
				'value',
	);

	expect(store.getState()).toMatchObject({screen: 'environments', isDriving: false});
	expect(store.getState().notice?.text).toMatch(
		/^MAIL_TIMEOUT is set in source\/\.env; kept before: source\/\.env\.kept-[a-z]+-\d{8}_\d{6}\.local\.$/,
	);
	expect((await files.read('/source/.env'))?.text).toBe(`APP_ENV=local\nMAIL_TIMEOUT='${secret}'\n`);
	expect(lines.filter(line => line !== 'read-the-values')).toEqual([]);
	expect(faults).toEqual([]);
});

test('value: what is written while the values are being read is read behind that', async () => {
	const made = withWorkingCopy('MAIL_TIMEOUT=1\n');
	const {controller, store, until, isRead} = made;
	controller.open();
	typeValue(made, 'MAIL_TIMEOUT', '2');
	const state = await until(
		all =>
			isRead(all) &&
			all.notice !== undefined &&
			JSON.stringify(
				selectEnvReading(all).kept?.table.rows.find(({key}) => key === 'MAIL_TIMEOUT')?.cells['local'],
			) === JSON.stringify({kind: 'value', text: '2', line: 1}),
	);

	expect(state.notice?.text).toContain('MAIL_TIMEOUT is set in');
	expect(selectEnvReading(store.getState()).problem).toBeUndefined();
});

test('value: a working copy without the file says how it comes there, and the value there is writes nothing', async () => {
	const made = withWorkingCopy();
	typeValue(made, 'MAIL_TIMEOUT', secret);
	const {valueChange} = await made.until(state => state.valueChange?.problem !== undefined);
	expect(valueChange).toMatchObject({
		at: 'value',
		value: secret,
		problem: {next: expect.stringContaining('cockpit env use local') as string},
	});
	const same = withWorkingCopy('A=1\n');
	typeValue(same, 'A', '1');
	const {notice} = await same.until(state => state.valueChange === undefined);

	expect(notice?.text).toBe('A has that value in source/.env already: nothing to change.');
	expect(await same.files.names('/source')).toEqual(['.env']);
});

const production: Environment = {
	...environment,
	name: 'production',
	title: 'Production',
	tier: 'production',
	file: '/environments/production.yaml',
};

/** A working copy with values of Local, templates of three environments, and a secret of production that was kept here. */
const withSets = () => {
	const files = memoryEnvFiles({
		'/environments/.env.local': 'APP_ENV=local\n',
		'/environments/.env.preprod': 'APP_ENV=preprod\nMAIL_TIMEOUT=30\nKEY=${secret:preprod/key}\n',
		'/environments/.env.production': 'APP_ENV=production\nDB_PASSWORD=${secret:production/db}\n',
		'/environments/.env.production.personal': `DB_PASSWORD='${secret}'\n`,
		'/source/.env': 'APP_ENV=local\n',
	});
	const answers = {'read-the-values': () => ({stdout: values('APP_ENV=x\n')})};
	return {...cockpit(answers, files, [{...local, file: '/environments/local.yaml'}, environment, production]), files};
};

const isClosed = ({valuesSwitch}: CockpitState): boolean => valuesSwitch === undefined;

test('switch: the first set that is not in use is meant, both files are written, and the result is named', async () => {
	const {controller, store, until, isRead, files, faults} = withSets();
	controller.open();
	await until(isRead);
	controller.beginSwitch();
	store.getState().chooseSet('preprod');
	controller.goOnSwitch();
	const {notice} = await until(isClosed);

	expect(notice).toMatchObject({
		tone: 'attention',
		text: 'The working copy has the values of Pre-Prod, the file before kept beside. Left empty, yours to fill in: KEY.',
	});
	expect((await files.read('/source/.env'))?.text).toMatch(/^# cockpit env use preprod .*\nAPP_ENV=preprod\n/);
	expect((await files.names('/source')).filter(name => name.startsWith('.env.kept-local-'))).toHaveLength(1);
	const state = await until(
		all => isRead(all) && selectEnvReading(all).kept?.table.inUse[0]?.environment === 'preprod',
	);
	controller.beginSwitch();
	expect(store.getState().valuesSwitch?.set).toBe('local');
	expect(state.screen).toBe('environments');
	store.getState().chooseSet('preprod');
	controller.goOnSwitch();
	expect((await until(isClosed)).notice?.text).toContain('The working copy is already Pre-Prod: nothing to change.');
	expect(faults).toEqual([]);
});

test('switch: secrets of production come by their word alone, and are nowhere but in the file', async () => {
	const {controller, store, until, files, faults} = withSets();
	const choose = async (): Promise<void> => {
		controller.beginSwitch();
		store.getState().chooseSet('production');
		controller.goOnSwitch();
		await until(({valuesSwitch}) => valuesSwitch?.at === 'word');
	};
	await choose();
	expect(store.getState().valuesSwitch?.secrets).toEqual(['DB_PASSWORD']);
	for (const typed of ['', 'PRODUCTION', 'production-secrets']) {
		if (!store.getState().valuesSwitch) await choose();
		store.getState().typeSwitchWord(typed);
		controller.goOnSwitch();
		expect((await files.read('/source/.env'))?.text, typed).toBe('APP_ENV=local\n');
	}
	expect(store.getState()).toMatchObject({
		valuesSwitch: undefined,
		notice: {text: 'Not switched: the word is PRODUCTION-SECRETS, exactly. Nothing was changed.'},
	});
	await choose();
	expect(JSON.stringify(store.getState())).not.toContain('hunter2');
	store.getState().typeSwitchWord('PRODUCTION-SECRETS');
	controller.goOnSwitch();
	await until(isClosed);

	expect((await files.read('/source/.env'))?.text).toContain(`DB_PASSWORD='${secret}'\n`);
	expect(JSON.stringify(store.getState())).not.toContain('hunter2');
	expect(faults).toEqual([]);
});

test('switch: what was left is not switched, and a file that changed meanwhile stays and says so', async () => {
	const {controller, store, until, files} = withSets();
	controller.beginSwitch();
	store.getState().chooseSet('preprod');
	controller.goOnSwitch();
	store.getState().closeValuesSwitch();
	for (let turns = 0; turns < 20; turns += 1) await new Promise(resolve => setImmediate(resolve));
	expect((await files.read('/source/.env'))?.text).toBe('APP_ENV=local\n');

	controller.beginSwitch();
	store.getState().chooseSet('production');
	controller.goOnSwitch();
	await until(({valuesSwitch}) => valuesSwitch?.at === 'word');
	await files.change([{path: '/source/.env', text: 'MINE=1\n', before: 'APP_ENV=local\n', keptAt: undefined}]);
	store.getState().typeSwitchWord('PRODUCTION-SECRETS');
	controller.goOnSwitch();
	const {valuesSwitch} = await until(state => state.valuesSwitch?.problem !== undefined);

	expect(valuesSwitch).toMatchObject({at: 'set', typed: '', problem: {why: 'it was changed meanwhile'}});
	expect((await files.read('/source/.env'))?.text).toBe('MINE=1\n');
});

test('switch: a set without a template says so in the dialog', async () => {
	const {controller, store, until} = cockpit({}, memoryEnvFiles({}), [environment]);
	controller.beginSwitch();
	controller.goOnSwitch();
	const {valuesSwitch} = await until(state => state.valuesSwitch?.problem !== undefined);

	expect(valuesSwitch?.problem?.what).toBe('There is nothing to switch');
	store.getState().closeValuesSwitch();
});

test('value: an app that no environment has says so', () => {
	const {controller, store} = cockpit({}, memoryEnvFiles(template), [local, environment]);
	store.getState().switchApp();
	controller.begin('MAIL_PASSWORD');

	expect(store.getState()).toMatchObject({
		valueChange: undefined,
		notice: {text: 'No environment here has the frontend.'},
	});
});
