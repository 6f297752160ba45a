import type {LogState} from '../../app/logs/host-logs.ts';
import {createLogFollower, type LogFollower} from '../../app/logs/follow-logs.ts';
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
import {createRunLogPlace, followRunLog, runLogOf} from './run-log.ts';
import {writeLogs} from './write-logs.ts';

/** The part of the controller that looks at logs; it changes no host. */
export type LogsController = Pick<Part, 'start' | 'stop'> & {
	/** Goes to the logs; from a run to those of its app. */
	readonly open: () => void;
	/** Looks at the logs of another environment. */
	readonly show: (environment: string) => void;
	/** Reads the ends of the logs on screen again. */
	readonly reload: () => void;
	/** Writes what is listed to a file in the current directory. */
	readonly save: () => void;
};

const everyMs = 100;

/** How long lines are kept that nobody looks at. */
const keptMs = 10 * 60_000;

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

/** Logs of one environment as far as they were read, whether somebody looks or not. */
type Kept = {
	readonly environment: string;
	readonly follower: LogFollower;
	/** Of the run whose log is among them. */
	readonly run: {readonly logPath: string; readonly place: ReturnType<typeof createRunLogPlace>} | undefined;
};

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
	let kept: Kept | undefined;
	let forgetting: AbortController | undefined;
	let unsubscribe: (() => void) | undefined;

	/** What was read stays for a while: whoever comes back finds it as it was, and reads on from there. */
	const leave = (): void => {
		if (!following) return;
		following.batch.flush();
		following.ending.abort();
		following = undefined;
	};

	const forgetLater = async (): Promise<void> => {
		forgetting?.abort();
		const {signal} = (forgetting = new AbortController());
		await services.clock.wait(keptMs, signal).catch(() => undefined);
		if (signal.aborted) return;
		kept = undefined;
		store.getState().offerLogs([], {});
	};

	/** Goes on with what is kept of the environment, else begins with the ends of its logs. */
	const keep = ({environment: name, swaps, plan}: Followed): Kept => {
		const environment = environmentCalled(environments, name);
		const sources = logSources(environment);
		const before = kept?.environment === name ? kept : undefined;
		const isSameRun = before?.run?.logPath === plan?.logPath;
		const run = isSameRun ? before?.run : plan && {logPath: plan.logPath, place: createRunLogPlace()};
		const listed = plan ? [...sources, runLogOf(plan)] : sources;
		if (!before) {
			store.getState().offerLogs(listed, swaps);
			return {environment: name, run, follower: createLogFollower(services, {environment, sources, swaps})};
		}
		before.follower.swapped(swaps);
		store.getState().keepLogs(listed, swaps, isSameRun ? [] : [runLogId]);
		return {...before, run};
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
		forgetting?.abort();
		kept = keep(wanted);
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
		else void forgetLater().catch(onFault);
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
			forgetting?.abort();
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
		show: environment => store.getState().showLogsOf(environment),
		reload: () => {
			leave();
			kept = undefined;
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
