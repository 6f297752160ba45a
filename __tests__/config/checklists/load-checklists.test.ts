import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {loadChecklists} from '../../../src/config/checklists/load-checklists.ts';
import type {ChecklistItem, Checklists} from '../../../src/domain/checklist/checklist.ts';
import {editIn, problemsOf, writeConfiguration, type Files} from '../configuration-fixture.ts';

const backend = 'checklists/20-backend.yaml';
const after = 'checklists/90-after.yaml';
const proofs = 'checklists/verifications.yaml';

/** Lines that the tests of positions count on. */
const valid: Readonly<Record<string, string>> = {
	[backend]: `title: Backend
phase: before-production
sections:
  - id: api
    title: API
    items:
      - id: api-health
        title: Health answers 200
        scope: backend
        how: Open /health.
        why: All wait for it.
        probe: {on: api, path: /health, status: 200, withinMs: 500}
      - id: api-time
        title: API is fast
        scope: both
        how: Load it three times.
        why: People wait.
        answer: {kind: value, ask: middle of three, unit: ms, atMost: 500}
  - id: pages
    title: Pages
    mode: read-do
    items:
      - id: caching
        title: It is cached
        scope: frontend
        how: >
          Open it twice,
          and look.
        why: Load.
        answer: {kind: choice, options: [all, some], passing: [all]}
        mayNotApply: true
`,
	[after]: `title: After
phase: after-production
sections:
  - id: first
    title: First
    items:
      - {id: after-health, title: Health answers 200, scope: both, how: Look., why: Users.}
`,
	[proofs]: `backend:
  - title: API endpoints responding
    items: [api-health, api-time]
frontend:
  - title: All pages load
    items: [caching]
`,
};

const load = async (files: Files): Promise<Checklists> => {
	using configuration = writeConfiguration({...valid, ...files});
	// Without await the directory would be gone before it is read.
	return await loadChecklists(configuration.path);
};

const problems = problemsOf(load);

const edit = editIn(valid);

const itemOf = ({files}: Checklists, id: string): ChecklistItem => {
	const item = files.flatMap(({sections}) => sections.flatMap(({items}) => items)).find(item => item.id === id);
	if (!item) throw new Error(`no item ${id}`);
	return item;
};

test('checklists: lists come in the order of their names, with defaults filled in', async () => {
	const {files, verifications, digest} = await load({});

	expect(files.map(({file, title, phase}) => ({file, title, phase}))).toEqual([
		{file: backend, title: 'Backend', phase: 'before-production'},
		{file: after, title: 'After', phase: 'after-production'},
	]);
	expect(files[0]?.sections.map(({id, title, mode, items}) => ({id, title, mode, items: items.length}))).toEqual([
		{id: 'api', title: 'API', mode: 'do-confirm', items: 2},
		{id: 'pages', title: 'Pages', mode: 'read-do', items: 1},
	]);
	expect(files[0]?.sections[0]?.items[0]).toEqual({
		id: 'api-health',
		title: 'Health answers 200',
		scope: 'backend',
		how: 'Open /health.',
		why: 'All wait for it.',
		answer: {kind: 'tick'},
		mayNotApply: false,
		probe: {on: 'api', path: '/health', status: 200, withinMs: 500},
		digest: expect.stringMatching(/^[0-9a-f]{64}$/),
	});
	expect(files[0]?.sections[1]?.items[0]).toMatchObject({
		how: 'Open it twice, and look.',
		answer: {kind: 'choice', options: ['all', 'some'], passing: ['all']},
		mayNotApply: true,
	});
	expect(verifications).toEqual({
		backend: [{title: 'API endpoints responding', items: ['api-health', 'api-time']}],
		frontend: [{title: 'All pages load', items: ['caching']}],
	});
	expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test('checklist item: the digest is sha256 over the canonical JSON of what it says and asks', async () => {
	const text =
		'{"answer":{"kind":"tick"},"how":"Open /health.","mayNotApply":false,' +
		'"probe":{"on":"api","path":"/health","status":200,"withinMs":500},"scope":"backend","title":"Health answers 200"}';

	expect(itemOf(await load({}), 'api-health').digest).toBe(createHash('sha256').update(text).digest('hex'));
});

test.each([
	['title', 'Health answers 200', 'Health says 200'],
	['scope', 'scope: backend', 'scope: both'],
	['how', 'Open /health.', 'Open /health twice.'],
	['answer', 'probe: {on', 'answer: {kind: value, ask: time}\n        probe: {on'],
	['mayNotApply', 'probe: {on', 'mayNotApply: true\n        probe: {on'],
	['probe', 'withinMs: 500', 'withinMs: 400'],
])('checklist item: a changed %s is another digest, of the set too', async (_, from, to) => {
	const [before, changed] = [await load({}), await load(edit(backend, from, to))];

	expect(itemOf(changed, 'api-health').digest).not.toBe(itemOf(before, 'api-health').digest);
	expect(changed.digest).not.toBe(before.digest);
	expect(itemOf(changed, 'api-time').digest).toBe(itemOf(before, 'api-time').digest);
});

test.each([
	['why', {...edit(backend, 'All wait for it.', 'Nothing works without it.')}],
	['place', {[backend]: valid[backend]?.replace('- id: api\n', '- id: first-part\n')}],
	['file', {[backend]: undefined, 'checklists/30-other.yaml': valid[backend]}],
	[
		'way of writing',
		edit(backend, '{on: api, path: /health, status: 200,', '{status: 200, "path": "/health", on: api,'),
	],
])('checklist item: another %s keeps the digest', async (_, files) => {
	expect(itemOf(await load(files), 'api-health').digest).toBe(itemOf(await load({}), 'api-health').digest);
});

test.each([
	['why', edit(backend, 'All wait for it.', 'Nothing works without it.')],
	['section title', edit(backend, 'title: Pages', 'title: Site')],
	['file name', {[after]: undefined, 'checklists/91-after.yaml': valid[after]}],
	['verification', edit(proofs, '[api-health, api-time]', '[api-time, api-health]')],
])('checklists: another %s is another digest of the set', async (_, files) => {
	expect((await load(files)).digest).not.toBe((await load({})).digest);
});

test('checklists: comments and indents are no part of the digest', async () => {
	const files = edit(backend, 'phase: before-production', '# a comment\nphase:   "before-production"');

	expect((await load(files)).digest).toBe((await load({})).digest);
});

test.each([
	['no directory', {[backend]: undefined, [after]: undefined, [proofs]: undefined}],
	[
		'a directory without lists',
		{
			[backend]: undefined,
			[after]: undefined,
			[proofs]: undefined,
			'checklists/README.md': 'x',
			'checklists/.x.yaml': 'x',
		},
	],
])('checklists: %s gives empty ones', async (_, files) => {
	const empty = await load(files);

	expect(empty).toEqual({
		files: [],
		verifications: {backend: [], frontend: []},
		digest: expect.stringMatching(/^[0-9a-f]{64}$/),
	});
	expect(empty.digest).not.toBe((await load({})).digest);
});

test('checklists: without verifications.yaml nothing is proven by items', async () => {
	expect((await load({[proofs]: undefined})).verifications).toEqual({backend: [], frontend: []});
	expect(
		(await load({[proofs]: valid[proofs]?.replace(/^frontend:\n.*\n.*\n/m, '')})).verifications.frontend,
	).toEqual([]);
});

const tenItems = Array.from(
	{length: 10},
	(_, index) => `      - {id: n-${index}, title: Number ${index}, scope: both, how: Look., why: Users.}\n`,
).join('');

test.each([
	[
		'an unknown key',
		'scope: backend',
		'scope: backend\n        owner: Asha',
		'10:9 sections[0].items[0].owner: unknown key. Fix: remove it; known here: id, title, scope, how, why, answer, mayNotApply, probe.',
	],
	['a mistyped key', 'mode: read-do', 'mod: read-do', '21:5 sections[1].mod: unknown key. Fix: did you mean mode?'],
	[
		'a missing key',
		'        why: All wait for it.\n',
		'',
		'7:9 sections[0].items[0].why: is missing. Fix: add it: text.',
	],
	[
		'an empty title',
		'title: Health answers 200',
		'title: ""',
		'8:16 sections[0].items[0].title: "" cannot be used. Fix: use one line of text.',
	],
	[
		'an empty how',
		'how: Open /health.',
		'how: " "',
		'10:14 sections[0].items[0].how: is empty. Fix: write a sentence.',
	],
	[
		'a how without text',
		'how: Open /health.',
		'how:',
		'10:13 sections[0].items[0].how: expected text, found nothing. Fix: write text.',
	],
	[
		'lines that are kept',
		'why: All wait for it.',
		'why: |\n          All\n          wait.',
		'11:14 sections[0].items[0].why: holds line breaks or control characters. Fix: write one paragraph; > joins lines where | keeps them.',
	],
	[
		'a control character',
		'title: Health answers 200',
		String.raw`title: "Health\e[31m"`,
		String.raw`8:16 sections[0].items[0].title: "Health\u001b[31m" cannot be used. Fix: use one line of text.`,
	],
	[
		'a control character in a paragraph',
		'how: Open /health.',
		String.raw`how: "Open\a /health."`,
		'10:14 sections[0].items[0].how: holds line breaks or control characters. Fix: write one paragraph; > joins lines where | keeps them.',
	],
	[
		'an id in camel case',
		'id: api-time',
		'id: apiTime',
		'13:13 sections[0].items[1].id: "apiTime" cannot be used. Fix: use lower-case words and digits joined by -.',
	],
	[
		'an id that ends in a dash',
		'id: pages',
		'id: pages-',
		'19:9 sections[1].id: "pages-" cannot be used. Fix: use lower-case words and digits joined by -.',
	],
	[
		'an id given twice in a section',
		'id: api-time',
		'id: api-health',
		[
			`13:13 sections[0].items[1].id: api-health is also the id at ${backend}:7. Fix: give each its own.`,
			`${proofs}:3:25 backend[0].items[1]: there is no item api-time. Fix: use the id of an item.`,
		],
	],
	[
		'the id of a section for an item',
		'id: pages',
		'id: api-time',
		`19:9 sections[1].id: api-time is also the id at ${backend}:13. Fix: give each its own.`,
	],
	[
		'a title given twice in a section',
		'title: API is fast',
		'title: health answers 200',
		'14:16 sections[0].items[1].title: health answers 200 is the title of two items of this section. Fix: say how they differ, or keep one.',
	],
	[
		'an unknown scope',
		'scope: both',
		'scope: all',
		'15:16 sections[0].items[1].scope: text "all" is not known here. Fix: use one of backend, frontend, both.',
	],
	[
		'an unknown phase',
		'phase: before-production',
		'phase: before-prod',
		'2:8 phase: text "before-prod" is not known here. Fix: did you mean before-production?',
	],
	[
		'an unknown mode',
		'mode: read-do',
		'mode: readdo',
		'21:11 sections[1].mode: text "readdo" is not known here. Fix: did you mean read-do?',
	],
	[
		'an unknown kind of answer',
		'kind: value',
		'kind: valu',
		'18:24 sections[0].items[1].answer.kind: text "valu" is not known here. Fix: did you mean value?',
	],
	[
		'an answer without kind',
		'kind: value, ask',
		'ask',
		'18:17 sections[0].items[1].answer.kind: is missing. Fix: use one of tick, value, choice.',
	],
	[
		'an answer that is a word',
		'answer: {kind: value, ask: middle of three, unit: ms, atMost: 500}',
		'answer: tick',
		'18:17 sections[0].items[1].answer: expected keys with values, found text "tick". Fix: write keys with values.',
	],
	[
		'a key of another kind of answer',
		'kind: value, ask: middle of three, unit: ms, atMost: 500',
		'kind: tick, atMost: 500',
		'18:30 sections[0].items[1].answer.atMost: unknown key. Fix: remove it; known here: kind.',
	],
	[
		'limits that leave nothing',
		'atMost: 500',
		'atMost: 500, atLeast: 501',
		'18:85 sections[0].items[1].answer.atLeast: 501 is above atMost, 500: nothing could pass. Fix: let atLeast be the smaller one.',
	],
	[
		'a passing option that is not offered',
		'passing: [all]',
		'passing: [most]',
		'30:64 sections[1].items[0].answer.passing[0]: most is not among the options. Fix: use one of all, some.',
	],
	[
		'an option offered twice',
		'options: [all, some]',
		'options: [all, all]',
		'30:47 sections[1].items[0].answer.options[1]: all is given twice. Fix: keep one.',
	],
	[
		'a choice of one',
		'options: [all, some]',
		'options: [all]',
		'30:41 sections[1].items[0].answer.options: has 1 entry. Fix: give at least 2.',
	],
	[
		'a choice that nothing passes',
		'passing: [all]',
		'passing: []',
		'30:63 sections[1].items[0].answer.passing: has 0 entries. Fix: give at least 1.',
	],
	[
		'a probe of a whole address',
		'path: /health',
		'path: "https://example.com"',
		'12:32 sections[0].items[0].probe.path: "https://example.com" cannot be used. Fix: start it with /, without blanks, # or backslashes.',
	],
	[
		'a probe with a key it does not know',
		'withinMs: 500',
		'within: 500',
		'12:54 sections[0].items[0].probe.within: unknown key. Fix: did you mean withinMs?',
	],
	[
		'a status that is none',
		'status: 200',
		'status: 20',
		'12:49 sections[0].items[0].probe.status: 20 is too small. Fix: use at least 100.',
	],
])('checklists: %s is found at its place', async (_, from, to, expected) => {
	const [first, ...others] = [expected].flat();

	expect(await problems(edit(backend, from, to))).toEqual([`${backend}:${first}`, ...others]);
});

test('checklists: a section of ten items, one of none, and a list without sections', async () => {
	const list = (sections: string) => `title: Many\nphase: before-production\nsections:${sections}`;
	const found = await problems({
		'checklists/30-ten.yaml': list(`\n  - id: ten\n    title: Ten\n    items:\n${tenItems}`),
		'checklists/31-none.yaml': list('\n  - id: none\n    title: None\n    items: []\n'),
		'checklists/32-empty.yaml': list(' []\n'),
		'checklists/33-blank.yaml': '# nothing yet\n',
	});

	expect(found).toEqual([
		'checklists/30-ten.yaml:7:7 sections[0].items: has 10 entries. Fix: give at most 9.',
		'checklists/31-none.yaml:6:12 sections[0].items: has 0 entries. Fix: give at least 1.',
		'checklists/32-empty.yaml:3:11 sections: has 0 entries. Fix: give at least 1.',
		'checklists/33-blank.yaml:1:1 expected keys with values, found nothing. Fix: write keys with values.',
	]);
});

test('checklists: a section of nine items is fine', async () => {
	const nine = tenItems.slice(0, tenItems.lastIndexOf('      - '));

	expect(
		await problems({
			'checklists/30-nine.yaml': `title: Nine\nphase: before-production\nsections:\n  - id: nine\n    title: Nine\n    items:\n${nine}`,
		}),
	).toEqual([]);
});

test('checklists: an id is found in another file, and titles may repeat there', async () => {
	expect(await problems(edit(after, 'id: after-health', 'id: api-health'))).toEqual([
		`${after}:7:14 sections[0].items[0].id: api-health is also the id at ${backend}:7. Fix: give each its own.`,
	]);
});

test('checklists: an inherited property is no value', async () => {
	expect(await problems(edit(after, 'title: After', 'title: After\n__proto__: {}'))).toEqual([
		`${after}:2:1 __proto__: unknown key. Fix: remove it; known here: title, phase, sections.`,
	]);
});

test.each([
	[
		'an item that is not there',
		'[caching]',
		'[cahcing]',
		'6:13 frontend[0].items[0]: there is no item cahcing. Fix: did you mean caching?',
	],
	[
		'the id of a section',
		'[caching]',
		'[pages]',
		'6:13 frontend[0].items[0]: there is no item pages. Fix: use the id of an item.',
	],
	[
		"the other app's item",
		'[caching]',
		'[api-health]',
		'6:13 frontend[0].items[0]: api-health speaks of the backend alone. Fix: name items of scope frontend or both.',
	],
	[
		'an item of another phase',
		'[caching]',
		'[after-health]',
		'6:13 frontend[0].items[0]: after-health is in a list of after-production. Fix: name items of a list with phase before-production.',
	],
	[
		'an item twice',
		'[api-health, api-time]',
		'[api-time, api-time]',
		'3:23 backend[0].items[1]: api-time is named twice. Fix: keep one.',
	],
	['no item', '[caching]', '[]', '6:12 frontend[0].items: has 0 entries. Fix: give at least 1.'],
	[
		'words that are not those of VERIFIED',
		'All pages load',
		'All page load',
		'5:12 frontend[0].title: text "All page load" is not known here. Fix: did you mean All pages load?',
	],
	[
		'a title twice',
		'    items: [caching]\n',
		'    items: [caching]\n  - title: All pages load\n    items: [api-time]\n',
		'7:12 frontend[1].title: All pages load is given twice. Fix: make one of the two.',
	],
	['an unknown app', 'frontend:', 'fronted:', '4:1 fronted: unknown key. Fix: did you mean frontend?'],
])('verifications: %s is found at its place', async (_, from, to, expected) => {
	expect(await problems(edit(proofs, from, to))).toEqual([`${proofs}:${expected}`]);
});

test('verifications: while a list cannot be read, naming what may be in it is no mistake', async () => {
	const [first, ...others] = await problems({[backend]: 'title: Backend\n\tphase: x\n'});

	expect(first).toMatch(new RegExp(`^${backend}:2:1 `));
	expect(others.filter(line => line.startsWith(proofs))).toEqual([]);
});

test('checklists: all problems of all files come at once, in reading order', async () => {
	const found = await problems({
		...edit(backend, 'scope: backend', 'scope: back'),
		...edit(after, 'title: After\n', ''),
		...edit(proofs, '[caching]', '[nothing]'),
		'checklists/95-old.yml': 'title: Old\n',
		'checklists/96-latin.yaml': new Uint8Array([0xe9]),
	});

	expect(found.map(line => line.split(' ')[0])).toEqual([
		`${backend}:9:16`,
		`${after}:1:1`,
		'checklists/95-old.yml:1:1',
		'checklists/96-latin.yaml:1:1',
	]);
	expect(found[2]).toBe('checklists/95-old.yml:1:1 ends in .yml. Fix: rename it to 95-old.yaml.');
});

test('checklists: a file in place of the directory is a problem', async () => {
	using configuration = writeConfiguration({checklists: 'not a directory'});

	await expect(loadChecklists(configuration.path)).rejects.toMatchObject({
		code: 'configuration',
		what: `1 problem in the configuration ${configuration.path}`,
	});
});
