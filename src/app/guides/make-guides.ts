import {shortCommit} from '../../domain/build.ts';
import {dateFormat} from '../../domain/date-format.ts';
import type {Guide, GuideId} from '../../domain/guides/guide.ts';
import {sectionsOf, type Draft} from './blocks.ts';
import {checklistDrafts} from './checklist-guide.ts';
import type {GuideSources} from './guide-facts.ts';
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

const madeFrom = ({environments}: GuideSources, commit: string | undefined, at: number): string => {
	const timeZone = environments.at(-1)?.timeZone ?? 'UTC';
	const day = dateFormat(timeZone, {day: 'numeric', month: 'short'}).format(at);
	return `${commit === undefined ? 'not committed' : `made from ${shortCommit(commit)}`}, ${day}`;
};

/**
 * The three guides of a set. Each name, address, path, hour and step in them comes from the set or from the recipes.
 * `commit`: of the configuration; undefined: it is not committed. `at`: epoch milliseconds of now.
 */
export const makeGuides = ({
	commit,
	at,
	...sources
}: GuideSources & {readonly commit: string | undefined; readonly at: number}): readonly Guide[] => {
	const guide = (id: GuideId, drafts: readonly Draft[]): Guide => {
		const {title, file} = guideFiles[id];
		return {id, title, file, version, madeFrom: madeFrom(sources, commit, at), sections: sectionsOf(title, drafts)};
	};
	const others = (id: GuideId): readonly string[] =>
		Object.entries(guideFiles).flatMap(([name, {file}]) => (name === id ? [] : [file]));
	return [
		guide('workflow-guide', workflowDrafts(sources, others('workflow-guide'))),
		guide('checklist', checklistDrafts(sources)),
		guide('quick-reference', quickDrafts(sources)),
	];
};
