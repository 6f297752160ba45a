import {Option} from 'commander';
import {makeGuides} from '../../app/guides/make-guides.ts';
import {usage} from '../../domain/errors.ts';
import {guideIds, type Guide, type GuideId, type GuideSection} from '../../domain/guides/guide.ts';
import {renderMarkdown, renderSections, sectionWithAll} from '../../domain/guides/render-markdown.ts';
import type {CliContext, Cockpit} from '../cli-context.ts';
import {lookAtGuides, writeGuides, type GuideFile} from '../guides/write-guides.ts';
import {inColumns} from '../in-columns.ts';
import {jsonOption, type JsonOption} from '../options.ts';
import {printJson, tell} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {withCockpit}) => {
	program
		.command('docs')
		.description('the guides of your team, made from environments, checklists and steps; alone it lists them')
		.addOption(new Option('--guide <id>', 'print one, as Markdown').choices(guideIds))
		.option('--section <anchor>', 'with --guide: only what stands under this heading, by its anchor or number')
		.addOption(
			new Option(
				'--write <dir>',
				'write all of them there; files of somebody else are kept as *_OLD.md',
			).conflicts(['guide', 'check']),
		)
		.addOption(
			new Option('--check <dir>', 'exit 7 when one that was written there is out of date').conflicts('guide'),
		)
		.addOption(jsonOption())
		// A document for everybody must not depend on whose machine it was made on.
		.action(withCockpit(docs, {isForAll: true}));
};

type DocsOptions = JsonOption & {
	readonly guide?: GuideId;
	readonly section?: string;
	readonly write?: string;
	readonly check?: string;
};

/** Full id of the commit whose configuration counts; undefined where none is, or it can't be read. */
const commitOf = async ({services, environments, checklists}: Cockpit): Promise<string | undefined> => {
	try {
		return (await services.policy.read({environments, checklists})).commit;
	} catch {
		return undefined;
	}
};

/** `cockpit docs`: lists, prints, writes or checks the guides. Connects to nothing. */
const docs = async ({terminal}: CliContext, cockpit: Cockpit, options: DocsOptions): Promise<number> => {
	const {environments, checklists, services} = cockpit;
	const guides = makeGuides({environments, checklists, commit: await commitOf(cockpit), at: services.clock.now()});
	const {guide: id, section, write, check, json} = options;
	if (write !== undefined) return tellWritten(terminal, json, await writeGuides(write, guides));
	if (check !== undefined)
		return tellChecked(terminal, json, {directory: check, files: await lookAtGuides(check, guides)});
	const guide = guides.find(one => one.id === id);
	if (guide) return printGuide(terminal, json, {guide, section});
	if (section !== undefined)
		throw usage({
			what: 'Of which guide?',
			why: '--section is a part of one',
			next: `Add --guide ${guideIds.join(', --guide ')}.`,
		});
	return listGuides(terminal, json, guides);
};

const guideObject = ({id, title, file, version, madeFrom}: Guide) => ({
	type: 'guide',
	guide: id,
	title,
	file,
	version,
	madeFrom,
});

const listGuides = (terminal: Terminal, json: boolean, guides: readonly Guide[]): number => {
	if (json) for (const guide of guides) printJson(terminal, {...guideObject(guide), sections: guide.sections.length});
	else
		for (const line of inColumns(
			guides.map(({id, file, title, version, madeFrom}) =>
				[id, file, `${title} ${version}`, madeFrom].map(text => ({text})),
			),
		))
			terminal.out(`${line}\n`);
	return 0;
};

/** Throws DeployError `usage` that lists the headings there are. */
const sectionNamed = ({sections, title}: Guide, name: string): GuideSection => {
	const found = sections.find(({anchor, heading}) => anchor === name || heading.split(' ')[0] === name);
	if (found) return found;
	throw usage({
		what: `${title} has no section ${JSON.stringify(name)}`,
		why: `there are:\n${sections
			.filter(({level}) => level < 3)
			.map(({anchor, heading}) => `${anchor}  (${heading})`)
			.join('\n')}`,
		next: 'Name one of these with --section.',
	});
};

const printGuide = (
	terminal: Terminal,
	json: boolean,
	{guide, section}: {readonly guide: Guide; readonly section: string | undefined},
): number => {
	const sections = section === undefined ? guide.sections : sectionWithAll(guide, sectionNamed(guide, section));
	if (json) printJson(terminal, {...guideObject(guide), sections});
	else terminal.out(section === undefined ? renderMarkdown(guide) : renderSections(sections));
	return 0;
};

const fileObject = (type: string, {guide, path, was, kept}: GuideFile) => ({
	type,
	guide: guide.id,
	file: path,
	was,
	...(kept === undefined ? {} : {kept}),
});

const tellWritten = (terminal: Terminal, json: boolean, files: readonly GuideFile[]): number => {
	for (const file of files) {
		const {path, was, kept} = file;
		const text = was === 'current' ? `${path} is as it should be, unchanged` : `Written to ${path}`;
		const before = kept === undefined ? '' : `; what somebody else wrote is kept as ${kept}`;
		tell(terminal, json, fileObject('guide.written', file), text + before);
	}
	return 0;
};

const states = {
	current: ['success', '✓', 'is up to date'],
	outdated: ['danger', '✗', 'is out of date'],
	missing: ['danger', '✗', 'is not there'],
	foreign: ['danger', '✗', 'was written or changed by somebody else'],
} as const;

const tellChecked = (
	terminal: Terminal,
	json: boolean,
	{directory, files}: {readonly directory: string; readonly files: readonly GuideFile[]},
): number => {
	for (const file of files) {
		const [meaning, glyph, words] = states[file.was];
		tell(
			terminal,
			json,
			fileObject('guide.checked', file),
			`${paint(terminal, meaning, glyph)} ${file.guide.file} ${words}`,
		);
	}
	if (files.every(({was}) => was === 'current')) return 0;
	terminal.err(`Write them anew: cockpit docs --write ${directory}\n`);
	return 7;
};
