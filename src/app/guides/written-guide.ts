import type {Guide} from '../../domain/guides/guide.ts';
import {renderMarkdown} from '../../domain/guides/render-markdown.ts';
import {sha256} from '../sha256.ts';

/**
 * What a file of a guide is to us. `current`: as it would be written, whenever that was. `outdated`: ours, of other values.
 * `foreign`: somebody wrote it, or changed what we wrote.
 */
export type WrittenState = 'missing' | 'current' | 'outdated' | 'foreign';

const markOf = (guide: Pick<Guide, 'id' | 'madeFrom'>, body: string): string =>
	`\nMade by Release Cockpit, ${guide.madeFrom}.\n\n<!-- release-cockpit guide ${guide.id} sha256 ${sha256(body)} -->\n`;

const mark =
	/^([\s\S]*)\nMade by Release Cockpit, [^\n]*\n\n<!-- release-cockpit guide [a-z-]+ sha256 ([\da-f]{64}) -->\s*$/;

/** A guide as it is written into a file: the last line says whose it is, and what it must hold to be as it was written. */
export const writtenGuide = (guide: Guide): string => {
	const body = renderMarkdown(guide);
	return body + markOf(guide, body);
};

/** Judges what is in the file of a guide now. Git may have changed the ends of its lines; that is no change. */
export const writtenState = (guide: Guide, text: string | undefined): WrittenState => {
	if (text === undefined) return 'missing';
	const [, body = '', digest] = mark.exec(text.replaceAll('\r\n', '\n')) ?? [];
	if (digest === undefined || sha256(body) !== digest) return 'foreign';
	return body === renderMarkdown(guide) ? 'current' : 'outdated';
};

/** `DEPLOYMENT_CHECKLIST_OLD.md`, then `_OLD_2`: the name of that count under which a foreign file is kept. */
export const oldName = (file: string, count: number): string =>
	file.replace(/(\.md)?$/, `_OLD${count === 1 ? '' : `_${count}`}$1`);
