import {globSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {expect, test} from 'vitest';

/** Which rooms of src/ each room may import from. Files directly in src/ are the composition root. */
const allowed: Readonly<Record<string, readonly string[]>> = {
	domain: [],
	commands: ['domain'],
	config: ['domain', 'commands'],
	services: ['domain', 'commands'],
	sandbox: ['domain', 'commands'],
	recipes: ['domain', 'commands'],
	runner: ['domain', 'commands', 'recipes'],
	app: ['domain', 'commands', 'recipes', 'runner'],
	store: ['domain', 'commands', 'recipes', 'runner', 'app'],
	control: ['domain', 'commands', 'recipes', 'runner', 'app', 'store'],
	cli: ['domain', 'commands', 'recipes', 'runner', 'app'],
	tui: ['domain', 'commands', 'recipes', 'runner', 'app', 'store', 'control'],
};

/** Rooms that must stay free of I/O, of the clock and of the environment. */
const pure = ['domain', 'commands', 'recipes', 'store'];

const room = (file: string): string => file.split('/')[1] ?? '';
const isRoot = (file: string): boolean => file.split('/').length === 2;
const files = globSync('src/**/*.{ts,tsx}');
const importsOf = (file: string): string[] =>
	[...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
		([, specifier]) => specifier ?? '',
	);

test('imports point one way', () => {
	const offenders = files
		.filter(file => !isRoot(file))
		.flatMap(file =>
			importsOf(file)
				.filter(specifier => specifier.startsWith('.'))
				.map(specifier => normalize(join(dirname(file), specifier)))
				.filter(target => room(target) !== room(file) && !allowed[room(file)]?.includes(room(target)))
				.map(target => `${file} -> ${target}`),
		);

	expect(files.length).toBeGreaterThan(0);
	expect(offenders).toEqual([]);
});

test('domain, commands, recipes and store import no I/O and read no clock or environment', () => {
	const offenders = files
		.filter(file => pure.includes(room(file)))
		.flatMap(file => [
			...importsOf(file)
				.filter(specifier => /^node:(?!path$)/.test(specifier) || specifier === 'ssh2' || specifier === 'execa')
				.map(specifier => `${file} imports ${specifier}`),
			...['Date.now(', 'new Date()', 'process.env', 'process.cwd', 'Math.random(']
				.filter(call => readFileSync(file, 'utf8').includes(call))
				.map(call => `${file} uses ${call}`),
		]);

	expect(offenders).toEqual([]);
});
