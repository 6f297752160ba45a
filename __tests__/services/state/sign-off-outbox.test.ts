import {appendFileSync, mkdtempSync, statSync, utimesSync, existsSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {createSignOffOutbox} from '../../../src/services/state/sign-off-outbox.ts';

const id = {project: 'qsights', environment: 'preprod'};
const late = (name: string) =>
	({id: name, item: 'home-page', result: 'passed', entry: {type: 'checklist.signed'}}) as const;

const home = (): {readonly directory: string; readonly file: string} => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-outbox-'));
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	return {directory, file: join(directory, 'cockpit/qsights/preprod/outbox.jsonl')};
};

test('outbox: keeps what was put in, in order, for its writer alone, across cockpits', () => {
	const {directory, file} = home();
	expect(createSignOffOutbox(directory).list(id)).toEqual([]);
	createSignOffOutbox(directory).add(id, late('a'));
	const outbox = createSignOffOutbox(directory);
	outbox.add(id, late('b'));

	expect(outbox.list(id)).toEqual([late('a'), late('b')]);
	expect(outbox.list({...id, environment: 'production'})).toEqual([]);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	outbox.remove(id, 'a');
	expect(createSignOffOutbox(directory).list(id)).toEqual([late('b')]);
});

test('outbox: a torn line loses none of the others, not even the next one', () => {
	const {directory, file} = home();
	const outbox = createSignOffOutbox(directory);
	outbox.add(id, late('a'));
	appendFileSync(file, '{"late":{"id":"torn","it');
	outbox.add(id, late('b'));

	expect(outbox.list(id)).toEqual([late('a'), late('b')]);
});

test('outbox: goes when all was sent and a month has passed, never before', () => {
	const {directory, file} = home();
	const outbox = createSignOffOutbox(directory);
	outbox.add(id, late('a'));
	const old = new Date(Date.now() - 31 * 86_400_000);
	utimesSync(file, old, old);
	expect(outbox.list(id)).toHaveLength(1);
	outbox.remove(id, 'a');
	expect(outbox.list(id)).toEqual([]);
	expect(existsSync(file)).toBe(true);
	utimesSync(file, old, old);
	expect(outbox.list(id)).toEqual([]);
	expect(existsSync(file)).toBe(false);
});
