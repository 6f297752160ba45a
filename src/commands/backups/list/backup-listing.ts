import type {Command} from '../../../domain/command.ts';
import {
	backupTime,
	escapeName,
	isFromBefore,
	newestFirst,
	parseBackupName,
	unknownOrigin,
	type Backup,
	type BackupName,
	type BackupOrigin,
	type BackupState,
} from '../../../domain/backups/backup.ts';
import type {AppName} from '../../../domain/environments/environment.ts';
import {keptIn} from '../../../domain/environments/hooks.ts';
import adoptedSince from '../adopted-since.sh';
import {timeWritten} from '../../../domain/host-clock.ts';
import {asObject, cutAnswer, objectIn, secondsIn, textOrEmpty, wholeIn} from '../../answers.ts';
import {program} from '../../shell.ts';
import list from './list-backups.sh';

/**
 * Lists every file of the backups directory with what is written beside it, in one exec that changes nothing. `apps`:
 * live paths, for which release is live and which was before it.
 */
export const listBackups = (options: {
	readonly directory: string;
	readonly stateDirectory: string;
	readonly apps: Readonly<Partial<Record<AppName, {readonly path: string}>>>;
}): Command =>
	program(
		'list the backups',
		[adoptedSince, list],
		[
			options.directory,
			options.stateDirectory,
			...Object.entries(options.apps).map(([app, {path}]) => `${app}:${path}`),
		],
	);

export type BackupListing = {
	/** Epoch seconds of the host. */
	readonly time: number;
	/** Undefined when the directory does not exist yet. */
	readonly freeBytes: number | undefined;
	/** Releases by app, as far as the host knows them. */
	readonly live: Readonly<Partial<Record<AppName, string>>>;
	readonly previous: Readonly<Partial<Record<AppName, string>>>;
	/** Newest first. */
	readonly backups: readonly Backup[];
};

/** Reads what `listBackups` printed. Throws DeployError `answer-unreadable` when it was cut. */
export const parseBackups = (text: string, {timeZone}: {readonly timeZone: string}): BackupListing => {
	const [facts, rest] = pairs(text, 2);
	const [files, more] = pairs(rest, 4);
	const [writers, notes] = pairs(more, 2);
	const fact = (name: string): string | undefined => facts.find(([key]) => key === name)?.[1];
	const ofApps = (what: string): Partial<Record<AppName, string>> =>
		Object.fromEntries(
			facts.flatMap(([key = '', value = '']) =>
				key.startsWith(`${what} `) ? [[key.slice(what.length + 1), value]] : [],
			),
		);
	const time = secondsIn(fact('time'));
	const free = wholeIn(fact('free'));
	if (time === undefined) throw cutAnswer('the backups', text, 'it did not say its time');
	return {
		time,
		freeBytes: free === undefined ? undefined : free * 1024,
		live: ofApps('live'),
		previous: ofApps('previous'),
		backups: newestFirst(
			assemble({
				files: files.map(([file = '', type = '', size, changed]) => {
					const [sizeBytes, modified] = [wholeIn(size), secondsFrom(changed)];
					if (sizeBytes === undefined || modified === undefined)
						throw cutAnswer('the backups', text, `${escapeName(file)} has no size or no time`);
					return {file, type, sizeBytes, modified};
				}),
				ended: new Set(writers.flatMap(([file = '', state]) => (state === 'ended' ? [file] : []))),
				notes: notesIn(notes),
				since: ofApps('since'),
				timeZone,
			}),
		),
	};
};

/** Of `1770700000.1234567890`, as find writes it. */
const secondsFrom = (text: string | undefined): number | undefined => {
	const [whole, fraction = ''] = (text ?? '').split('.');
	const seconds = secondsIn(whole);
	return seconds !== undefined && seconds < 0 && /[1-9]/.test(fraction) ? seconds - 1 : seconds;
};

/** Records of `width` NUL-ended fields up to an empty first field, and what comes after it. */
const pairs = (text: string, width: number): readonly [readonly (readonly string[])[], string] => {
	const records: string[][] = [];
	let at = 0;
	for (;;) {
		const record: string[] = [];
		for (let field = 0; field < width; field++) {
			const end = text.indexOf('\0', at);
			if (end < 0) throw cutAnswer('the backups', text);
			const value = text.slice(at, end);
			at = end + 1;
			if (field === 0 && value === '') return [records, text.slice(at)];
			record.push(value);
		}
		records.push(record);
	}
};

type Note = Readonly<Record<string, unknown>>;

/** `./NAME.json`, NUL, one line. */
const notesIn = (text: string): ReadonlyMap<string, Note> =>
	new Map(
		[...text.matchAll(/([^\0]*)\0([^\n]*)\n/g)].flatMap(([, file = '', line = '']) => {
			const note = objectIn(line);
			return note ? [[file.replace(/^\.\//, ''), note]] : [];
		}),
	);

type Found = {readonly file: string; readonly type: string; readonly sizeBytes: number; readonly modified: number};

type Directory = {
	readonly files: readonly Found[];
	readonly ended: ReadonlySet<string>;
	readonly notes: ReadonlyMap<string, Note>;
	/** Since when the apps are adopted, ISO 8601 UTC. */
	readonly since: Readonly<Partial<Record<AppName, string>>>;
	readonly timeZone: string;
};

/** Files that belong to a backup and are not one. */
const companions = ['.json', '.json.part', '.tar.gz.part', '.failed', '.pin'];

const companionOf = (file: string): BackupName | undefined => {
	const ending = companions.find(one => file.endsWith(one));
	const name = ending === undefined ? undefined : parseBackupName(file.slice(0, -ending.length));
	return name && file === `${name.name}${ending}` ? name : undefined;
};

const assemble = (directory: Directory): Backup[] => {
	const names = new Set(directory.files.map(({file}) => file));
	return directory.files.flatMap(found => {
		const {file, type} = found;
		const companion = companionOf(file);
		if (companion) {
			const isLone =
				(file.endsWith('.tar.gz.part') || file.endsWith('.failed')) && !names.has(`${companion.name}.tar.gz`);
			return isLone ? [describe(directory, names, {...found, file: `${companion.name}.tar.gz`})] : [];
		}
		return type === 'd' && !file.endsWith('.tar.gz') ? [] : [describe(directory, names, found)];
	});
};

const describe = ({ended, notes, since, timeZone}: Directory, names: ReadonlySet<string>, found: Found): Backup => {
	const {file, type, sizeBytes, modified} = found;
	const parsed = file.endsWith('.tar.gz') ? parseBackupName(file) : undefined;
	if (!parsed || type !== 'f') {
		const why = parsed ? `not a plain file` : 'name';
		return {
			...base(found, parsed),
			takenAt: modified * 1000,
			state: 'unchecked',
			origin: 'old script',
			pinned: false,
			isRestorable: false,
			notRestorable: why,
		};
	}
	const note = notes.get(`${parsed.name}.json`) ?? {};
	const texts = textsOf(note);
	const verdict = asObject(note['verdict']) ?? {};
	const part = `${file}.part`;
	const judged = names.has(`${parsed.name}.failed`)
		? pendingState(false)
		: names.has(part)
			? pendingState(!ended.has(part))
			: judge({sizeBytes, modified}, note, verdict);
	const verifiedAt =
		timeWritten(verdict['at']) ?? (note['sha256'] === undefined ? undefined : timeWritten(note['at']));
	const verifiedBy = textOf(verdict['by']) ?? (verifiedAt === undefined ? undefined : texts.by);
	const entries = numberOf(verdict['entries']) ?? numberOf(note['entries']);
	const sha256 = hashOf(note['sha256']) ?? hashOf(verdict['sha256']);
	const kept = keptIn(note['kept']);
	const unpackedBytes = numberOf(verdict['unpacked']);
	const adoptedAt = timeWritten(since[parsed.app]);
	// What somebody looked at by name counts; of what nobody did, only what is older than the adoption.
	const isAccepted = verdict['ok'] === true && verdict['size'] === sizeBytes && verdict['modified'] === modified;
	const isOld = isFromBefore(parsed, {modified, adoptedAt, timeZone});
	const origin = originOf(note) === 'old script' && !isAccepted && !isOld ? 'unknown' : originOf(note);
	const isUnknown = origin === 'unknown' && !isAccepted;
	const notRestorable =
		judged.state === 'pending' || judged.state === 'bad' ? judged.reason : isUnknown ? unknownOrigin : undefined;
	return {
		...base({...found, sizeBytes}, parsed),
		takenAt: timeWritten(note['at']) ?? backupTime(parsed, timeZone),
		...judged,
		origin,
		...texts,
		...(sha256 === undefined ? {} : {sha256}),
		...(entries === undefined ? {} : {entries}),
		...(Object.keys(kept).length === 0 ? {} : {kept}),
		...(unpackedBytes === undefined ? {} : {unpackedBytes}),
		pinned: names.has(`${parsed.name}.pin`),
		...(judged.state === 'verified' && verifiedAt !== undefined ? {verifiedAt} : {}),
		...(judged.state === 'verified' && verifiedBy !== undefined ? {verifiedBy} : {}),
		isRestorable: notRestorable === undefined,
		...(notRestorable === undefined ? {} : {notRestorable}),
	};
};

const base = ({file, sizeBytes, modified}: Found, parsed: BackupName | undefined) => ({
	name: parsed?.name ?? file,
	file,
	shown: escapeName(file),
	app: parsed?.app,
	sizeBytes,
	modified,
});

type Judged = {readonly state: BackupState; readonly reason?: string};

const pendingState = (isWriting: boolean): Judged => ({
	state: 'pending',
	reason: isWriting ? 'being written' : 'its writing ended before it was whole',
});

/** What is written about a file counts only for the very file it was written about. */
const judge = (found: Pick<Found, 'sizeBytes' | 'modified'>, note: Note, verdict: Note): Judged => {
	if (found.sizeBytes === 0) return {state: 'bad', reason: 'empty'};
	if (verdict['size'] === found.sizeBytes && verdict['modified'] === found.modified) {
		return verdict['ok'] === true
			? {state: 'verified'}
			: {state: 'bad', reason: textOf(verdict['reason']) ?? 'found bad'};
	}
	if (originOf(note) !== 'cockpit') return {state: 'unchecked'};
	if (note['sizeBytes'] !== found.sizeBytes) return {state: 'bad', reason: 'not the size that was written down'};
	return note['modified'] === found.modified && hashOf(note['sha256']) !== undefined
		? {state: 'verified'}
		: {state: 'unchecked'};
};

const originOf = ({origin}: Note): BackupOrigin =>
	origin === 'cockpit' || origin === 'unknown' ? origin : 'old script';

const textOf = (value: unknown): string | undefined => textOrEmpty(value) || undefined;

const numberOf = (value: unknown): number | undefined =>
	typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;

const hashOf = (value: unknown): string | undefined =>
	typeof value === 'string' && /^[\da-f]{64}$/.test(value) ? value : undefined;

const textsOf = (note: Note): Partial<Record<'release' | 'commit' | 'digest' | 'run' | 'by' | 'why', string>> =>
	Object.fromEntries(
		(['release', 'commit', 'digest', 'run', 'by', 'why'] as const).flatMap(name => {
			const text = textOf(note[name]);
			return text === undefined ? [] : [[name, text]];
		}),
	);
