import type {Guide, GuideBlock, GuideSection} from './guide.ts';

/**
 * Plain text as Markdown that shows it: nothing in it makes a mark, a link or a tag. Underscores within words are left, for
 * names of people's own are full of them.
 */
const escapeText = (text: string): string =>
	text
		.replaceAll(/[\\`*<>|]|~~|\](?=[([:])/g, String.raw`\$&`)
		.replaceAll(/&(?=#?\w+;)/g, String.raw`\&`)
		.replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
		.replace(/^(\s*)([#+=[-])/, String.raw`$1\$2`)
		.replace(/^(\s*\d+)([.)])(?=\s|$)/, String.raw`$1\$2`);

/** A heading begins where nothing can be taken for something else. */
const escapeHeading = (text: string): string => escapeText(`. ${text}`).slice(2);

/** Long enough that nothing in it ends it. */
const fenced = (lines: readonly string[], language: string): readonly string[] => {
	const longest = Math.max(2, ...lines.flatMap(line => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
	const fence = '`'.repeat(longest + 1);
	return [fence + language, ...lines, fence];
};

const row = (cells: readonly string[]): string => `| ${cells.map(cell => escapeHeading(cell)).join(' | ')} |`;

const blockLines = (block: GuideBlock): readonly string[] => {
	switch (block.kind) {
		case 'text':
			return [escapeText(block.text)];
		case 'list':
			return block.items.map((item, index) =>
				block.isOrdered ? `${index + 1}. ${escapeText(item)}` : `- ${escapeText(item)}`,
			);
		case 'checks':
			return block.items.flatMap(({text, detail}) =>
				detail === undefined
					? [`- [ ] ${escapeHeading(text)}`]
					: [`- [ ] ${escapeHeading(text)}\\`, `      ${escapeHeading(detail)}`],
			);
		case 'commands':
			return fenced(block.lines, 'sh');
		case 'table':
			return [row(block.head), `|${' --- |'.repeat(block.head.length)}`, ...block.rows.map(row)];
		case 'diagram':
			return fenced(block.lines, 'text');
	}
};

const sectionLines = ({heading, level, blocks}: GuideSection): readonly string[] => [
	'',
	`${'#'.repeat(level + 1)} ${escapeHeading(heading)}`,
	...blocks.flatMap(block => ['', ...blockLines(block)]),
];

/** Headings down to the second level, where there are so many that one looks for them. */
const contents = (sections: readonly GuideSection[]): readonly string[] => {
	const listed = sections.filter(({level}) => level < 3);
	return listed.length < 20
		? []
		: [
				'',
				...listed.map(
					({heading, level, anchor}) => `${'  '.repeat(level - 1)}- [${escapeHeading(heading)}](#${anchor})`,
				),
			];
};

/** A section with everything below it. */
export const sectionWithAll = ({sections}: Pick<Guide, 'sections'>, first: GuideSection): readonly GuideSection[] => {
	const start = sections.indexOf(first);
	const rest = sections.slice(start + 1);
	const end = rest.findIndex(({level}) => level <= first.level);
	return [first, ...(end === -1 ? rest : rest.slice(0, end))];
};

/** Some sections of a guide, as they stand in its Markdown. */
export const renderSections = (sections: readonly GuideSection[]): string =>
	`${sections.flatMap(sectionLines).slice(1).join('\n')}\n`;

/** A guide as Markdown, for GitHub and what reads the same. The end of the last line included. */
export const renderMarkdown = ({title, version, sections}: Guide): string =>
	[
		`# ${escapeHeading(title)}`,
		'',
		`Version ${escapeHeading(version)}`,
		...contents(sections),
		...sections.flatMap(sectionLines),
		'',
	].join('\n');
