import {
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	appendFileSync,
	readdirSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openJournal, readJournal} from '../../../src/services/state/run-journal.ts';
import {createRunStore} from '../../../src/services/state/run-store.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-journal-'));
});
afterEach(() => rmSync(directory, {recursive: true, force: true}));

test('journal: events come back in order, output only reaches the readable log, files are for the owner', () => {
	const journal = openJournal(join(directory, 'run'));
	journal.append({at: 1, type: 'step.started', step: 'upload'});
	journal.append({at: 2, type: 'step.output', step: 'upload', command: 'tar', lines: ['one', 'two']});
	journal.append({at: 3, type: 'step.finished', step: 'upload', state: 'done', durationMs: 2});
	journal.close();

	expect(readJournal(join(directory, 'run')).map(({type}) => type)).toEqual(['step.started', 'step.finished']);
	expect(readFileSync(journal.logPath, 'utf8')).toContain('upload | tar: two');
	expect(statSync(join(directory, 'run')).mode & 0o777).toBe(0o700);
	for (const name of readdirSync(join(directory, 'run')))
		expect(statSync(join(directory, 'run', name)).mode & 0o777).toBe(0o600);
});

test('run store: the last word about the end of a run is found in any journal, long, torn or gone on with', () => {
	const store = createRunStore(directory);
	const id = {project: 'p', environment: 'e', run: '20260210T055341Z-backend-9b1d'};
	const read = () => store.events(id).findLast(({type}) => type === 'run.finished');
	expect(store.end(id)).toBeUndefined();
	const journal = store.open(id);
	const long = (at: number): void => {
		for (let line = 0; line < 200; line += 1)
			journal.append({at, type: 'run.noted', step: 'look', text: `${line} ${'x'.repeat(200)}`} as never);
	};
	long(1);
	expect(store.end(id)).toBeUndefined();
	journal.append({at: 2, type: 'run.finished', outcome: 'left', durationMs: 1} as never);
	expect(store.end(id)).toEqual(read());
	long(3);
	expect(store.end(id)).toMatchObject({at: 2, outcome: 'left'});
	journal.append({at: 4, type: 'run.finished', outcome: 'done', durationMs: 2} as never);
	appendFileSync(join(journal.directory, 'journal.jsonl'), '{"at":5,"type":"run.fin');
	expect(store.end(id)).toMatchObject({at: 4, outcome: 'done'});
	journal.close();
});

test('journal: a line torn by a crash is left out, and what follows is read', () => {
	const journal = openJournal(directory);
	journal.append({at: 1, type: 'step.started', step: 'upload'});
	journal.close();
	appendFileSync(
		join(directory, 'journal.jsonl'),
		'{"at":2,"type":"step.fin\n{"at":3,"type":"lock.taken","token":4}\n',
	);

	expect(readJournal(directory).map(({type}) => type)).toEqual(['step.started', 'lock.taken']);
});

test.each([
	{what: 'is full', at: 'journal.jsonl', why: /^no room on \S+ \(ENOSPC\): .* free$/, logs: 'run.log'},
	{what: 'has no room for the log', at: 'run.log', why: /^no room on \S+ \(ENOSPC\): .* free$/, logs: 'run.log'},
])('journal: a disk that $what is said once and stops nobody', ({at, why, logs}) => {
	symlinkSync('/dev/full', join(directory, at));
	const journal = openJournal(directory);
	expect(journal.lost).toBeUndefined();
	journal.append({at: 1, type: 'step.started', step: 'upload'});
	const {lost} = journal;
	journal.append({at: 2, type: 'step.started', step: 'swap'});
	journal.mirror('composer').append(Buffer.from('Installing\n'));

	expect(lost).toMatch(why);
	expect(journal.lost).toBe(lost);
	expect(journal.logPath).toBe(join(directory, logs));
	expect(journal.mirror('composer').tail(100)).toBe('Installing\n');
	journal.close();
});

test('journal: a file where its directory should be leaves a run without log, and nothing is thrown', () => {
	const store = createRunStore(directory);
	const id = {project: 'p', environment: 'preprod', run: 'r'};
	writeFileSync(join(directory, 'cockpit'), '');
	const journal = store.open(id);
	journal.append({at: 1, type: 'step.started', step: 'upload'});
	journal.mirror('composer').append(Buffer.from('Installing\n'));
	journal.close();

	expect(journal.lost).toContain(`a part of ${join(directory, 'cockpit/p/preprod/runs/r')} is a file`);
	expect(journal.logPath).toBe('');
	expect(journal.mirror('composer').sizeBytes).toBe(11);
	expect([store.list(id), store.events(id), store.log(id)]).toEqual([[], [], undefined]);
	store.prune({...id, now: Date.now()});
});

test('journal: what comes behind a torn line is a line of its own', () => {
	writeFileSync(join(directory, 'journal.jsonl'), '{"at":1,"type":"step.fin');
	const journal = openJournal(directory);
	journal.append({at: 2, type: 'lock.taken', token: 4});
	journal.close();

	expect(readJournal(directory).map(({type}) => type)).toEqual(['lock.taken']);
});

test('mirror: on a disk that fills up it goes on in memory, from where it was', () => {
	const journal = openJournal(directory);
	const mirror = journal.mirror('composer');
	mirror.append(Buffer.from('Installing\n'));
	rmSync(join(directory, 'composer.out'));
	symlinkSync('/dev/full', join(directory, 'build.out'));
	const full = journal.mirror('build');
	full.append(Buffer.from('one\n'));
	full.append(Buffer.from('two\n'));
	mirror.append(Buffer.from('Done\n'));

	expect([full.sizeBytes, full.tail(100), full.tail(4)]).toEqual([8, 'one\ntwo\n', 'two\n']);
	expect(mirror.tail(100)).toBe('Installing\nDone\n');
	expect(journal.lost).toContain('no room');
	journal.close();
});

test('mirror: goes on at its own end, and two drivers of one job keep one copy', () => {
	const first = openJournal(directory).mirror('composer');
	const second = openJournal(directory).mirror('composer');
	for (const mirror of [first, second]) {
		mirror.append(Buffer.from('Installing\n'));
		mirror.append(Buffer.from('Done\n'));
	}

	expect(readFileSync(join(directory, 'composer.out'), 'utf8')).toBe('Installing\nDone\n');
	expect(openJournal(directory).mirror('composer').sizeBytes).toBe(16);
	expect(first.tail(5)).toBe('Done\n');
});

test('run store: runs sort by time, and only those untouched for 30 days are pruned', () => {
	const store = createRunStore(directory);
	const place = {project: 'p', environment: 'preprod'};
	for (const run of ['20260202T000000Z-backend-0002', '20260101T000000Z-backend-0001'])
		store.open({...place, run}).close();
	const now = Date.now();
	const old = new Date(now - 31 * 24 * 3_600_000);
	utimesSync(join(directory, 'cockpit/p/preprod/runs/20260101T000000Z-backend-0001'), old, old);

	expect(store.list(place)[0]).toBe('20260101T000000Z-backend-0001');
	store.prune({...place, now});
	expect(store.list(place)).toEqual(['20260202T000000Z-backend-0002']);
	expect(store.events({...place, run: 'unknown'})).toEqual([]);
});

test.each([
	['a leap of the clock ahead', 0, 400],
	['a clock set back', 0, -400],
	['files of a clock that was ahead', 20, 0],
])('run store: after %s no run goes that was there a moment ago', (_, ahead, days) => {
	const store = createRunStore(directory);
	const place = {project: 'p', environment: 'preprod'};
	const [day, now] = [24 * 3_600_000, Date.now()];
	for (const run of ['20260201T000000Z-backend-0001', '20260202T000000Z-backend-0002'])
		store.open({...place, run}).close();
	const later = new Date(now + ahead * day);
	utimesSync(join(directory, 'cockpit/p/preprod/runs/20260202T000000Z-backend-0002'), later, later);

	store.prune({...place, now: now + days * day});
	expect(store.list(place)).toHaveLength(2);
});

test('run store: the end of a log, of runs this machine drove; a name that is none is not looked for', () => {
	const store = createRunStore(directory);
	const id = {project: 'qsights', environment: 'preprod', run: '20260210T055341Z-backend-9b1d'};
	expect(store.log(id)).toBeUndefined();
	const journal = store.open(id);
	journal.append({at: 1, type: 'run.noted', step: 'close', text: 'one'});
	journal.append({at: 2, type: 'run.noted', step: 'close', text: 'two'});
	journal.close();

	expect(store.log(id)?.path).toBe(journal.logPath);
	expect(store.log(id)?.tail(12)).toBe('"text":"two"}\n'.slice(-12));
	expect(store.log({...id, run: `../runs/${id.run}`})).toBeUndefined();
	expect(store.events({...id, run: `../runs/${id.run}`})).toEqual([]);
});
