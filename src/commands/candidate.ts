import type {Command} from '../domain/command.ts';
import type {SharedPaths} from '../domain/environment.ts';
import {beginReceiving, endReceiver, type Driver} from './fence.ts';
import {program} from './shell.ts';

const copy = `
set -eu
live=$1 candidate=$2
shift 2
rm -rf -- "$candidate.part"
if [ -L "$live" ]; then
	cp -a --reflink=auto -- "$(readlink -f -- "$live")" "$candidate.part"
else
	mkdir -p -- "$candidate.part"
fi
cd -- "$candidate.part"
for baked in "$@"; do rm -rf -- "$baked"; done
mv -T -- "$candidate.part" "$candidate"
`;

/**
 * Starts a candidate as a copy of the live release, so that only what changed has to be sent. `baked`: relative
 * paths that hold the old release's own path or compiled code, never copied along.
 */
export const copyLiveRelease = (options: {
	readonly live: string;
	readonly candidate: string;
	readonly owner: string;
	readonly baked: readonly string[];
}): Command =>
	program('copy the live release', copy, [options.live, options.candidate, ...options.baked], options.owner);

/*
 * Header: `CODEC MANIFEST_BYTES DELETION_BYTES`. What the owner's programs read comes through a pipe of the receiver's own:
 * once the receiver is ended they get no more, whatever session sudo has put them in.
 */
const receive = `
${endReceiver}
set -eu
umask 077
state=$1 app=$2 run=$3 attempt=$4 owner=$5 candidate=$6 live=$7
${beginReceiving}
IFS=' ' read -r codec manifest deletions
head -c "$manifest" >"$jobs/manifest.part"
mv -- "$jobs/manifest.part" "$jobs/manifest"
umask 022
cat | sudo -n -u "$owner" -- sh -c '
set -eu
[ "$(readlink -f -- "$4")" != "$(readlink -f -- "$1")" ] || { echo "$1 is live" >&2; exit 98; }
cd -- "$1"
list=$(mktemp)
trap "rm -f -- \\"$list\\"" EXIT
head -c "$3" >"$list"
xargs -0 -r rm -f -- <"$list"
xargs -0 -r dirname -z -- <"$list" | sort -zu | xargs -0 -r rmdir -p --ignore-fail-on-non-empty -- 2>/dev/null || true
case $2 in
	none) tar --extract --preserve-permissions --no-same-owner --file=- ;;
	gzip) tar --extract --gzip --preserve-permissions --no-same-owner --file=- ;;
	zstd) tar --extract --zstd --preserve-permissions --no-same-owner --file=- ;;
esac
' receive "$candidate" "$codec" "$deletions" "$live"
`;

/**
 * Takes the header, the new manifest, the paths to delete and a tar stream from standard input. Exits 97 when the driver
 * has not got the lock, 98 when the candidate is live or was: nothing is written then.
 */
export const receiveFiles = (
	{directory, app, run, attempt}: Driver,
	options: {readonly owner: string; readonly candidate: string; readonly live: string},
): Command => ({
	...program('receive files', receive, [
		directory,
		app,
		run,
		String(attempt),
		options.owner,
		options.candidate,
		options.live,
	]),
	sudo: [`${options.owner}: sh`],
});

const finish = `
set -eu
base=$1 candidate=$2 directory_mode=$3
shift 3
cd -- "$candidate"
chmod -- "$directory_mode" .
for item in "$@"; do
	path=\${item#*:}
	case $item in
		directory:*) mkdir -p -- "$base/shared/$path" ;;
		own:*) mkdir -p -- "$path"; continue ;;
	esac
	[ -L "$path" ] || rm -rf -- "$path"
	mkdir -p -- "$(dirname -- "$path")"
	ln -sfnr -- "$base/shared/$path" "$path"
done
`;

/**
 * Links what belongs to the environment into the candidate: `.env`, uploads, parts of `storage/`. `own`: relative
 * directories the app writes to that stay with the release.
 */
export const linkShared = (options: {
	readonly base: string;
	readonly candidate: string;
	readonly owner: string;
	readonly directoryMode: number;
	readonly shared: SharedPaths;
	readonly own: readonly string[];
}): Command =>
	program(
		'link what belongs to the environment',
		finish,
		[
			options.base,
			options.candidate,
			options.directoryMode.toString(8),
			...options.own.map(path => `own:${path}`),
			...options.shared.directories.map(path => `directory:${path}`),
			...options.shared.files.map(path => `file:${path}`),
		],
		options.owner,
	);

const remove = `
set -eu
live=$1 candidate=$2
[ "$(readlink -f -- "$live")" != "$(readlink -f -- "$candidate")" ] || { echo "$candidate is live" >&2; exit 1; }
rm -rf -- "$candidate" "$candidate.part"
`;

/** Removes a candidate that will not go live. Refuses when it is live. */
export const removeCandidate = (options: {
	readonly live: string;
	readonly candidate: string;
	readonly owner: string;
}): Command => program('remove the candidate', remove, [options.live, options.candidate], options.owner);
