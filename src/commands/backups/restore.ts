import type {Command} from '../../domain/command.ts';
import type {AppName, SharedPaths} from '../../domain/environments/environment.ts';
import {inspectArchive} from './archive.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/*
 * What stands in an unpacked app and is no part of one: fifos, sockets, devices, and links that lead neither to what is in
 * it, nor to what is shared, nor through the live path into what is live. Removed, and named, each name ended by NUL.
 */
const removeStrays = `
part=$1 shared=$2 live=$3 now=$4 top=$5
shift 5
for path; do
	if [ -L "$path" ]; then
		leads=$(readlink -m -- "$path")/
		case $leads in "$part"/* | "$shared"/*) continue ;; esac
		case $(readlink -- "$path")/ in "$live"/*) case $leads in "$now"/*) continue ;; esac ;; esac
	fi
	printf '%s\\0' "\${path#"$top"/}"
	rm -f -- "$path"
done
`.trim();

/*
 * Read once to its end before anything is written: what can't be restored whole is not begun. Unpacked beside its
 * place, which it takes by a rename. Root is the prefix that the app's members have; everything else stays out.
 */
const restore = `
umask 022
# The owner may not enter the login directory, and find must be able to come back to where it started.
cd /
file=$1 app=$2 into=$3 owner=$4 over=$5 file_mode=$6 program_mode=$7 directory_mode=$8 live=$9 base=\${10} remove_strays=\${11}
shift 11
${inspectArchive}
recorded=
[ -f "\${file%.tar.gz}.json" ] && recorded=$(head -n 1 -- "\${file%.tar.gz}.json" | grep -a -o '"sha256":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
inspect_archive "$file" "$app" "$recorded" || exit
root=$(unquoted "$(printf '%s\\n' "$found" | sed -n 's/^root //p')")
root=\${root%.}
strip=$(printf '%s\\n' "$found" | sed -n 's/^strip //p')
whole=false
printf '%s\\n' "$found" | grep -qx whole && whole=true
as_owner() { sudo -n -u "$owner" -- "$@"; }
as_owner rm -rf -- "$into.part" && as_owner mkdir -- "$into.part" || exit 1
for path; do
	shift
	case $path in
		'**/'*) set -- "$@" --no-anchored "--exclude=\${path#??/}" --anchored ;;
		*) set -- "$@" "--exclude=$root$path" ;;
	esac
done
case $root in '' | ./) ;; *) set -- "$@" -- "\${root%/}" ;; esac
report=$({
	{ code=0; read_archive "$file" || code=$?; echo "code-read $code" >&3; } |
		{ code=0; gzip -dc || code=$?; echo "code-gzip $code" >&3; cat >/dev/null; } |
		{ code=0; as_owner tar --extract --file=- --directory="$into.part" --no-same-owner --no-same-permissions --delay-directory-restore --no-unquote --no-wildcards --anchored "--strip-components=$strip" "$@" >&2 || code=$?; echo "code-tar $code" >&3; cat >/dev/null; }
} 3>&1)
case $report in
	*'code-read 0'*) ;;
	*) echo 'the archive could not be read to its end' >&2; exit 1 ;;
esac
case $report in *'code-gzip 0'*'code-tar 0'* | *'code-tar 0'*'code-gzip 0'*) ;; *) printf 'unpacking failed: %s\\n' "$(printf %s "$report" | tr '\\n' ' ')" >&2; exit 1 ;; esac
as_owner sh -c '
set -eu
find "$1" -type d -exec chmod "$4" {} +
find "$1" -type f -perm /111 -exec chmod "$3" {} +
find "$1" -type f ! -perm /111 -exec chmod "$2" {} +
' modes "$into.part" "$file_mode" "$program_mode" "$directory_mode" || exit 1
real() { as_owner sh -c 'readlink -m -- "$1"' real "$1"; }
leave_out() {
	as_owner find "$into.part" ! -type f ! -type d -exec sh -c "$remove_strays" strays "$(real "$into.part")" "$(real "$base/shared")" "$live" "$(real "$live")" "$into.part" {} + |
		tr '\\001-\\037\\177' '?' | tr '\\0' '\\n'
}
strays=$(leave_out)
stuck=$(leave_out)
[ -z "$stuck" ] || { printf 'could not be left out: %s\\n' "$stuck" >&2; exit 1; }
total=$(printf %s "$strays" | grep -c '')
if [ "$total" -gt 0 ]; then
	named=$(printf '%s\\n' "$strays" | head -n 3 | sed '2,$s/^/, /' | tr -d '\\n')
	[ "$total" -le 3 ] || named="$named and $((total - 3)) more"
	echo "noted: left out, for they lead out of the app or are no files: $named. The archive keeps what it was"
fi
count=$(as_owner find "$into.part" -type f -printf . | wc -c)
if [ "$over" = over ]; then
	as_owner sh -c '
	set -eu
	cd -- "$1"
	if [ "$3" = true ]; then find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +; fi
	cd -- "$2"
	find . -mindepth 1 -maxdepth 1 -exec sh -c "
		into=\\$1; shift
		for path; do rm -rf -- \\"\\$into/\\$path\\" && mv -T -- \\"\\$path\\" \\"\\$into/\\$path\\" || exit 1; done
	" over "$1" {} +
	cd /
	rmdir -- "$2"
	' over "$into" "$into.part" "$whole" || exit 1
else
	as_owner mv -T -- "$into.part" "$into" || exit 1
fi
echo "restored $((count)) files"
`;

/**
 * Unpacks the app of an archive into a directory, whatever root it has in there, as its owner. What belongs to the
 * environment is left out: it is linked afterwards by whoever goes on. What is no part of an app, a fifo or a link that leads out
 * of it, is left out too, and noted. Exits 1 with the reason in the first line of
 * standard error; `into` is then as it was. Prints `restored N files`.
 */
export const restoreBackup = (options: {
	readonly file: string;
	readonly app: AppName;
	/** Absolute directory, made by this. */
	readonly into: string;
	readonly owner: string;
	readonly fileMode: number;
	readonly directoryMode: number;
	readonly shared: SharedPaths;
	readonly layout: Pick<ReleaseLayout, 'live' | 'base'>;
	/** Relative paths that are not restored although an old archive may hold them, e.g. `.next/cache`. */
	readonly excludes?: readonly string[];
	/**
	 * `into` holds a copy of live: each file or directory at the top of the archived app takes the place of the one
	 * there, whole. Of an archive of the whole app nothing of the copy stays but `node_modules`.
	 */
	readonly over?: boolean;
}): Command => {
	const {fileMode, directoryMode, shared, layout, excludes = []} = options;
	const programMode = fileMode | ((fileMode & 0o444) >> 2);
	return {
		...program('restore the backup', restore, [
			options.file,
			options.app,
			options.into,
			options.owner,
			options.over ? 'over' : 'new',
			...[fileMode, programMode, directoryMode].map(mode => mode.toString(8)),
			layout.live,
			layout.base,
			removeStrays,
			...shared.files,
			...shared.directories,
			...excludes,
		]),
		sudo: ['root: cat', ...['rm', 'mkdir', 'tar', 'sh', 'find', 'mv'].map(name => `${options.owner}: ${name}`)],
	};
};
