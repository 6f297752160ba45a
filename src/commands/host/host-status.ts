import type {Command} from '../../domain/command.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {LiveOnHost} from '../../domain/releases/live-fault.ts';
import {parseHold, type Hold} from '../lock/hold.ts';
import {describeOpenRun, parseRuns, type OpenRun} from '../job/run-state.ts';
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

/** Reads the answer of `askStatus`. */
export const parseHostStatus = (text: string): HostStatus => {
	const one = (pattern: RegExp): RegExpExecArray | null => pattern.exec(text);
	const {open} = parseRuns(text);
	return {
		time: Number(one(/^time (\d+)$/m)?.[1]),
		apps: {backend: appIn(text, 'backend'), frontend: appIn(text, 'frontend')},
		services: [...text.matchAll(/^service (\S+) (\S*)$/gm)].map(([, unit = '', state = '']) => ({
			unit,
			state: state || 'unknown',
		})),
		disk: {
			freeKib: Number(one(/^disk (\d+)/m)?.[1]),
			used: one(/^disk \d+ (\S+)$/m)?.[1] ?? '',
			inodesUsed: one(/^inodes (\S+)$/m)?.[1] ?? '',
		},
		open,
		holds: [...text.matchAll(/^hold (\S+)\n(\S+ \d+\n.*)$/gm)].flatMap(([, app = '', lines = '']) => {
			const hold = parseHold(lines);
			return hold ? [{...hold, app}] : [];
		}),
		ledgerBytes: Number(one(/^ledger-bytes (\d+)$/m)?.[1] ?? 0),
	};
};

const appIn = (head: string, app: AppName): AppOnHost => {
	const release = new RegExp(`^live ${app} (\\S+)$`, 'm').exec(head)?.[1];
	// As a file on a host has it: anything may stand there.
	const buildId = new RegExp(`^build-id ${app} (.+)$`, 'm').exec(head)?.[1]?.replaceAll(/\p{Cc}/gu, '');
	const astray = new RegExp(`^astray ${app} (.*)$`, 'm').exec(head)?.[1];
	const isDirectory = new RegExp(`^directory ${app}$`, 'm').test(head);
	return {
		live: release === undefined ? (isDirectory ? 'directory' : undefined) : {release},
		...(astray === undefined ? {} : {astray}),
		...(buildId === undefined || buildId === '' ? {} : {buildId}),
	};
};
