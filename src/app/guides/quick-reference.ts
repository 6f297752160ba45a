import {sectionsFor, type ChecklistFile} from '../../domain/checklist/checklist.ts';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import {diagramOf, draft, listOf, shellLine, shellLines, tableOf, type Draft} from './blocks.ts';
import {scriptLine, sshTo} from './by-hand.ts';
import {healthBlock, logTable, sshBlocks, urlTable} from './environment-tables.ts';
import {shortFlow} from './flow-diagram.ts';
import {itemsIn, productionsIn, withHosts, type GuideSources} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';
import {deployLine, rollbackLine} from './guide-steps.ts';
import {scheduleTable} from './schedule.ts';

/** The environments one goes back on in an emergency: production, else the last there is. */
const emergencyPlaces = ({environments}: GuideSources) => {
	const productions = productionsIn(environments);
	return productions.length > 0 ? productions : withHosts(environments).slice(-1);
};

const emergencyLines = (sources: GuideSources): readonly string[] =>
	emergencyPlaces(sources).flatMap(environment => [
		...appsOf(environment).map(app => rollbackLine(app, environment)),
		...appsOf(environment).map(app => {
			const [host] = environment.hosts;
			return `${host ? `${sshTo(host)} ` : ''}${shellLine`${scriptLine(environment, app)}`}`;
		}),
	]);

/** A line for what is seen before anything is deployed, one for each list of several parts, one for the others. */
const condensed = ({checklists}: GuideSources): readonly string[] => {
	const [first, ...files] = checklists.files.filter(({phase}) => phase === 'before-production');
	const head = ({title, sections}: ChecklistFile): string => `${title} (${itemsIn(sections)})`;
	const short = files.filter(({sections}) => sections.length === 1);
	return [
		...(first
			? [`${head(first)}: ${first.sections.flatMap(({items}) => items.map(({title}) => title)).join(', ')}`]
			: []),
		...files
			.filter(({sections}) => sections.length > 1)
			.map(file => `${head(file)}: ${file.sections.map(({title}) => title).join(', ')}`),
		...(short.length === 0 ? [] : [short.map(head).join(', ')]),
	];
};

/** One page to keep at hand. Source: workflow, "DEPLOYMENT_QUICK_REFERENCE.md". */
export const quickDrafts = (sources: GuideSources): readonly Draft[] => {
	const {environments, checklists} = sources;
	const hosted = withHosts(environments);
	const items = sectionsFor(checklists, 'before-production');
	const triggers = sectionsFor(checklists, 'rollback-triggers').flatMap(section => section.items);
	return [
		draft(1, 'Flow', diagramOf(shortFlow(sources))),
		draft(
			1,
			'Commands',
			shellLines('here', [
				'cockpit status',
				...hosted.flatMap(environment => appsOf(environment).map(app => deployLine(app, environment))),
				...emergencyPlaces(sources).map(({name}) => shellLine`cockpit backups list --env ${name}`),
			]),
		),
		draft(1, `Emergency rollback (${rollbackWord})`, shellLines('here', emergencyLines(sources))),
		draft(1, 'Health checks', healthBlock(environments)),
		draft(1, 'Addresses', urlTable(environments)),
		draft(1, 'Access', ...sshBlocks(environments)),
		draft(1, 'Logs of errors', logTable(environments, 'errors')),
		draft(1, 'Schedule', scheduleTable(environments)),
		draft(1, 'Checklist before a deploy', listOf(condensed(sources))),
		draft(1, 'Roll back when', listOf(triggers.length === 0 ? [] : [triggers.map(({title}) => title).join('; ')])),
		draft(1, 'Quick fixes', quickFixes(sources, items.length > 0)),
	];
};

const quickFixes = ({environments}: GuideSources, hasItems: boolean) => {
	const hosted = withHosts(environments);
	const has = {
		backend: hosted.some(({apps}) => apps.backend),
		frontend: hosted.some(({apps}) => apps.frontend),
	};
	return tableOf(
		['trouble', 'fix'],
		[
			['DEPLOYMENT BLOCKED', `cockpit gate APP --env NAME${hasItems ? '; cockpit checklist show' : ''}`],
			['connection lost, cockpit gone', 'cockpit resume'],
			...(has.backend ? [['500 errors', 'cockpit logs --env NAME --since swap']] : []),
			...(has.frontend ? [['old BUILD_ID, PM2 down', 'pm2 list; pm2 logs; pm2 restart NAME']] : []),
			['disk full', 'cockpit backups prune --env NAME'],
		],
	);
};
