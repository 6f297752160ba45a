import type {Command} from '../../domain/command.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {PutByHand} from '../../domain/releases/by-hand.ts';
import type {LiveOnHost} from '../../domain/releases/live-fault.ts';
import {parseHold, type Hold} from '../lock/hold/hold.ts';
import {describeOpenRun, parseRuns, type OpenRun} from '../job/run-state.ts';
import {timeWritten} from '../../domain/host-clock.ts';
import {answersIn, timeTextIn, type Answers} from '../answers.ts';
import {program} from '../shell.ts';
import askStatusText from './ask-status.sh';

/** Everything the overview shows of the apps of one host but its ledger, in one exec that changes nothing. */
export const askStatus = (options: {
	readonly stateDirectory: string;
	/** Name and live path of each. */
	readonly apps: readonly {readonly app: AppName; readonly live: string}[];
	readonly units: readonly string[];
}): Command =>
	program(
		'ask for the status',
		[describeOpenRun, askStatusText],
		[options.stateDirectory, ...options.apps.flatMap(({app, live}) => [app, live]), '--', ...options.units],
	);

export type AppOnHost = LiveOnHost & {
	/** As `.next/BUILD_ID` on disk says; of a frontend. */
	readonly buildId?: string;
	readonly maintenance?: Maintenance;
	/** The last time that somebody put a release live with the script on the host. */
	readonly byHand?: PutByHand;
	/** The run that holds the app has made another release live, and what was live before is live again. */
	readonly isPutBack?: true;
};

/** Visitors are shown the page for maintenance, since a run took the app down. `since`: server time, ISO 8601 UTC. */
export type Maintenance = {
	readonly run: string;
	readonly since: string;
	/** The job is gone that would bring it up, and so is its guard: the host was restarted. */
	readonly isLeft: boolean;
};

export type HostStatus = {
	/** Epoch seconds of the host. */
	readonly time: number;
	readonly apps: Readonly<Partial<Record<AppName, AppOnHost>>>;
	readonly services: readonly {readonly unit: string; readonly state: string}[];
	/** `used` and `inodesUsed` as df writes them, e.g. `41%`; empty or `-` where the file system does not say. */
	readonly disk: {readonly freeKib: number; readonly used: string; readonly inodesUsed: string};
	/** Runs that hold a lock. */
	readonly open: readonly OpenRun[];
	/** Whoever keeps others from deploying, over or not. */
	readonly holds: readonly (Hold & {readonly app: string})[];
	/** Size of the ledger: when it is another one, there is more to read. */
	readonly ledgerBytes: number;
};

/** Reads the answer of `askStatus`. Throws DeployError `answer-unreadable` when it was cut. */
export const parseHostStatus = (text: string): HostStatus => {
	const answers = answersIn(text, ' ');
	const {all, one, figure, clock} = answers;
	const [, used = ''] = (one('disk') ?? '').split(' ');
	return {
		time: clock('time'),
		apps: {backend: appIn(answers, 'backend'), frontend: appIn(answers, 'frontend')},
		services: all('service').map(line => {
			const [unit = '', state] = line.split(' ');
			return {unit, state: state || 'unknown'};
		}),
		disk: {freeKib: figure('disk') || 0, used, inodesUsed: one('inodes') ?? ''},
		open: parseRuns(text).open,
		holds: [...text.matchAll(/^hold (\S+)\n(\S+ \d+\n.*)$/gm)].flatMap(([, app = '', lines = '']) => {
			const hold = parseHold(lines);
			return hold ? [{...hold, app}] : [];
		}),
		ledgerBytes: figure('ledger-bytes') || 0,
	};
};

const appIn = ({all, one}: Answers, app: AppName): AppOnHost => {
	const release = one(`live ${app}`);
	// As a file on a host has it: anything may stand there.
	const buildId = one(`build-id ${app}`)?.replaceAll(/\p{Cc}/gu, '');
	const astray = one(`astray ${app}`);
	return {
		live: release === undefined ? (all('directory').includes(app) ? 'directory' : undefined) : {release},
		...(astray === undefined ? {} : {astray}),
		...(buildId ? {buildId} : {}),
		...maintenanceIn(all, app),
		...byHandIn(all, app),
		...(all('put-back').includes(app) ? {isPutBack: true as const} : {}),
	};
};

const byHandIn = (all: Answers['all'], app: AppName): Pick<AppOnHost, 'byHand'> => {
	for (const line of all('by-hand')) {
		const [of, to, from, time = '', by] = line.split(' ');
		const at = timeWritten(time);
		if (of === app && to !== undefined && from !== undefined && by !== undefined && at !== undefined)
			return {byHand: {to, from, at, by}};
	}
	return {};
};

const maintenanceIn = (all: Answers['all'], app: AppName): Pick<AppOnHost, 'maintenance'> => {
	for (const [name, isLeft] of [
		['maintenance-left', true],
		['maintenance-held', false],
	] as const) {
		const [, run = '', since = ''] =
			all(name)
				.map(line => line.split(' '))
				.find(([of]) => of === app) ?? [];
		if (run !== '') return {maintenance: {run, since: timeTextIn(since), isLeft}};
	}
	return {};
};
