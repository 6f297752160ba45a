import {readFileSync, writeFileSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import ledgerAppend from '../../../src/commands/ledger/append.sh';
import ledgerLater from '../../../src/commands/ledger/append-or-queue.sh';
import {appendLedger, jsonMembers} from '../../../src/commands/ledger/ledger.ts';
import {program, renderCommand} from '../../../src/commands/shell.ts';
import type {Command} from '../../../src/domain/command.ts';
import {readChain} from '../../../src/domain/ledger/ledger.ts';
import {isDeep} from '../../support/depth.ts';
import {createHostDirectory, type HostDirectory} from '../host-directory.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const names = ['one', 'two', 'three'] as const;
const membersOf = (name: string): string =>
	jsonMembers({type: name, data: {run: 'r1', text: 'as long as an entry is'}});

const flush = program('flush', [ledgerAppend, ledgerLater, 'ledger_flush "$1"'], ['state']);
const write = (name: string): Command =>
	program('write', [ledgerAppend, ledgerLater, 'ledger_append_or_queue "$1" "$2"'], ['state', membersOf(name)]);

/** A host whose ledger has one entry, and whose outbox has three. */
const prepared = async (host: HostDirectory): Promise<void> => {
	await host.sh('mkdir state');
	await host.ok(appendLedger('state', {type: 'first'}));
	writeFileSync(join(host.root, 'state/ledger.outbox'), names.map(name => `${membersOf(name)}\n`).join(''));
};

const bytesOf = ({root}: HostDirectory): number => readFileSync(join(root, 'state/ledger.jsonl')).length;
const outboxOf = ({root}: HostDirectory): string => readFileSync(join(root, 'state/ledger.outbox'), 'utf8');

/** Types of the entries of the ledger, in order. A line that was torn has none. */
const types = ({root}: HostDirectory): readonly string[] =>
	readFileSync(join(root, 'state/ledger.jsonl'), 'utf8')
		.split('\n')
		.flatMap(line => {
			try {
				return [(JSON.parse(line) as {type: string}).type];
			} catch {
				return [];
			}
		});

/** Removes a file named `kill` and ends whoever has just written and wants it on disk. */
const killingSync = `#!/bin/sh
if [ -e kill ] && rm kill; then kill -9 "$PPID"; fi
exec /usr/bin/sync "$@"
`;

test('outbox: wherever the disk ends, each entry is written once, in order, when there is room again', async () => {
	await using host = createHostDirectory();
	await prepared(host);
	await host.sh('cp -r state whole');
	const before = bytesOf(host);
	await host.ok(flush);
	const added = bytesOf(host) - before;
	expect(types(host)).toEqual(['first', ...names]);
	expect(outboxOf(host)).toBe('');

	for (let room = 0; room < added; room += isDeep ? 1 : 53) {
		// A line of its own fills the ledger up to the limit, which is counted in blocks of 512 bytes.
		const fill = 2048 - before - room;
		await host.sh(
			`rm -rf state; cp -r whole state; head -c ${fill - 1} /dev/zero | tr '\\0' ' ' >>state/ledger.jsonl; echo >>state/ledger.jsonl`,
		);
		await host.sh(`trap '' XFSZ; ulimit -f 4; ${renderCommand(flush)}`);
		expect(bytesOf(host)).toBe(2048);
		expect(outboxOf(host)).not.toBe('');

		await host.ok(flush);
		expect(types(host)).toEqual(['first', ...names]);
		expect(outboxOf(host)).toBe('');
	}
});

test('outbox: what was written right before a kill is not written again', async () => {
	await using host = createHostDirectory({sync: killingSync});
	await prepared(host);
	await host.sh('touch kill');
	await host.run(flush);
	expect(types(host)).toEqual(['first', 'one']);
	await host.ok(appendLedger('state', {type: 'between'}));

	await host.ok(flush);

	expect(types(host)).toEqual(['first', 'one', 'between', 'two', 'three']);
});

test('outbox: an entry whose line is in the ledger, but not known to be on disk, waits and is not doubled', async () => {
	await using host = createHostDirectory({sync: killingSync});
	await host.sh('mkdir state; touch kill');
	expect(await host.ok(write('one'))).toContain('the entry waits in state/ledger.outbox');

	await host.ok(flush);

	expect(types(host)).toEqual(['one']);
	expect(outboxOf(host)).toBe('');
});

test('outbox: a part that a kill left goes before what was queued since', async () => {
	await using host = createHostDirectory();
	await prepared(host);
	await host.sh(`mv state/ledger.outbox state/ledger.outbox.part`);
	await host.sh('printf "%s\\n" "$1" >state/ledger.outbox', membersOf('four'));
	await host.ok(appendLedger('state', {late: true, type: 'one', data: {run: 'r1', text: 'as long as an entry is'}}));

	await host.ok(flush);

	expect(types(host)).toEqual(['first', 'one', 'two', 'three', 'four']);
	expect(await host.sh('ls state')).not.toContain('part');
});

test('outbox: half a line is not kept, and spoils neither the next one nor the ledger', async () => {
	await using host = createHostDirectory();
	await prepared(host);
	await host.sh(
		`printf '"type":"torn' >>state/ledger.outbox; mv state/ledger.jsonl ledger; mkdir state/ledger.jsonl`,
	);
	await host.ok(write('four'));
	await host.sh('rmdir state/ledger.jsonl; mv ledger state/ledger.jsonl');

	await host.ok(flush);

	expect(await host.sh('grep -c . state/ledger.jsonl')).toBe('5');
	expect(types(host)).toEqual(['first', ...names, 'four']);
});

test('outbox: an entry that was queued twice counts once, and what waits goes before what comes', async () => {
	await using host = createHostDirectory();
	await host.sh('mkdir state');
	await host.ok(appendLedger('state', {type: 'first'}));
	const named = (type: string, once: string): Command =>
		program(
			'write',
			[ledgerAppend, ledgerLater, 'ledger_append_or_queue "$1" "$2"'],
			['state', jsonMembers({type, once, data: {run: 'r1'}})],
		);
	await host.sh('mv state/ledger.jsonl ledger; mkdir state/ledger.jsonl');
	await host.ok(named('one', 'r1 one'));
	await host.sh(`sed -i 's/"happened":"[^"]*"/"happened":"2026-02-10T05:53:41Z"/' state/ledger.outbox`);
	await host.ok(named('one', 'r1 one'));
	await host.sh('rmdir state/ledger.jsonl; mv ledger state/ledger.jsonl');

	await host.ok(named('two', 'r1 two'));
	await host.ok(named('one', 'r1 one'));

	expect(types(host)).toEqual(['first', 'one', 'two']);
	expect(outboxOf(host)).toBe('');
	const {entries} = readChain(readFileSync(join(host.root, 'state/ledger.jsonl'), 'utf8'), sha256);
	expect(entries.map(({at}) => new Date(at).toISOString())[1]).toBe('2026-02-10T05:53:41.000Z');
});
