import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {problemsOfLine} from './printed-lines.ts';

const entry = new URL('../../dist/cockpit.mjs', import.meta.url).pathname;

export type Finished = {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Objects printed by `--json`. */
	readonly events: readonly CockpitEvent[];
};

export type CockpitEvent = Readonly<Record<string, unknown>> & {readonly type: string};

export type RunningCockpit = {
	readonly child: ChildProcess;
	/** Resolves with the first event, past or to come, that `matches`; rejects when the process ends without one. */
	waitFor(matches: (event: CockpitEvent) => boolean): Promise<CockpitEvent>;
	readonly finished: Promise<Finished>;
};

export type CockpitOptions = {
	readonly config: string;
	/** Directory for HOME and state: two of them are two engineers. */
	readonly home: string;
	readonly environment?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** Comes on standard input. */
	readonly input?: string;
};

const parse = (line: string): CockpitEvent[] => {
	try {
		const object = JSON.parse(line) as CockpitEvent | number | null;
		return typeof object === 'object' && object !== null ? [object] : [];
	} catch {
		return [];
	}
};

/**
 * Starts the built product as a script would: no terminal, an environment of its own. `finished` rejects where a line of a
 * run is not as docs/events.md says.
 */
export const startCockpit = (args: readonly string[], options: CockpitOptions): RunningCockpit => {
	const child = spawn(process.execPath, [entry, '--config', options.config, ...args], {
		cwd: options.cwd ?? options.home,
		env: {
			PATH: process.env['PATH'],
			HOME: options.home,
			XDG_STATE_HOME: `${options.home}/state`,
			LANG: 'C.UTF-8',
			GIT_CONFIG_COUNT: '1',
			GIT_CONFIG_KEY_0: 'user.name',
			GIT_CONFIG_VALUE_0: 'Ravi',
			...options.environment,
		},
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	// One that asks for nothing may have ended by now.
	child.stdin.on('error', () => undefined).end(options.input ?? '');
	const lines: string[] = [];
	const events: CockpitEvent[] = [];
	const listeners = new Set<() => void>();
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
	const reader = createInterface({input: child.stdout});
	reader.on('line', line => {
		lines.push(line);
		events.push(...parse(line));
		for (const listener of listeners) listener();
	});
	const finished = Promise.all([once(child, 'close'), once(reader, 'close')]).then(([[code, signal]]): Finished => {
		const stdout = lines.map(line => `${line}\n`).join('');
		const problems = events.flatMap(problemsOfLine);
		if (problems.length > 0) throw new Error(`not as docs/events.md says:\n${problems.join('\n')}`);
		return {code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr, events};
	});
	const waitFor = async (matches: (event: CockpitEvent) => boolean): Promise<CockpitEvent> =>
		new Promise((resolve, reject) => {
			const look = (): void => {
				const found = events.find(event => matches(event));
				if (!found) return;
				listeners.delete(look);
				resolve(found);
			};
			listeners.add(look);
			look();
			void finished.then(({code, stdout}) =>
				reject(new Error(`cockpit ended with ${code} before that:\n${stdout}\n${stderr}`)),
			);
		});
	return {child, waitFor, finished};
};

/** Runs the built product to its end. */
export const runCockpit = async (args: readonly string[], options: CockpitOptions): Promise<Finished> =>
	startCockpit(args, options).finished;
