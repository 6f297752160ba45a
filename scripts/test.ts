// Runs tests where only loopback exists: node scripts/test.ts quick|system|faults|deep [VITEST OPTIONS...]
//   quick   what `npm test` promises: values, hosts of one process, terminals; types, lint, format, unused code and
//           programs beside them
//   system  every pipeline and every kind of fault once, on whole servers
//   faults  each kind of fault in each pipeline; FAULTS=every: at each point of each. Its table goes into docs/reliability.md
//   deep    everything in its full depth
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {duration} from '../src/domain/format.ts';
import {runWithoutNetwork} from './without-network.ts';

const bin = (name: string): string => join(import.meta.dirname, '../node_modules/.bin', name);

const checks = [
	['types', bin('tsc'), '--noEmit'],
	['lint', bin('oxlint'), '--type-aware', '--deny-warnings'],
	['format', bin('oxfmt'), '--check'],
	['unused', bin('knip'), '--cache'],
	['programs', process.execPath, join(import.meta.dirname, 'check-programs.ts')],
] as const;

type Outcome = {
	readonly name: string;
	readonly isGood: boolean;
	readonly ms: number;
	/**
	 * What a check that failed had to say, or which tool was not here: told at the end, where it is not lost among the
	 * tests.
	 */
	readonly words?: string;
};

/** Runs one check with its words kept together. */
const check = async ([name, program, ...args]: (typeof checks)[number]): Promise<Outcome> => {
	const startedAt = performance.now();
	const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']});
	const chunks: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
	const [code] = (await once(child, 'close')) as [number | null];
	const isGood = code === 0;
	const ms = performance.now() - startedAt;
	const words = Buffer.concat(chunks).toString().trim();
	const isTold = !isGood || (name === 'programs' && words !== '');
	return {name, isGood, ms, ...(isTold ? {words} : {})};
};

const runTests = async (
	name: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
	inMemory?: string,
): Promise<Outcome> => {
	const startedAt = performance.now();
	const code = await runWithoutNetwork([process.execPath, bin('vitest'), 'run', ...args], env, inMemory);
	return {name, isGood: code === 0, ms: performance.now() - startedAt};
};

/** The same with a temporary directory of its own, in memory: nothing is left of what was killed on the way. */
const runQuickTests = async (args: readonly string[]): Promise<Outcome> => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-test-'));
	try {
		return await runTests('tests', args, {...process.env, TMPDIR: directory}, directory);
	} finally {
		await rm(directory, {recursive: true, force: true});
	}
};

const projects = (...names: readonly string[]): readonly string[] => names.flatMap(name => ['--project', name]);

/** Node packages for the whole servers come from the registry: before the network is left behind. */
const prepare = async (): Promise<Outcome> => {
	const file = join(import.meta.dirname, '../__tests__/support/real-host/prepare-node-packages.ts');
	const startedAt = performance.now();
	const [code] = (await once(spawn(process.execPath, [file], {stdio: 'inherit'}), 'exit')) as [number | null];
	return {name: 'packages', isGood: code === 0, ms: performance.now() - startedAt};
};

const [suite = '', ...rest] = process.argv.slice(2);
const suites: Readonly<Record<string, () => Promise<readonly Outcome[]>>> = {
	quick: () => Promise.all([...checks.map(check), runQuickTests([...projects('pure', 'host', 'terminal'), ...rest])]),
	system: async () => [await prepare(), await runTests('tests', [...projects('system'), ...rest], process.env)],
	faults: async () => {
		const faults = process.env['FAULTS'] ?? 'full';
		const outcome = await runTests('tests', [...projects('system'), '__tests__/faults', ...rest], {
			...process.env,
			FAULTS: faults,
		});
		const page = await runTests('page', [...projects('pure'), '__tests__/reliability-doc.test.ts'], {
			...process.env,
			UPDATE_RELIABILITY: '1',
		});
		return [outcome, page];
	},
	deep: async () => [await prepare(), await runTests('tests', rest, {...process.env, TEST_DEPTH: 'deep'})],
};
const run = suites[suite];
if (!run) {
	console.error('usage: node scripts/test.ts quick|system|faults|deep [VITEST OPTIONS...]');
	process.exit(2);
}
const outcomes = await run();
for (const {name, words} of outcomes) if (words !== undefined) console.log(`\n${name}:\n${words}`);
console.log('');
for (const {name, isGood, ms} of outcomes)
	console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)}${duration(ms)}`);
process.exitCode = outcomes.every(({isGood}) => isGood) ? 0 : 1;
