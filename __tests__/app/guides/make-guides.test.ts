import {describe, expect, test} from 'vitest';
import {logSources} from '../../../src/domain/logs/log-sources.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import type {GuideSources} from '../../../src/app/guides/guide-facts.ts';
import {itemsIn} from '../../../src/app/guides/guide-facts.ts';
import {sectionsFor} from '../../../src/domain/checklist/checklist.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {DeployError, exitCodes, type ErrorCode} from '../../../src/domain/errors.ts';
import {guidePlaceOf} from '../../../src/domain/guides/guide-places.ts';
import {anchorOf} from '../../../src/domain/guides/anchor.ts';
import {renderMarkdown} from '../../../src/domain/guides/render-markdown.ts';
import {writtenGuide} from '../../../src/app/guides/written-guide.ts';
import {makeGuides, type GuideMaking} from '../../../src/app/guides/make-guides.ts';
import {rollbackTarget} from '../../../src/app/rollback/rollback.ts';
import {checkWords, rollbackWord} from '../../../src/domain/runs/confirm.ts';
import type {Guide} from '../../../src/domain/guides/guide.ts';
import {recipeOf} from '../../../src/recipes/recipes.ts';
import {guideIn, guidesOf, richest, shipped} from './guide-sets.ts';

const printed = (sources: GuideSources): string => guidesOf(sources).map(renderMarkdown).join('\n');

type Path = readonly (string | number)[];

const leaves = (value: unknown, path: Path = []): readonly Path[] =>
	typeof value === 'object' && value !== null
		? Object.entries(value).flatMap(([key, part]) =>
				leaves(part, [...path, Array.isArray(value) ? Number(key) : key]),
			)
		: [path];

/** Values that are one of a few. */
const choices: Readonly<Record<string, string>> = {
	'do-confirm': 'read-do',
	'read-do': 'do-confirm',
	ask: 'rollback',
	rollback: 'ask',
	required: 'optional',
};

const changed = (value: unknown): unknown => {
	if (typeof value === 'number') return value + 60_007;
	if (typeof value === 'boolean') return !value;
	return choices[String(value)] ?? `${String(value)}x`;
};

const valueAt = (value: unknown, path: Path): unknown =>
	path.reduce((part, key) => (part as Readonly<Record<string, unknown>>)[String(key)], value);

const withChange = (value: unknown, [key, ...rest]: Path, change = changed): unknown => {
	if (key === undefined) return change(value);
	if (Array.isArray(value))
		return value.map((part: unknown, index) => (index === key ? withChange(part, rest, change) : part));
	const parts = value as Readonly<Record<string, unknown>>;
	return {...parts, [key]: withChange(parts[String(key)], rest, change)};
};

const withoutMostItems = ({environments, checklists}: GuideSources): GuideSources => ({
	environments,
	checklists: {
		...checklists,
		files: checklists.files.map(file => ({
			...file,
			sections: file.sections.map(section => ({...section, items: section.items.slice(0, 1)})),
		})),
	},
});

/** Values that decide something a guide has no words for, each with why. */
const unsaid: readonly (readonly [RegExp, string])[] = [
	[/^environments\.\d+\.tier$/, 'a tier nobody knows is no tier'],
	[
		/^environments\.0\.(?:stateDirectory|backups|soakHours|approvals|identity|headless|onFailure)\b/,
		'nothing is deployed here',
	],
	[/\.timeZone$/, 'a zone nobody knows is refused'],
	[/\.window\.days\.\d+$/, 'a day nobody knows is refused'],
	[/\.notBeforeHolidays$/, 'covered beside, for it is a choice of two'],
	[/\.recipe$/, 'a recipe nobody knows is refused'],
	[/\.hooks\.\w+\.\d+\.(?:run\.\d+|timeoutMs|fails)$/, 'a guide names a hook; the file says what it is'],
	[/\.probes\.http\.\d+\.(?:id|app)$/, 'names of the file, not of the address'],
	[/\.probes\.http\.\d+\.on$/, 'an address that is neither of the two is refused'],
	[/\.probes\.limits\.queueWaiting$/, 'the queue is not asked here'],
	[/\.logs\.\d+\.(?:id|kind|app)$/, 'names of the file, not of the log'],
	[/^checklists\.digest$/, 'for programs'],
	[/\.digest$/, 'for programs'],
	[/^checklists\.verifications\b/, 'the words themselves are not of the set, and items stand in their lists'],
	[/^checklists\.files\.\d+\.phase$/, 'a phase nobody knows is refused'],
	[/^checklists\.files\.\d+\.sections\.\d+\.id$/, 'for programs'],
	[/^checklists\.files\.\d+\.sections\.\d+\.items\.\d+\.scope$/, 'one of three, each told'],
	[
		/^checklists\.files\.9\.sections\.\d+\.(?:title|mode|items\.\d+\.(?:id|answer\.\w+\.\d+|mayNotApply))$/,
		'a trigger is seen or not',
	],
	[/^environments\.2\.holidays\b/, 'the file of the environment before it, told once'],
	[/\.answer\.kind$/, 'a kind nobody knows is refused'],
];

describe('guides: each value of the set', () => {
	test('changes what is printed, or is known to be of no concern to it', async () => {
		const sources = await richest();
		const isExempt = (path: Path): boolean => unsaid.some(([pattern]) => pattern.test(path.join('.')));
		const said = leaves(sources).filter(path => !isExempt(path));
		// Texts that nothing else goes by are marked all at once, and each is looked for.
		const isText = (path: Path): boolean => {
			const value = valueAt(sources, path);
			return (
				typeof value === 'string' &&
				choices[value] === undefined &&
				!/^environments\.\d+\.(?:name|promotedFrom)$/.test(path.join('.'))
			);
		};
		const texts = said.filter(isText);
		const marked = texts.reduce<unknown>(
			(all, path, index) => withChange(all, path, value => `${String(value)}zq${index}q`),
			sources,
		);
		const markedText = printed(marked as GuideSources);
		const unseen = texts.filter((_, index) => !markedText.includes(`zq${index}q`)).map(path => path.join('.'));
		// Of items alike one is enough.
		const small = withoutMostItems(sources);
		const others = leaves(small).filter(path => !isExempt(path) && !isText(path));
		const blocksOf = (set: GuideSources): string => JSON.stringify(guidesOf(set));
		const smallBefore = blocksOf(small);
		for (const path of others)
			if (blocksOf(withChange(small, path) as GuideSources) === smallBefore) unseen.push(path.join('.'));

		expect(unseen).toEqual([]);
		expect(texts.length).toBeGreaterThan(500);
		expect(others.length).toBeGreaterThan(100);
		const all = leaves(sources).map(path => path.join('.'));
		expect(unsaid.filter(([pattern]) => !all.some(name => pattern.test(name)))).toEqual([]);
	});

	test('is the only place a printed address, path or time comes from', async () => {
		const sources = await richest();
		const text = printed(sources);
		const data = JSON.stringify(sources);
		const derived = sources.environments.flatMap(environment => [
			...logSources(environment).map(({path}) => path),
			...[environment.apps.backend, environment.apps.frontend].flatMap(target =>
				target ? Object.values(releaseLayout(target)) : [],
			),
		]);
		const places = [...leaves(sources).map(path => String(valueAt(sources, path))), ...derived];
		const isKnownPath = (path: string): boolean =>
			places.some(
				place => place.startsWith('/') && (path === place || path.startsWith(place) || place.startsWith(path)),
			) ||
			data.includes(path) ||
			['/dev/null', '/.next/BUILD_ID', '/_next/static'].includes(path);
		const urls = new Set(text.match(/https?:\/\/[^\s'"|)\\;]+/g));
		const known = [...urls].filter(url =>
			places.some(place => /^https?:/.test(place) && url.startsWith(place.replace(/\/+$/, ''))),
		);
		const addresses = new Set(text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g));
		const times = new Set(text.match(/\b\d{2}:\d{2}\b/g));
		const days = new Set(text.match(/\b20\d{2}-\d{2}-\d{2}\b/g));
		const paths = new Set(text.match(/(?<=[\s='(])\/[a-z_.][\w./-]+/g));

		expect(known.toSorted()).toEqual([...urls].toSorted());
		for (const found of [addresses, times, days]) {
			expect(found.size).toBeGreaterThan(1);
			expect([...found].filter(value => !data.includes(value))).toEqual([]);
		}
		expect(paths.size).toBeGreaterThan(10);
		expect([...paths].filter(path => !isKnownPath(path))).toEqual([]);
	});

	test('steps are those of the pipelines, in order', async () => {
		const {environments, checklists} = await shipped();
		const guide = guideIn({environments, checklists}, 'workflow-guide');
		for (const environment of environments.filter(({hosts}) => hosts.length > 0))
			for (const app of ['backend', 'frontend'] as const) {
				const record = {
					version: 1 as const,
					run: 'r',
					kind: 'deploy' as const,
					app,
					environment: environment.name,
					startedAt: '2026-02-10T05:53:41.000Z',
					commit: 'c'.repeat(40),
					digest: 'd'.repeat(64),
					actor: {name: 'Ravi', machine: 'm'},
				};
				const {pipeline} = recipeOf({record, environment}).deploy({
					record,
					environment,
					source: {commit: record.commit, subject: '', digest: record.digest, entries: []},
					uncommitted: [],
					environments,
					canAsk: true,
				});
				const section = guide.sections.find(({heading}) =>
					heading.includes(`${app} to ${environment.title}: ${pipeline.steps.length} steps`),
				);
				expect(section?.blocks.find(({kind}) => kind === 'list')).toMatchObject({
					items: pipeline.steps.map(({title}) => title),
				});
			}
		expect(renderMarkdown(guide)).toContain('Move live to backend_failed_YYYYMMDD_HHMMSS');
	});
});

const bare = (environment: Environment): Environment => {
	const {window: _, holidays: __, warning: ___, probes: ____, ...rest} = environment;
	return rest;
};

const withoutApp = ({environments, checklists}: GuideSources, app: 'backend' | 'frontend'): GuideSources => ({
	checklists,
	environments: environments.map(environment => {
		const {[app]: _, ...apps} = environment.apps;
		return {...environment, apps};
	}),
});

const sets: Readonly<Record<string, (sources: GuideSources) => GuideSources>> = {
	'as shipped': same => same,
	'only a backend': sources => withoutApp(sources, 'frontend'),
	'only a frontend': sources => withoutApp(sources, 'backend'),
	'no production': ({environments, checklists}) => ({
		checklists,
		environments: environments.filter(({tier}) => tier !== 'production'),
	}),
	'production alone': ({environments, checklists}) => ({
		checklists,
		environments: environments.filter(({tier}) => tier === 'production'),
	}),
	'nothing to deploy to': ({environments, checklists}) => ({
		checklists,
		environments: environments.filter(({hosts}) => hosts.length === 0),
	}),
	'five hosts each, other names': ({environments, checklists}) => ({
		checklists,
		environments: environments.map(environment => ({
			...environment,
			name: `${environment.name}-eu`,
			title: `Étage ${environment.name} <b>|`,
			...(environment.promotedFrom === undefined ? {} : {promotedFrom: `${environment.promotedFrom}-eu`}),
			hosts: environment.hosts.flatMap(host =>
				[1, 2, 3, 4, 5].map(index => ({...host, name: `${host.name}-${index}`, address: `10.0.${index}.1`})),
			),
		})),
	}),
	'no window, no holidays, no warning': ({environments, checklists}) => ({
		checklists,
		environments: environments.map(bare),
	}),
	'without checklists': ({environments}) => ({
		environments,
		checklists: {files: [], verifications: {backend: [], frontend: []}, digest: ''},
	}),
};

describe.each(Object.keys(sets))('guides of a set: %s', name => {
	const made = async () => sets[name]?.(await shipped()) ?? (await shipped());

	test('no heading without anything under it, no value that is none', async () => {
		for (const guide of guidesOf(await made())) {
			expect(guide.sections.length).toBeGreaterThan(0);
			const text = renderMarkdown(guide);
			expect(text).not.toMatch(/undefined|NaN|\[object|\bnull\b(?<!\/dev\/null)/);
			expect(text).not.toMatch(/^\| +\| /m);
			for (const [index, {blocks, level, heading}] of guide.sections.entries()) {
				const next = guide.sections[index + 1];
				expect(blocks.length > 0 || (next !== undefined && next.level > level), heading).toBe(true);
				for (const block of blocks) {
					if (block.kind === 'commands') expect(block.lines.join('\n'), heading).not.toMatch(/ {2,}|''/);
					if (block.kind === 'diagram')
						expect(Math.max(...block.lines.map(({length}) => length))).toBeLessThanOrEqual(76);
				}
			}
		}
	});

	test('anchors are unique, and what GitHub makes of their headings', async () => {
		for (const {sections, title} of guidesOf(await made())) {
			const anchors = sections.map(({anchor}) => anchor);
			expect(new Set([anchorOf(title), ...anchors]).size).toBe(anchors.length + 1);
			expect(anchors).toEqual(sections.map(({heading}) => anchorOf(heading)));
		}
	});

	test('each heading that an error points to is there', async () => {
		const guides = guidesOf(await made());
		const places = (Object.keys(exitCodes) as ErrorCode[]).flatMap(code => guidePlaceOf({code}) ?? []);
		expect(places.length).toBeGreaterThan(10);
		for (const {guide, heading, anchor} of places) {
			const section = guides.find(({id}) => id === guide)?.sections.find(one => one.anchor === anchor);
			expect(section?.heading).toBe(heading);
			expect(section?.blocks.length).toBeGreaterThan(0);
		}
	});
});

test('checklist: every item of the set, in its section, with counts that are true', async () => {
	const sources = await shipped();
	const {sections} = guideIn(sources, 'checklist');
	const ticks = sections.flatMap(({blocks}) => blocks.flatMap(block => (block.kind === 'checks' ? block.items : [])));
	const all = sources.checklists.files
		.filter(({phase}) => phase !== 'rollback-triggers')
		.flatMap(file => file.sections.flatMap(({items}) => items));

	expect(ticks.map(({text}) => text.replace(/ \((?:backend|frontend|both apps)\)$/, ''))).toEqual(
		all.map(({title}) => title),
	);
	const headings = sections.map(({heading}) => heading);
	for (const {title, sections: parts, phase} of sources.checklists.files.filter(
		file => file.phase === 'before-production',
	))
		expect(headings, phase).toContain(`${title}: ${itemsIn(parts)} items`);
	expect(itemsIn(sectionsFor(sources.checklists, 'rollback-triggers'))).toBe(6);
	expect(headings).toContain('Phase 1: Pre-Prod testing');
	expect(headings).toContain('Phase 2: Production deployment');
});

test('quick reference: one page of 66 lines, 100 columns wide, as it is written into its file', async () => {
	const text = writtenGuide(guideIn(await shipped(), 'quick-reference'));
	const lines = text.trimEnd().split('\n');

	expect(lines.length).toBeLessThanOrEqual(66);
	expect(lines.filter(line => line.length > 100)).toEqual([]);
	for (const part of [
		'--> Production',
		'rollback-backend.sh',
		'curl ',
		'ssh ',
		'aws ssm',
		'.log',
		'resume',
		'release',
	])
		expect(text, part).toContain(part);
});

test('the day of a guide is that of its commit, whenever it is made; else today, and it says so', async () => {
	const sources = await shipped();
	const madeFrom = (making: Partial<GuideMaking>): string | undefined =>
		makeGuides({...sources, commit: '7f3a9c2'.padEnd(40, '0'), at: Date.UTC(2026, 1, 10), ...making})[0]?.madeFrom;

	expect(guideIn(sources, 'checklist').version).toBe('2.0');
	expect(madeFrom({committedAt: Date.UTC(2025, 11, 1)})).toBe('made from 7f3a9c2 of 1 Dec 2025');
	expect(madeFrom({})).toBe('made from 7f3a9c2 on 10 Feb 2026');
	expect(madeFrom({commit: undefined})).toBe('not committed, 10 Feb 2026');
});

/** Every text a guide prints, each as somebody might take a command out of it. */
const textsOf = (guides: readonly Guide[]): readonly string[] =>
	guides.flatMap(({sections}) =>
		sections.flatMap(({blocks}) =>
			blocks.flatMap(block => {
				switch (block.kind) {
					case 'text':
						return [block.text];
					case 'list':
						return block.items;
					case 'checks':
						return block.items.flatMap(({text, detail}) => [text, detail ?? '']);
					case 'commands':
					case 'diagram':
						return block.lines;
					case 'table':
						return block.rows.flat();
				}
			}),
		),
	);

/** Commands within sentences end where their words do: at a mark, a bracket, a small word that is none of an option. */
const commandsIn = (text: string): readonly string[] =>
	text
		.split(/\.(?=\s|$)| \/ | # /)
		.flatMap(part => [
			...part.matchAll(/(?<!\b(?:the|their|no) )\bcockpit ([a-z]+(?: (?:'[^']*'|"[^"]*"|[^\s;:,'"()]+))*)/gi),
		])
		.map(([, words = '']) => words);

/** Words behind a command that are the sentence's own again. */
const ownWords =
	/\s(?:as|changes|gives|has|shows|says|tells|prints|asks|puts|with|by|it|and|or|before|which)(?:\s.*)?$/;

test('the command line understands every cockpit line of the guides, and finds what it needs in it', async () => {
	const sources = await richest();
	const unhosted = sources.environments.filter(({hosts}) => hosts.length === 0).map(({name}) => name);
	const lines = new Set(
		textsOf(guidesOf(sources))
			.flatMap(commandsIn)
			.map(line => line.replace(ownWords, '').trim()),
	);
	const said = {err: ''};
	/** Whatever is asked for behind the command line is refused. */
	const refuse: unknown = new Proxy(() => undefined, {
		get: (_, key) => (key === 'then' ? undefined : refuse),
		apply: () => {
			const refused = Promise.reject(new Error('understood'));
			// Asked for beside others, nobody may wait for it any more.
			refused.catch(() => undefined);
			return refused;
		},
	});
	const deaf = Object.fromEntries(
		[
			'sessions',
			'policy',
			'ledgers',
			'signatures',
			'files',
			'statuses',
			'sources',
			'runs',
			'nonce',
			'actorFor',
		].map(name => [name, refuse]),
	);
	const fill = (word: string): string =>
		({APP: 'backend', NAME: 'preprod', RUN: '20260210-112341-backend-0000', KEY: 'DB_HOST'})[word] ??
		word.replaceAll(/^['"]|['"]$/g, '');
	const refused: string[] = [];
	for (const line of lines) {
		said.err = '';
		const context = {
			version: '0',
			terminal: {
				out: () => undefined,
				err: (text: string) => void (said.err += text),
				isInteractive: false,
				hasColour: false,
			},
			open: async () => {
				// They need no environment, and ask files before anything can refuse them.
				if (/^env (?:diff|use)/.test(line)) throw new Error('understood');
				return {...sources, services: {...deaf, clock: {now: () => 0}}};
			},
		} as unknown as CliContext;
		const words = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
		const code = await runCli(context, words.map(fill));
		if (code === 2 || /is not specified|Which environment|unknown command|--env/.test(said.err))
			refused.push(`${line}: ${said.err}`);
	}

	expect(lines.size).toBeGreaterThan(40);
	expect(refused.filter(line => !unhosted.some(name => line.includes(`env use ${name}`)))).toEqual([]);
});

const handSections = async () => {
	const {sections} = guideIn(await richest(), 'workflow-guide');
	return sections
		.filter(({heading}) => /^4\.(?:[4-6]|9)\.\d/.test(heading))
		.map(({heading, blocks}) => ({
			heading,
			lines: blocks.flatMap(block => (block.kind === 'commands' && block.on !== 'here' ? block.lines : [])),
		}));
};

/** What takes something away, moves it or stops it. */
const risky = /sudo (?:rm|mv|cp|mkdir|ln|chown|tar -x)|systemctl stop|pm2 stop|config:cache|composer|npm ci/;

test('lines by hand: none changes anything but behind the one before it', async () => {
	const sections = await handSections();
	expect(sections.length).toBeGreaterThan(12);
	for (const {heading, lines} of sections) {
		const changing = lines.filter(line => risky.test(line));
		expect(changing.length, heading).toBeGreaterThan(0);
		expect(
			changing.filter(line => !/^test "\$DONE" = [a-z0-9-]+ && .* \|\| stop '.+'$/.test(line)),
			heading,
		).toEqual([]);
		const reached = new Set(['begun']);
		for (const line of lines) {
			const [, after] = /^test "\$DONE" = ([a-z0-9-]+) /.exec(line) ?? [];
			if (after !== undefined) expect(reached, `${heading}: ${line}`).toContain(after);
			const [, done] = / && DONE=([a-z0-9-]+) \|\| stop /.exec(line) ?? [];
			if (done !== undefined) reached.add(done);
		}
		expect(reached, heading).toContain('swapped');
		const stopping = lines.findIndex(line => /systemctl stop|pm2 stop/.test(line));
		const before = lines.slice(0, stopping === -1 ? lines.findIndex(line => line.includes('mv -fT')) : stopping);
		for (const line of before.filter(one => one.startsWith('test "$DONE"')))
			expect(line, heading).toMatch(/live is (?:untouched|a link)|anyway/);
	}
});

test('lines by hand: queue workers are told, and a release gone back to gets the values of today before its swap', async () => {
	for (const {heading, lines} of await handSections()) {
		if (!heading.includes('backend')) continue;
		const swap = lines.findIndex(line => line.includes('DONE=swapped'));
		const cached = lines.findIndex(line => line.includes('config:cache'));
		const told = lines.findIndex(line => line.includes('queue:restart'));
		expect(told, heading).toBeGreaterThan(swap);
		if (heading.startsWith('4.4') || heading.startsWith('4.5')) {
			expect(cached, heading).toBeGreaterThan(-1);
			expect(cached, heading).toBeLessThan(swap);
		}
	}
});

test('each error points where its reader is helped', () => {
	const errorOf = (act: () => unknown): DeployError => {
		try {
			act();
		} catch (error) {
			if (error instanceof DeployError) return error;
		}
		throw new TypeError('nothing was refused');
	};
	const headings = (
		[
			() => checkWords('x', [rollbackWord], [], 'ROLLBACK BLOCKED'),
			() => checkWords('x', ['yes'], ['no']),
			() => rollbackTarget('backend', 'frontend_20260101_000000'),
		] as const
	).map(act => guidePlaceOf(errorOf(act))?.heading);

	expect(headings).toEqual(['4.2 By the cockpit', 'Deployment blocked scenarios', '4.2 By the cockpit']);
	expect(guidePlaceOf({code: 'locked'})?.heading).toBe('4.8 A run is under way or was cut off');
	expect(guidePlaceOf({code: 'answer-needed'})).toBeUndefined();
	expect(guidePlaceOf({code: 'answer-needed', guide: 'adoption'})?.heading).toMatch(/^5\.5 /);
});

test('what is only looked at changes nothing', async () => {
	const {sections} = guideIn(await richest(), 'workflow-guide');
	const lines = sections
		.filter(({heading}) => heading.startsWith('Look at the ') || heading.startsWith('4.8.'))
		.flatMap(({blocks}) => blocks.flatMap(block => (block.kind === 'commands' ? block.lines : [])));

	expect(lines.length).toBeGreaterThan(40);
	expect(
		lines.filter(
			line =>
				risky.test(line) ||
				/reload|restart|\bstop\b|\brm\b|>(?!\/dev\/null)[^&]*$/.test(line.replaceAll(/"[^"]*"/g, '')),
		),
	).toEqual([]);
});
