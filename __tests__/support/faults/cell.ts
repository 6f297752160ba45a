import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync} from 'node:fs';
import {join} from 'node:path';
import type {CockpitEvent, Finished} from '../cockpit.ts';
import type {Fault, Happening, Point} from './faults.ts';
import {done, words, type Flight} from './pipelines.ts';
import {lostSince, type Truth} from './truth.ts';
import {canaries, type World} from './world.ts';

/** One fault at one point of one pipeline, or from its beginning. */
export type Cell = {readonly flight: Flight; readonly fault: Fault; readonly point: Point | undefined};

export type CellResult = {
	readonly pipeline: string;
	readonly fault: string;
	readonly point: string;
	/** Whether the run came to the point. */
	readonly happened: boolean;
	readonly exitCode: number | null;
	/** What it said that was not so; empty when all was. */
	readonly untrue: readonly string[];
	/** How a good state was reached again: by itself, or by what the product advised. */
	readonly way: string;
	readonly recovered: boolean;
	readonly lost: readonly string[];
	readonly canaries: readonly string[];
	/** What was printed, for whoever looks into a cell that is not as it should be. */
	readonly said: string;
	readonly ms: number;
};

export const tell = ({on, name}: Point): string => `${on === 'line' ? 'before' : 'at'} ${name}`;

/** The name by which a line that starts on a host is known. */
const nameOfLine = (line: string): string | undefined =>
	/-(?:backend|frontend)-[0-9a-f]{4} ([a-z][a-z-]*) \d+ /.exec(line)?.[1] ??
	[...line.matchAll(/' ((?:[a-z]+-)+[a-z]+)\b/g)].at(-1)?.[1];

/** Counts lines of a run by name; answers with `name n` for each. */
const counter = () => {
	const counts = new Map<string, number>();
	return (line: string): string | undefined => {
		const name = nameOfLine(line);
		if (name === undefined) return undefined;
		const count = (counts.get(name) ?? 0) + 1;
		counts.set(name, count);
		return `${name} ${count}`;
	};
};

/** Brings the host to where a flight begins. */
const prepare = async (world: World, flight: Flight): Promise<readonly string[]> => {
	const {live} = await world.truth();
	const isAdopted = live !== 'a plain directory';
	if (flight.name === 'adopt' ? isAdopted : false) await flight.prepare(world);
	else if (flight.name !== 'adopt') {
		if (!isAdopted) await done(world, 'adopt', '--env', 'preprod');
		await flight.prepare(world);
	}
	return flight.args(world);
};

/** Every point that a flight comes by when nothing disturbs it: lines that start on the host, and calls of tools. */
export const pointsOf = async (world: World, flight: Flight): Promise<readonly Point[]> => {
	const args = await prepare(world, flight);
	const lines: string[] = [];
	const count = counter();
	const {faults} = world.sandbox.servers.preprod;
	faults.before = async line => {
		const name = count(line);
		if (name !== undefined) lines.push(name);
		return line;
	};
	world.arm();
	await done(world, ...args);
	faults.before = undefined;
	const calls = world.calls();
	await world.disarm();
	return [...lines.map((name): Point => ({on: 'line', name})), ...calls.map((name): Point => ({on: 'tool', name}))];
};

type Flown = {readonly finished: Finished; readonly happened: boolean; readonly mend: () => Promise<void>};

const fly = async (world: World, {fault, point}: Cell, args: readonly string[]): Promise<Flown> => {
	const mends: (() => Promise<void> | void)[] = [];
	const {faults} = world.sandbox.servers.preprod;
	const mendWith: Happening['mendWith'] = mend => void mends.unshift(mend);
	let isStruck = false;
	let behind: Promise<void> | undefined;
	// Before there is a driver, a fault that needs one has nothing to happen to: those have points.
	const strike = async (driver: Happening['driver']): Promise<string | undefined> => {
		isStruck = true;
		const happening: Happening = {world, driver, mendWith};
		const line = await fault.strikes?.(happening);
		behind = fault.afterwards?.(happening);
		return line ?? undefined;
	};
	const starting = Promise.withResolvers<Happening['driver']>();
	if (point === undefined) await fault.strikes?.({world, driver: undefined as never, mendWith});
	else if (point.on === 'line') {
		const count = counter();
		faults.before = async line => {
			if (isStruck || count(line) !== point.name) return line;
			return (await strike(await starting.promise)) ?? line;
		};
	} else world.arm(point.name, fault.act);
	const driver = world.start('Ravi', ...args, '--json');
	starting.resolve(driver);
	if (point?.on === 'tool') {
		const isOver = driver.finished.then(() => false);
		if (await Promise.race([world.reached().then(() => true), isOver])) {
			await strike(driver);
			await world.disarm();
		}
		isStruck = world.wasReached();
	}
	const finished = await driver.finished;
	await behind;
	faults.before = undefined;
	await world.disarm();
	return {
		finished,
		happened: point === undefined || isStruck,
		mend: async () => {
			for (const mend of mends) await mend();
		},
	};
};

type End = {
	readonly live?: string;
	readonly is: string;
	readonly health: {readonly state: string; readonly answer: string};
};

/** The end of the run of this app: one command may be two runs, one behind the other. */
const endOf = ({events}: Finished, app: string): CockpitEvent | undefined => {
	const isMine = ({type, record}: CockpitEvent): boolean =>
		type === 'run.started' && (record as {readonly app?: string}).app === app;
	const from = events.findIndex(isMine);
	return from < 0 ? undefined : events.slice(from).find(({type}) => type === 'run.finished');
};

/** What a run said at its end that the host does not bear out. */
const untrueIn = (finished: Finished, before: Truth, after: Truth, flight: Flight): readonly string[] => {
	const {code, stderr} = finished;
	const end = endOf(finished, flight.app);
	const said = stderr.replaceAll(/\s+/g, ' ');
	const untrue: string[] = [];
	const claim = (text: string, holds: boolean): void => {
		if (!holds) untrue.push(text);
	};
	claim(
		'a stack trace, or a fault of the cockpit itself',
		!/^\s+at \S+ \(|fault of the cockpit|TypeError/m.test(stderr),
	);
	if (code !== 0 && code !== null)
		claim('no word on what is so now, or what to do next', /Now /.test(said) && /Next /.test(said));
	if (end) {
		if (finished.events.filter(({type}) => type === 'run.finished').length === 1)
			claim(`exit ${code}, its event says ${String(end['exitCode'])}`, end['exitCode'] === code);
		const facts = end['end'] as End | undefined;
		if (facts?.live !== undefined && after.live !== 'a plain directory')
			claim(`live is ${after.live}, said: ${facts.live}`, facts.live === after.live);
		if (facts?.is === 'before')
			claim(`live as before, was ${before.live}, is ${after.live}`, before.live === after.live);
		if (facts?.health.state === 'good') claim(`healthy, answers ${after.answers}`, after.answers === '200');
		if (facts?.health.state === 'bad') claim(`not healthy, answers ${after.answers}`, after.answers !== '200');
		if (end['outcome'] !== 'detached' && end['outcome'] !== 'left')
			claim(
				`its end, while run ${after.lock} has the lock`,
				after.lock === undefined || said.includes(after.lock) || /lock/.test(said),
			);
	}
	if (code === 0) {
		claim(`done, answers ${after.answers}`, after.answers === '200');
		claim(`done, live is ${after.live}`, (after.live === before.live) === (flight.becomes === 'same'));
	}
	if (new RegExp(`Live ${flight.app} is untouched`).test(said))
		claim(`live is untouched, was ${before.live}, is ${after.live}`, before.live === after.live);
	return untrue;
};

const isGood = ({answers, broken, lock}: Truth): boolean =>
	answers === '200' && broken.length === 0 && lock === undefined;

const wordsFor = (verb: string, args: readonly string[], app: string): readonly string[] => {
	if (args.includes('--confirm')) return [];
	if (verb === 'rollback') return words.rollback;
	if (verb === 'deploy') return app === 'backend' ? words.deploy : words.frontend;
	if (args.includes('--abandon')) return ['--confirm', 'TAKE-OVER'];
	if (verb === 'env') return ['--confirm', 'yes'];
	return [];
};

/** Command lines in a text that change something, as they stand there, in their order. */
const advisedIn = (text: string): readonly (readonly string[])[] =>
	[
		...text
			.replaceAll(/\s+/g, ' ')
			.matchAll(/cockpit ((?:resume|rollback|deploy|unlock|adopt|env set)(?: (?:--?)?[\w./:=-]+)*)/g),
	]
		.map(([, line = '']) => line.replace(/[.:]$/, '').split(' '))
		.filter(line => line.every(word => word !== '' && !word.includes('<')));

/** Gets the host back to a good state as the product advises; answers with the way that did it. */
const recover = async (world: World, args: readonly string[], finished: Finished) => {
	const told: string[] = [];
	const attempt = async (line: readonly string[]): Promise<boolean> => {
		const [verb = ''] = line;
		const full = [...line, ...wordsFor(verb, line, world.app)];
		const {code, stdout, stderr} = await world.run('Ravi', ...full);
		told.push(`$ cockpit ${full.join(' ')}\nexit ${code}\n${stdout}${stderr}`);
		return isGood(await world.truth());
	};
	let truth = await world.truth();
	if (isGood(truth)) return {way: 'by itself', told};
	const status = await world.run('Ravi', 'status');
	const advised = advisedIn(`${finished.stderr} ${truth.lock === undefined ? '' : status.stdout}`);
	for (const line of advised.slice(0, 3)) {
		if (await attempt(line)) return {way: line[0] ?? '', told};
	}
	truth = await world.truth();
	if (truth.lock !== undefined && (await attempt(['resume', truth.lock, '--env', 'preprod'])))
		return {way: 'resume', told};
	if (await attempt(['rollback', world.app, '--env', 'preprod', '--to', 'previous'])) return {way: 'rollback', told};
	if (await attempt(args)) return {way: 'again', told};
	told.push(JSON.stringify(await world.truth(), undefined, 1), status.stdout);
	return {way: 'none', told};
};

/** Sinks in which a secret was found. */
const leaksOf = async (world: World, finished: Finished): Promise<readonly string[]> => {
	const found: string[] = [];
	for (const [name, canary] of Object.entries(canaries)) {
		if (`${finished.stdout}${finished.stderr}`.includes(canary)) found.push(`${name} in what was printed`);
		for (const place of [join(world.root, 'home/ubuntu/.cockpit'), join(world.directory, 'homes')]) {
			// Kept environment files are what a changed value is put back from.
			const list = execFileSync('sh', [
				'-c',
				'grep -rlF --exclude=".env*" --exclude-dir=env -- "$1" "$2" || :',
				'sh',
				canary,
				place,
			]);
			for (const file of String(list).split('\n').filter(Boolean))
				found.push(`${name} in ${file.slice(world.directory.length + 1)}`);
		}
	}
	return found;
};

/** Lets one fault happen to one flight, compares what was said with what is so, and takes the way out it was told. */
export const runCell = async (world: World, cell: Cell): Promise<CellResult> => {
	const startedAt = performance.now();
	const {flight, fault, point} = cell;
	const args = await prepare(world, flight);
	const before = await world.truth();
	const ledger = join(world.diskOf('state'), 'qsights/preprod/ledger.jsonl');
	const kept = join(world.directory, 'ledger.kept');
	if (fault.spoilsLedger) copyFileSync(ledger, kept);
	const {finished, happened, mend} = await fly(world, cell, args);
	const ended = await world.truth();
	const untrue = [...untrueIn(finished, before, ended, flight)];
	if (point === undefined && fault.rollbackWorks && flight.name.startsWith('rollback') && finished.code !== 0)
		untrue.push(`a rollback works with it: exit ${finished.code}`);
	await mend();
	if (fault.spoilsLedger && existsSync(kept)) copyFileSync(kept, ledger);
	const {way, told} = await recover(world, args, finished);
	const after = await world.truth();
	const lost = [
		...lostSince(before, after),
		...after.parts.filter(part => !before.parts.includes(part)).map(part => `left: ${part}`),
		...after.torn.filter(name => !before.torn.includes(name)).map(name => `left torn: ${name}`),
	];
	return {
		pipeline: flight.name,
		fault: fault.name,
		point: point === undefined ? 'from the beginning' : tell(point),
		happened,
		exitCode: finished.code,
		untrue,
		way,
		recovered: isGood(after),
		lost,
		canaries: await leaksOf(world, finished),
		said: [finished.stdout.slice(-3000), finished.stderr, ...told].join('\n'),
		ms: performance.now() - startedAt,
	};
};
