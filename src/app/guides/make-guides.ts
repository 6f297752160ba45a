import {shortCommit} from '../../domain/build.ts';
import {dateFormat} from '../../domain/date-format.ts';
import type {Guide, GuideId} from '../../domain/guides/guide.ts';
import {sectionsOf, type Draft} from './blocks.ts';
import {checklistDrafts} from './checklist-guide.ts';
import {checklistsOf, type GuideSources} from './guide-facts.ts';
import {quickDrafts} from './quick-reference.ts';
import {workflowDrafts} from './workflow-guide.ts';

/** Names people know them by. Source: workflow, "Comprehensive Documentation". */
export const guideFiles: Readonly<Record<GuideId, {readonly title: string; readonly file: string}>> = {
	'workflow-guide': {title: 'Workflow guide', file: 'DEPLOYMENT_WORKFLOW_GUIDE.md'},
	checklist: {title: 'Deployment checklist', file: 'DEPLOYMENT_CHECKLIST.md'},
	'quick-reference': {title: 'Quick reference', file: 'DEPLOYMENT_QUICK_REFERENCE.md'},
};

/** Of what a guide says and in which order: raised when that changes, whatever the values in it. */
const version = '2.0';

/** What guides are made of, and of which day that is. Times are epoch milliseconds. */
export type GuideMaking = GuideSources & {
	/** Full id of the commit of the configuration; undefined: it is not committed. */
	readonly commit: string | undefined;
	/** When that was committed; undefined: nobody knows. */
	readonly committedAt?: number | undefined;
	/** Now: the day of a guide whose configuration has none. */
	readonly at: number;
};

/** The day of the commit, so that one set makes one guide, whenever and wherever it is made. */
const madeFrom = ({environments, commit, committedAt, at}: GuideMaking): string => {
	const timeZone = environments.at(-1)?.timeZone ?? 'UTC';
	const format = dateFormat(timeZone, {day: 'numeric', month: 'short', year: 'numeric'});
	if (commit === undefined) return `not committed, ${format.format(at)}`;
	return committedAt === undefined
		? `made from ${shortCommit(commit)} on ${format.format(at)}`
		: `made from ${shortCommit(commit)} of ${format.format(committedAt)}`;
};

/** The three guides of a set. Each name, address, path, hour and step in them comes from the set or from the recipes. */
export const makeGuides = (making: GuideMaking): readonly Guide[] => {
	const sources = {...making, checklists: checklistsOf(making)};
	const guide = (id: GuideId, drafts: readonly Draft[]): Guide => {
		const {title, file} = guideFiles[id];
		return {id, title, file, version, madeFrom: madeFrom(making), sections: sectionsOf(title, drafts)};
	};
	const others = (id: GuideId): readonly string[] =>
		Object.entries(guideFiles).flatMap(([name, {file}]) => (name === id ? [] : [file]));
	return [
		guide('workflow-guide', workflowDrafts(sources, others('workflow-guide'))),
		guide('checklist', checklistDrafts(sources)),
		guide('quick-reference', quickDrafts(sources)),
	];
};
