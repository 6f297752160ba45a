import {expect, test} from 'vitest';
import {anchorOf} from '../../../src/domain/guides/anchor.ts';
import type {Guide, GuideBlock} from '../../../src/domain/guides/guide.ts';
import {renderMarkdown, renderSections, sectionWithAll} from '../../../src/domain/guides/render-markdown.ts';

const guide = (...blocks: readonly GuideBlock[]): Guide => ({
	id: 'checklist',
	title: 'Deployment checklist',
	file: 'DEPLOYMENT_CHECKLIST.md',
	version: '2.0',
	madeFrom: 'not committed, 10 Feb',
	sections: [{heading: '1 First', level: 1, anchor: '1-first', blocks}],
});

const body = (...blocks: readonly GuideBlock[]): string =>
	renderMarkdown(guide(...blocks)).split('## 1 First\n\n')[1] ?? '';

test.each([
	['<script>alert(1)</script>', String.raw`\<script\>alert(1)\</script\>`],
	['&lt;b&gt; and a & b', String.raw`\&lt;b\&gt; and a & b`],
	['[text](javascript:x)', String.raw`\[text\](javascript:x)`],
	['see ![x](y)', String.raw`see ![x\](y)`],
	['`code` and *stars*', String.raw`\`code\` and \*stars\*`],
	['qsights_local and _so_', String.raw`qsights_local and \_so\_`],
	['# no heading', String.raw`\# no heading`],
	['- no item', String.raw`\- no item`],
	['1. no number', String.raw`1\. no number`],
	['~~not struck~~ but ~/.cockpit', String.raw`\~~not struck\~~ but ~/.cockpit`],
	['back\\slash', String.raw`back\\slash`],
])('Markdown: %s is shown, not obeyed', (text, markdown) => {
	expect(body({kind: 'text', text})).toBe(`${markdown}\n`);
});

test('Markdown: a cell does not end its table, and an item is no box of its own', () => {
	expect(body({kind: 'table', head: ['a|b'], rows: [['c|d']]})).toBe(
		[String.raw`| a\|b |`, '| --- |', String.raw`| c\|d |`, ''].join('\n'),
	);
	expect(body({kind: 'list', isOrdered: false, items: ['[ ] a box']})).toBe(`- ${String.raw`\[ ] a box`}\n`);
	expect(body({kind: 'checks', items: [{text: 'seen', detail: 'how'}, {text: 'done'}]})).toBe(
		['- [ ] seen\\', '      how', '- [ ] done', ''].join('\n'),
	);
});

test('Markdown: a fence is longer than what it holds, which stands as it is', () => {
	expect(body({kind: 'commands', on: 'here', lines: ['echo ``` | cat', 'a *b* <c>']})).toBe(
		['````sh', 'echo ``` | cat', 'a *b* <c>', '````', ''].join('\n'),
	);
});

test.each([
	['4.2 Restore a database snapshot', '42-restore-a-database-snapshot'],
	['Étage, zwei: 12 items', 'étage-zwei-12-items'],
	['A_b - c', 'a_b---c'],
])('anchor: %s', (heading, anchor) => {
	expect(anchorOf(heading)).toBe(anchor);
});

test('a section with all below it ends at the next of its level', () => {
	const section = (heading: string, level: 1 | 2 | 3) => ({heading, level, anchor: anchorOf(heading), blocks: []});
	const sections = [section('1', 1), section('1.1', 2), section('1.1.1', 3), section('1.2', 2), section('2', 1)];
	const [, second] = sections;

	expect(sectionWithAll({sections}, second ?? section('', 1)).map(({heading}) => heading)).toEqual(['1.1', '1.1.1']);
	expect(renderSections(sections.slice(0, 2))).toBe('## 1\n\n### 1.1\n');
});
