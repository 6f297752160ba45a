import type {LogState} from '../../app/logs/host-logs.ts';
import {lastSwaps} from '../../app/logs/last-swaps.ts';
import type {FollowedEntry} from '../../app/logs/new-kinds.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import type {LogSource} from '../../domain/logs/log.ts';
import {memoOn} from '../../domain/memo.ts';
import type {ExportPort} from '../../domain/ports.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {runLogId, selectLogPlace} from '../../store/logs/logs.ts';
import {createBatch, type Batch} from '../batch.ts';
import {environmentCalled, type ControlOptions, type Part} from '../part.ts';
import {createLogMemory} from './log-memory.ts';
import {followRunLog} from './run-log.ts';
import {writeLogs} from './write-logs.ts';

/** The part of the controller that looks at logs; it changes no host. */
export type LogsController = Pick<Part, 'start' | 'stop'> & {
	/** Goes to the logs; from a run to those of its app. */
	readonly open: () => void;
	/** Looks at the logs of another environment, or of one of its hosts. */
	readonly show: (environment: string, host?: string) => void;
	/** Reads the ends of the logs on screen again. */
	readonly reload: () => void;
	/** Writes what is listed to a file in the current directory. */
	readonly save: () => void;
};

const everyMs = 100;

/** What came of the logs: both in one change of the screen. */
type News = {readonly entries?: readonly FollowedEntry[]; readonly states?: readonly LogState[]};

const swapsIn = memoOn(lastSwaps);

/** What is followed now; another key, and it goes on with that. Undefined while nobody looks. */
const followedIn = (state: CockpitState) => {
	const place = state.screen === 'logs' ? selectLogPlace(state) : undefined;
	if (!place) return undefined;
	const swaps = swapsIn(place.status?.ledger.entries ?? []);
	const plan = state.runPlan?.environment === place.name ? state.runPlan : undefined;
	const key = [place.name, swaps.backend?.run, swaps.frontend?.run, plan?.logPath].join('\n');
	return {environment: place.name, swaps, plan, run: plan && state.run?.record?.run, key};
};
type Followed = NonNullable<ReturnType<typeof followedIn>>;

/** The log that tells most of what an app does wrong. */
const ownLog = (sources: readonly LogSource[], app: string): string | undefined => {
	const own = sources.filter(source => source.app === app);
	return (own.find(({kind}) => kind === 'laravel' || kind === 'pm2-error') ?? own[0])?.id;
};

/** Follows logs while their screen is open: while nobody looks, nothing is asked. */
export const createLogsController = (
	options: Omit<ControlOptions, 'checklists'> & {readonly files: ExportPort},
): LogsController => {
	const {services, environments, store, onFault, files} = options;
	let following:
		| {
				readonly key: string;
				readonly batch: Batch<News>;
				readonly ending: AbortController;
				readonly ended: Promise<unknown>;
		  }
		| undefined;
	const memory = createLogMemory(options);
	let unsubscribe: (() => void) | undefined;

	/** What was read stays for a while: whoever comes back finds it as it was, and reads on from there. */
	const leave = (): void => {
		if (!following) return;
		following.batch.flush();
		following.ending.abort();
		following = undefined;
	};

	const begin = (wanted: Followed): void => {
		const {environment, plan, run, key} = wanted;
		const ending = new AbortController();
		const {signal} = ending;
		const batch = createBatch<News>({
			clock: services.clock,
			everyMs,
			onFault,
			signal,
			apply: news => {
				const states = news.flatMap(({states = []}) => states);
				const entries = news.flatMap(({entries = []}) => entries);
				if (states.length > 0) store.getState().logsStand(states);
				if (entries.length > 0) store.getState().addLogs(entries);
			},
		});
		const {promise: ended, resolve} = Promise.withResolvers<void>();
		following = {key, batch, ending, ended};
		const kept = memory.keep(wanted);
		const onEntries = (entries: readonly FollowedEntry[]): void => batch.push({entries});
		const onState = (states: readonly LogState[]): void => batch.push({states});
		const {project} = environmentCalled(environments, environment);
		const work = [
			kept.follower.follow({signal, onEntries, onState}),
			...(kept.run && plan && run !== undefined
				? [
						followRunLog(services, {project, environment, run}, plan, {
							signal,
							onEntries,
							onLook: isThere => onState([runLogState(plan.logPath, isThere)]),
							place: kept.run.place,
						}),
					]
				: []),
		];
		void Promise.all(work.map(part => part.catch(onFault))).then(() => resolve());
	};

	const look = (): void => {
		const wanted = followedIn(store.getState());
		if (wanted?.key === following?.key) return;
		leave();
		if (wanted) begin(wanted);
		else memory.forgetLater();
	};

	return {
		start: () => {
			unsubscribe ??= store.subscribe(look);
			look();
		},
		stop: async () => {
			unsubscribe?.();
			unsubscribe = undefined;
			const last = following?.ended;
			leave();
			memory.stop();
			await last;
		},
		open: () => {
			const {screen, runPlan: plan, showLogsOf, chooseLog, show} = store.getState();
			if (
				screen === 'deploy' &&
				plan &&
				environments.some(({name, hosts}) => name === plan.environment && hosts.length > 0)
			) {
				showLogsOf(plan.environment);
				const own = ownLog(logSources(environmentCalled(environments, plan.environment)), plan.app);
				if (own !== undefined) chooseLog(own);
			}
			show('logs');
		},
		show: (environment, host) => store.getState().showLogsOf(environment, host),
		reload: () => {
			leave();
			memory.forget();
			look();
		},
		save: () => void writeLogs(options, files).catch(onFault),
	};
};

const runLogState = (file: string, isThere: boolean): LogState => ({
	source: runLogId,
	...(isThere ? {state: 'reading'} : {state: 'fault', why: 'not there'}),
	file,
	skippedBytes: 0,
	knowsSwap: false,
});
