import {existsSync, globSync, readFileSync} from 'node:fs';
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

type Import = {readonly file: string; readonly target: string; readonly isType: boolean};

/** Imports within src/, each with whether only types come by it. */
const valueAndTypeImports: readonly Import[] = files.flatMap(file =>
	[...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(type\s+)?[^;']*?from\s+'(\.[^']+)'/gm)].map(
		([, type, specifier = '']) => ({
			file,
			target: normalize(join(dirname(file), specifier)),
			isType: type !== undefined,
		}),
	),
);
const valueImports = Map.groupBy(
	valueAndTypeImports.filter(({isType}) => !isType),
	({file}) => file,
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

test('domain, commands, recipes and store import no I/O, not even behind others, and read no clock or environment', () => {
	const isIo = (specifier: string): boolean =>
		/^node:(?!(?:path|zlib)$)/.test(specifier) || specifier === 'ssh2' || specifier === 'execa';
	const inPure = files.filter(file => pure.includes(room(file)));
	const reached = new Set(inPure);
	// What is added while it is walked through is walked through as well.
	for (const file of reached) for (const {target} of valueImports.get(file) ?? []) reached.add(target);
	const offenders = [
		...[...reached].filter(existsSync).flatMap(file =>
			importsOf(file)
				.filter(isIo)
				.map(specifier => `${file} imports ${specifier}`),
		),
		...inPure.flatMap(file =>
			['Date.now(', 'new Date()', 'process.env', 'process.cwd', 'Math.random(']
				.filter(call => readFileSync(file, 'utf8').includes(call))
				.map(call => `${file} uses ${call}`),
		),
	];

	expect(reached.size).toBeGreaterThan(inPure.length);
	expect(offenders).toEqual([]);
});

test('the state changes by the verbs of its slices alone', () => {
	const offenders = files.filter(file => room(file) !== 'store' && readFileSync(file, 'utf8').includes('.setState('));

	expect(offenders).toEqual([]);
});

test('screens import nothing from each other, and the kit nothing from them', () => {
	const screenOf = (file: string): string | undefined => /^src\/tui\/screens\/([^/]+)\//.exec(file)?.[1];
	const offenders = valueAndTypeImports.filter(({file, target}) => {
		const to = screenOf(target);
		return to !== undefined && (file.startsWith('src/tui/kit/') || (screenOf(file) ?? to) !== to);
	});

	expect(offenders).toEqual([]);
});

test('imports of values form no circle', () => {
	const circles: string[] = [];
	const done = new Set<string>();
	const visit = (file: string, path: readonly string[]): void => {
		if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
		if (path.includes(file) || done.has(file)) return;
		for (const {target} of valueImports.get(file) ?? []) visit(target, [...path, file]);
		done.add(file);
	};
	for (const file of files) visit(file, []);

	expect(circles).toEqual([]);
});

test('the nouns of the use cases form no circle, not even of types', () => {
	const noun = (file: string): string => file.split('/').slice(0, 3).join('/');
	const isNoun = (file: string): boolean => /^src\/app\/[^/]+\//.test(file);
	const between = valueAndTypeImports.filter(
		({file, target}) => isNoun(file) && isNoun(target) && noun(file) !== noun(target),
	);
	const reached = (from: string, seen = new Set<string>()): Set<string> => {
		for (const {file, target} of between) {
			if (noun(file) !== from || seen.has(noun(target))) continue;
			seen.add(noun(target));
			reached(noun(target), seen);
		}
		return seen;
	};
	const nouns = [...new Set(files.filter(isNoun).map(noun))];

	expect(nouns.length).toBeGreaterThan(0);
	expect(nouns.filter(one => reached(one).has(one))).toEqual([]);
});

test('no folder holds more files than a person takes in', () => {
	const folders = Map.groupBy(globSync('src/**/*.*'), file => dirname(file));

	expect([...folders].filter(([, inside]) => inside.length > 20).map(([folder]) => folder)).toEqual([]);
});

/** Names that several files export, each with why one word is right for all of them. */
const namesakes: Readonly<Record<string, string>> = {
	detailRows: 'the right side of a list screen, of each alike; no screen imports another',
	detailShort: 'the same where the window is low',
	git: 'the sandbox makes repositories with a git of its own: it may not import services',
	listRows: 'the left side of a list screen, of each alike',
	register: 'what every verb exports to the list of verbs',
	verify: 'the last step of a deploy, of each kind of app',
	viewOf: 'what a screen is drawn from, of each alike',
};

test('one exported name is one idea', () => {
	const exported = files.flatMap(file =>
		[
			...readFileSync(file, 'utf8').matchAll(
				/^export (?:async )?(?:const|function|class|type|interface|enum) (\w+)/gm,
			),
		].map(([, name = '']) => ({name, file})),
	);
	const twice = [...Map.groupBy(exported, ({name}) => name)].filter(([, places]) => places.length > 1);

	expect(twice.filter(([name]) => !(name in namesakes)).map(([, places]) => places)).toEqual([]);
	expect(Object.keys(namesakes)).toEqual(twice.map(([name]) => name).toSorted());
});
