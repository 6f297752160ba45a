import {clockTime} from '../format.ts';
import {runUnderWay} from './judge-served.ts';
import type {ProbeFinding} from './probe.ts';
import type {ProbedApp, ProbedHost, ProbedProcess} from './probed-host.ts';

type Judged = Pick<ProbeFinding, 'state' | 'text' | 'count'>;

/** Clocks of files, processes and PM2 differ by as much on one host. */
const slackMs = 2000;

type Process = {readonly pid: number; readonly startedAt: number};

const oldestOf = <One extends Process>(processes: readonly One[]): One | undefined =>
	processes.toSorted((a, b) => a.startedAt - b.startedAt)[0];

/** Undefined where no swap is known that a process could be older than. */
const swapOf = (app: ProbedApp | undefined): number | undefined =>
	app && typeof app.live === 'object' && !app.live.release.endsWith('-adopted') ? app.swappedAt : undefined;

const noSwap: Judged = {state: 'unclear', text: 'when live was swapped is not known'};

const judgeAge = (processes: readonly Process[], swappedAt: number, timeZone: string): Judged => {
	const oldest = oldestOf(processes);
	if (!oldest) return {state: 'pass', text: 'none waits; the next one starts anew', count: 0};
	const at = (time: number): string => clockTime(time, timeZone);
	const count = processes.length;
	return oldest.startedAt < swappedAt - slackMs
		? {
				state: 'fail',
				count,
				text: `an old worker still answers: pid ${oldest.pid}, since ${at(oldest.startedAt)}, swap ${at(swappedAt)}`,
			}
		: {
				state: 'pass',
				count,
				text: `${count === 1 ? `pid ${oldest.pid}` : `all ${count}`} since the swap`,
			};
};

/** Workers of php-fpm: none of those that can answer may be older than the swap. */
const judgeFpm = (said: ProbedHost, unit: string, timeZone: string): Judged => {
	const {units, workers} = said;
	if ('why' in units) return {state: 'unclear', text: units.why};
	const main = units.find(one => one.unit === unit)?.pid ?? 0;
	if (main === 0) return {state: 'unclear', text: `${unit} does not run`};
	const masters = workers.filter(({kind}) => kind === 'master');
	if (masters.every(({pid}) => pid !== main))
		return {state: 'unclear', text: `processes of ${unit} are hidden from this login`};
	// A worker whose master has died keeps the socket, and goes on answering.
	const others = masters.filter(({pid}) => pid !== main).map(({pid}) => pid);
	const own = workers.filter(({kind, parent}) => kind === 'pool' && !others.includes(parent));
	const swappedAt = swapOf(said.apps.backend);
	return swappedAt === undefined ? noSwap : judgeAge(own, swappedAt, timeZone);
};

/** Processes of PM2, and whoever listens on the app's port. */
const judgePm2 = (said: ProbedHost, port: number, timeZone: string): Judged => {
	const {pm2} = said;
	if (pm2 === undefined || 'why' in pm2) return {state: 'unclear', text: pm2?.why ?? 'PM2 was not asked'};
	const online = pm2.instances.filter(({status}) => status === 'online');
	const stranger = pm2.owners.find(({of}) => of === undefined);
	if (stranger)
		return {
			state: 'fail',
			text: `port ${port} is held by pid ${stranger.pid} (${stranger.command}), which is none of PM2's`,
		};
	if (online.length === 0 || pm2.owners.length === 0) return {state: 'fail', text: `nothing listens on port ${port}`};
	const answering: readonly Process[] = [
		...online.map(({pid, startedAt}: ProbedProcess) => ({pid, startedAt})),
		...pm2.owners.flatMap(({pid, startedAt}) => (startedAt === undefined ? [] : [{pid, startedAt}])),
	];
	const swappedAt = swapOf(said.apps.frontend);
	if (swappedAt === undefined) return noSwap;
	const judged = judgeAge(answering, swappedAt, timeZone);
	return {
		...judged,
		count: online.length,
		...(judged.state === 'pass' ? {text: `port ${port} since the swap`} : {}),
	};
};

/** Whether the process that answers for an app is one that was started behind the last swap. */
export const judgeWorkers = (
	said: ProbedHost,
	environment: {readonly fpm?: string; readonly port?: number; readonly timeZone: string},
): readonly ProbeFinding[] => {
	const {fpm, port, timeZone} = environment;
	const common = {kind: 'worker' as const, host: said.host};
	return [
		...(fpm === undefined
			? []
			: [
					{
						...common,
						probe: 'backend.worker',
						title: `${fpm} workers`,
						app: 'backend' as const,
						...(said.apps.backend?.isLocked ? runUnderWay : judgeFpm(said, fpm, timeZone)),
					},
				]),
		...(port === undefined
			? []
			: [
					{
						...common,
						probe: 'frontend.worker',
						title: 'PM2 worker',
						app: 'frontend' as const,
						...(said.apps.frontend?.isLocked ? runUnderWay : judgePm2(said, port, timeZone)),
					},
				]),
	];
};
