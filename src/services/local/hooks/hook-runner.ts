import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {hookLabel, hookVariables, type Hook, type HookFacts} from '../../../domain/environments/hooks.ts';
import {systemCode} from '../../../domain/errors.ts';
import {maskSecrets} from '../../../domain/logs/mask.ts';
import type {HookEnd, HookPort} from '../../../domain/ports.ts';
import {sanitise} from '../../../domain/sanitise.ts';
import {toolCancelled} from '../run-tool.ts';
import {findHookProgram, openHookProgram} from './hook-program.ts';

const keptLines = 50;
const graceMs = 5000;
/** How long output is waited for once the program has ended. */
const drainMs = 2000;

type Variables = Readonly<Record<string, string | undefined>>;

/** What every hook gets of this process beside what its environment file names. */
const always = ['PATH', 'HOME', 'LANG'];

/** Runs hooks on this machine. `directory`: where texts of a commit are put to be run; `variables`: of this process. */
export const createHookRunner = ({
	directory,
	variables,
}: {
	readonly directory: string;
	readonly variables: Variables;
}): HookPort => ({
	whyNot: async (hook, {directory: configuration, commit}) => {
		const found = await findHookProgram(hook.run[0], {configuration, commit});
		return 'refused' in found ? found.refused : undefined;
	},
	run: async (hook, {directory: configuration, commit, facts, onLines, signal}) => {
		if (signal.aborted) throw toolCancelled(`${hookLabel(hook)} was cancelled`);
		const program = await openHookProgram(hook.run[0], {configuration, commit, directory});
		if ('refused' in program) return {how: 'unstarted', stdout: [], lastLines: [program.refused]};
		try {
			const child = spawn(program.file, hook.run.slice(1), {
				cwd: configuration,
				env: environmentFor(hook, facts, variables),
				detached: true,
				stdio: 'pipe',
			});
			return await follow(child, {hook, facts, onLines, signal, shown: shownBy(hook, variables)});
		} finally {
			await program.close();
		}
	},
});

const environmentFor = (hook: Hook, facts: HookFacts, variables: Variables): Record<string, string> => ({
	...Object.fromEntries(
		[...always, ...hook.variables].flatMap(name => {
			const value = variables[name];
			return value === undefined ? [] : [[name, value]];
		}),
	),
	...hookVariables(facts),
});

const secretName = /TOKEN|SECRET|KEY|PASS|PWD|WEBHOOK|DSN|CREDENTIAL|AUTH/;

/** A line as it may be seen: without what a terminal would obey, and without secrets, those that were handed on first. */
const shownBy = (hook: Hook, variables: Variables): ((line: string) => string) => {
	const secrets = hook.variables.flatMap(name => {
		const value = variables[name] ?? '';
		return secretName.test(name) && value.length >= 6 ? [value] : [];
	});
	return line => maskSecrets(secrets.reduce((text, secret) => text.replaceAll(secret, '***'), sanitise(line))).text;
};

type Following = {
	readonly hook: Hook;
	readonly facts: HookFacts;
	readonly onLines: (lines: readonly string[]) => void;
	readonly signal: AbortSignal;
	readonly shown: (line: string) => string;
};

/** Follows a program to its end, and ends all of its process group when it takes too long or is not wanted any more. */
const follow = async (
	child: ReturnType<typeof spawn>,
	{hook, facts, onLines, signal, shown}: Following,
): Promise<HookEnd> => {
	const stdout: string[] = [];
	const lastLines: string[] = [];
	const drained = [child.stdout, child.stderr].map(stream =>
		readLines(stream, line => {
			const text = shown(line);
			if (stream === child.stdout && text.startsWith('cockpit-keep ')) stdout.push(text);
			lastLines.push(text);
			if (lastLines.length > keptLines) lastLines.shift();
			onLines([text]);
		}),
	);
	// One that does not read what it could hear may end as well as any other.
	child.stdin?.on('error', () => undefined);
	child.stdin?.end(`${JSON.stringify(facts)}\n`);
	const kill = (how: NodeJS.Signals): void => {
		if (child.pid === undefined) return;
		try {
			process.kill(-child.pid, how);
		} catch {
			// Gone already.
		}
	};
	const tooLong = AbortSignal.timeout(hook.timeoutMs);
	const ending = AbortSignal.any([signal, tooLong]);
	let killing: NodeJS.Timeout | undefined;
	const end = (): void => {
		kill('SIGTERM');
		killing = setTimeout(() => kill('SIGKILL'), graceMs);
	};
	ending.addEventListener('abort', end, {once: true});
	try {
		const ended = await endOf(child);
		if ('unstarted' in ended) return {how: 'unstarted', stdout, lastLines: [`${hook.run[0]}: ${ended.unstarted}`]};
		// What it has left behind in its group ends with it.
		kill('SIGKILL');
		await drain(child, drained);
		if (signal.aborted) throw toolCancelled(`${hookLabel(hook)} was cancelled`);
		return {...(tooLong.aborted ? {how: 'timeout'} : {how: 'exit', code: ended.code}), stdout, lastLines};
	} finally {
		clearTimeout(killing);
		ending.removeEventListener('abort', end);
	}
};

const endOf = async (
	child: ReturnType<typeof spawn>,
): Promise<{readonly unstarted: string} | {readonly code: number | undefined}> => {
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return {code: code ?? undefined};
	} catch (error) {
		return {unstarted: systemCode(error)};
	}
};

/** Waits for the last of its output, but not for ever: something in another session may hold it open. */
const drain = async ({stdout, stderr}: ReturnType<typeof spawn>, drained: readonly Promise<void>[]): Promise<void> => {
	const enough = setTimeout(() => {
		stdout?.destroy();
		stderr?.destroy();
	}, drainMs);
	await Promise.all(drained);
	clearTimeout(enough);
};

const readLines = async (stream: Readable | null, onLine: (line: string) => void): Promise<void> => {
	if (!stream) return;
	const lines = createInterface({input: stream, crlfDelay: Number.POSITIVE_INFINITY});
	lines.on('line', onLine);
	stream.on('error', () => lines.close());
	stream.once('close', () => lines.close());
	await once(lines, 'close');
};
