import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {readLines} from '../read-lines.ts';
import {createBoundedOutput, boundedLine, longestRead} from '../../../domain/environments/hook-output.ts';
import {hookLabel, hookMark, hookVariables, type Hook, type HookFacts} from '../../../domain/environments/hooks.ts';
import {systemCode} from '../../../domain/errors.ts';
import {createRedactor} from '../../../domain/logs/mask.ts';
import type {HookEnd, HookPort} from '../../../domain/ports.ts';
import {sanitise} from '../../../domain/sanitise.ts';
import {toolCancelled} from '../run-tool.ts';
import {endAll, killGroup} from './end-all.ts';
import {findHookProgram, openHookProgram} from './hook-program.ts';

const keptLines = 50;
/** More than are kept, so that it is said which are not. */
const mostAsked = 100;
const markName = 'COCKPIT_HOOK';
/** How long output is waited for once the program has ended. */
const drainMs = 2000;

type Variables = Readonly<Record<string, string | undefined>>;

/** What every hook gets of this process beside what its environment file names. */
const always = ['PATH', 'HOME', 'LANG'];

/** Runs hooks on this machine. `directory`: where texts of a commit are put to be run; `variables`: of this process. */
export const createHookRunner = ({
	directory,
	variables,
	graceMs = 5000,
}: {
	readonly directory: string;
	readonly variables: Variables;
	/** How long one that is told to end may take for it. */
	readonly graceMs?: number;
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
			return await follow(child, {hook, facts, graceMs, onLines, signal, shown: shownBy(hook, variables)});
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
	[markName]: hookMark(facts, hook),
});

const secretName = /TOKEN|SECRET|KEY|PASS|PWD|WEBHOOK|DSN|CREDENTIAL|AUTH/;

/** A line as it may be seen: without what a terminal would obey, and without secrets, those that were handed on first. */
const shownBy = (hook: Hook, variables: Variables): ((line: string) => string) => {
	const secrets = hook.variables.flatMap(name => {
		const value = variables[name] ?? '';
		return secretName.test(name) && value.length >= 6 ? [value] : [];
	});
	const redactor = createRedactor(secrets);
	return line => redactor.line(sanitise(line));
};

type Following = {
	readonly hook: Hook;
	readonly facts: HookFacts;
	readonly graceMs: number;
	readonly onLines: (lines: readonly string[]) => void;
	readonly signal: AbortSignal;
	readonly shown: (line: string) => string;
};

/** What a program says, bounded: `stdout` are those lines that ask something to be kept. */
const listen = (child: ChildProcess, {onLines, shown}: Following) => {
	const stdout: string[] = [];
	const lastLines: string[] = [];
	const output = createBoundedOutput();
	const show = (lines: readonly string[]): void => {
		if (lines.length > 0) onLines(lines);
	};
	const drained = [child.stdout, child.stderr].map(stream =>
		readLines(stream, longestRead, line => {
			const text = shown(line);
			const asks = stream === child.stdout && text.startsWith('cockpit-keep ');
			if (asks && stdout.length < mostAsked) stdout.push(text);
			lastLines.push(boundedLine(text));
			if (lastLines.length > keptLines) lastLines.shift();
			show(output.take([text]));
		}),
	);
	const finish = async (): Promise<void> => {
		await drain(child, drained);
		show(output.finish());
	};
	return {stdout, lastLines, finish};
};

/** Follows a program to its end, and ends it with all it has started when it takes too long or is not wanted any more. */
const follow = async (child: ChildProcess, following: Following): Promise<HookEnd> => {
	const {hook, facts, graceMs, signal} = following;
	const {stdout, lastLines, finish} = listen(child, following);
	// One that does not read what it could hear may end as well as any other.
	child.stdin?.on('error', () => undefined);
	child.stdin?.end(`${JSON.stringify(facts)}\n`);
	const tooLong = AbortSignal.timeout(hook.timeoutMs);
	const ending = AbortSignal.any([signal, tooLong]);
	let killing: Promise<void> | undefined;
	const end = (): void => {
		killing = endAll(child, {variable: `${markName}=${hookMark(facts, hook)}`, graceMs});
	};
	ending.addEventListener('abort', end, {once: true});
	try {
		const ended = await endOf(child);
		if ('unstarted' in ended) return {how: 'unstarted', stdout, lastLines: [`${hook.run[0]}: ${ended.unstarted}`]};
		const isLate = tooLong.aborted;
		await killing;
		// What it has left behind in its group ends with it.
		killGroup(child, 'SIGKILL');
		await finish();
		if (signal.aborted) {
			await killing;
			throw toolCancelled(`${hookLabel(hook)} was cancelled`);
		}
		return {...(isLate ? {how: 'timeout'} : {how: 'exit', code: ended.code}), stdout, lastLines};
	} finally {
		ending.removeEventListener('abort', end);
	}
};

const endOf = async (
	child: ChildProcess,
): Promise<{readonly unstarted: string} | {readonly code: number | undefined}> => {
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return {code: code ?? undefined};
	} catch (error) {
		return {unstarted: systemCode(error)};
	}
};

/** Waits for the last of its output, but not for ever: something in another session may hold it open. */
const drain = async ({stdout, stderr}: ChildProcess, drained: readonly Promise<void>[]): Promise<void> => {
	const enough = setTimeout(() => {
		stdout?.destroy();
		stderr?.destroy();
	}, drainMs);
	await Promise.all(drained);
	clearTimeout(enough);
};
