import {sectionsFor, type ChecklistFile} from '../../domain/checklist/checklist.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import {diagramOf, draft, listOf, shellLine, shellLines, type Draft} from './blocks.ts';
import {scriptLine} from './by-hand.ts';
import {healthLines, sshLines, urlTable} from './environment-tables.ts';
import {shortFlow} from './flow-diagram.ts';
import {allInWords, itemsIn, productionsIn, withHosts, type GuideSources} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';
import {deployLine, rollbackLine} from './guide-steps.ts';

/** Columns of an item of a list, without its mark and what Markdown needs to show it as it is. */
const room = 94;

/** Phrases in as few lines as hold them. */
const packed = (phrases: readonly string[], between: string): readonly string[] => {
	const lines: string[] = [];
	for (const phrase of phrases) {
		const longer = `${lines.at(-1)}${between}${phrase}`;
		if (lines.length > 0 && longer.length <= room) lines[lines.length - 1] = longer;
		else lines.push(phrase);
	}
	return lines;
};

/** As many of the phrases as one line holds behind its head, and how many are left. */
const upTo = (head: string, phrases: readonly string[]): string => {
	const whole = `${head}: ${phrases.join(', ')}`;
	if (whole.length <= room) return whole;
	for (let count = phrases.length - 1; count > 0; count--) {
		const line = `${head}: ${phrases.slice(0, count).join(', ')}, ${phrases.length - count} more`;
		if (line.length <= room) return line;
	}
	return head;
};

/** The environments one goes back on in an emergency: production, else the last there is. */
const emergencyPlaces = ({environments}: GuideSources) => {
	const productions = productionsIn(environments);
	return productions.length > 0 ? productions : withHosts(environments).slice(-1);
};

/** Two ways to one end: those of the second say so, for whoever copies a line and does not read the page. */
const emergencyLines = (sources: GuideSources): readonly string[] =>
	emergencyPlaces(sources).flatMap(environment => [
		...appsOf(environment).map(app => rollbackLine(app, environment)),
		...appsOf(environment).map(app => `${scriptLine(environment, app)} # INSTEAD, on host`),
	]);

const deployLines = ({environments}: GuideSources): readonly string[] =>
	withHosts(environments).map(environment => {
		const [app = 'backend', ...others] = appsOf(environment);
		return deployLine(others.length > 0 ? 'release' : app, environment);
	});

/** A line for each list of several parts, and the others by name and count. */
const condensed = ({checklists}: GuideSources): readonly string[] => {
	const files = checklists.files.filter(({phase}) => phase === 'before-production');
	const head = ({title, sections}: ChecklistFile): string => `${title} (${itemsIn(sections)})`;
	const [short, long] = [true, false].map(isShort =>
		files.filter(({sections}) => (sections.length === 1) === isShort),
	);
	return [
		...(long ?? []).map(file =>
			upTo(
				head(file),
				file.sections.map(({title}) => title),
			),
		),
		...packed((short ?? []).map(head), ', '),
	];
};

/** Logs that hold errors: where each is, and where it is called so. */
const logLines = (sources: GuideSources): readonly string[] => {
	const logs = withHosts(sources.environments).flatMap(environment =>
		logSources(environment)
			.filter(({kind}) => kind !== 'pm2-out' && kind !== 'nginx-access')
			.map(({path}) => ({path, on: environment.title})),
	);
	const byPlace = Map.groupBy(
		[...Map.groupBy(logs, ({path}) => path)].map(([path, all]) => ({
			path,
			on: allInWords([...new Set(all.map(({on}) => on))]),
		})),
		({on}) => on,
	);
	return [...byPlace].flatMap(([on, all]) => {
		const [line = '', ...more] = packed(
			[`${on}: ${all[0]?.path ?? ''}`, ...all.slice(1).map(({path}) => path)],
			', ',
		);
		return [line, ...more];
	});
};

/** One page to keep at hand, on paper too. Source: workflow, "DEPLOYMENT_QUICK_REFERENCE.md". */
export const quickDrafts = (sources: GuideSources): readonly Draft[] => {
	const {environments, checklists} = sources;
	const triggers = sectionsFor(checklists, 'rollback-triggers').flatMap(section => section.items);
	return [
		draft(1, 'Flow and schedule', diagramOf(shortFlow(sources, {isDense: true}))),
		draft(
			1,
			'Commands (release: both apps, else backend or frontend)',
			shellLines('here', [
				'cockpit status',
				...deployLines(sources),
				...emergencyPlaces(sources).map(({name}) => shellLine`cockpit backups list --env ${name}`),
			]),
		),
		draft(
			1,
			`Emergency rollback (${rollbackWord}): ONE line, for the app that is bad`,
			shellLines('here', emergencyLines(sources)),
		),
		draft(
			1,
			'Roll back when',
			listOf(
				packed(
					triggers.map(({title}) => title),
					'; ',
				),
			),
		),
		draft(1, 'Health checks', shellLines('here', healthLines(environments))),
		draft(1, 'Addresses', urlTable(environments)),
		draft(1, 'Access', shellLines('here', sshLines(environments))),
		draft(1, 'Logs of errors', listOf(logLines(sources))),
		draft(1, 'Checklist before a deploy', listOf(condensed(sources))),
		draft(1, 'Quick fixes', listOf(quickFixes(sources))),
	];
};

const quickFixes = (sources: GuideSources): readonly string[] => {
	const hosted = withHosts(sources.environments);
	const has = {
		backend: hosted.some(({apps}) => apps.backend),
		frontend: hosted.some(({apps}) => apps.frontend),
	};
	return packed(
		[
			'DEPLOYMENT BLOCKED: cockpit gate APP --env NAME',
			'disk full: cockpit backups prune --env NAME',
			'cut off: cockpit resume RUN --env NAME',
			...(has.backend ? ['500 errors: cockpit logs --env NAME --since swap'] : []),
			...(has.frontend ? ['old BUILD_ID, PM2 down: pm2 list; pm2 logs; pm2 restart NAME'] : []),
		],
		' / ',
	);
};
