import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** How much of everything a team has after two years. */
export type Sizes = {
	/** Of each ledger. */
	readonly entries: number;
	/** Of each host, half of each app. */
	readonly backups: number;
	readonly items: number;
	/** Of this machine, half in each environment. */
	readonly journals: number;
	/** Of each host, half of each app. */
	readonly releases: number;
};

export const twoYears: Sizes = {entries: 10_000, backups: 1000, items: 500, journals: 5000, releases: 200};

const tiers = ['preprod', 'production'] as const;
type Tier = (typeof tiers)[number];
const apps = ['backend', 'frontend'] as const;

type Line = Readonly<Record<string, unknown>> & {readonly type: string; readonly time: string};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hex = (seed: string, length: number): string => sha256(seed).slice(0, length);
const isoOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+/, '');
const stampOf = (iso: string): string => iso.replaceAll(/[-:]/g, '');
const pick = <Value>(all: readonly Value[], index: number): Value => all[index % all.length] as Value;

const people = ['Ravi', 'Asha', 'Meera', 'Karthik', 'Divya'].map(name => ({
	name,
	machine: `${name.toLowerCase()}-thinkpad`,
	key: `SHA256:${createHash('sha256').update(`growth ${name}`).digest('base64').replace(/=+$/, '')}`,
}));

const ledgerOf = (directory: string, tier: Tier): string =>
	join(directory, tier, 'home/ubuntu/.cockpit/qsights', tier, 'ledger.jsonl');

const linesOf = (path: string): readonly Line[] =>
	readFileSync(path, 'utf8')
		.split('\n')
		.filter(line => line !== '')
		.map(line => JSON.parse(line) as Line);

/** A week of a team: a deploy of each app, the items looked at, a signature, a hold, and what was seen of health. */
const entryOf = (index: number, at: number, tier: Tier, items: readonly string[]): Line => {
	const time = isoOf(at);
	const week = Math.floor(index / 100);
	const app = pick(apps, week);
	const build = {commit: hex(`commit ${week}`, 40), digest: hex(`digest ${week}`, 64)};
	const run = `${stampOf(isoOf(at - (at % 604_800_000)))}-${app}-${hex(`run ${tier} ${week}`, 4)}`;
	const actor = pick(people, week + (index % 3));
	const place = index % 100;
	const release = `${stampOf(isoOf(at - (at % 604_800_000)))}-${build.commit.slice(0, 7)}`;
	if (place === 0) return {time, type: 'deploy.started', actor, data: {run, app, build}};
	if (place === 1) return {time, type: 'deploy.finished', actor, data: {run, app, build, release}};
	if (tier === 'production' && place % 4 === 2)
		return {time, type: 'ledger.witnessed', actor, data: {witness: {environment: 'preprod', seq: 1, hash: ''}}};
	if (place === 50) return {time, type: 'build.approved', actor, data: {app, build}};
	if (place === 51) return {time, type: 'environment.held', actor, data: {app, reason: 'load test', until: time}};
	if (place % 4 === 0)
		return {
			time,
			type: 'health.observed',
			actor,
			data: {
				apps: {[app]: build.digest},
				from: isoOf(at - 1_800_000),
				until: isoOf(at - 1000),
				everyMs: 60_000,
				samples: 31,
				bad: [],
				well: [],
				unhealthy: [],
			},
		};
	return {
		time,
		type: 'checklist.signed',
		actor,
		data: {
			item: pick(items, index),
			title: 'An item of the list',
			result: place % 17 === 0 ? 'unclear' : 'passed',
			by: 'person',
			note: 'looked at it once more, and all was well',
			builds: {[app]: build.digest},
			itemDigest: hex(pick(items, index), 64),
			checklistDigest: hex('list', 64),
			supersedes: [],
		},
	};
};

/** A ledger with a long past put behind its first line; `seen`: where heads of the other one that it names are now. */
const lengthened = (
	lines: readonly Line[],
	more: readonly Line[],
	seen: ReadonlyMap<number, {readonly seq: number; readonly hash: string}>,
): {readonly text: string; readonly places: ReadonlyMap<number, {readonly seq: number; readonly hash: string}>} => {
	const [header, ...rest] = lines;
	if (!header) throw new Error('an empty ledger');
	const places = new Map<number, {seq: number; hash: string}>();
	let previous = '';
	const texts: string[] = [];
	for (const line of [{...header, time: more[0]?.time ?? header.time}, ...more, ...rest]) {
		const {seq: was, prev: _, ...said} = line;
		const moved = JSON.stringify({seq: texts.length + 1, prev: sha256(previous), ...said}, (key, value) =>
			key === 'witness' && typeof value === 'object' && value !== null
				? {...value, ...seen.get((value as {seq: number}).seq)}
				: (value as unknown),
		);
		previous = moved;
		texts.push(`${moved}\n`);
		if (typeof was === 'number') places.set(was, {seq: texts.length, hash: sha256(moved)});
	}
	return {text: texts.join(''), places};
};

/** Sign-offs of what is live, given again and again, each in the place of the one before. */
const retested = (lines: readonly Line[], first: number, count: number): readonly Line[] => {
	const signed = lines.filter(({type}) => type === 'checklist.signed').slice(-100);
	const time = lines.at(-1)?.time ?? '';
	return signed.length === 0
		? []
		: Array.from({length: count}, (_, index) => {
				const {seq: __, prev: ___, ...given} = pick(signed, index);
				const before = index < signed.length ? [] : [first + index - signed.length];
				return {...given, time, data: {...(given['data'] as object), supersedes: before}};
			});
};

const growLedgers = (directory: string, entries: number, items: readonly string[]): void => {
	let seen: ReadonlyMap<number, {readonly seq: number; readonly hash: string}> = new Map();
	for (const tier of tiers) {
		const path = ledgerOf(directory, tier);
		const lines = linesOf(path);
		const end = Date.parse(lines[0]?.time ?? '') - 3_600_000;
		const count = Math.max(0, entries - lines.length);
		const apart = (2 * 365 * 24 * 3_600_000) / Math.max(1, count);
		const again = tier === 'preprod' ? Math.floor(count / 10) : 0;
		const more = Array.from({length: count - again}, (_, index) =>
			entryOf(index, end - (count - index) * apart, tier, items),
		);
		const {text, places} = lengthened([...lines, ...retested(lines, entries - again + 1, again)], more, seen);
		writeFileSync(path, text, {mode: 0o600});
		seen = places;
	}
};

const growBackups = (directory: string, count: number): void => {
	for (const tier of tiers) {
		const place = join(directory, tier, 'home/ubuntu/backups', tier);
		const last = Date.parse('2026-01-18T00:00:00Z');
		for (let index = 0; index < count; index += 1) {
			const at = last - index * 43_200_000;
			const app = pick(apps, index);
			const name = `${app}_${stampOf(isoOf(at)).replace('T', '_').replace('Z', '')}`;
			const modified = Math.floor(at / 1000);
			writeFileSync(join(place, `${name}.tar.gz`), 'x'.repeat(64), {mode: 0o600});
			utimesSync(join(place, `${name}.tar.gz`), modified, modified);
			const note = {
				file: `${name}.tar.gz`,
				origin: 'cockpit',
				sizeBytes: 64,
				modified,
				sha256: hex(name, 64),
				entries: 217,
				release: `${stampOf(isoOf(at))}-${hex(name, 7)}`,
				at: isoOf(at),
				app,
				run: `${stampOf(isoOf(at))}-${app}-${hex(name, 4)}`,
				by: pick(people, index).name,
				why: 'before a deploy',
			};
			writeFileSync(join(place, `${name}.json`), `${JSON.stringify(note)}\n`, {mode: 0o600});
		}
	}
};

const growReleases = (directory: string, count: number): void => {
	for (const tier of tiers)
		for (let index = 0; index < count; index += 1) {
			const state = dirname(ledgerOf(directory, tier));
			const at = isoOf(Date.parse('2025-12-01T00:00:00Z') - index * 86_400_000);
			const release = join(state, 'releases', pick(apps, index), `${stampOf(at)}-${hex(`release ${index}`, 7)}`);
			mkdirSync(release, {recursive: true});
			writeFileSync(join(release, 'VERSION'), `${index}\n`);
		}
};

const growJournals = (stateHome: string, count: number): void => {
	for (let index = 0; index < count; index += 1) {
		const tier = pick(tiers, index);
		const app = pick(apps, index >> 1);
		const at = Date.parse('2026-02-10T00:00:00Z') - index * 12_600_000;
		const run = `${stampOf(isoOf(at))}-${app}-${hex(`journal ${index}`, 4)}`;
		const place = join(stateHome, 'cockpit', 'qsights', tier, 'runs', run);
		const steps = ['check', 'back-up', 'transfer', 'prepare', 'swap', 'look', 'clean'];
		const record = {
			run,
			kind: 'deploy',
			app,
			environment: tier,
			commit: hex(`commit ${index}`, 40),
			startedAt: isoOf(at),
		};
		const events = [
			{
				at,
				type: 'run.started',
				record,
				title: 'Deploy',
				host: tier,
				swapStep: 'swap',
				steps: steps.map(id => ({id, title: id, touches: 'host'})),
			},
			...steps.flatMap((step, place) => [
				{at: at + place * 20_000, type: 'step.started', step},
				{at: at + place * 20_000 + 19_000, type: 'step.finished', step, state: 'done', durationMs: 19_000},
			]),
			{at: at + 140_000, type: 'run.finished', outcome: 'done', durationMs: 140_000},
		];
		mkdirSync(place, {recursive: true, mode: 0o700});
		writeFileSync(join(place, 'journal.jsonl'), events.map(event => `${JSON.stringify(event)}\n`).join(''), {
			mode: 0o600,
		});
		writeFileSync(join(place, 'run.log'), 'as it was\n'.repeat(40), {mode: 0o600});
	}
};

/** Puts items into a list of its own and commits it: what counts is what is committed. */
const growChecklist = (project: string, count: number): readonly string[] => {
	const lists = join(project, 'checklists');
	const have = readdirSync(lists)
		.filter(name => name.endsWith('.yaml'))
		.flatMap(name =>
			[...readFileSync(join(lists, name), 'utf8').matchAll(/^ {10}- id: (\S+)/gm)].map(([, id]) => id ?? ''),
		);
	const ids = Array.from({length: Math.max(0, count - have.length)}, (_, index) => `grown-${index + 1}`);
	if (ids.length === 0) return have;
	const items = ids.map(
		(id, index) => `          - id: ${id}
            title: Item ${index + 1} of two years
            scope: ${pick(['backend', 'frontend', 'both'], index)}
            how: >
                Look at page ${index + 1} of the application. It shows what it did before.
            why: >
                Somebody once found it broken.
`,
	);
	const sections = Array.from(
		{length: Math.ceil(items.length / 9)},
		(_, index) =>
			`    - id: grown-section-${index + 1}
      title: What two years have brought ${index + 1}
      mode: do-confirm
      items:
${items.slice(index * 9, index * 9 + 9).join('\n')}`,
	);
	writeFileSync(
		join(lists, '85-grown.yaml'),
		`title: Grown\nphase: before-production\n\nsections:\n${sections.join('\n')}`,
	);
	const git = (...args: readonly string[]): void =>
		void execFileSync('git', ['-C', project, ...args], {stdio: 'pipe'});
	git('add', 'checklists');
	git(
		'-c',
		'user.name=Ravi',
		'-c',
		'user.email=ravi@example.com',
		'commit',
		'-q',
		'-m',
		'Add what two years have brought',
	);
	return [...have, ...ids];
};

/** Fills a sandbox that is served from `directory`, and this machine's `stateHome`, with a long past; always the same. */
export const grow = (directory: string, stateHome: string, sizes: Sizes = twoYears): void => {
	const items = growChecklist(join(directory, 'project'), sizes.items);
	growLedgers(directory, sizes.entries, items);
	growBackups(directory, sizes.backups);
	growReleases(directory, sizes.releases);
	growJournals(stateHome, sizes.journals);
};
