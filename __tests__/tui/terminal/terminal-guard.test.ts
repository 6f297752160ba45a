import {mkdtemp, rm} from 'node:fs/promises';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {once} from 'node:events';
import {PassThrough} from 'node:stream';
import {expect, onTestFinished, test} from 'vitest';
import type {Token} from '../../../src/tui/keys/tokenizer.ts';
import {createTerminalGuard} from '../../../src/tui/terminal/terminal-guard.ts';
import {untilTold} from '../../support/wait.ts';

/** A keyboard whose bytes go through the kernel, and the guard that reads it. */
const startKeyboard = async () => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-guard-'));
	const server = createServer().listen(join(directory, 'keyboard'));
	await once(server, 'listening');
	const accepted = once(server, 'connection');
	const stdin = connect(join(directory, 'keyboard'));
	const [keyboard] = (await accepted) as [Socket];
	const tokens: Token[] = [];
	const listeners = new Set<() => void>();
	const guard = createTerminalGuard({
		stdin: Object.assign(stdin, {setRawMode: () => stdin}) as unknown as NodeJS.ReadStream,
		stdout: new PassThrough() as unknown as NodeJS.WriteStream,
		onToken: token => {
			tokens.push(token);
			for (const listener of listeners) listener();
		},
	});
	guard.hold();
	onTestFinished(async () => {
		guard.release();
		keyboard.destroy();
		stdin.destroy();
		server.close();
		await rm(directory, {recursive: true});
	});
	const token = async (): Promise<Token> => {
		const subscribe = (listener: () => void) => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		};
		return untilTold('a key', {subscribe}, () => tokens.shift(), {show: () => tokens});
	};
	return {stdin, keyboard, token, tokens};
};

/** Keeps the process from reading anything. */
const beBusy = (ms: number): void => {
	const end = performance.now() + ms;
	while (performance.now() < end);
};

test('a lone Escape is a key once the rest of a sequence had its time', async () => {
	const {keyboard, token} = await startKeyboard();
	keyboard.write('\u001B');
	expect(await token()).toMatchObject({kind: 'key', name: 'esc'});
});

test('a sequence whose rest lay ready while the process was busy is one key', async () => {
	const {stdin, keyboard, token, tokens} = await startKeyboard();
	keyboard.write('\u001B');
	await once(stdin, 'data');
	keyboard.write('[Dx');
	beBusy(120);
	expect(await token()).toMatchObject({kind: 'key', name: 'left'});
	expect(tokens).toMatchObject([{kind: 'key', name: 'x'}]);
});
