import type {Command} from '../../../domain/command.ts';
import type {BackupOrigin} from '../../../domain/backups/backup.ts';
import type {AppName, AppTarget} from '../../../domain/environments/environment.ts';
import {answersIn, cutAnswer, secondsIn} from '../../answers.ts';
import inspectArchive from '../inspect-archive.sh';
import {notRestored} from '../restore/restore.ts';
import {program} from '../../shell.ts';
import verify from './verify-backup.sh';
import record from './record-verdict.sh';

/**
 * Reads a whole archive and says whether the app could be restored from it, by the survey that the restore itself goes by:
 * ends of gzip and tar, the sha256 beside it, members that tar puts where they say, the app's root in it, its project, and
 * the room it needs. Prints `entries N`, `unpacked N`, `bytes N`, `modified SECONDS`, `sha256 HEX`, `root PREFIX`, `strip N`,
 * `has PATH` for what matters, `whole` when it is more than a build, `told TEXT` of what would not come back as it was, and
 * `build-id ID` of a frontend. Exits 1 with the reason in the first line of standard error; 2 when it could not be read at
 * all, or there is no room for it. Writes nothing.
 */
export const verifyBackup = ({
	file,
	app,
	target,
	isAccepted = false,
}: {
	readonly file: string;
	readonly app: AppName;
	/** What it would be restored into. Absent: what depends on that is not asked. */
	readonly target?: Pick<AppTarget, 'path' | 'owner' | 'shared'> | undefined;
	/** Somebody accepts it by its name: one of a renamed project is told as such, and good. */
	readonly isAccepted?: boolean;
}): Command => ({
	...program(
		'verify the backup',
		[inspectArchive, verify],
		[
			file,
			app,
			target?.path ?? '',
			target?.owner ?? '',
			isAccepted ? 'accepted' : '',
			...(target ? notRestored(app, target) : []),
		],
	),
	sudo: ['root: cat', ...(target ? [`${target.owner}: cat`] : [])],
});

/** What `verifyBackup` found. */
export type BackupVerification = {
	readonly entries: number;
	readonly bytes: number;
	readonly unpackedBytes: number;
	/** Epoch seconds of the last change of the file. */
	readonly modified: number;
	readonly sha256: string;
	/** Prefix of the app in the archive, as tar quotes it: empty or ending in `/`. */
	readonly root: string;
	readonly strip: number;
	readonly has: readonly string[];
	/** False for an archive of a build alone. */
	readonly isWhole: boolean;
	readonly buildId?: string;
	/** What of it would not come back as it was, a sentence each; names as tar quotes them. */
	readonly told?: readonly string[];
};

/** Reads what `verifyBackup` printed of a good one. Throws DeployError `answer-unreadable` for anything else. */
export const parseVerification = (text: string): BackupVerification => {
	const {all, one, figure} = answersIn(text, ' ');
	const sha256 = one('sha256');
	const modified = secondsIn(one('modified'));
	const [entries, bytes, unpackedBytes, strip] = [
		figure('entries'),
		figure('bytes'),
		figure('unpacked'),
		figure('strip'),
	];
	if (sha256 === undefined || !/^[\da-f]{64}$/.test(sha256) || modified === undefined)
		throw cutAnswer('the backup', text);
	if (![entries, bytes, unpackedBytes, strip].every(figure => figure >= 0)) throw cutAnswer('the backup', text);
	const buildId = one('build-id');
	const told = all('told');
	return {
		entries,
		bytes,
		unpackedBytes,
		modified,
		sha256,
		root: one('root') ?? '',
		strip,
		has: all('has'),
		isWhole: /^whole$/m.test(text),
		...(told.length > 0 ? {told} : {}),
		...(buildId ? {buildId} : {}),
	};
};

/**
 * Writes down beside a backup what verifying it found: for the file of that size and time only, and by the host's
 * clock. `found`: of a good one; `reason`: why it is bad.
 */
export const recordVerdict = (options: {
	readonly file: string;
	/** Of the file that was read: from the list for a bad one. */
	readonly size: number;
	readonly modified: number;
	readonly by: string;
	/** Of one that nothing was written about yet. */
	readonly origin?: BackupOrigin;
	readonly verdict: {readonly found: BackupVerification} | {readonly reason: string};
}): Command => {
	const {verdict, size, modified, by, origin = 'old script'} = options;
	const result =
		'found' in verdict
			? {
					ok: true,
					sha256: verdict.found.sha256,
					entries: verdict.found.entries,
					unpacked: verdict.found.unpackedBytes,
				}
			: {ok: false, reason: verdict.reason};
	const members = JSON.stringify({...result, size, modified, by}).slice(1, -1);
	const flat = members.replaceAll('{', String.raw`\u007b`).replaceAll('}', String.raw`\u007d`);
	return program('write down what was found', record, [options.file, flat, String(size), String(modified), origin]);
};
