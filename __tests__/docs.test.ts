import {existsSync, globSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {expect, test} from 'vitest';
import type {CliContext} from '../src/cli/cli-context.ts';
import {runCli} from '../src/cli/program.ts';
import {DeployError, exitCodes} from '../src/domain/errors.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

const pages = [
	...globSync('docs/*.md'),
	'README.md',
	'CONTRIBUTING.md',
	'SECURITY.md',
	'CHANGELOG.md',
	'checklists/README.md',
	'examples/github-actions/README.md',
	'examples/hooks/README.md',
];
const codeFiles = globSync(['src/**/*.{ts,tsx,sh,cjs}', '__tests__/**/*.{ts,tsx}', 'scripts/*.ts', 'bench/*.ts']);

/** What is shown as it would be typed or printed is no claim about this repository. */
const withoutBlocks = (page: string): string => page.replaceAll(/^```[\s\S]*?^```$/gm, '');

const titlesOf = (page: string): readonly string[] =>
	[...withoutBlocks(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);

/** As GitHub makes anchors of titles. */
const anchorOf = (title: string): string =>
	title
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');

test.each(pages)('%s: every link leads somewhere', page => {
	const links = [...withoutBlocks(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
	const lost = links
		.filter(link => !/^[a-z]+:/.test(link))
		.filter(link => {
			const [path = '', anchor] = link.split('#');
			const target = path === '' ? page : normalize(join(dirname(page), path));
			if (!existsSync(target)) return true;
			return anchor !== undefined && !titlesOf(target).map(anchorOf).includes(anchor);
		});

	expect(lost).toEqual([]);
});

/** A path as pages name it: from the root, or from `src/` or `__tests__/` on, as people say it. */
const named = /`((?:[\w.-]+\/)+[\w.*-]*)`/g;
const rooms = globSync(['*', 'src/*', '__tests__/*']).map(path => path.split('/').at(-1) ?? '');
const isThere = (path: string): boolean => ['', 'src', '__tests__'].some(base => globSync(join(base, path)).length > 0);

test.each(pages)('%s: every path of the repository that it names exists', page => {
	const paths = [...withoutBlocks(read(page)).matchAll(named)]
		.map(([, path = '']) => path)
		.filter(
			path =>
				rooms.includes(path.split('/')[0] ?? '') && /\.(?:tsx?|sh|cjs|md|ya?ml)$|^(?:src|docs)\//.test(path),
		);

	expect(paths.filter(path => !isThere(path))).toEqual([]);
});

test('docs/codebase.md: each name beside a file occurs in it', () => {
	const claims = [...read('docs/codebase.md').matchAll(/`(src\/[\w./-]+\.(?:tsx?|sh|cjs))` `(\w+)`/g)];
	const wrong = claims
		.filter(
			([, file = '', name = '']) => !existsSync(file) || !new RegExp(String.raw`\b${name}\b`).test(read(file)),
		)
		.map(([claim]) => claim);

	expect(claims.length).toBeGreaterThan(30);
	expect(claims.filter(([, file]) => file?.endsWith('.sh')).length).toBeGreaterThan(3);
	expect(wrong).toEqual([]);
});

test('README: links to every page of docs/, and is read in two screens', () => {
	const readme = read('README.md');

	expect(globSync('docs/*.md').filter(page => !readme.includes(`](${page})`))).toEqual([]);
	expect(readme.split('\n').length).toBeLessThanOrEqual(200);
});

test.each(['README.md', 'docs/commands.md'])('%s: every exit code of the product is in the table', page => {
	const missing = [...new Set(Object.values(exitCodes))].filter(code => !read(page).includes(`\n| ${code} | `));

	expect(missing).toEqual([]);
});

const commandLines = pages
	.filter(page => page !== 'CHANGELOG.md')
	.flatMap(page =>
		[...read(page).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.split('\n')),
	)
	.filter(line => /^cockpit (?!sandbox)\w/.test(line))
	.map(line => line.replace(/ +#.*$/, '').replace(/ < \S+$/, ''));

test.each([...new Set(commandLines)])('%s: the command line understands it', async line => {
	const words = line.match(/"[^"]*"|\S+/g)?.map(word => word.replaceAll('"', '')) ?? [];
	let isOpened = false;
	let complaint = '';
	const nothing = () => undefined;
	const notAsked = async (): Promise<never> => {
		throw new TypeError('a command line that is only read starts nothing');
	};
	const context: CliContext = {
		version: '0',
		terminal: {
			isInteractive: false,
			isDumb: false,
			hasColour: false,
			out: nothing,
			err: text => {
				complaint += text;
			},
			ask: notAsked,
			readHidden: notAsked,
			onInputEnd: nothing,
			onSignal: () => nothing,
		},
		open: async () => {
			isOpened = true;
			throw new DeployError({
				code: 'configuration',
				what: 'Read as far as it has to be',
				why: '',
				now: '',
				next: '',
			});
		},
		openScreen: notAsked,
		openScripts: async () => {
			isOpened = true;
			return notAsked();
		},
		startSandbox: notAsked,
	};
	await runCli(context, words.slice(1));

	expect(isOpened, complaint).toBe(true);
});

/** Comments that go over several lines, as one. */
const joined = (code: string): string => code.replaceAll(/\n\s*(?:\*|\/\/|#) /g, ' ');

const sources = {
	design: titlesOf('docs/design.md').map(title => title.replace(/^\d+\. /, '')),
	workflow: titlesOf('docs/workflow.md'),
} as const;

test('comments: each section of the design or the workflow that they cite is there', () => {
	const cited = codeFiles.flatMap(file =>
		[...joined(read(file)).matchAll(/\b(design|workflow)((?:, (?:"[^"\n]+"|[a-z][\w ]*))+)/g)].flatMap(
			([, source = '', where = '']) =>
				[...where.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({file, source, title})),
		),
	);
	const lost = cited.filter(({source, title}) => !sources[source as keyof typeof sources].includes(title));

	expect(cited.length).toBeGreaterThan(50);
	expect(lost).toEqual([]);
});

/** What a comment may lean on: a section of ours, a page of ours, or what is published: a paper with its journal, volume and year. */
const origins =
	/^(?:(?:design|workflow), (?:"|[a-z])|docs\/|RFC \d|XDG base directories|PROTOCOL|vlucas\/phpdotenv|mulberry32|git, |git-lfs, |gitformat-|Unicode CLDR|[A-Z][^.]*? \d+ \(\d{4}\))/;

test('comments: a source that is neither ours nor published is none', () => {
	const unknown = codeFiles
		.filter(file => file !== '__tests__/docs.test.ts')
		.flatMap(file =>
			[...joined(read(file)).matchAll(/\bSource: ([^\n]{0,60})/g)]
				.filter(([, source = '']) => !origins.test(source))
				.map(([claim]) => `${file}: ${claim}`),
		);

	expect(unknown).toEqual([]);
});
