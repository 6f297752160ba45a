import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as wait} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {openScreen, type Screen} from '../__tests__/support/screen.ts';
import {terminalEnvironment} from '../__tests__/support/tui/terminal-environment.ts';
import {grow, twoYears} from './growth-world.ts';
import {median, print} from './tui-ways.ts';

const usage = `usage: node bench/growth.ts [options]     the product must be built; Linux
  --rounds N     of each measurement; default 5
  --keys N       keys in each list; default 20
  --share N      of two years; default 1`;

const {values} = parseArgs({
	options: {
		rounds: {type: 'string', default: '5'},
		keys: {type: 'string', default: '20'},
		share: {type: 'string', default: '1'},
		help: {type: 'boolean', default: false},
	},
});

const product = new URL('../dist/cockpit.mjs', import.meta.url).pathname;

/** Where a cockpit finds its environments, and what this machine remembers of them. */
type World = {readonly name: string; readonly config: string; readonly home: string};

type Row = readonly [what: string, unit: string, value: number];

const startSandbox = async (directory: string) => {
	const child = spawn(process.execPath, [product, 'sandbox', '--serve', '--dir', directory], {
		env: terminalEnvironment(directory),
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

/** Wall clock of a command from start to end, in ms; its exit code is its own. */
const timeCommand = async ({config, home}: World, args: readonly string[]): Promise<number> => {
	const start = performance.now();
	const child = spawn(process.execPath, [product, '--config', config, ...args], {
		env: terminalEnvironment(home),
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	await once(child, 'exit');
	return performance.now() - start;
};

/** CPU a process has used so far, in ms, all its threads. */
const cpuOf = async (pid: number): Promise<number> => {
	const text = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
};

const memoryOf = async (pid: number): Promise<number> =>
	Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const open = ({config, home}: World): Screen =>
	openScreen({
		command: process.execPath,
		args: [product, '--config', config],
		env: terminalEnvironment(home),
		cwd: home,
	});

/** Nothing was drawn for as long as two frames of its clock: what it had to do is done. */
const quiet = async (screen: Screen): Promise<void> => {
	for (let left = 100; left > 0 && performance.now() - screen.lastWriteAt < 300; left -= 1) await wait(50);
};

/** The screens with a list, their keys, and words that stand there once the answer does. */
const lists = [
	['overview', '1', /soak/],
	['checklist', '2', /Pause points/],
	['backups', '4', / of \d|newest first/],
	['health', '5', /php8.1-fpm/],
	['logs', '6', /\d\d:\d\d:\d\d +(info|debug|warn)/],
	['history', '7', /newest first/],
	['environments', '8', /per host/],
	['guides', '9', /Contents/],
] as const;

/** One visit: the first frame, each screen, a key in each list, and leaving. */
const visit = async (world: World, keys: number): Promise<readonly Row[]> => {
	const rows: Row[] = [];
	const begin = performance.now();
	await using screen = open(world);
	await screen.waitFor('q quit');
	rows.push(['first frame', 'ms', performance.now() - begin]);
	await screen.waitFor(/soak/, {within: 20_000});
	rows.push(['first board', 'ms', performance.now() - begin]);
	rows.push(['first board', 'ms CPU', await cpuOf(screen.pid)]);
	for (const [name, key, shown] of lists) {
		const start = performance.now();
		screen.send(key);
		await screen.waitFor(shown, {within: 20_000});
		rows.push([`open ${name}`, 'ms', performance.now() - start]);
		await quiet(screen);
		const idle = await cpuOf(screen.pid);
		const from = performance.now();
		await wait(keys * 60);
		const rest = (await cpuOf(screen.pid)) - idle;
		const before = await cpuOf(screen.pid);
		for (let index = 0; index < keys; index += 1) {
			screen.send(index < keys / 2 ? 'j' : 'k');
			await wait(60);
		}
		const used = (await cpuOf(screen.pid)) - before - rest;
		rows.push([`a key in ${name}`, 'ms CPU', Math.max(0, used) / keys]);
		rows.push([`idle in ${name}`, '% CPU', (100 * rest) / (keys * 60)]);
		if (performance.now() - from > 60_000) throw new Error(`${name} takes too long`);
	}
	rows.push(['memory', 'MB', await memoryOf(screen.pid)]);
	const leaving = performance.now();
	screen.send('q');
	await screen.exit;
	rows.push(['q', 'ms', performance.now() - leaving]);
	return rows;
};

const measure = async (world: World, keys: number): Promise<readonly Row[]> => [
	['gate', 'ms', await timeCommand(world, ['gate', 'backend', '--env', 'production'])],
	['status', 'ms', await timeCommand(world, ['status'])],
	['history', 'ms', await timeCommand(world, ['history', '--env', 'preprod'])],
	['backups', 'ms', await timeCommand(world, ['backups', 'list', '--env', 'preprod'])],
	...(await visit(world, keys)),
];

if (values.help) {
	console.log(usage);
} else {
	const home = await mkdtemp(join(tmpdir(), 'cockpit-growth-'));
	const share = Number(values.share);
	try {
		await using plain = await startSandbox(join(home, 'plain'));
		await using big = await startSandbox(join(home, 'big'));
		const worlds: readonly World[] = [
			{name: 'plain', config: plain.config, home: join(home, 'plain')},
			{name: 'big', config: big.config, home: join(home, 'big')},
		];
		const sized = Object.fromEntries(
			Object.entries(twoYears).map(([key, size]) => [key, Math.round(size * share)]),
		);
		grow(join(home, 'big'), join(home, 'big', 'state'), {...twoYears, ...sized});
		const samples = worlds.map(() => new Map<string, number[]>());
		// The first round of each compiles, and reads ledgers this machine has never seen.
		for (let round = -1; round < Number(values.rounds); round += 1)
			for (const [index, world] of worlds.entries())
				for (const [what, unit, value] of await measure(world, Number(values.keys)))
					if (round >= 0) {
						const name = `${what}, ${unit}`;
						samples[index]?.set(name, [...(samples[index].get(name) ?? []), value]);
					}
		const of = (index: number, name: string): number => median(samples[index]?.get(name) ?? []);
		print(`Growth, medians of ${values.rounds}`, [
			['what', 'plain', 'big', 'ratio'],
			...[...(samples[0]?.keys() ?? [])].map(name => [name, of(0, name), of(1, name), of(1, name) / of(0, name)]),
		]);
	} finally {
		await rm(home, {recursive: true, force: true});
	}
}
