import {posix} from 'node:path';
import {guidePlaces} from '../../domain/guides/guide-places.ts';
import {deployWords} from '../../domain/runs/confirm.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {diagramOf, draft, listOf, sentences, shellLine, shellLines, tableOf, type Draft} from './blocks.ts';
import {handHost, valueLines} from './by-hand.ts';
import {
	appTable,
	environmentTable,
	fileOf,
	healthBlock,
	logSentence,
	logTable,
	sshBlock,
	urlTable,
	watchBlocks,
} from './environment-tables.ts';
import {shortFlow} from './flow-diagram.ts';
import {
	appsIn,
	counted,
	edgesIn,
	allInWords,
	itemsBefore,
	itemsInWords,
	neverInWords,
	productionsIn,
	testedIn,
	windowInWords,
	withHosts,
	type GuideSources,
} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';
import {signLine} from './checklist-guide.ts';
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
	const {titles, closing, touches} = stepsOf(sources.environments, {environment, app, kind: 'deploy'});
	const title = titles[touches - 1] ?? '';
	return draft(
		3,
		`${number} ${app} to ${environment.title}: ${titles.length} steps`,
		shellLines('here', [deployLine(app, environment)]),
		listOf([...titles, ...closing], true),
		sentences(`Live is untouched until step ${touches}, "${title}".`),
	);
};

const headlessInWords = ({headless, title}: Environment): string | undefined =>
	({
		allow: undefined,
		expect: `Without a terminal ${title} asks which commit is meant: add --expect COMMIT to the command, as git rev-parse HEAD prints it.`,
		forbid: `${title} is deployed to from a terminal alone: without one the command is refused.`,
	})[headless];

const edgeDrafts = (sources: GuideSources): readonly Draft[] =>
	edgesIn(sources.environments)
		.filter(({to}) => to.hosts.length > 0)
		.flatMap(({from, to}, index) => {
			const items = itemsBefore(sources);
			const isPromotion = from !== undefined && from.hosts.length > 0;
			const number = `2.${index + 1}`;
			const both = appsOf(to).length > 1;
			return [
				draft(
					2,
					`${number} ${from ? `${from.title} to ` : ''}${to.title}`,
					sentences(sameHost(to)),
					listOf(
						[
							from && !isPromotion ? 'Commit: only what is committed is deployed.' : undefined,
							'Where the host is as the old scripts left it, take it over once: 5.5.',
							isPromotion && items > 0
								? `Have every item of the app passed on ${from.title} (${itemsInWords(sources)}; some are of both): screen 2, or cockpit checklist show --env ${from.name}. Sign what you saw there with p, f or u, or: ${signLine(sources.checklists, from)}. How: DEPLOYMENT_CHECKLIST.md, "${guidePlaces.signing.heading}".`
								: undefined,
							isPromotion && from.soakHours > 0
								? `Wait until the build has been live and healthy on ${from.title} for ${from.soakHours} h.`
								: undefined,
							to.approvals > 0
								? `Have it signed by ${counted(to.approvals, 'other person').replace('persons', 'people')}: cockpit approve APP --env ${from?.name ?? to.name}.`
								: undefined,
							to.window
								? `Come ${windowInWords(to.window, to.timeZone)}; never: ${neverInWords(to)}.`
								: undefined,
							`Ask whether it may go: cockpit gate APP --env ${to.name}.`,
							`Deploy: screen 3, or the command below. Words: ${deployWords(to).join(', then ')}.`,
							headlessInWords(to),
							to.tier === 'production'
								? `Watch what comes of it: screen 5, or cockpit watch --env ${to.name}.`
								: `Test it on ${to.urls.site}.`,
						],
						true,
					),
					both ? sentences('Both apps in one go, the backend first:') : undefined,
					both ? shellLines('here', [deployLine('release', to)]) : undefined,
				),
				...appsOf(to).map((app, at) => stepsDraft(sources, to, app, `${number}.${at + 1}`)),
			];
		});

const templateLine = ({environments}: GuideSources): readonly string[] => {
	const source = environments.flatMap(({apps}) => apps.backend ?? [])[0]?.source ?? 'backend';
	const file = `${posix.basename(source)}/.env`;
	return environments
		.filter(({apps}) => apps.backend)
		.map(
			({name}) =>
				shellLine`test ! -e ${file} || cp -p ${file} ${`${file}.before`} && cp ${`environments/.env.${name}`} ${file} || echo 'STOP: nothing was switched'`,
		);
};

const switching = (sources: GuideSources): readonly Draft[] => {
	const {environments} = sources;
	const [first] = environments;
	const switchTo = environments.map(({name}) => shellLine`cockpit env use ${name}`);
	const apps = appsIn(environments);
	const builds = environments.flatMap(({title, file, apps: {frontend}}) =>
		frontend ? [{title, file: fileOf({file}), values: Object.entries(frontend.buildEnvironment)}] : [],
	);
	return [
		draft(
			1,
			'3 Environment switching',
			sentences(
				'On hosts nothing is switched.',
				apps.includes('backend') ? 'The backend reads the .env of its host.' : undefined,
				apps.includes('frontend') ? 'The frontend is built for one environment.' : undefined,
				'What is switched is the working copy of an engineer.',
			),
		),
		draft(
			2,
			guidePlaces.values.heading,
			shellLines('here', [...switchTo, ...apps.map(app => shellLine`cockpit env diff --app ${app}`)]),
			listOf([
				'env use gives the working copy the values of an environment; what was there is kept.',
				'env diff shows the values of all environments side by side, and which keys are missing.',
				'cockpit env set KEY --env NAME changes one value on a host, as a run, with a backup of the file; it asks for the value.',
			]),
		),
		draft(
			2,
			'3.2 By hand',
			apps.includes('backend')
				? sentences(
						`The working copy of the backend, in the directory that holds environments/ and the sources: one of these lines, for the environment that is meant. What was there is kept as .env.before; put back: cp -p .env.before .env beside it. Then fill in by hand what stands as a reference (\${secret:...} or \${value:...} in the template), and have artisan read it anew.`,
					)
				: undefined,
			shellLines(
				'here',
				apps.includes('backend')
					? [
							...templateLine(sources),
							shellLine`grep -nE '[$][{](secret|value):' ${`${posix.basename(first?.apps.backend?.source ?? 'backend')}/.env`}`,
							shellLine`php ${`${posix.basename(first?.apps.backend?.source ?? 'backend')}/artisan`} config:clear`,
						]
					: [],
			),
			...withHosts(environments).flatMap(environment => {
				const {backend} = environment.apps;
				return backend
					? [
							sentences(
								`On ${environment.title}, one value of the backend. The last line is for putting back: it does nothing as it stands.`,
							),
							shellLines(handHost(environment), valueLines(environment, backend)),
						]
					: [];
			}),
			builds.length > 0
				? sentences(
						'The frontend: a value is compiled in. Change it under buildEnvironment in the file of its environment, commit, and deploy the frontend there. For the working copy write the same lines into .env.local of the frontend and start it anew.',
					)
				: undefined,
			tableOf(
				['environment', 'file', 'buildEnvironment'],
				builds.map(({title, file, values}) => [
					title,
					file,
					values.map(([name, value]) => `${name}=${value}`).join(', '),
				]),
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
		draft(2, '6.1 SSH', sshBlock(environments)),
		draft(
			2,
			'6.2 Deployment',
			shellLines('here', [
				...perApp((app, {name}) => shellLine`cockpit gate ${app} --env ${name}`),
				...perApp((app, environment) => deployLine(app, environment)),
				...hosted
					.filter(environment => appsOf(environment).length > 1)
					.map(environment => deployLine('release', environment)),
				...perApp((app, environment) => rollbackLine(app, environment)),
				...hosted.map(({name}) => shellLine`cockpit resume --env ${name}`),
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
			logSentence,
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
