import {spawn} from 'node:child_process';
import {hostWord, programFile} from '../shims/write-shims.ts';
import type {HostLayout} from './host-layout.ts';
import {hostEnvironment, type HostShell} from './host-shell.ts';
import runner from './run-programs.cjs';

/** A program as its shim would start it: the same file, words, directory and environment. */
export type ProgramCall = {
	/** A tool, e.g. `php`, or the absolute path of a module. */
	readonly program: string;
	readonly words: readonly string[];
	/** Default: the login directory. */
	readonly directory?: string;
	readonly environment?: Readonly<Record<string, string>>;
};

/** One Node of a host that runs programs one after the other, where each shim would start a Node for each. */
export type HostPrograms = {
	/** Runs one to its end. Throws Error with all that was printed so far when it exits with anything but 0. */
	run(call: ProgramCall): Promise<void>;
	/** Ends it, and with it what it still runs. */
	close(): Promise<void>;
};

type Waiting = {readonly call: ProgramCall; readonly resolve: () => void; readonly reject: (error: Error) => void};

/** Starts the Node of a host whose tools are written. `clockOffset`: seconds its clock is ahead. */
export const startPrograms = (
	shell: HostShell,
	{layout, node, clockOffset}: {readonly layout: HostLayout; readonly node: string; readonly clockOffset: number},
): HostPrograms => {
	const child = spawn(node, ['-e', runner], {
		cwd: layout.home,
		env: hostEnvironment(shell),
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	const chunks: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
	const waiting: Waiting[] = [];
	let fault: string | undefined;
	const refuse = ({call: {program, words}, reject}: Waiting): void =>
		reject(
			new Error(`sandbox host: ${[program, ...words].join(' ')} ${fault}: ${Buffer.concat(chunks).toString()}`),
		);
	const end = (why: string): void => {
		fault ??= why;
		waiting.splice(0).forEach(refuse);
	};
	const ended = new Promise<void>(resolve => {
		child.once('error', error => end(`did not run: ${error.message}`));
		child.once('close', (code, signal) => {
			end(code === null ? `was ended by ${signal}` : `exited with ${code}`);
			resolve();
		});
	});
	child.on('message', () => waiting.shift()?.resolve());

	return {
		run: call => {
			const {program, words, directory = layout.home, environment = {}} = call;
			const {promise, resolve, reject} = Promise.withResolvers<void>();
			const one = {call, resolve, reject};
			if (fault !== undefined) {
				refuse(one);
				return promise;
			}
			waiting.push(one);
			const isTool = !program.startsWith('/');
			child.send({
				file: isTool ? programFile(layout, `${program}.cjs`) : program,
				argv: isTool ? [hostWord(layout, clockOffset), ...words] : words,
				directory,
				environment,
			});
			return promise;
		},
		close: async () => {
			child.kill();
			await ended;
		},
	};
};
