import {describe, expect, test} from 'vitest';
import {logSources} from '../../../src/domain/logs/log-sources.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import type {GuideSources} from '../../../src/app/guides/guide-facts.ts';
import {itemsIn} from '../../../src/app/guides/guide-facts.ts';
import {sectionsFor} from '../../../src/domain/checklist/checklist.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {exitCodes, type ErrorCode} from '../../../src/domain/errors.ts';
import {guidePlaceOf} from '../../../src/domain/guides/guide-places.ts';
import {anchorOf} from '../../../src/domain/guides/anchor.ts';
import {renderMarkdown} from '../../../src/domain/guides/render-markdown.ts';
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

test('quick reference: one page of 66 lines, 100 columns wide', async () => {
	const {environments, checklists} = await shipped();
	const text = renderMarkdown(guideIn({environments, checklists}, 'quick-reference'));
	// What is printed of it: marks of Markdown are not, and a page needs no empty lines between.
	const lines = text.split('\n').filter(line => line !== '' && !/^(?:```|\| ---)/.test(line));
	const rows = lines.reduce((sum, line) => sum + Math.ceil(line.length / 100), 0);

	expect(rows).toBeLessThanOrEqual(66);
});

test('the day of a guide is that of its set, and a set that is nowhere committed says so', async () => {
	const sources = await shipped();
	expect(guideIn(sources, 'checklist')).toMatchObject({version: '2.0', madeFrom: 'made from 7f3a9c2, 10 Feb'});
});

test('the command line understands every cockpit line of the guides', async () => {
	const lines = new Set(
		guidesOf(await richest()).flatMap(({sections}) =>
			sections.flatMap(({blocks}) =>
				blocks.flatMap(block =>
					block.kind === 'commands' ? block.lines.filter(line => line.startsWith('cockpit ')) : [],
				),
			),
		),
	);
	const said = {out: '', err: ''};
	const context = {
		version: '0',
		terminal: {
			out: (text: string) => void (said.out += text),
			err: (text: string) => void (said.err += text),
			isInteractive: false,
			hasColour: false,
		},
		open: async () => {
			throw new Error('understood');
		},
	} as unknown as CliContext;
	const verbs =
		(await runCli(context, ['--help'])) === 0 ? [...said.out.matchAll(/^ {2}(\w+)/gm)].map(([, verb]) => verb) : [];
	const refused: string[] = [];
	for (const line of lines) {
		const [, verb = '', ...args] = line.split(' ');
		if (!verbs.includes(verb)) refused.push(verb);
		else {
			said.err = '';
			await runCli(context, [verb, ...args]);
			if (!said.err.includes('understood')) refused.push(`${line}: ${said.err}`);
		}
	}

	expect(lines.size).toBeGreaterThan(25);
	expect([...new Set(refused)].filter(verb => verb !== 'env')).toEqual([]);
});

test('lines to go back by hand: no line that removes or copies can mean the root of the host', async () => {
	const {sections} = guideIn(await richest(), 'workflow-guide');
	const lines = sections
		.filter(({heading}) => /^4\.[4-6]\./.test(heading))
		.flatMap(({blocks}) => blocks.flatMap(block => (block.kind === 'commands' ? block.lines : [])));
	const risky = lines.filter(line => /(?:rm -rf|cp -a) -- "\$NEW"\/|(?:rm|cp|mv|ln|chown)\b.* "\$\w+"\//.test(line));

	expect(risky.length).toBeGreaterThan(4);
	expect(risky.filter(line => !line.startsWith('test -n "$NEW" && '))).toEqual([]);
	const swaps = lines.filter(line => line.includes('mv -fT'));
	expect(swaps.length).toBeGreaterThan(4);
	expect(swaps.filter(line => !line.startsWith('test -n "$RELEASE" && '))).toEqual([]);
});
