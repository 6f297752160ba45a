import type {Command} from '../domain/command.ts';
import type {AppTarget} from '../domain/environment.ts';
import {ownFilesOf} from '../domain/own-files.ts';
import type {HostState} from './host-state.ts';
import {releaseLayout} from './release-layout.ts';
import {program} from './shell.ts';

/*
 * What stands in a release, as its owner: `MODE DIGEST PATH` for everything that is no directory, each ended by NUL, sorted
 * by bytes, in the form of a manifest. NUL and -z, because a path may hold anything else. A digest of zeros has a link that
 * leads where this product has it lead, however that is spelled; mode 000000 what is neither file nor link, or can't be read.
 */
const records = `
set -eu
export LC_ALL=C
cd -P -- "$1"
live=$2 base=$3 skipped=$4 storage=$5
shift 5
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
zeros=$(printf %064d 0)
find . -mindepth 1 -ignore_readdir_race -path "./\${skipped:-.}" -prune -o \\
	-type d \\( -readable -executable -o -fprintf "$scratch/other" '%P\\0' -prune \\) -o \\
	-type l -fprintf "$scratch/links" '%P\\0' -fprintf "$scratch/targets" '%l\\0' -o \\
	-type f -readable -perm -0100 -fprintf "$scratch/programs" '%p\\0' -o \\
	-type f -readable -fprintf "$scratch/files" '%p\\0' -o \\
	-fprintf "$scratch/other" '%P\\0'
# One that vanishes meanwhile is missing in what follows, which says so.
hash() { xargs -0 -r sha256sum -z -- 2>/dev/null | sed -z "s,^\\\\([0-9a-f]*\\\\)  \\\\./,$1 \\\\1 ,"; }
echo 0 >"$scratch/count"
xargs -0 -r sh -c '
	cd -- "$0" && read -r count <count || exit 255
	for target; do count=$((count + 1)); printf %s "$target" >"$count" || exit 255; done
	echo "$count" >count
' "$scratch" <"$scratch/targets"
read -r count <"$scratch/count"
{
	hash 100644 <"$scratch/files"
	hash 100755 <"$scratch/programs"
	seq 1 "$count" | tr '\\n' '\\0' | ( cd -- "$scratch" && xargs -0 -r sha256sum -z -- ) | cut -z -c 1-64 | paste -z -d ' ' - "$scratch/links" | sed -z 's/^/120000 /'
	sed -z "s/^/000000 $zeros /" <"$scratch/other"
} >"$scratch/all"
: >"$scratch/ours"
ours() { printf '120000 %s %s\\0' "$zeros" "$1" >>"$scratch/ours"; }
for path; do
	[ -L "$path" ] && [ "$(readlink -m -- "$path")" = "$(readlink -m -- "$base/shared/$path")" ] && ours "$path"
done
here=$(pwd -P)
if [ -n "$storage" ] && [ -L "$storage" ]; then
	case $(readlink -- "$storage") in
		../storage/app/public) ours "$storage" ;;
		*/..* | */./*) ;;
		"$live/storage/app/public" | "\${here%/*}"/*/storage/app/public) ours "$storage" ;;
	esac
fi
sort -z -s -u -t ' ' -k 3 -- "$scratch/ours" "$scratch/all" | sort -z
`;

/*
 * Shell functions over such records. `compare RELEASE SHARED...` leaves in $scratch what stands in a release (found), what its
 * lists name (named), what of both agrees (same), and the paths that do not: added, changed, gone. Fails where nothing was
 * written down about it: $listed is none then, and `no` where it is not written down what was made in it. Uses $state,
 * $app, $owner, $live, $base and what `settings` reads.
 */
const functions = `
export LC_ALL=C
scratch=$(mktemp -d) || exit 94
trap 'rm -rf -- "$scratch"' EXIT
only() { sed -z -n -E "\\\\,^[0-9]* [0-9a-f]* ($1),p"; }
without() { sed -z -E "\\\\,^[0-9]* [0-9a-f]* ($1),d"; }
# What the app writes while it runs is compared with nothing.
compared() { sed -z -E "\${notwritten:+\\\\,^[0-9]* [0-9a-f]* ($notwritten),b;}\\\\,^[0-9]* [0-9a-f]* ($written),d"; }
paths() { sed -z 's/^[0-9]* [0-9a-f]* //'; }
# The records of several lists, one for each path: that of the list that comes first. What a build brought comes first.
merge() { sort -z -s -u -t ' ' -k 3 -- "$@" | sort -z; }
records_of() {
	directory=$1
	shift
	sudo -n -u "$owner" -- sh -c "$records" records "$directory" "$live" "$base" "$skipped" "$storage" "$@"
}
compare() {
	release=$1 lists=$state/manifests/$app/\${1##*/} listed=yes
	: >"$scratch/chunks"
	[ -s "$lists" ] || { listed=none; return 1; }
	records_of "$@" >"$scratch/found" || exit
	if [ -e "$lists.made" ]; then merge "$lists" "$lists.made" >"$scratch/named"
	else
		listed=no
		# Chunks of the builds before it were carried over without being written down.
		for list in "$state/manifests/$app"/*; do only '\\.next/static/' <"$list"; done | sort -z -u | comm -z -12 - "$scratch/found" >"$scratch/chunks"
		merge "$lists" "$scratch/chunks" | without "$unlisted" >"$scratch/named"
		cp -- "$scratch/found" "$scratch/whole"
		without "$unlisted" <"$scratch/whole" >"$scratch/found"
	fi
	comm -z -12 -- "$scratch/named" "$scratch/found" >"$scratch/same"
	comm -z -23 -- "$scratch/named" "$scratch/found" | compared | paths | sort -z >"$scratch/missing"
	comm -z -13 -- "$scratch/named" "$scratch/found" | sed -z '/^120000 0\\{64\\} /d' | compared | paths | sort -z >"$scratch/extra"
	comm -z -13 -- "$scratch/missing" "$scratch/extra" >"$scratch/added"
	comm -z -12 -- "$scratch/missing" "$scratch/extra" >"$scratch/changed"
	comm -z -23 -- "$scratch/missing" "$scratch/extra" >"$scratch/gone"
}
# \`changed PATH\` and so on, each ended by NUL; what was added comes first.
differences() {
	for how in added changed gone; do sed -z "s/^/$how /" <"$scratch/$how"; done
}
count() { tr -dc '\\0' | wc -c; }
# The first few of them in a line, and how many more there are. Names are shown: they hold no control characters then.
first_of() {
	total=$(count <"$1")
	head -z -n 3 -- "$1" | tr '\\001-\\037\\177' '?' | sed -z '2,$s/^/, /' | tr -d '\\0'
	[ "$total" -le 3 ] || printf ' and %s more' "$((total - 3))"
}
`.trim();

/** What has to be known of an app to compare its releases with their lists. */
export type ContentsOf = {
	readonly state: Pick<HostState, 'directory' | 'app'>;
	readonly target: Pick<AppTarget, 'recipe' | 'owner' | 'path' | 'shared'>;
};

const settings = `
state=$1 app=$2 owner=$3 live=$4 base=$5 written=$6 notwritten=$7 unlisted=$8 skipped=$9 storage=\${10} records=\${11}
shift 11
`.trim();

const settingsOf = ({state, target}: ContentsOf): readonly string[] => {
	const {written, notWritten, unlisted, skipped, storageLink} = ownFilesOf(target);
	return [
		state.directory,
		state.app,
		target.owner,
		target.path,
		releaseLayout(target).base,
		written,
		notWritten,
		unlisted,
		skipped,
		storageLink,
		records.trim(),
	];
};

const sharedOf = ({target: {shared}}: ContentsOf): readonly string[] => [...shared.files, ...shared.directories];

/** A program that can compare releases. `text` finds its own parameters first, then `--`-less the shared paths. */
export const contentsProgram = (
	label: string,
	text: string,
	of: ContentsOf,
	parameters: readonly string[] = [],
): Command => ({
	...program(label, [settings, functions, text.trim()].join('\n'), [
		...settingsOf(of),
		...parameters,
		...sharedOf(of),
	]),
	sudo: [`${of.target.owner}: sh`],
});
