import {answerTo} from '../known.ts';
import {understand} from '../../commands/answers.ts';
import {
	differencesToLive,
	parseDifferences,
	type Differences,
} from '../../commands/backups/compare/backup-differences.ts';
import {listBackups, parseBackups, type BackupListing} from '../../commands/backups/list/backup-listing.ts';
import {pinBackup, removeBackups, unpinBackup} from '../../commands/backups/prune/prune-backups.ts';
import {
	parseVerification,
	recordVerdict,
	verifyBackup,
	type BackupVerification,
} from '../../commands/backups/verify/backup-verification.ts';
import {lockHeld, parseLockHolder} from '../../commands/lock/lock.ts';
import {notOwner, parseNotOwner} from '../../commands/lock/marker/marker.ts';
import {parseBackupName, unknownOrigin, type Backup} from '../../domain/backups/backup.ts';
import {mayPrune} from '../../domain/backups/prune-backups.ts';
import type {Command} from '../../domain/command.ts';
import {primaryHost, targetOf, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {locked, misconfigured, stepFailed, usage, type DeployError} from '../../domain/errors.ts';
import type {ExecResult} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';
import {claimsOn} from '../claim-of.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {appsOf} from '../target-of.ts';

/** Reading every byte of an archive of some gigabytes takes its time. */
const readThroughMs = 30 * 60_000;

type Options = {readonly timeoutMs?: number; readonly signal?: AbortSignal | undefined};

const ask = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	command: Command,
	options: Options = {},
): Promise<ExecResult> => {
	if (environment.hosts.length === 0) {
		throw misconfigured({
			what: `${environment.name} has no backups`,
			why: 'it has no hosts',
			next: `Add hosts to ${environment.file}, or name another environment with --env.`,
		});
	}
	return execOn(services, environment, command, {lane: 'poll', timeoutMs: 60_000, ...options});
};

const failed = (environment: Environment, command: Command, {code, stderr}: ExecResult, next: string): DeployError =>
	stepFailed({
		what: `Could not ${command.label ?? 'do that'} on ${primaryHost(environment).name}`,
		why: stderr.trim() === '' ? `it exited with ${code}` : stderr.trim(),
		now: 'Nothing that is live was touched.',
		next,
	});

const fileOf = ({backups}: Environment, {file}: Pick<Backup, 'file'>): string => {
	const name = parseBackupName(file);
	if (!name || !file.endsWith('.tar.gz')) throw new TypeError(`no name of a backup: ${JSON.stringify(file)}`);
	return `${backups.directory}/${name.name}.tar.gz`;
};

/**
 * The backups of an environment, newest first, with what is live. Texts hold no control characters; `name` and `file`
 * are as on the host, for which `shown` stands on a screen. `app` leaves out those of the other app, not those whose
 * name says none. Throws DeployError as sessions do, `configuration`, `step-failed`.
 */
export const listBackupsOf = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	{app, ...options}: {readonly app?: AppName} & Options = {},
): Promise<BackupListing> => {
	const {backups, stateDirectory, apps, timeZone} = environment;
	const command = listBackups({directory: backups.directory, stateDirectory, apps});
	const answer = await ask(services, environment, command, options);
	if (answer.code !== 0) throw failed(environment, command, answer, `Look at ${backups.directory} on the host.`);
	const listing = understand(primaryHost(environment).name, answer, text => parseBackups(text, {timeZone}));
	return {
		...listing,
		live: cleanText(listing.live),
		previous: cleanText(listing.previous),
		backups: listing.backups
			.filter(one => app === undefined || one.app === undefined || one.app === app)
			.map(one => ({...cleanText(one), name: one.name, file: one.file})),
	};
};

/** Finds a backup by a name with or without `.tar.gz`. Throws DeployError `usage` that lists those there are. */
export const backupNamed = (environment: Environment, {backups}: BackupListing, name: string): Backup => {
	const wanted = parseBackupName(name)?.name;
	const found = backups.find(one => one.name === wanted && parseBackupName(one.file));
	if (found) return found;
	const names = backups.filter(({file}) => parseBackupName(file)).map(one => one.name);
	const [shown, more] = [names.slice(0, 12), names.length - 12];
	throw usage({
		what: `There is no backup ${JSON.stringify(name)} in ${environment.name}`,
		why:
			wanted === undefined
				? 'a backup is called backend_YYYYMMDD_HHMMSS or frontend_...'
				: 'no file has that name',
		next:
			names.length === 0
				? `There are none in ${environment.backups.directory}.`
				: [
						'There are:',
						...shown.map(one => `  ${one}`),
						...(more > 0 ? [`  and ${more} older ones`] : []),
					].join('\n'),
	});
};

/** What came of reading one backup. */
export type Verified = {
	readonly backup: Backup;
	/** `unknown`: it could not be read, or is not finished. */
	readonly state: 'verified' | 'bad' | 'unknown';
	/** Of `bad` and `unknown`. */
	readonly reason?: string;
	readonly found?: BackupVerification;
	/** Why the verdict could not be written down beside it. */
	readonly notRecorded?: string;
};

/**
 * Reads one backup to its end and writes the verdict beside it. Works on a full disk, where the verdict is only told.
 * Throws DeployError as sessions do.
 */
export const verifyOne = async (
	services: Pick<AppServices, 'sessions' | 'actorFor'>,
	environment: Environment,
	backup: Backup,
	{signal, isNamed = false}: Pick<Options, 'signal'> & {readonly isNamed?: boolean} = {},
): Promise<Verified> => {
	if (backup.state === 'pending' || backup.app === undefined || !parseBackupName(backup.file)) {
		return {backup, state: 'unknown', reason: backup.notRestorable ?? 'name'};
	}
	const file = fileOf(environment, backup);
	const long = {timeoutMs: readThroughMs, signal};
	const {app} = backup;
	const target = targetOf(environment, app);
	const answer = await ask(services, environment, verifyBackup({file, app, target, isAccepted: isNamed}), long);
	const {code, stderr} = answer;
	const host = primaryHost(environment).name;
	const read = await answerTo(async () => (code === 0 ? understand(host, answer, parseVerification) : undefined));
	if ('unknown' in read) return {backup, state: 'unknown', reason: cleanText(read.unknown)};
	const found = read.value;
	const reason = cleanText(stderr.split('\n')[0] ?? '') || `it exited with ${code}`;
	if (!found && code !== 1) return {backup, state: 'unknown', reason};
	const {name} = await services.actorFor(primaryHost(environment));
	const record = recordVerdict({
		file,
		size: found?.bytes ?? backup.sizeBytes,
		modified: found?.modified ?? backup.modified,
		by: name,
		origin: backup.origin,
		verdict: found ? {found} : {reason},
	});
	const written = await ask(services, environment, record);
	return {
		backup,
		...(found ? {state: 'verified', found: cleanText(found)} : {state: 'bad', reason}),
		...(written.code === 0
			? {}
			: {notRecorded: cleanText(written.stderr.trim()) || `it exited with ${written.code}`}),
	};
};

/**
 * Reads several backups, one after the other: they share one disk. `onResult` comes after each. Of those whose origin is
 * unknown none is accepted along with the others: that takes its name.
 */
export const verifyAll = async (
	services: Pick<AppServices, 'sessions' | 'actorFor'>,
	environment: Environment,
	{
		backups,
		onResult,
		isNamed = false,
		...options
	}: {
		readonly isNamed?: boolean;
		readonly backups: readonly Backup[];
		readonly onResult: (result: Verified) => void;
	} & Pick<Options, 'signal'>,
): Promise<readonly Verified[]> => {
	const results: Verified[] = [];
	for (const backup of backups) {
		const result: Verified =
			backup.origin === 'unknown' && backup.state === 'unchecked' && !isNamed
				? {
						backup,
						state: 'unknown',
						reason: `${unknownOrigin}. To accept it: cockpit backups verify ${backup.name} --env ${environment.name}`,
					}
				: await verifyOne(services, environment, backup, {...options, isNamed});
		results.push(result);
		onResult(result);
	}
	return results;
};

/** Keeps retention from removing a backup, or no longer. Throws DeployError as sessions do, `step-failed`. */
export const pin = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	backup: Backup,
	{undo = false}: {readonly undo?: boolean} = {},
): Promise<void> => {
	const file = fileOf(environment, backup);
	const command = undo ? unpinBackup(file) : pinBackup(file);
	const answer = await ask(services, environment, command);
	if (answer.code !== 0) throw failed(environment, command, answer, 'List what there is: cockpit backups list');
};

/** Which backups retention would remove now, by the policy of the environment. */
export const planPrune = (
	{backups: {keep}}: Environment,
	{backups, live, previous}: BackupListing,
	{oldScripts = false}: {readonly oldScripts?: boolean} = {},
): readonly Backup[] => {
	const inUse = [...Object.values(live), ...Object.values(previous)];
	return mayPrune(backups, {keep, inUse, oldScripts});
};

/**
 * Removes backups and answers with the names that went: one that was pinned meanwhile stays. Throws DeployError as
 * sessions do, `locked` while a run may be about to go back to one, `step-failed`.
 */
export const removeAll = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	backups: readonly Backup[],
): Promise<readonly string[]> => {
	if (backups.length === 0) return [];
	const {stateDirectory} = environment;
	const names = backups.map(({file}) => file);
	const claims = claimsOn(environment, appsOf(environment));
	const command = removeBackups({stateDirectory, directory: environment.backups.directory, claims, names});
	const answer = await ask(services, environment, command, {timeoutMs: readThroughMs});
	const foreign = answer.code === notOwner ? parseNotOwner(answer.stderr) : undefined;
	if (foreign)
		throw failed(environment, command, answer, cleanText(foreign.next)).with({
			code: 'blocked',
			why: cleanText(foreign.why),
			now: 'Nothing was removed.',
		});
	if (answer.code === lockHeld) {
		const holder = cleanText(parseLockHolder(answer.stdout.trimEnd()));
		throw locked({
			what: `No backup of ${environment.name} is removed while a run is under way`,
			why: holder ? `${holder.name} on ${holder.machine} holds the lock, run ${holder.run}` : 'a lock is held',
			now: 'Nothing was removed.',
			next: 'Try again once it has ended.',
		});
	}
	if (answer.code !== 0) {
		const next = 'List what is left: cockpit backups list';
		throw failed(environment, command, answer, next).with({now: `Removed: ${answer.stdout.trim() || 'nothing'}.`});
	}
	return [...answer.stdout.matchAll(/^removed (\S+)$/gm)].map(([, name = '']) => name);
};

/** What differs between a backup and live. Paths are safe to show. Throws DeployError as sessions do, `step-failed`. */
export const compareWithLive = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	backup: Backup,
	{signal}: Pick<Options, 'signal'> = {},
): Promise<Differences> => {
	const target = backup.app && targetOf(environment, backup.app);
	if (!backup.app || !target) throw new TypeError(`no app for ${backup.shown} in ${environment.name}`);
	const command = differencesToLive(fileOf(environment, backup), backup.app, target);
	const answer = await ask(services, environment, command, {timeoutMs: readThroughMs, signal});
	if (answer.code !== 0) throw failed(environment, command, answer, 'Verify it: cockpit backups verify');
	return cleanText(understand(primaryHost(environment).name, answer, parseDifferences));
};
