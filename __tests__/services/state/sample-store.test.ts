import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {DatabaseSync} from 'node:sqlite';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test, vi} from 'vitest';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import type {SampleStore} from '../../../src/domain/ports.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {compareAll} from '../../../src/domain/watch/compare.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {createSampleStore} from '../../../src/services/state/sample-store.ts';
import {randomFrom} from '../../domain/oracle/random.ts';
import {simulate, someAnswers} from '../../domain/watch/simulated.ts';

const id = {project: 'qsights', environment: 'production'};

const began = Date.parse('2026-02-10T11:00:00Z');

const minute = 60_000;

const home = (): {readonly directory: string; readonly file: string} => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-samples-'));
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	return {directory, file: join(directory, 'cockpit/samples.sqlite')};
};

const opened = (directory: string): SampleStore => {
	const store = createSampleStore(directory);
	onTestFinished(() => store.close());
	return store;
};

const reading = (at: number, more: Partial<ProbeReading> = {}): ProbeReading => ({
	probe: 'backend.health',
	title: 'API health',
	kind: 'http',
	at,
	state: 'pass',
	value: 64.5,
	unit: 'ms',
	text: '200 in 64 ms',
	...more,
});

const all = {from: 0, until: Number.MAX_SAFE_INTEGER};

/** Every member that a reading may have. */
const whole = reading(began, {
	app: 'backend',
	host: 'production-1',
	limit: 500,
	count: 3,
	parts: {dns: 1.25, tcp: 0.5},
});

test.each([
	{kind: 'file', make: () => opened(home().directory)},
	{kind: 'memory', make: createMemorySamples},
])('samples in $kind: are read as they were added, by time, and what is there stays', ({make}) => {
	const store = make();
	const bare: ProbeReading = {
		probe: 'backend.worker',
		title: 'worker',
		kind: 'worker',
		at: began + 5000,
		state: 'unclear',
		text: 'no answer',
	};
	store.add(id, [bare, whole]);
	store.add(id, [reading(began, {state: 'fail'}), reading(began + 10_000)]);

	expect(store.read(id, all)).toEqual([whole, bare, reading(began + 10_000)]);
	expect(store.read(id, {from: began, until: began + 5000})).toEqual([whole]);
	expect(store.read(id, {...all, probe: 'backend.worker'})).toEqual([bare]);
	expect(store.read({...id, environment: 'preprod'}, all)).toEqual([]);
	expect(store.read({...id, project: 'other'}, all)).toEqual([]);
});

test.each([
	{kind: 'file', make: () => opened(home().directory)},
	{kind: 'memory', make: createMemorySamples},
])('samples in $kind: kinds of entries add up, and a message counts as told from the first time on', ({make}) => {
	const store = make();
	const seen = {
		log: 'laravel',
		signature: 'Mail: timeout',
		level: 'error',
		firstAt: began,
		lastAt: began + minute,
		count: 2,
		sample: 'Mail: timeout after 30 s',
	} as const;
	store.addSignatures(id, [seen]);
	store.addSignatures(id, [{...seen, firstAt: began - minute, lastAt: began, count: 3, sample: 'other'}]);

	expect(store.signatures(id)).toEqual([{...seen, firstAt: began - minute, count: 5}]);

	const again = {...seen, firstAt: began + 31 * 1440 * minute, lastAt: began + 31 * 1440 * minute};
	store.addSignatures(id, [again]);
	expect(store.signatures(id), 'not seen for 30 days, it is new again').toEqual([{...again, count: 7}]);
	expect(store.tellOnce(id, 'done:1', began)).toBe(false);
	expect(store.tellOnce(id, 'done:1', began)).toBe(true);
	expect(store.tellOnce({...id, environment: 'preprod'}, 'done:1', began)).toBe(false);
});

test('samples: nothing is opened before it is asked for; then for its writer alone, and kept', () => {
	const {directory, file} = home();
	const store = opened(directory);
	expect(existsSync(file)).toBe(false);
	store.add(id, [whole]);
	store.tellOnce(id, 'done:1', began);

	for (const end of ['', '-wal', '-shm']) expect(statSync(`${file}${end}`).mode & 0o777, end).toBe(0o600);
	store.close();
	const later = opened(directory);
	expect(later.read(id, all)).toEqual([whole]);
	expect(later.tellOnce(id, 'done:1', began)).toBe(true);
});

test('samples: two cockpits use one file, and tell a message once', () => {
	const {directory} = home();
	const [one, other] = [opened(directory), opened(directory)];
	one.add(id, [reading(began)]);
	other.add(id, [reading(began), reading(began + 5000)]);

	expect(one.read(id, all)).toEqual([reading(began), reading(began + 5000)]);
	expect([one, other].map(store => store.tellOnce(id, 'worse', began))).toEqual([false, true]);
});

test.each([
	{
		what: 'no file of SQLite',
		text: 'this is not a database, and longer than one of its pages may begin with\n'.repeat(200),
	},
	{what: 'a torn one', text: 'SQLite format 3\0\u0010'},
])('samples: $what is begun anew', ({text}) => {
	const {directory, file} = home();
	mkdirSync(join(directory, 'cockpit'), {recursive: true});
	writeFileSync(file, text);
	const store = opened(directory);
	store.add(id, [whole]);

	expect(store.read(id, all)).toEqual([whole]);
	store.close();
	expect(opened(directory).read(id, all)).toEqual([whole]);
	expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3');
});

test('samples: a file that is damaged in use is begun anew', () => {
	const {directory, file} = home();
	const store = opened(directory);
	store.add(
		id,
		Array.from({length: 2000}, (_, at) => reading(began + at)),
	);
	store.close();
	const bytes = readFileSync(file);
	bytes.fill(0xab, 4096);
	writeFileSync(file, bytes);
	const after = opened(directory);
	after.add(id, [whole]);

	expect(after.read(id, all)).toEqual([whole]);
});

test('samples: a file of another version is begun anew', () => {
	const {directory, file} = home();
	opened(directory).add(id, [reading(began)]);
	const database = new DatabaseSync(file);
	database.exec('pragma user_version = 99');
	database.close();
	const store = opened(directory);
	store.add(id, [whole]);

	expect(store.read(id, all)).toEqual([whole]);
});

test('samples: a file that is removed while it is open is made again', () => {
	const {directory, file} = home();
	const store = opened(directory);
	store.add(id, [reading(began)]);
	for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`);
	store.add(id, [whole]);

	expect(store.read(id, all)).toEqual([whole]);
	expect(existsSync(file)).toBe(true);
});

test('samples: what a locked file can not take is kept in memory, and read beside it', () => {
	const {directory, file} = home();
	const store = opened(directory);
	store.add(id, [reading(began)]);
	const holder = new DatabaseSync(file);
	onTestFinished(() => holder.close());
	holder.exec('begin immediate');
	store.add(id, [reading(began + 5000)]);

	expect(store.read(id, all)).toEqual([reading(began), reading(began + 5000)]);
	expect(store.tellOnce(id, 'worse', began)).toBe(false);
	expect(store.tellOnce(id, 'worse', began)).toBe(true);
});

test('samples: what a locked file could not take comes to it later, for other processes to read', () => {
	const {directory, file} = home();
	const [store, other] = [opened(directory), opened(directory)];
	store.add(id, [reading(began)]);
	const holder = new DatabaseSync(file);
	onTestFinished(() => holder.close());
	holder.exec('begin immediate');
	store.add(id, [reading(began + 5000)]);
	holder.exec('rollback');
	const later = performance.now() + 31_000;
	const time = vi.spyOn(performance, 'now').mockImplementation(() => later);
	onTestFinished(() => {
		time.mockRestore();
	});
	store.add(id, [reading(began + 10_000)]);

	const whole = [0, 5000, 10_000].map(after => reading(began + after));
	expect(other.read(id, all)).toEqual(whole);
	expect(store.read(id, all)).toEqual(whole);
});

test('samples: where no file can be, they are kept in memory', () => {
	const {directory} = home();
	writeFileSync(join(directory, 'cockpit'), 'a file in the place of the directory');
	const store = opened(directory);
	store.add(id, [whole]);

	expect(store.read(id, all)).toEqual([whole]);
});

test('samples: older than two days the worst of five minutes is left, older than 35 nothing', () => {
	const {directory} = home();
	const store = opened(directory);
	const day = 1440 * minute;
	const old = Array.from({length: 60}, (_, at) =>
		reading(began + at * 10_000, at === 40 ? {state: 'fail', text: '500'} : {}),
	);
	store.add(id, [reading(began - 32.4 * day), ...old]);
	for (let round = 0; round < 120; round++) store.add(id, [reading(began + 2.5 * day + round * 5000)]);
	const kept = store.read(id, {from: 0, until: began + day});

	expect(kept.map(({at, state}) => [(at - began) / minute, state])).toEqual([
		[-32.4 * 1440, 'pass'],
		[0, 'pass'],
		[40 / 6, 'fail'],
	]);
	for (let round = 0; round < 60; round++) store.add(id, [reading(began + 3 * day + round * 5000)]);
	expect(store.read(id, {from: 0, until: began + day}).map(({at}) => at)).toEqual(kept.slice(1).map(({at}) => at));
	expect(store.read(id, {from: began + day, until: began + 4 * day})).toHaveLength(180);
});

test('samples: what a comparison said follows from the stored ones again', () => {
	const {directory} = home();
	const swapAt = began;
	const samples = Array.from({length: 6}, (_, index) => {
		const random = randomFrom(index);
		const answers = someAnswers(random);
		const [everyMs, minutes, times] = [5000, 30, index % 2 === 0 ? 1.7 : 1];
		return simulate({random, answers, probe: `http.${index}`, swapAt, everyMs, minutes, times});
	}).flat();
	const options = {swapAt, minutes: 30, now: swapAt + 10 * minute, terms: usualWatch};
	const said = compareAll(samples, options);
	const store = opened(directory);
	for (let at = 0; at < samples.length; at += 1000) store.add(id, samples.slice(at, at + 1000));
	store.close();

	expect(said.some(({verdict}) => verdict === 'worse')).toBe(true);
	expect(said.some(({verdict}) => verdict === 'same')).toBe(true);
	expect(compareAll(opened(directory).read(id, all), options)).toEqual(said);
});
