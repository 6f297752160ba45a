import {sectionsFor, type ChecklistFile, type ChecklistItem} from '../../domain/checklist/checklist.ts';
import {deployWords, rollbackWord, verifications} from '../../domain/runs/confirm.ts';
import {guidePlaces} from '../../domain/guides/guide-places.ts';
import {diagramOf, draft, listOf, sentences, shellLine, shellLines, tableOf, tickList, type Draft} from './blocks.ts';
import {scriptLine} from './by-hand.ts';
import {logTable, sshBlocks, urlTable} from './environment-tables.ts';
import {flowDiagram} from './flow-diagram.ts';
import {
	counted,
	itemsIn,
	allInWords,
	itemsBefore,
	productionsIn,
	promotionsIn,
	testedIn,
	withHosts,
	type GuideSources,
} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';
import {deployLine, rollbackLine} from './guide-steps.ts';
import {emergencyList, holidayBlocks, scheduleTable} from './schedule.ts';

const titlesOf = (environments: readonly {readonly title: string}[]): string =>
	allInWords(environments.map(({title}) => title));

const answerInWords = ({answer}: ChecklistItem): string | undefined => {
	switch (answer.kind) {
		case 'tick':
			return undefined;
		case 'choice':
			return `Good: ${answer.passing.join(', ')} (of ${answer.options.join(', ')}).`;
		case 'value': {
			const unit = answer.unit === undefined ? '' : ` ${answer.unit}`;
			const limits = [
				...(answer.atMost === undefined ? [] : [`at most ${answer.atMost}${unit}`]),
				...(answer.atLeast === undefined ? [] : [`at least ${answer.atLeast}${unit}`]),
			].join(', ');
			return `Write down ${answer.ask}${limits === '' ? unit && `, in${unit}` : `: ${limits}`}.`;
		}
	}
};

const probeInWords = ({probe}: ChecklistItem): string | undefined =>
	probe &&
	`Probed: ${probe.path} of the ${probe.on} answers ${probe.status}${probe.withinMs === undefined ? '' : ` within ${probe.withinMs} ms`}${probe.contains === undefined ? '' : ` and holds ${probe.contains}`}.`;

const tick = (item: ChecklistItem) => ({
	text: `${item.title} (${item.scope === 'both' ? 'both apps' : item.scope})`,
	detail: [
		item.how.trim(),
		answerInWords(item),
		probeInWords(item),
		item.mayNotApply ? 'May be not applicable, with a reason.' : undefined,
		`Why: ${item.why.trim()}`,
		`Id: ${item.id}.`,
	]
		.filter(Boolean)
		.join(' '),
});

/** One list of items: a heading for it, and one for each pause point where it has several. */
const listDrafts = ({title, sections}: ChecklistFile, more = ''): readonly Draft[] => {
	const count = counted(itemsIn(sections), 'item');
	const [only] = sections;
	return only && sections.length === 1
		? [
				draft(
					2,
					`${title}${more}: ${count}`,
					sentences(only.title === title ? undefined : `${only.title}.`, modeInWords(only)),
					tickList(only.items.map(tick)),
				),
			]
		: [
				draft(2, `${title}${more}: ${count}`),
				...sections.map(section =>
					draft(
						3,
						`${title}, ${section.title}: ${counted(section.items.length, 'item')}`,
						sentences(modeInWords(section)),
						tickList(section.items.map(tick)),
					),
				),
			];
};

const modeInWords = ({mode}: ChecklistFile['sections'][number]): string | undefined =>
	mode === 'read-do' ? 'In this order.' : undefined;

const phaseFiles = ({checklists}: GuideSources, phase: ChecklistFile['phase']): readonly ChecklistFile[] =>
	checklists.files.filter(file => file.phase === phase);

const testing = (sources: GuideSources): readonly Draft[] => {
	const tested = testedIn(sources.environments);
	const files = phaseFiles(sources, 'before-production');
	if (files.length === 0) return [];
	const [first] = tested;
	return [
		draft(
			1,
			tested.length === 0 ? 'Phase 1: Testing' : `Phase 1: ${titlesOf(tested)} testing`,
			sentences(
				`${counted(itemsIn(sectionsFor(sources.checklists, 'before-production')), 'item')}, each answered for the build that is live there, by name and with the time.`,
				'A new build of an app takes back what was answered for the one before.',
			),
			first &&
				shellLines('here', [
					shellLine`cockpit checklist show --env ${first.name}`,
					shellLine`cockpit checklist sign ${files[0]?.sections[0]?.items[0]?.id ?? ''} --env ${first.name} --result passed`,
				]),
		),
		...files.flatMap(file => listDrafts(file)),
	];
};

const approval = (sources: GuideSources): readonly Draft[] =>
	promotionsIn(sources.environments).map(({from, to}) => {
		const items = itemsBefore(sources);
		return draft(
			2,
			`${from.title} approval requirements for ${to.title}`,
			listOf([
				items === 0 ? undefined : `All ${counted(items, 'item')} passed; none failed, unclear or open.`,
				from.soakHours === 0
					? undefined
					: `${from.soakHours} h or more on ${from.title}: the same build, unchanged and healthy.`,
				`The build is the one that ${from.title} runs now, to the last file.`,
				'Every probe passes, asked at that moment.',
				to.approvals === 0
					? undefined
					: `${counted(to.approvals, 'signature')} of others than who deploys: cockpit approve.`,
				'Nobody else deploys or holds the environment.',
			]),
		);
	});

const afterProduction = (sources: GuideSources): readonly Draft[] => {
	const productions = productionsIn(sources.environments);
	if (productions.length === 0) return [];
	return [
		draft(1, `Phase 2: ${titlesOf(productions)} deployment`),
		draft(
			2,
			'Requirements',
			tableOf(
				['environment', 'server', 'words, exactly'],
				productions.map(environment => [
					environment.title,
					allInWords(environment.hosts.map(({address}) => address)),
					deployWords(environment).join(', then '),
				]),
			),
			sentences('The first word stands for these, each of which has been seen:'),
			...(['backend', 'frontend'] as const).map(app =>
				productions.some(environment => appsOf(environment).includes(app))
					? listOf(verifications[app].map(text => `${app}: ${text}`))
					: undefined,
			),
			shellLines(
				'here',
				productions.flatMap(environment => [
					...appsOf(environment).map(app => shellLine`cockpit gate ${app} --env ${environment.name}`),
					...appsOf(environment).map(app => deployLine(app, environment)),
				]),
			),
		),
		...phaseFiles(sources, 'after-production').flatMap(file => listDrafts(file, ', verification timeline')),
	];
};

const rollback = (sources: GuideSources): readonly Draft[] => {
	const hosted = withHosts(sources.environments);
	const triggers = sectionsFor(sources.checklists, 'rollback-triggers').flatMap(({items}) => items);
	return [
		draft(1, 'Rollback procedures'),
		draft(
			2,
			'Immediate triggers',
			sentences(
				triggers.length === 0
					? 'The set lists none. Go back whenever users are worse off than before.'
					: `One of ${counted(triggers.length, 'trigger')} seen is enough: go back first, look for the reason afterwards.`,
			),
			listOf(
				triggers.map(({title, how, why}) => `${title}: ${how.trim()} Why: ${why.trim()}`),
				true,
			),
		),
		draft(
			2,
			'Rollback commands',
			sentences(`To the release before, in seconds; open at any hour. Word: ${rollbackWord}.`),
			shellLines(
				'here',
				hosted.flatMap(environment => appsOf(environment).map(app => rollbackLine(app, environment))),
			),
			hosted.length === 0 ? undefined : sentences('Without the cockpit, on the host:'),
			...hosted.map(environment =>
				shellLines(
					environment.hosts[0]?.name ?? '',
					appsOf(environment).map(app => scriptLine(environment, app)),
				),
			),
			sentences('From a backup, and by hand: DEPLOYMENT_WORKFLOW_GUIDE.md, chapter 4.'),
		),
	];
};

const blocked = (sources: GuideSources): Draft => {
	const [production] = productionsIn(sources.environments);
	const [promotion] = promotionsIn(sources.environments);
	return draft(
		1,
		guidePlaces.blocked.heading,
		tableOf(
			['what is wrong', 'what is said', 'what to do'],
			[
				[
					promotion ? `${promotion.from.title} not verified` : 'not verified before',
					'the gate that is closed, exit 1',
					'do what it names: sign the items, wait for the soak or the window',
				],
				[
					'a confirmation is missing or not exact',
					'DEPLOYMENT BLOCKED and the words, exit 1',
					`type ${(production ? deployWords(production) : ['the word']).join(', then ')}`,
				],
				['files are missing', 'DEPLOYMENT BLOCKED, files missing: which, exit 1', 'commit them'],
				['the build fails', 'its own output, exit 3; live is untouched', 'mend it here, commit, deploy again'],
				['not as committed', 'which files differ, exit 1', 'commit or put back'],
				[
					'somebody changed live',
					'which files are added or changed, exit 1',
					'look at them first; a new deploy leaves them behind',
				],
				['somebody else deploys', 'who, since when, at which step, exit 6', 'wait, or cockpit resume RUN'],
				[
					'policy asks less than last time',
					'what it asks less, exit 1',
					'have it committed and accepted: --accept-policy DIGEST',
				],
				[
					'the live path belongs to another environment',
					'whose it is, exit 1',
					'correct path in the environment file',
				],
			],
		),
	);
};

/** The testing checklist, complete. Source: workflow, "DEPLOYMENT_CHECKLIST.md". */
export const checklistDrafts = (sources: GuideSources): readonly Draft[] => {
	const {environments} = sources;
	const before = phaseFiles(sources, 'before-production').filter(isBeforeDeploy);
	return [
		draft(1, 'Workflow', diagramOf(flowDiagram(sources))),
		...(before.length === 0 ? [] : [draft(1, 'Before a deployment')]),
		...before.flatMap(file => listDrafts(file)),
		...testing({...sources, checklists: without(sources.checklists, before)}),
		...approval(sources),
		...afterProduction(sources),
		...rollback(sources),
		draft(1, 'Deployment schedule', scheduleTable(environments), emergencyList(environments)),
		draft(2, 'Holidays', ...holidayBlocks(environments)),
		draft(1, 'Quick reference'),
		draft(2, 'Addresses', urlTable(environments)),
		draft(2, 'SSH and SSM', ...sshBlocks(environments)),
		draft(2, 'Log paths', logTable(environments)),
		blocked(sources),
	];
};

/** The list that is worked before anything is deployed: the first one, where there are others behind it. */
const isBeforeDeploy = (_: ChecklistFile, index: number, all: readonly ChecklistFile[]): boolean =>
	index === 0 && all.length > 1;

const without = (
	checklists: GuideSources['checklists'],
	files: readonly ChecklistFile[],
): GuideSources['checklists'] => ({...checklists, files: checklists.files.filter(file => !files.includes(file))});
