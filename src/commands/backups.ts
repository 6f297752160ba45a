import type {Command} from '../domain/command.ts';
import {
	backupTime,
	escapeName,
	newestFirst,
	parseBackupName,
	type Backup,
	type BackupName,
	type BackupOrigin,
	type BackupState,
} from '../domain/backup.ts';
import type {AppName} from '../domain/environment.ts';
import {inspectArchive} from './archive.ts';
import {describeHolder} from './lock.ts';
import {program} from './shell.ts';

/*
 * Facts, then files, then writers, each ended by an empty record; NUL between everything, because a name may hold
 * anything else. What is written about a backup is one line of JSON.
 */
const list = `
directory=$1 state=$2
shift 2
say() { printf '%s\\0%s\\0' "$1" "$2"; }
say time "$(date -u +%s)"
for app; do
	name=\${app%%:*} live=\${app#*:}
	[ -L "$live" ] && { target=$(readlink -- "$live"); say "live $name" "\${target##*/}"; }
	[ -s "$state/previous-$name" ] && read -r previous <"$state/previous-$name" && say "previous $name" "$previous"
done
if ! [ -e "$directory" ]; then say missing "$directory"; printf '\\0\\0\\0'; exit 0; fi
cd -- "$directory" || exit 1
say free "$(df -P -k . | tail -n 1 | { read -r _ _ _ free _; echo "$free"; })"
printf '\\0'
find . -mindepth 1 -maxdepth 1 -printf '%f\\0%y\\0%s\\0%T@\\0' || exit 1
printf '\\0'
for part in ./*_*.tar.gz.part; do
	[ -f "$part" ] || continue
	if flock -n -s -- "$part" true 2>/dev/null; then say "\${part#./}" ended; else say "\${part#./}" writing; fi
done
printf '\\0'
find . -mindepth 1 -maxdepth 1 -type f -name '*_*.json' -size -256k -exec grep -aHs --null -m 1 '' {} +
exit 0
`;

/**
 * Lists every file of the backups directory with what is written beside it, in one exec that changes nothing. `apps`:
 * live paths, for which release is live and which was before it.
 */
export const listBackups = (options: {
	readonly directory: string;
	readonly stateDirectory: string;
	readonly apps: Readonly<Partial<Record<AppName, {readonly path: string}>>>;
}): Command =>
	program('list the backups', list, [
		options.directory,
		options.stateDirectory,
		...Object.entries(options.apps).map(([app, {path}]) => `${app}:${path}`),
	]);

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

/** Reads what `listBackups` printed. Throws Error when the output was cut. */
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
	const free = fact('free');
	return {
		time: Number(fact('time')),
		freeBytes: free === undefined ? undefined : Number(free) * 1024,
		live: ofApps('live'),
		previous: ofApps('previous'),
		backups: newestFirst(
			assemble({
				files: files.map(([file = '', type = '', size, time]) => ({
					file,
					type,
					sizeBytes: Number(size),
					modified: Math.floor(Number(time)),
				})),
				writing: new Set(writers.flatMap(([file = '', state]) => (state === 'writing' ? [file] : []))),
				notes: notesIn(notes),
				timeZone,
			}),
		),
	};
};

/** Records of `width` NUL-ended fields up to an empty first field, and what comes after it. */
const pairs = (text: string, width: number): readonly [readonly (readonly string[])[], string] => {
	const records: string[][] = [];
	let at = 0;
	for (;;) {
		const record: string[] = [];
		for (let field = 0; field < width; field++) {
			const end = text.indexOf('\0', at);
			if (end < 0) throw new Error('cut list of backups');
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

const objectIn = (line: string): Note | undefined => {
	try {
		return asObject(JSON.parse(line));
	} catch {
		return undefined;
	}
};

const asObject = (value: unknown): Note | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Note) : undefined;

type Found = {readonly file: string; readonly type: string; readonly sizeBytes: number; readonly modified: number};

type Directory = {
	readonly files: readonly Found[];
	readonly writing: ReadonlySet<string>;
	readonly notes: ReadonlyMap<string, Note>;
	readonly timeZone: string;
};

/** Files that belong to a backup and are not one. */
const companions = ['.json', '.json.part', '.tar.gz.part', '.pin'];

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
			const isLone = file.endsWith('.tar.gz.part') && !names.has(`${companion.name}.tar.gz`);
			return isLone ? [describe(directory, names, {...found, file: `${companion.name}.tar.gz`})] : [];
		}
		return type === 'd' && !file.endsWith('.tar.gz') ? [] : [describe(directory, names, found)];
	});
};

const describe = ({writing, notes, timeZone}: Directory, names: ReadonlySet<string>, found: Found): Backup => {
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
	const judged = names.has(part) ? pendingState(writing.has(part)) : judge({sizeBytes, modified}, note, verdict);
	const verifiedAt = instantOf(verdict['at']) ?? (note['sha256'] === undefined ? undefined : instantOf(note['at']));
	const verifiedBy = textOf(verdict['by']) ?? (verifiedAt === undefined ? undefined : texts.by);
	const entries = numberOf(verdict['entries']) ?? numberOf(note['entries']);
	const sha256 = hashOf(note['sha256']) ?? hashOf(verdict['sha256']);
	const unpackedBytes = numberOf(verdict['unpacked']);
	const notRestorable = judged.state === 'pending' || judged.state === 'bad' ? judged.reason : undefined;
	return {
		...base({...found, sizeBytes}, parsed),
		takenAt: instantOf(note['at']) ?? backupTime(parsed, timeZone),
		...judged,
		origin: originOf(note),
		...texts,
		...(sha256 === undefined ? {} : {sha256}),
		...(entries === undefined ? {} : {entries}),
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
	if (originOf(note) === 'old script') return {state: 'unchecked'};
	if (note['sizeBytes'] !== found.sizeBytes) return {state: 'bad', reason: 'not the size that was written down'};
	return note['modified'] === found.modified && hashOf(note['sha256']) !== undefined
		? {state: 'verified'}
		: {state: 'unchecked'};
};

const originOf = (note: Note): BackupOrigin => (note['origin'] === 'cockpit' ? 'cockpit' : 'old script');

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const hashOf = (value: unknown): string | undefined =>
	typeof value === 'string' && /^[\da-f]{64}$/.test(value) ? value : undefined;

const instantOf = (value: unknown): number | undefined => {
	const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isNaN(time) ? undefined : time;
};

const textsOf = (note: Note): Partial<Record<'release' | 'commit' | 'digest' | 'by' | 'why', string>> =>
	Object.fromEntries(
		(['release', 'commit', 'digest', 'by', 'why'] as const).flatMap(name => {
			const text = textOf(note[name]);
			return text === undefined ? [] : [[name, text]];
		}),
	);

const verify = `
umask 077
file=$1 app=$2
${inspectArchive}
recorded=
[ -f "\${file%.tar.gz}.json" ] && recorded=$(head -n 1 -- "\${file%.tar.gz}.json" | grep -a -o '"sha256":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
inspect_archive "$file" "$app" "$recorded" || exit
printf '%s\\n' "$found"
echo "bytes $(stat -c %s -- "$file")"
echo "modified $(stat -c %Y -- "$file")"
echo "sha256 $sha256"
if [ "$app" = frontend ]; then
	member=$(unquoted "$(printf '%s\\n' "$found" | sed -n 's/^root //p')")
	read_archive "$file" 2>/dev/null | tar --extract --gzip --to-stdout --no-unquote --no-wildcards --file=- -- "\${member%.}.next/BUILD_ID" |
		head -c 200 | head -n 1 | tr -dc '[:graph:]' | { read -r id; echo "build-id $id"; }
fi
`;

/**
 * Reads a whole archive and says whether the app could be restored from it: ends of gzip and tar, the sha256 beside it,
 * no member that leads out, the app's root in it. Prints `entries N`, `unpacked N`, `bytes N`, `modified SECONDS`,
 * `sha256 HEX`, `root PREFIX`, `strip N`, `has PATH` for what matters, `whole` when it is more than a build, and
 * `build-id ID` of a frontend. Exits 1
 * with the reason in the first line of standard error; 2 when it could not be read at all. Writes nothing.
 */
export const verifyBackup = (options: {readonly file: string; readonly app: AppName}): Command => ({
	...program('verify the backup', verify, [options.file, options.app]),
	sudo: ['root: cat'],
});

/** What `verifyBackup` found. */
export type Verification = {
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
};

/** Reads what `verifyBackup` printed. Undefined for anything else. */
export const parseVerification = (text: string): Verification | undefined => {
	const one = (name: string): string | undefined => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1];
	const sha256 = one('sha256');
	if (sha256 === undefined) return undefined;
	const buildId = one('build-id');
	return {
		entries: Number(one('entries')),
		bytes: Number(one('bytes')),
		unpackedBytes: Number(one('unpacked')),
		modified: Number(one('modified')),
		sha256,
		root: one('root') ?? '',
		strip: Number(one('strip')),
		has: [...text.matchAll(/^has (.*)$/gm)].map(([, path = '']) => path),
		isWhole: /^whole$/m.test(text),
		...(buildId ? {buildId} : {}),
	};
};

/*
 * One line of JSON, ended with the verdict: what is there stays, an earlier verdict goes. Braces in the verdict's texts
 * are escaped, so that its end can be found.
 */
const record = `
set -eu
umask 077
file=$1 verdict=$2 size=$3 modified=$4
note=\${file%.tar.gz}.json
[ "$(stat -c '%s %Y' -- "$file")" = "$size $modified" ] || { echo 'it was changed meanwhile' >&2; exit 1; }
known=
[ -f "$note" ] && known=$(head -n 1 -- "$note" | sed 's/,"verdict":{[^{}]*}//')
case $known in
	'{"'*'}') known=\${known%?} ;;
	*) known="{\\"file\\":\\"$(basename -- "$file")\\",\\"origin\\":\\"old script\\"" ;;
esac
printf '%s,"verdict":{"at":"%s",%s}}\\n' "$known" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$verdict" >"$note.part"
mv -- "$note.part" "$note"
`;

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
	readonly verdict: {readonly found: Verification} | {readonly reason: string};
}): Command => {
	const {verdict, size, modified, by} = options;
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
	return program('write down what was found', record, [options.file, flat, String(size), String(modified)]);
};

const pinText = `
umask 077
[ -f "$1" ] && ! [ -L "$1" ] || { echo 'not there' >&2; exit 1; }
: >>"\${1%.tar.gz}.pin"
`;

/** Keeps retention from ever removing a backup. A file of its own: no verdict rewrites it. */
export const pinBackup = (file: string): Command => program('pin the backup', pinText, [file]);

export const unpinBackup = (file: string): Command =>
	program('unpin the backup', 'rm -f -- "${1%.tar.gz}.pin"', [file]);

const remove = `
${describeHolder}
state=$1 directory=$2
shift 2
for app in backend frontend; do
	[ -e "$state/lock/$app" ] && { describe_holder "$state" "$app"; exit 96; }
done
cd -- "$directory" || exit 1
failed=0
for name; do
	[ -e "$name.pin" ] || [ -e "$name.tar.gz.part" ] && continue
	if rm -f -- "$name.tar.gz"; then rm -f -- "$name.json"; echo "removed $name"; else failed=1; fi
done
exit "$failed"
`;

/**
 * Removes backups by name, but not what was pinned meanwhile. Exits 96 and prints the holder while a run holds a lock:
 * it may be about to go back to one of them. Prints `removed NAME`. Throws TypeError for a name no backup can have.
 */
export const removeBackups = (options: {
	readonly stateDirectory: string;
	readonly directory: string;
	readonly names: readonly string[];
}): Command => {
	const names = options.names.map(text => {
		const name = parseBackupName(text)?.name;
		if (name === undefined) throw new TypeError(`no name of a backup: ${JSON.stringify(text)}`);
		return name;
	});
	return program('remove old backups', remove, [options.stateDirectory, options.directory, ...names]);
};

const prune = `
directory=$1 app=$2 keep=$3 live=$4 state=$5
cd -- "$directory" 2>/dev/null || exit 0
current=$(readlink -f -- "$live")
current=\${current##*/}
previous=
[ -s "$state/previous-$app" ] && read -r previous <"$state/previous-$app"
# Shell words only: a process for each archive and field would be felt at the end of a deploy.
stat -c '%n %s %Y' -- "$app"_[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]_[0-9][0-9][0-9][0-9][0-9][0-9].tar.gz 2>/dev/null | LC_ALL=C sort -r | while read -r archive size modified; do
	name=\${archive%.tar.gz}
	[ -f "$archive" ] && ! [ -L "$archive" ] && [ -f "$name.json" ] && ! [ -e "$archive.part" ] || continue
	IFS= read -r note <"$name.json"
	facts=$note verdict=
	case $note in *',"verdict":{'*) facts=\${note%%',"verdict":{'*} verdict=\${note##*',"verdict":{'} ;; esac
	case $facts in '{"'*'"origin":"cockpit"'*) ;; *) continue ;; esac
	is=unchecked
	case $verdict in
		*"\\"size\\":$size,\\"modified\\":$modified,"*) case $verdict in *'"ok":true'*) is=verified ;; *) is=bad ;; esac ;;
		*) case $facts in
			*"\\"sizeBytes\\":$size,"*) case $facts in *"\\"modified\\":$modified,"*) is=verified ;; esac ;;
			*) is=bad ;;
		esac ;;
	esac
	[ "$size" -gt 0 ] || is=bad
	held=false
	[ -e "$name.pin" ] && held=true
	case $facts in *"\\"release\\":\\"$current\\""*) held=true ;; esac
	[ -n "$previous" ] && case $facts in *"\\"release\\":\\"$previous\\""*) held=true ;; esac
	full=false
	[ "$keep" -gt 0 ] || full=true
	[ "$is" = verified ] && { "$held" || [ "$keep" -gt 0 ]; } && keep=$((keep - 1))
	"$held" && continue
	"$full" || continue
	[ "$is" = unchecked ] && continue
	echo "removes backup $name"
	# Never fails the run: the new release is live and healthy by now.
	rm -f -- "$name.tar.gz" && rm -f -- "$name.json" || echo "could not remove $name"
done
# What a writer that was killed has left; its lock says that it is gone.
find . -maxdepth 1 -type f -name "\${app}_*.tar.gz.part" -mtime +0 -exec flock -n {} rm -f -- {} \\;
exit 0
`;

/**
 * Removes backups of an app by the rule of `mayPrune`, decided on the host: only those of the cockpit itself. Part of
 * the closing job of a deploy; never fails.
 */
export const pruneBackups = (options: {
	readonly directory: string;
	readonly app: AppName;
	readonly keep: number;
	readonly live: string;
	readonly stateDirectory: string;
}): Command =>
	program('remove old backups', prune, [
		options.directory,
		options.app,
		String(options.keep),
		options.live,
		options.stateDirectory,
	]);
