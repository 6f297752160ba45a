import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {appendLedger, jsonMembers} from '../../src/commands/ledger.ts';
import {createHostDirectory} from './host-directory.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

test('ledger: whatever the actor is called, each line is one JSON object and chains to the one before', async () => {
	await using host = createHostDirectory();
	const file = join(host.root, 'state/ledger.jsonl');
	const written: string[] = [];
	fc.assert(
		fc.property(
			fc.oneof(
				fc.constantFrom(
					'"',
					'\\',
					`'`,
					'\n',
					'%s%n',
					'$(touch pwned)',
					'\u001B[2J',
					'\u2028',
					' ',
					'',
					'{"seq":1,',
				),
				fc.string({unit: 'grapheme'}).filter(name => name.isWellFormed()),
			),
			name => {
				host.ok(appendLedger('state', {actor: {name}, type: name}));
				written.push(name);
				const lines = readFileSync(file, 'utf8').split('\n');
				const last = JSON.parse(lines.at(-2) ?? '') as Record<string, unknown>;

				expect(lines.at(-1)).toBe('');
				expect(last).toMatchObject({seq: written.length, type: name, actor: {name}});
				expect(last['prev']).toBe(hash(lines.at(-3) ?? ''));
			},
		),
		{numRuns: 60},
	);
	expect(host.sh('find . -name pwned; stat -c %a state/ledger.jsonl')).toBe('600');
});

test('ledger: a line torn by a crash is closed, and the numbers and the chain go on', async () => {
	await using host = createHostDirectory();
	host.ok(appendLedger('state', {type: 'a'}));
	host.sh(`printf '{"seq":2,"ti' >>state/ledger.jsonl`);
	host.ok(appendLedger('state', {type: 'c'}));

	const lines = host.sh('cat state/ledger.jsonl').split('\n');
	expect(lines).toHaveLength(3);
	expect(JSON.parse(lines[2] ?? '')).toMatchObject({type: 'c', prev: hash(lines[1] ?? '')});
});

test('ledger: compare and append refuses when somebody wrote meanwhile', async () => {
	await using host = createHostDirectory();
	host.ok(appendLedger('state', {type: 'a'}));
	const seen = hash(host.sh('tail -n 1 state/ledger.jsonl'));

	host.ok(appendLedger('state', {type: 'b'}, {previous: seen}));

	expect(host.run(appendLedger('state', {type: 'c'}, {previous: seen})).code).toBe(95);
	expect(host.sh('wc -l <state/ledger.jsonl')).toBe('2');
});

test('ledger: twenty writers at once lose no line', async () => {
	await using host = createHostDirectory();
	const {argv} = appendLedger('state', {type: 'x'});
	host.sh('for i in $(seq 20); do "$@" & done; wait', ...argv);

	const lines = host
		.sh('cat state/ledger.jsonl')
		.split('\n')
		.map(line => JSON.parse(line) as {seq: number});
	expect(lines.map(({seq}) => seq)).toEqual(Array.from({length: 20}, (_, index) => index + 1));
});

test('ledger: a line that is not on disk is exit 94, not a silent success', async () => {
	await using host = createHostDirectory({sync: '#!/bin/sh\nexit 1\n'});

	expect(host.run(appendLedger('state', {type: 'a'})).code).toBe(94);
});

test('JSON members: an object without its braces', () => {
	expect(jsonMembers({a: 1, b: {c: '"'}})).toBe('"a":1,"b":{"c":"\\""}');
});
