import {createLogFollower, type LogFollower} from '../../app/logs/follow-logs.ts';
import type {Swaps} from '../../app/logs/host-logs.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import {runLogId} from '../../store/logs/logs.ts';
import type {PlanView} from '../../store/runs/run.ts';
import {environmentCalled, type ControlOptions} from '../part.ts';
import {createRunLogPlace, runLogOf} from './run-log.ts';

/** How long lines are kept that nobody looks at. */
const keptMs = 10 * 60_000;

/** Logs of one environment as far as they were read, whether somebody looks or not. */
type Kept = {
	readonly environment: string;
	readonly follower: LogFollower;
	/** Of the run whose log is among them. */
	readonly run: {readonly logPath: string; readonly place: ReturnType<typeof createRunLogPlace>} | undefined;
};

type Wanted = {readonly environment: string; readonly swaps: Swaps; readonly plan: PlanView | undefined};

/** What was read of logs stays for a while: whoever comes back finds it as it was, and reads on from there. */
export const createLogMemory = ({
	services,
	environments,
	store,
	onFault,
}: Pick<ControlOptions, 'services' | 'environments' | 'store' | 'onFault'>) => {
	let kept: Kept | undefined;
	let forgetting: AbortController | undefined;
	/** Goes on with what is kept of the environment, else begins with the ends of its logs. */
	const keep = ({environment: name, swaps, plan}: Wanted): Kept => {
		forgetting?.abort();
		const environment = environmentCalled(environments, name);
		const sources = logSources(environment);
		const before = kept?.environment === name ? kept : undefined;
		const isSameRun = before?.run?.logPath === plan?.logPath;
		const run = isSameRun ? before?.run : plan && {logPath: plan.logPath, place: createRunLogPlace()};
		const listed = plan ? [...sources, runLogOf(plan)] : sources;
		if (before) {
			before.follower.swapped(swaps);
			store.getState().keepLogs(listed, swaps, isSameRun ? [] : [runLogId]);
		} else store.getState().offerLogs(listed, swaps);
		const follower = before?.follower ?? createLogFollower(services, {environment, sources, swaps});
		kept = {environment: name, run, follower};
		return kept;
	};
	const forgetLater = async (): Promise<void> => {
		forgetting?.abort();
		forgetting = new AbortController();
		const {signal} = forgetting;
		await services.clock.wait(keptMs, signal).catch(() => undefined);
		if (signal.aborted) return;
		kept = undefined;
		store.getState().offerLogs([], {});
	};
	return {
		keep,
		/** Nobody looks any more. */
		forgetLater: () => void forgetLater().catch(onFault),
		/** Begins anew the next time. */
		forget: (): void => {
			kept = undefined;
		},
		stop: (): void => forgetting?.abort(),
	};
};
