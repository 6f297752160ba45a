import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {alreadySaid, appendLedger, jsonMembers} from '../../../src/commands/ledger/ledger.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import {isDeep} from '../../support/depth.ts';
import {createHostDirectory} from '../host-directory.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const odd = ['"', '\\', `'`, '\n', '%s%n', '$(touch pwned)', '\u001B[2J', '\u2028', ' ', '', '{"seq":1,'];

test('ledger: whatever the actor is called, each line is one JSON object and chains to the one before', async () => {
	await using host = createHostDirectory();
	const any = fc.string({unit: 'grapheme'}).filter(name => name.isWellFormed());
	const names = [...odd, ...fc.sample(any, isDeep ? {numRuns: 200} : {numRuns: 9, seed: 1})];
	const appends = names.map(name => renderCommand(appendLedger('state', {actor: {name}, type: name})));

	await host.sh(appends.join('\n'));

	const lines = readFileSync(join(host.root, 'state/ledger.jsonl'), 'utf8').split('\n');
	expect(lines.pop()).toBe('');
	expect(lines.map(line => JSON.parse(line) as unknown)).toMatchObject(
		names.map((name, index) => ({
			seq: index + 1,
			type: name,
			actor: {name},
			prev: hash(lines[index - 1] ?? ''),
		})),
	);
	expect(await host.sh('find . -name pwned; stat -c %a state/ledger.jsonl')).toBe('600');
});

test('ledger: a line torn by a crash is closed, and the numbers and the chain go on', async () => {
	await using host = createHostDirectory();
	await host.ok(appendLedger('state', {type: 'a'}));
	await host.sh(`printf '{"seq":2,"ti' >>state/ledger.jsonl`);
	await host.ok(appendLedger('state', {type: 'c'}));

	const lines = (await host.sh('cat state/ledger.jsonl')).split('\n');
	expect(lines).toHaveLength(3);
	expect(JSON.parse(lines[2] ?? '')).toMatchObject({type: 'c', prev: hash(lines[1] ?? '')});
});

test('ledger: compare and append refuses when somebody wrote meanwhile', async () => {
	await using host = createHostDirectory();
	await host.ok(appendLedger('state', {type: 'a'}));
	const seen = hash(await host.sh('tail -n 1 state/ledger.jsonl'));

	await host.ok(appendLedger('state', {type: 'b'}, {previous: seen}));

	expect((await host.run(appendLedger('state', {type: 'c'}, {previous: seen}))).code).toBe(95);
	expect(await host.sh('wc -l <state/ledger.jsonl')).toBe('2');
});

test('ledger: writers at once lose no line', async () => {
	await using host = createHostDirectory();
	const {argv} = appendLedger('state', {type: 'x'});
	await host.sh('for i in $(seq 8); do "$@" & done; wait', ...argv);

	const lines = (await host.sh('cat state/ledger.jsonl')).split('\n').map(line => JSON.parse(line) as {seq: number});
	expect(lines.map(({seq}) => seq)).toEqual(Array.from({length: 8}, (_, index) => index + 1));
});

test('ledger: a line that is not on disk is exit 94, not a silent success', async () => {
	await using host = createHostDirectory({sync: '#!/bin/sh\nexit 1\n'});

	expect((await host.run(appendLedger('state', {type: 'a'}))).code).toBe(94);
});

test('JSON members: an object without its braces', () => {
	expect(jsonMembers({a: 1, b: {c: '"'}})).toBe('"a":1,"b":{"c":"\\""}');
});

test('ledger: an entry that says `once` what stands there is not written, and the one there is answered', async () => {
	await using host = createHostDirectory();
	const said = (once: string, who: string) => appendLedger('state', {type: 'a', once, actor: {name: who}});
	await host.ok(said('watch.started:r1', 'Ravi'));
	// The same words elsewhere in an entry are no such key.
	await host.ok(appendLedger('state', {type: 'b', actor: {name: '"once":"watch.finished:r1"'}}));

	const again = await host.run(said('watch.started:r1', 'Asha'));
	expect(again.code).toBe(alreadySaid);
	expect(JSON.parse(again.stdout)).toMatchObject({seq: 1, actor: {name: 'Ravi'}});
	await host.ok(said('watch.finished:r1', 'Asha'));
	// A dot is a dot, and the beginning of a key is another key.
	await host.ok(said('watch-finished:r1', 'Asha'));
	await host.ok(said('watch.started:r', 'Asha'));
	expect(await host.sh('wc -l <state/ledger.jsonl')).toBe('5');
});

test('ledger: of writers at once with one `once` a single one writes, and each learns who', async () => {
	await using host = createHostDirectory();
	const {argv} = appendLedger('state', {type: 'x', once: 'one'});
	const codes = await host.sh(
		'for i in $(seq 8); do ( "$@" >/dev/null && echo 0 || echo "$?" ) & done; wait',
		...argv,
	);

	expect(codes.split('\n').sort()).toEqual(['0', ...Array.from({length: 7}, () => String(alreadySaid))]);
	expect(await host.sh('wc -l <state/ledger.jsonl')).toBe('1');
});
