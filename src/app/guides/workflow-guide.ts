import {posix} from 'node:path';
import {deployWords} from '../../domain/runs/confirm.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {diagramOf, draft, listOf, sentences, shellLine, shellLines, tableOf, type Draft} from './blocks.ts';
import {handHost, refreshLines} from './by-hand.ts';
import {
	appTable,
	environmentTable,
	fileOf,
	healthBlock,
	logTable,
	sshBlocks,
	urlTable,
	watchBlocks,
} from './environment-tables.ts';
import {shortFlow} from './flow-diagram.ts';
import {
	edgesIn,
	allInWords,
	itemsBefore,
	neverInWords,
	productionsIn,
	testedIn,
	windowInWords,
	withHosts,
	type GuideSources,
} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';
import {deployLine, rollbackLine, stepsOf} from './guide-steps.ts';
import {rollbackDrafts} from './rollback-chapter.ts';
import {emergencyList, scheduleTable} from './schedule.ts';
import {troubleshootingDrafts} from './troubleshooting.ts';

const overview = ({environments}: GuideSources): readonly Draft[] => [
	draft(1, '1 Environment overview', urlTable(environments)),
	...environments.flatMap((environment, index) => [
		draft(2, `1.${index + 1} ${environment.title}`, ...environmentTable(environment)),
		...appsOf(environment).map(app => draft(3, `The ${app} of ${environment.title}`, appTable(environment, app))),
		...(environment.hosts.length === 0
			? []
			: [draft(3, `What is watched on ${environment.title}`, ...watchBlocks(environment))]),
	]),
];

const sameHost = ({hosts}: Environment): string | undefined => {
	const [primary, ...more] = hosts;
	return primary && more.length > 0
		? `Lock, ledger, backups and deploys are on ${primary.name}; ${allInWords(more.map(({name}) => name))} ${more.length === 1 ? 'is' : 'are'} watched and read.`
		: undefined;
};

const stepsDraft = (sources: GuideSources, environment: Environment, app: AppName, number: string): Draft => {
	const {titles, closing, swap} = stepsOf(sources.environments, {environment, app, kind: 'deploy'});
	const title = titles[swap - 1] ?? '';
	return draft(
		3,
		`${number} ${app} to ${environment.title}: ${titles.length} steps`,
		shellLines('here', [deployLine(app, environment)]),
		listOf([...titles, ...closing], true),
		sentences(`Live is untouched until step ${swap}, "${title}".`),
	);
};

const edgeDrafts = (sources: GuideSources): readonly Draft[] =>
	edgesIn(sources.environments)
		.filter(({to}) => to.hosts.length > 0)
		.flatMap(({from, to}, index) => {
			const items = itemsBefore(sources);
			const isPromotion = from !== undefined && from.hosts.length > 0;
			const number = `2.${index + 1}`;
			return [
				draft(
					2,
					`${number} ${from ? `${from.title} to ` : ''}${to.title}`,
					sentences(sameHost(to)),
					listOf(
						[
							from && !isPromotion ? 'Commit: only what is committed is deployed.' : undefined,
							isPromotion && items > 0
								? `Have all ${items} items of the checklist answered on ${from.title}: screen 2, or cockpit checklist show --env ${from.name}.`
								: undefined,
							isPromotion && from.soakHours > 0
								? `Wait until the build has been live and healthy on ${from.title} for ${from.soakHours} h.`
								: undefined,
							to.approvals > 0 ? `Have it signed by ${to.approvals} others: cockpit approve.` : undefined,
							to.window
								? `Come ${windowInWords(to.window, to.timeZone)}; never: ${neverInWords(to)}.`
								: undefined,
							`Ask whether it may go: cockpit gate APP --env ${to.name}.`,
							`Deploy: screen 3, or the command below. Words: ${deployWords(to).join(', then ')}.`,
							to.tier === 'production'
								? `Watch what comes of it: screen 5, or cockpit watch --env ${to.name}.`
								: `Test it on ${to.urls.site}.`,
						],
						true,
					),
				),
				...appsOf(to).map((app, at) => stepsDraft(sources, to, app, `${number}.${at + 1}`)),
			];
		});

const switching = ({environments}: GuideSources): readonly Draft[] => {
	const [first] = environments;
	const switchTo = environments.map(({name}) => shellLine`cockpit env use ${name}`);
	return [
		draft(
			1,
			'3 Environment switching',
			sentences(
				'On hosts nothing is switched: the backend reads the .env of its host, and the frontend is built for one environment. What is switched is the working copy of an engineer.',
			),
		),
		draft(
			2,
			'3.1 By the cockpit',
			shellLines('here', [...switchTo, 'cockpit env diff --app backend']),
			listOf([
				'env use gives the working copy the values of an environment; what was there is kept.',
				'env diff shows the values of all environments side by side, and which keys are missing.',
				'cockpit env set KEY --env NAME changes one value on a host, as a run, with a backup of the file.',
			]),
		),
		draft(
			2,
			'3.2 By hand',
			sentences('Here: copy the template, and fill in what stands as a reference.'),
			shellLines(
				'here',
				first && first.apps.backend
					? environments.map(
							({name, apps}) =>
								shellLine`cp ${`environments/.env.${name}`} ${`${posix.basename(apps.backend?.source ?? 'backend')}/.env`}`,
						)
					: [],
			),
			...withHosts(environments).flatMap(environment => {
				const {backend} = environment.apps;
				return backend
					? [
							sentences(`On ${environment.title}, one value of the backend:`),
							shellLines(handHost(environment), [
								shellLine`sudo nano ${`${backend.path}/.env`}`,
								shellLine`sudo -u ${backend.owner} ${backend.php} ${`${backend.path}/artisan`} config:cache`,
								...refreshLines(backend),
							]),
						]
					: [];
			}),
			sentences(
				'A value of the frontend is compiled in: change buildEnvironment of the environment file, commit, deploy.',
			),
		),
	];
};

const commands = ({environments}: GuideSources): readonly Draft[] => {
	const hosted = withHosts(environments);
	const perApp = (line: (app: AppName, environment: Environment) => string): readonly string[] =>
		hosted.flatMap(environment => appsOf(environment).map(app => line(app, environment)));
	return [
		draft(1, '6 Quick command reference'),
		draft(2, '6.1 SSH', ...sshBlocks(environments)),
		draft(
			2,
			'6.2 Deployment',
			shellLines('here', [
				...perApp((app, {name}) => shellLine`cockpit gate ${app} --env ${name}`),
				...perApp((app, environment) => deployLine(app, environment)),
				...perApp((app, environment) => rollbackLine(app, environment)),
				'cockpit resume',
			]),
		),
		draft(
			2,
			'6.3 Monitoring',
			shellLines('here', [
				'cockpit status',
				...hosted.map(({name}) => shellLine`cockpit logs --env ${name} --follow`),
				...productionsIn(environments).map(({name}) => shellLine`cockpit watch --env ${name}`),
				...hosted.map(({name}) => shellLine`cockpit history --env ${name}`),
			]),
			logTable(environments),
		),
		draft(2, '6.4 Health checks', healthBlock(environments)),
	];
};

/** What else there is to read. `files`: those of the other guides. */
const related = ({environments, checklists}: GuideSources, files: readonly string[]): Draft =>
	draft(
		1,
		'7 Related documentation',
		tableOf(
			['where', 'what'],
			[
				...files.map(file => [file, 'made of the same files as this guide'] as const),
				...environments.map(
					environment => [fileOf(environment), `every value of ${environment.title}`] as const,
				),
				...checklists.files.map(({file, title}) => [file, `the list "${title}"`] as const),
				['cockpit --help', 'every command'],
				['? on any screen', 'the keys that work there'],
			],
		),
	);

/** How a team works, from the first commit to the way back. Source: workflow, "DEPLOYMENT_WORKFLOW_GUIDE.md". */
export const workflowDrafts = (sources: GuideSources, files: readonly string[]): readonly Draft[] => {
	const {environments} = sources;
	const tested = testedIn(environments);
	return [
		...overview(sources),
		draft(
			1,
			'2 Deployment workflow',
			sentences(
				tested.length === 0
					? 'Each deploy is prepared beside live and swapped in at once.'
					: `Every build goes through ${allInWords(tested.map(({title}) => title))}; no flag leads around it.`,
			),
			diagramOf(shortFlow(sources)),
			scheduleTable(environments),
			emergencyList(environments),
		),
		...edgeDrafts(sources),
		...switching(sources),
		...rollbackDrafts(sources),
		...troubleshootingDrafts(sources),
		...commands(sources),
		related(sources, files),
	];
};
