import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {join} from 'node:path';
import {terminalEnvironment} from '../__tests__/support/tui/terminal-environment.ts';
import {median, openNode, print, type Ways} from './tui-ways.ts';

const product = new URL('../dist/cockpit.mjs', import.meta.url).pathname;

/** Milliseconds from start to `words` on the screen; without words to the end. */
const timeTo = async (ways: Ways, args: readonly string[], words?: string): Promise<number> => {
	const start = performance.now();
	await using screen = openNode(ways, args);
	await (words === undefined ? screen.exit : screen.waitFor(words, {within: 60_000}));
	return performance.now() - start;
};

/** A sandbox of its own beside the measurement, so that a start of the cockpit is a start of the cockpit. */
const startSandbox = async ({home}: Ways) => {
	const child = spawn(process.execPath, [product, 'sandbox', '--serve', '--dir', join(home, 'sandbox')], {
		env: terminalEnvironment(home),
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(createInterface({input: child.stdout}), 'line')) as [string];
	const {config} = JSON.parse(line) as {config: string};
	return {
		config,
		[Symbol.asyncDispose]: async () => {
			child.kill('SIGTERM');
			await once(child, 'exit');
		},
	};
};

/** First frame beside the two things it can't be faster than, one of each in every round. */
export const measureFirstFrame = async (ways: Ways, rounds: number): Promise<void> => {
	await using sandbox = await startSandbox(ways);
	const cases = [
		{name: 'node -e 0', measure: () => timeTo(ways, ['-e', '0'])},
		{name: 'hello Ink, bundled', measure: () => timeTo(ways, [ways.hello], 'Hello')},
		{
			name: 'screens on no host',
			measure: () => timeTo(ways, [ways.stage, 'nothing', join(ways.home, 'log')], 'q quit'),
		},
		{name: 'cockpit --config', measure: () => timeTo(ways, [product, '--config', sandbox.config], 'q quit')},
	];
	const samples = cases.map((): number[] => []);
	for (let round = 0; round < rounds; round += 1)
		for (const [index, {measure}] of cases.entries()) samples[index]?.push(await measure());
	const paired = (index: number, base: number): number =>
		median((samples[index] ?? []).map((value, round) => value / (samples[base]?.[round] ?? Number.NaN)));
	print('First frame, ms', [
		['way', 'median', 'min', 'x node -e 0', 'x hello Ink'],
		...cases.map(({name}, index) => {
			const sample = samples[index] ?? [];
			return [name, median(sample), Math.min(...sample), paired(index, 0), paired(index, 1)];
		}),
	]);
};
