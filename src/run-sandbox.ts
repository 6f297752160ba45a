import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {RunningSandbox} from './cli/cli-context.ts';
import {DeployError} from './domain/errors.ts';
import type {PastSources} from './sandbox/past/past-sources.ts';

/**
 * Runs the sandbox in this process. Without a directory it lives in a temporary one and leaves nothing behind. `past`:
 * how the product reads what the past of its hosts speaks of.
 */
export const serveSandbox = async (directory: string | undefined, past: PastSources): Promise<RunningSandbox> => {
	const [{startSandbox}, {sandboxReadyLine}] = await Promise.all([
		import('./sandbox/start-sandbox.ts'),
		import('./sandbox/sandbox-ready-line.ts'),
	]);
	const home = directory ?? (await mkdtemp(join(tmpdir(), 'cockpit-sandbox-')));
	const sandbox = await startSandbox({directory: home, past});
	const ended = Promise.withResolvers<void>();
	let closing: Promise<void> | undefined;
	const close = (): Promise<void> => {
		closing ??= (async () => {
			await sandbox.close();
			if (directory === undefined) await rm(home, {recursive: true, force: true});
			ended.resolve();
		})();
		return closing;
	};
	return {config: sandbox.config, readyLine: sandboxReadyLine(sandbox).trimEnd(), ended: ended.promise, close};
};

/** Runs the sandbox in a child process, so that its servers never share a thread with a screen. */
export const spawnSandbox = async (directory: string | undefined): Promise<RunningSandbox> => {
	const entry = process.argv[1] ?? '';
	const place = directory === undefined ? [] : ['--dir', directory];
	// Its own process group: Ctrl-C is for the cockpit, which then ends the sandbox.
	const child = spawn(process.execPath, [entry, 'sandbox', '--serve', '--with-parent', ...place], {
		// The input is never written to: it ends when this process does, however it ends.
		stdio: ['pipe', 'pipe', 'inherit'],
		detached: true,
	});
	const exit = once(child, 'exit').then(() => undefined);
	const first = await Promise.race([once(createInterface({input: child.stdout}), 'line'), exit]);
	if (first === undefined) {
		throw new DeployError({
			code: 'step-failed',
			what: 'The sandbox did not start',
			why: 'its process ended; its own words stand above',
			now: 'Nothing was changed.',
			next: 'Mend what it names, then start again.',
		});
	}
	const readyLine = String(first[0]);
	const {config} = JSON.parse(readyLine) as {config: string};
	const close = async (): Promise<void> => {
		child.kill('SIGTERM');
		child.stdin.end();
		await exit;
	};
	return {config, readyLine, ended: exit, close};
};
