import type {Command} from '../../domain/command.ts';
import {parseBackupName} from '../../domain/backups/backup.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {takeFlock} from '../lock/fence.ts';
import {describeHolder} from '../lock/lock.ts';
import {askMarker, claimParameters, type Claim} from '../lock/marker.ts';
import {program} from '../shell.ts';

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
${takeFlock}
${askMarker}
umask 077
state=$1 directory=$2
shift 2
# Nobody begins to go back to one of them before they are gone.
for app in backend frontend; do
	take_flock "$state" "$app" || exit 94
	[ -e "$state/lock/$app" ] && { describe_holder "$state" "$app"; exit 96; }
done
# What somebody else's app goes back to is not this environment's to remove.
while [ "$1" != -- ]; do
	look_at_marker "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
	shift 6
done
shift
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
 * it may be about to go back to one of them; 93 where a live path of the environment is somebody else's. Prints `removed NAME`. Throws TypeError for a name no backup can have.
 */
export const removeBackups = (options: {
	readonly stateDirectory: string;
	readonly directory: string;
	/** The live paths of the environment. */
	readonly claims: readonly Claim[];
	readonly names: readonly string[];
}): Command => {
	const names = options.names.map(text => {
		const name = parseBackupName(text)?.name;
		if (name === undefined) throw new TypeError(`no name of a backup: ${JSON.stringify(text)}`);
		return name;
	});
	return program('remove old backups', remove, [
		options.stateDirectory,
		options.directory,
		...options.claims.flatMap(claimParameters),
		'--',
		...names,
	]);
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
