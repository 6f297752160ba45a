import {Temporal} from 'temporal-polyfill';
import type {Kept} from '../environments/hooks.ts';
import type {AppName} from '../environments/environment.ts';

/** A name a backup can have. Only such a name ever becomes a path. */
export type BackupName = {
	readonly app: AppName;
	/** `20260210_112341`: local time of the environment. */
	readonly stamp: string;
	/** `backend_20260210_112341` */
	readonly name: string;
};

/** Reads the name of a backup, with or without `.tar.gz`. Source: workflow, "Automatic Backups". */
export const parseBackupName = (text: string): BackupName | undefined => {
	const match = /^(backend|frontend)_(\d{8}_\d{6})(?:\.tar\.gz)?$/.exec(text);
	const [, app, stamp = ''] = match ?? [];
	if (app === undefined || wallTime(stamp) === undefined) return undefined;
	return {app: app as AppName, stamp, name: `${app}_${stamp}`};
};

const wallTime = (stamp: string): Temporal.PlainDateTime | undefined => {
	// A 60th second is read as the 59th elsewhere: no name has one.
	if (!/^\d{8}_\d{4}[0-5]\d$/.test(stamp)) return undefined;
	try {
		return Temporal.PlainDateTime.from(stamp.replace('_', 'T'));
	} catch {
		return undefined;
	}
};

/** Epoch milliseconds a name stands for; of an hour that occurs twice, the first. */
export const backupTime = ({stamp}: BackupName, timeZone: string): number =>
	wallTime(stamp)?.toZonedDateTime(timeZone).epochMilliseconds ?? Number.NaN;

/**
 * `verified`: read through to its end, and not changed since. `pending`: not finished, or never will be. `bad`: can't
 * be restored.
 */
export type BackupState = 'verified' | 'unchecked' | 'pending' | 'bad';

/** `unknown`: nobody recorded how it came here. */
export type BackupOrigin = 'cockpit' | 'old script' | 'unknown';

/**
 * Whether an archive that nothing is written about can be one the old scripts made: they ended with the adoption, which its
 * name and its file both come before. `adoptedAt`: epoch milliseconds; undefined where the host can't tell.
 */
export const isFromBefore = (
	name: BackupName,
	{
		modified,
		adoptedAt,
		timeZone,
	}: {
		/** Epoch seconds of the last change of the file. */
		readonly modified: number;
		readonly adoptedAt: number | undefined;
		readonly timeZone: string;
	},
): boolean => adoptedAt === undefined || (modified * 1000 <= adoptedAt && backupTime(name, timeZone) <= adoptedAt);

/** Why an archive of unknown origin is not gone back to. */
export const unknownOrigin = 'nobody recorded how it came here';

/** One file of the backups directory. Texts are as the host has them: cleaned by whoever shows them. */
export type Backup = {
	/** As on the host, without `.tar.gz` when it has a name that a backup can have. */
	readonly name: string;
	/** As on the host. */
	readonly file: string;
	/** `file` with everything a terminal could obey escaped. */
	readonly shown: string;
	/** Undefined when the name says none. */
	readonly app: AppName | undefined;
	/** Epoch milliseconds. */
	readonly takenAt: number;
	readonly sizeBytes: number;
	/** Epoch seconds of the last change of the file. */
	readonly modified: number;
	readonly state: BackupState;
	/** Of `pending` and `bad`. */
	readonly reason?: string;
	readonly origin: BackupOrigin;
	readonly release?: string;
	readonly commit?: string;
	/** Lower-case hex digest of the sources. */
	readonly digest?: string;
	readonly by?: string;
	readonly why?: string;
	readonly sha256?: string;
	readonly entries?: number;
	/** Size once unpacked; known once it was verified by hand. */
	readonly unpackedBytes?: number;
	/** Run that made it. */
	readonly run?: string;
	/** What hooks of that run asked to be kept; absent: nothing. */
	readonly kept?: Kept;
	readonly pinned: boolean;
	/** Epoch milliseconds by the host's clock. */
	readonly verifiedAt?: number;
	readonly verifiedBy?: string;
	readonly isRestorable: boolean;
	readonly notRestorable?: string;
};

/** Newest first; of one instant by name. */
export const newestFirst = (backups: readonly Backup[]): readonly Backup[] =>
	backups.toSorted((a, b) => b.takenAt - a.takenAt || (a.file < b.file ? 1 : -1));

/** Characters a terminal obeys, or with which a line shows what it does not say. */
const obeyed = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF\\]/g;

/** A name made safe for a screen, as JSON would escape it: nothing is left out. */
export const escapeName = (name: string): string =>
	name.replaceAll(obeyed, character => {
		const short = {'\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t`, '\\': '\\\\'}[character];
		return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
	});
