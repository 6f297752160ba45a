import {shortCommit} from '../../domain/build.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {clockTime} from '../../domain/format.ts';
import {ledgerFault} from '../../domain/gates/gates.ts';
import {isAccepted} from '../../domain/watch/watches.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {CockpitState} from '../create-store.ts';
import type {EnvironmentView} from './overview.ts';
import {selectBoard} from './evidence.ts';
import {inWords, isMine, isStale, percent, targetsOf} from './overview-facts.ts';

/** What Enter does with an entry. `tell`: it is done elsewhere, and this is how. */
export type NextAct =
	| {readonly kind: 'refresh'}
	| {readonly kind: 'resume'; readonly run: string}
	| {readonly kind: 'review'; readonly app: AppName; readonly environment: string}
	/** Opens the checklist of an app at an item. */
	| {readonly kind: 'checklist'; readonly app: AppName; readonly item: string}
	/** Opens the watch of an app. */
	| {readonly kind: 'watch'; readonly app: AppName; readonly environment: string}
	| {readonly kind: 'tell'; readonly text: string};

export type NextItem = {
	/** Stable as long as it is the same thing to do. */
	readonly id: string;
	readonly title: string;
	readonly detail: string;
	/** One or two words for the footer. */
	readonly verb: string;
	readonly act: NextAct;
};

type Known = Pick<CockpitState, 'environments' | 'healths' | 'evidence' | 'local' | 'isDriving' | 'now'>;
type Rule = (view: EnvironmentView, known: Known) => NextItem | undefined;

/** Space below which a person should look, in percent used. */
export const fullPercent = 75;

/** Watches of an environment that are bad, or ended so, and that nobody has decided about. */
const badWatches = ({name}: EnvironmentView, {healths}: Known): readonly WatchReport[] =>
	(healths.find(({environment}) => environment.name === name)?.reports ?? []).filter(
		({isBad, watch}) => isBad && watch.ended?.outcome !== 'replaced',
	);

/** `API not 200 twice in a row since 11:24`, the first of what is bad. */
const whatIsBad = ({triggers, comparisons, watch}: WatchReport, timeZone: string): string => {
	const since = (at: number | undefined): string =>
		at === undefined ? '' : ` since ${clockTime(at, timeZone).slice(0, 5)}`;
	const [fired] = triggers.filter(({state, id, since: at}) => state === 'fired' && !isAccepted(watch, id, at));
	const [worse] = comparisons.filter(({verdict, probe}) => verdict === 'worse' && !isAccepted(watch, probe));
	if (fired) return `${fired.title}${since(fired.since)}`;
	return worse ? `${worse.title} worse${since(worse.worseAt)}` : 'what was bad is quiet again';
};

/** Users meet what a bad watch saw: it goes before everything else. One entry for each app. */
const decide =
	(app: AppName): Rule =>
	(view, known) => {
		const report = badWatches(view, known).find(({watch}) => watch.app === app);
		if (!report) return undefined;
		const ended = report.watch.ended ? '; its watch ended bad' : '';
		return {
			id: `decide:${view.name}:${report.watch.run}`,
			title: `Decide about ${app} on ${inWords(view)}`,
			detail: `${whatIsBad(report, view.timeZone)}${ended}`,
			verb: 'decide',
			act: {kind: 'watch', app, environment: view.name},
		};
	};

const silent: Rule = (view, {environments, now}) => {
	const {name, silence} = view;
	if (!silence) return undefined;
	const answering = targetsOf(environments).find(other => other.readAt !== undefined && !isStale(other.readAt, now));
	const isUp = view.health !== undefined && !isStale(view.health.at, now) && view.health.isGood;
	const clues = [
		silence.why.replace(/\.$/, ''),
		...(isUp ? ['its site answers'] : []),
		...(answering && answering.name !== name && !isUp
			? [`${inWords(answering)} answers, so your network is up`]
			: []),
	];
	return {
		id: `silent:${name}`,
		title: `Find out why ${inWords(view)} is silent`,
		detail: clues.join('; '),
		verb: 'try now',
		act: {kind: 'refresh'},
	};
};

const openRun: Rule = ({name, title, status}, {local, isDriving}) => {
	const lock = status?.lock;
	if (!lock || isDriving) return undefined;
	const what = `${lock.kind} of ${lock.app} on ${inWords({title})}`;
	const doing = lock.running.length > 0 ? `now at ${lock.running.join(', ')}` : 'nothing runs on the host';
	const id = `run:${name}:${lock.run}`;
	if (isMine(lock, local?.actor)) {
		const detail = `run ${lock.run}; ${doing}`;
		return {id, title: `Resume the ${what}`, detail, verb: 'resume', act: {kind: 'resume', run: lock.run}};
	}
	const text = `${lock.by} on ${lock.machine} holds ${inWords({title})}. Ask first; to take it over: cockpit resume ${lock.run}`;
	return {
		id,
		title: `Ask ${lock.by} about the ${what}`,
		detail: `run ${lock.run}; ${doing}`,
		verb: 'how',
		act: {kind: 'tell', text},
	};
};

const adopt: Rule = ({name, tier, title, status}) => {
	if (tier !== 'preprod' || !status || status.lock) return undefined;
	const app = (['backend', 'frontend'] as const).find(one => status[one]?.isAdopted === false);
	if (!app) return undefined;
	return {
		id: app === 'backend' ? `adopt:${name}` : `adopt:${name}:${app}`,
		title: app === 'backend' ? `Adopt ${inWords({title})}` : `Adopt the ${app} of ${inWords({title})}`,
		detail: 'it is as the old scripts left it; can be undone',
		verb: 'open',
		// The review of a deploy offers it.
		act: {kind: 'review', app, environment: name},
	};
};

const deploy: Rule = (view, known) => {
	const {name, tier, title, status, readAt} = view;
	const {local, isDriving, now} = known;
	if (badWatches(view, known).length > 0) return undefined;
	if (tier !== 'preprod' || !status || isStale(readAt, now) || !status.backend.isAdopted) return undefined;
	if (status.lock || isDriving || !local || 'problem' in local.sources) return undefined;
	const {commit, changed} = local.sources;
	const live = status.backend.commit;
	if (commit === live) return undefined;
	const id = `deploy:${name}:${commit}`;
	if (changed > 0) {
		const text = 'Only what is committed is deployed: commit or put aside your changes first.';
		const detail = `${changed} changed ${changed === 1 ? 'file' : 'files'}; only what is committed is deployed`;
		return {id: `commit:${name}`, title: 'Commit your changes', detail, verb: 'how', act: {kind: 'tell', text}};
	}
	return {
		id,
		title: `Deploy backend to ${inWords({title})}`,
		detail: `${shortCommit(commit)} here, ${live === undefined ? 'an unknown build' : shortCommit(live)} there`,
		verb: 'deploy',
		act: {kind: 'review', app: 'backend', environment: name},
	};
};

/** What stands between a tested build and production, or that nothing does. One entry for each app. */
const promote =
	(app: AppName): Rule =>
	(view, known) => {
		const board = selectBoard(known, app, view.name);
		if (!board || board.isStale || known.isDriving) return undefined;
		const {
			report,
			view: {facts},
		} = board;
		const isDifferent = 'value' in facts.build && view.status?.[app]?.digest !== facts.build.value.digest;
		if (report.verdict === 'GO')
			return isDifferent && badWatches(view, known).length === 0
				? {
						id: `promote:${view.name}:${app}`,
						title: `Deploy ${app} to ${inWords(view)}`,
						detail: 'all gates are open',
						verb: 'deploy',
						act: {kind: 'review', app, environment: view.name},
					}
				: undefined;
		const items = 'value' in facts.items ? facts.items.value : [];
		const failed = items.find(({state}) => state === 'failed');
		if (failed) {
			const who = failed.signOff?.actor.name ?? 'somebody';
			return {
				id: `retest:${app}:${failed.item.id}`,
				title: `Retest "${failed.item.title}"`,
				detail: `failed by ${who}; it holds the ${app}`,
				verb: 'open it',
				act: {kind: 'checklist', app, item: failed.item.id},
			};
		}
		const open = items.filter(({state}) => state === 'open' || state === 'unclear');
		const [first] = open;
		// Signing for a build that is not the one here would be signing for something else.
		const isTested = ledgerFault(facts) === undefined && report.gates[0]?.state === 'met';
		return first && isTested
			? {
					id: `sign:${app}`,
					title: `Sign ${open.length} open ${app} ${open.length === 1 ? 'item' : 'items'}`,
					detail: 'the checklist has how to look at each',
					verb: 'open the first',
					act: {kind: 'checklist', app, item: first.item.id},
				}
			: undefined;
	};

const disk: Rule = ({name, title, status}) => {
	const used = percent(status?.disk.used);
	if (used === undefined || used <= fullPercent) return undefined;
	return {
		id: `disk:${name}`,
		title: `Free space on ${inWords({title})}`,
		detail: `${used} % of the disk is used`,
		verb: 'how',
		act: {
			kind: 'tell',
			text: `Look at old backups and logs on ${inWords({title})}; a deploy needs room for one backup.`,
		},
	};
};

/** Most pressing first: what users meet, what is not known, what is half done, what comes next, what will hurt later. */
const rules: readonly Rule[] = [
	decide('backend'),
	decide('frontend'),
	silent,
	openRun,
	adopt,
	promote('backend'),
	promote('frontend'),
	deploy,
	disk,
];

/** What one could do now, derived from what is known; each rule once for each environment. */
export const nextForYou = (known: Known): readonly NextItem[] =>
	rules.flatMap(rule => targetsOf(known.environments).flatMap(view => rule(view, known) ?? []));
