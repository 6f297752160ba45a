import {activityOf} from '../../app/history/activity.ts';
import {decideDeploy, type Decision} from '../../app/gates/gate.ts';
import {promotionsOf} from '../../app/gates/watch-evidence.ts';
import {answerTo} from '../../app/known.ts';
import {readProcesses} from '../../app/status/read-processes.ts';
import {askHealth, askHost, isAsked, type HostProblem, type HostReading} from '../../app/status/status.ts';
import {appsOf, targetIn} from '../../app/target-of.ts';
import {createSampleMemory} from '../../app/watch/sample-memory.ts';
import {watchSections} from '../../app/watch/watch-sections.ts';
import {primaryHost, type AppName, type AppTarget, type Environment} from '../../domain/environments/environment.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import {probeTerms, watchTerms} from '../../domain/environments/watched.ts';
import {valueOf} from '../../domain/gates/facts.ts';
import {watchReport} from '../../domain/watch/report.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import {badSince, changesIn, isAccepted, watchesIn, type WatchChange} from '../../domain/watch/watches.ts';
import type {Cockpit} from '../cli-context.ts';
import type {PageBoard, PageEnvironment, PageFacts, PageSource, PageWatch, PastAnswer} from './page-facts.ts';

type Set = Pick<Cockpit, 'services' | 'environments' | 'checklists'>;

const readSource = async ({services}: Set, app: AppName, target: AppTarget): Promise<PageSource> => ({
	app,
	tree: await answerTo(async () => {
		const [{commit, branch}, uncommitted] = await Promise.all([
			services.source.read({directory: target.source, excludes: notFromSource(target)}),
			services.source.uncommitted(target.source),
		]);
		return {commit, branch, uncommitted: uncommitted.length};
	}),
});

const hourMs = 3_600_000;

const pastOf = ({samples}: Set['services'], {project, name}: Environment, app: AppName, now: number): PastAnswer[] =>
	samples
		.read({project, environment: name}, {from: now - hourMs, until: now + 1, probe: `${app}.health`})
		.filter(({state}) => state !== 'unclear')
		.map(({at, state, value}) => ({at, isGood: state === 'pass', durationMs: value}));

/** One environment as it is shown, and what its host said. */
type Read = {readonly environment: Environment; readonly page: PageEnvironment; readonly reading?: HostReading};

const readHost = async (set: Set, environment: Environment): Promise<Read> => {
	const {services} = set;
	const {name, title, tier, timeZone} = environment;
	const apps = appsOf(environment);
	const [answer, processes, ...health] = await Promise.all([
		askHost(services, environment),
		readProcesses(services, environment),
		...apps.map(app => askHealth(services, environment, undefined, app)),
	]);
	const reading = 'code' in answer ? undefined : answer;
	const problem: HostProblem | undefined = 'code' in answer ? answer : undefined;
	return {
		environment,
		...(reading ? {reading} : {}),
		page: {
			name,
			title,
			tier,
			timeZone,
			host: primaryHost(environment).name,
			now: reading?.time,
			...(problem ? {problem} : {}),
			apps: apps.flatMap((app, index) => {
				const found = health[index];
				const live = reading?.[app];
				const past = reading ? pastOf(services, environment, app, reading.time) : [];
				return found ? [{app, health: found, past, ...(live ? {live} : {})}] : [];
			}),
			services: reading?.services ?? [],
			processes: reading ? processes : [],
			diskUsed: reading?.disk.used,
			locks: reading?.locks ?? [],
		},
	};
};

const readEnvironment = async (set: Set, environment: Environment): Promise<Read> => {
	if (isAsked(environment)) return readHost(set, environment);
	const {name, title, tier, timeZone} = environment;
	// An environment without hosts says nothing of apps: what is here goes to those that do.
	const sources = await Promise.all(
		(['backend', 'frontend'] as const).flatMap(app => {
			const target = [environment, ...set.environments].map(({apps}) => apps[app]).find(one => one !== undefined);
			return target ? [readSource(set, app, target)] : [];
		}),
	);
	return {environment, page: {name, title, tier, timeZone, sources}};
};

const readBoard = async (
	{services, environments, checklists}: Set,
	{to, app}: {readonly to: Environment; readonly app: AppName},
): Promise<PageBoard> => {
	const {name, title, tier, timeZone} = to;
	const decision = await answerTo(() => decideDeploy(services, {environments, environment: to, checklists, app}));
	const facts: Decision['evidence'] = 'value' in decision ? decision.value.evidence : undefined;
	return {
		to: {name, title, tier, timeZone},
		app,
		commit: facts && valueOf(facts.facts.build)?.commit,
		now: facts && valueOf(facts.facts.to.now),
		report: 'value' in decision ? {value: decision.value.report} : decision,
	};
};

/** Probes that are worse than before the swap, as seen from here or by the ledger, and that nobody accepted. */
const worseOf = ({watch, comparisons}: WatchReport, changes: readonly WatchChange[]): readonly string[] => {
	const here = comparisons.filter(({verdict}) => verdict === 'worse').map(({probe}) => probe);
	const there = changes.filter(({state}) => state === 'worse').map(({id}) => id);
	return [...new Set([...here, ...there])].filter(probe => !isAccepted(watch, probe));
};

/** Watches that are on, and those that ended less than an hour ago, as far as this machine has seen them. */
const watchesOf = ({services, checklists}: Set, {environment, reading}: Required<Read>): readonly PageWatch[] => {
	const {
		time,
		ledger: {entries},
	} = reading;
	const {title, timeZone, project, name} = environment;
	const id = {project, environment: name};
	const terms = watchTerms(environment);
	return watchesIn(environment, entries, terms)
		.filter(
			({app, ended, endsAt}, index, all) =>
				// Behind a newer run of the app it says nothing about what is live.
				all.findIndex(one => one.app === app) === index && time < (ended?.at ?? endsAt) + hourMs,
		)
		.map(watch => {
			const changes = [...changesIn(entries, watch.run).values()];
			const now = Math.min(time, watch.ended?.at ?? time);
			const report = watchReport({
				watch,
				samples: createSampleMemory(services.samples, environment).of(watch, now),
				signatures: services.samples.signatures(id),
				items: watchSections(checklists, environment, entries, watch.app),
				terms,
				status: targetIn(environment, watch.app).health.status,
				everyMs: probeTerms(environment).everyMs,
				timeZone,
				now,
				badAt: badSince(changes),
			});
			return {
				title,
				timeZone,
				report: {
					...report,
					// Whoever watches may sit elsewhere: what this machine did not see, the ledger may know.
					triggers: report.triggers.map(trigger =>
						trigger.state === 'unclear' && watch.fired.includes(trigger.id)
							? {...trigger, state: 'fired', text: 'by the ledger'}
							: trigger,
					),
				},
				worse: worseOf(report, changes),
			};
		});
};

const mostLines = 20;

/** Asks every environment and every gate once, and puts together what the page says. */
export const gatherPage = async (
	set: Set,
	{everyMs, version}: {readonly everyMs: number; readonly version: string},
): Promise<PageFacts> => {
	const {services, environments} = set;
	const [reads, boards] = await Promise.all([
		Promise.all(environments.map(environment => readEnvironment(set, environment))),
		Promise.all(promotionsOf(environments).map(promotion => readBoard(set, promotion))),
	]);
	const answered = reads.flatMap(({reading, ...read}) => (reading ? [{...read, reading}] : []));
	const last = answered.at(-1);
	const byName = new Map(environments.map(environment => [environment.name, environment]));
	const host = last && primaryHost(last.environment);
	const {name: by} = host ? await services.actorFor(host) : {name: 'the cockpit'};
	return {
		project: environments[0]?.project ?? '',
		madeAt: last?.reading.time ?? services.clock.now(),
		clock: host?.name ?? 'the machine that made it: no host answered',
		timeZone: (last?.environment ?? environments.at(-1))?.timeZone ?? 'UTC',
		everyMs,
		by,
		version,
		environments: reads.map(({page}) => page),
		boards,
		watches: answered.flatMap(read => watchesOf(set, read)),
		activity: activityOf(
			answered.map(({environment: {name}, reading: {ledger}}) => ({environment: name, entries: ledger.entries})),
		)
			.slice(0, mostLines)
			.map(entry => {
				const environment = byName.get(entry.environment);
				const {title = entry.environment, timeZone = 'UTC'} = environment ?? {};
				return {...entry, title, timeZone};
			}),
	};
};
