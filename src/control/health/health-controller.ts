import {createHeadLeaver} from '../checklist/leave-heads.ts';
import type {KeepWatch, KeptWatch, WatchUpdate} from '../../app/watch/keep-watch.ts';
import {boundTo, liveReleases} from '../../app/checklist/checklist-states.ts';
import type {Result} from '../../domain/checklist/sign-off.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {selectHealthPlace, unaccepted, watchPlaceId} from '../../store/health/health-places.ts';
import {createAnsweredHere} from '../checklist/answered-here.ts';
import type {ControlOptions, Part} from '../part.ts';
import {reviewRollback} from '../../app/rollback/review-rollback.ts';
import {problemOf} from '../../store/problem-of.ts';
import {extendShown} from './record-watch.ts';
import {rememberSamples} from './remember-samples.ts';
import {answerWatch, signWatched, undoWatched, type WatchSigning} from './sign-watched.ts';

/** The part of the controller that asks the probes and keeps the watch. */
export type HealthController = Part & {
	/** Goes to the probes and the watch, of an app where one is named; they are asked as long as it is open. */
	readonly open: (watched?: {readonly environment: string; readonly app: AppName}) => void;
	/** Records a result on an item of the watch that is shown, or asks first for what it needs. */
	readonly sign: (item: string, result: Result) => void;
	/** Takes back one's own last result on an item. */
	readonly undo: (item: string) => void;
	/** Asks for the reason why what is bad about the watch is accepted. */
	readonly accept: () => void;
	/** Takes what was typed, or that an item was looked at again, as the answer. */
	readonly answer: () => void;
	/** Lets the watch that is shown go on for 15 minutes more. */
	readonly extend: () => void;
};

/** Runs one watch for each environment that has hosts: always where one is on, elsewhere while somebody looks. */
export const createHealthController = (
	options: ControlOptions & {
		/** The engine of one environment. */
		readonly keep: KeepWatch;
	},
): HealthController => {
	const {services, store, onFault} = options;
	const environments = options.environments.filter(({hosts}) => hosts.length > 0);
	const stopping = new AbortController();
	const kept = new Map<string, KeptWatch>();
	const wake = (): void => kept.forEach(one => one.wake());
	const leavers = new Map(
		environments.map(one => [one.name, createHeadLeaver(options, one, stopping.signal)] as const),
	);
	const leaveHead = ({name}: Environment): void => leavers.get(name)?.();
	const context: WatchSigning = {
		...options,
		answered: createAnsweredHere(),
		ending: stopping.signal,
		wake,
		leaveHead,
	};
	/** A longer ledger may have the beginning of a watch in it that somebody else has caused. */
	const wakeLonger = (state: CockpitState, before: CockpitState): void => {
		if (state.environments === before.environments) return;
		for (const {name, status} of state.environments) {
			const known = before.environments.find(view => view.name === name)?.status;
			if (status?.ledger.sizeBytes !== known?.ledger.sizeBytes) kept.get(name)?.wake();
		}
	};
	let unsubscribe: (() => void) | undefined;
	return {
		start: () => {
			if (unsubscribe) return;
			store.getState().beginHealth(environments);
			for (const environment of environments)
				kept.set(environment.name, keepOne(context, options.keep, environment));
			unsubscribe = store.subscribe((state, before) => {
				const hasOpened = state.screen === 'health' && before.screen !== 'health';
				const hasEnded = state.run?.finished !== undefined && before.run?.finished === undefined;
				if (hasOpened || hasEnded) wake();
				else wakeLonger(state, before);
			});
		},
		stop: async () => {
			stopping.abort();
			unsubscribe?.();
			await Promise.all([...kept.values()].map(one => one.stop()));
		},
		refresh: wake,
		open: watched => {
			const {healths, show, goToHealth} = store.getState();
			if (watched) goToHealth(watchPlaceId(watched.environment, watched.app));
			for (const health of healths) rememberSamples(context, health);
			show('health');
		},
		sign: (item, result) => signWatched(context, item, result),
		undo: item => void undoWatched(context, item).catch(onFault),
		accept: () => {
			const place = selectHealthPlace(store.getState());
			if (place?.kind === 'watch' && unaccepted(place.report).length > 0)
				store.getState().askAboutWatch({kind: 'accept', report: place.report, typed: ''});
		},
		answer: () => answerWatch(context),
		extend: () => void extendShown(context).catch(onFault),
	};

	/** The engine of one environment, with what it finds brought into the store. */
	function keepOne(signing: WatchSigning, keep: KeepWatch, environment: Environment): KeptWatch {
		const {name} = environment;
		return keep({
			services,
			environment,
			checklists: options.checklists,
			isLooked: () => store.getState().screen === 'health',
			ledger: () => store.getState().environments.find(view => view.name === name)?.status?.ledger,
			onUpdate: update => {
				if (stopping.signal.aborted) return;
				const before = store.getState().healths.find(one => one.environment === environment);
				const {entries} = services.ledgers.remembered(environment) ?? {entries: []};
				store.getState().healthUpdated(update, boundTo(liveReleases(environment, entries), 'after-production'));
				const health = store.getState().healths.find(one => one.environment === environment);
				if (health && before?.readAt === undefined) rememberSamples(signing, health);
				findWayBack(environment, update);
			},
			onFault,
		});
	}

	/** Whoever has to decide is told how long the way back takes, once for each watch that turned bad. */
	function findWayBack(environment: Environment, {reports}: WatchUpdate): void {
		for (const {watch, isBad} of reports) {
			const {watchWaysBack, wayBackOfWatch} = store.getState();
			if (!isBad || watchWaysBack[watch.run]) continue;
			wayBackOfWatch(watch.run, {state: 'asking'});
			reviewRollback(services, {environment, app: watch.app, to: 'previous'})
				.then(
					review => wayBackOfWatch(watch.run, {state: 'known', review}),
					(error: unknown) => wayBackOfWatch(watch.run, {state: 'unknown', why: problemOf(error).why}),
				)
				.catch(onFault);
		}
	}
};
