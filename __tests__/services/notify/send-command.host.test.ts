import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {NotifyTarget} from '../../../src/domain/notify/message.ts';
import {failedMessage, failedText, notifierWith} from './messages.ts';

/** A program of this machine, and a target that starts it with the path of a file beside it. */
const program = (text: string) => {
	const directory = mkdtempSync(join(tmpdir(), 'notify-'));
	const path = join(directory, 'tell');
	const out = join(directory, 'out');
	writeFileSync(path, `#!/bin/sh\n${text}\n`, {mode: 0o755});
	const target: NotifyTarget = {way: 'command', argv: [path, out], on: ['failed']};
	return {path, target, read: () => readFileSync(out, 'utf8')};
};

const variables = {PATH: process.env['PATH']};

test('command: the text by standard input, what it is about by variables', async () => {
	const {target, read} = program('{ cat; env | grep ^COCKPIT_ | sort; } > "$1"');
	const {notifier, lost} = notifierWith({variables});
	notifier.say(failedMessage, [target]);
	await notifier.settled();

	expect(lost).toEqual([]);
	expect(read()).toBe(
		[
			failedText,
			'COCKPIT_APP=backend',
			'COCKPIT_ENVIRONMENT=production',
			'COCKPIT_EVENT=failed',
			'COCKPIT_LINK=/state/r1/run.log',
			'COCKPIT_RUN=r1',
			`COCKPIT_TITLE=${failedMessage.title}`,
			'',
		].join('\n'),
	);
});

test('command: one that fails is started again, and then given up by its exit code alone', async () => {
	const {target, path, read} = program('echo again >> "$1"; echo SECRET >&2; exit 3');
	const {notifier, lost, paused} = notifierWith({variables});
	notifier.say(failedMessage, [target]);
	await notifier.settled();

	expect(read()).toBe('again\n'.repeat(4));
	expect(paused).toHaveLength(3);
	expect(lost).toEqual([`not told: "${failedMessage.title}" by command ${path}: exit code 3`]);
});

test('command: one that does not end is ended', async () => {
	const {target} = program('sleep 600');
	const {notifier} = notifierWith({variables, timeoutMs: 50});

	expect(await notifier.tellNow(failedMessage, target)).toBe('did not end in 0.05 s');
});

test('command: one that reads nothing and ends well has told', async () => {
	const {target} = program('exit 0');
	const {notifier} = notifierWith({variables});

	expect(await notifier.tellNow({...failedMessage, lines: ['x'.repeat(200_000)]}, target)).toBeUndefined();
});

test('command: one that is not there', async () => {
	const {notifier, lost, paused} = notifierWith({variables});
	notifier.say(failedMessage, [{way: 'command', argv: ['/nowhere/tell'], on: ['failed']}]);
	await notifier.settled();

	expect(paused).toEqual([]);
	expect(lost).toEqual([
		`not told: "${failedMessage.title}" by command /nowhere/tell: could not be started (ENOENT)`,
	]);
});
