import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {ownFilesOf} from '../../domain/releases/own-files.ts';
import type {HostState} from '../host-state.ts';
import {releaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/*
 * What stands in a release, as its owner: `MODE DIGEST PATH` for everything that is no directory, each ended by NUL, sorted
 * by bytes, in the form of a manifest. NUL and -z, because a path may hold anything else. A digest of zeros has a link that
 * leads where this product has it lead, however that is spelled; mode 000000 what is neither file nor link, or can't be read.
 * Modes 100666 and 100777 have files, 040777 directories, that everybody may write, or that run as somebody else.
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
find . -maxdepth 0 -perm -0002 -printf '.\\0' >"$scratch/open"
find . -mindepth 1 -ignore_readdir_race -type d -path "./\${skipped:-.}" -prune -o \\
	-type d -readable -executable -perm -0002 -fprintf "$scratch/open-below" '%P\\0' -o \\
	-type d \\( -readable -executable -o -fprintf "$scratch/other" '%P\\0' -prune \\) -o \\
	-type l -fprintf "$scratch/links" '%P\\0' -fprintf "$scratch/targets" '%l\\0' -o \\
	-type f -readable -perm /6002 -perm -0100 -fprintf "$scratch/loose-programs" '%p\\0' -o \\
	-type f -readable -perm /6002 -fprintf "$scratch/loose-files" '%p\\0' -o \\
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
	hash 100666 <"$scratch/loose-files"
	hash 100777 <"$scratch/loose-programs"
	cat -- "$scratch/open" "$scratch/open-below" | sed -z "s/^/040777 $zeros /"
	seq 1 "$count" | tr '\\n' '\\0' | ( cd -- "$scratch" && xargs -0 -r sha256sum -z -- ) | cut -z -c 1-64 | paste -z -d ' ' - "$scratch/links" | sed -z 's/^/120000 /'
	sed -z "s/^/000000 $zeros /" <"$scratch/other"
} >"$scratch/all"
: >"$scratch/ours"
ours() { printf '120000 %s %s\\0' "$zeros" "$1" >>"$scratch/ours"; }
for path; do
	[ -L "$path" ] && [ "$(readlink -m -- "$path")" = "$(readlink -m -- "$base/shared/$path")" ] && ours "$path"
done
if [ -n "$storage" ] && [ -L "$storage" ]; then
	# Wherever it says it leads: only this release's own place for it is meant, or that of the environment.
	case $(readlink -m -- "$storage") in
		"$(readlink -m -- "$base/shared/storage/app/public")" | "$(readlink -m -- storage/app/public)") ours "$storage" ;;
	esac
fi
sort -z -s -u -t ' ' -k 3 -- "$scratch/ours" "$scratch/all" | sort -z
`;

/*
 * Shell functions over such records. `compare RELEASE SHARED...` leaves in $scratch what stands in a release (found), what its
 * lists name (named), what of both agrees (same), and the paths that do not: added, changed, gone, and those with a mode
 * that nobody asked for. Fails where nothing was written down about it: $listed is none then, and `no` where it is not written
 * down what was made in it. Uses $state, $app, $owner, $live, $base and what `settings` reads.
 */
const functions = `
export LC_ALL=C
scratch=$(mktemp -d) || exit 94
trap 'rm -rf -- "$scratch"' EXIT
only() { sed -z -n -E "\\\\,^[0-9]* [0-9a-f]* ($1),p"; }
without() { sed -z -E "\\\\,^[0-9]* [0-9a-f]* ($1),d"; }
# What the app writes while it runs is compared with nothing: files, that is, and no links.
compared() { sed -z -E "\\\\,^100[0-9]* [0-9a-f]* ($written),d"; }
paths() { sed -z 's/^[0-9]* [0-9a-f]* //'; }
# The records of several lists, one for each path: that of the list that comes first. What a build brought comes first.
merge() { sort -z -s -u -t ' ' -k 3 -- "$@" | sort -z; }
# Records of a release, with modes as lists have them; $scratch/loose names what has others.
records_of() {
	directory=$1
	shift
	sudo -n -u "$owner" -- sh -c "$records" records "$directory" "$live" "$base" "$skipped" "$storage" "$@" >"$scratch/raw" || return
	sed -z -n -E '/^(100666|100777|040777) /p' <"$scratch/raw" | compared | paths | sort -z >"$scratch/loose"
	sed -z -E '/^040777 /d; s/^100666 /100644 /; s/^100777 /100755 /' <"$scratch/raw" | sort -z
}
# Routes whose pages Next makes again while it runs, as the build's own list of them says, if that is what was sent:
# \`route PATH\` for one that revalidates, \`below PREFIX\` for one that makes pages of names it learns from a request.
routes() {
	only '\\.next/prerender-manifest\\.json$' <"$scratch/same" | grep -q . || return 0
	sudo -n -u "$owner" -- cat -- "$release/.next/prerender-manifest.json" | tr -d '\\n' |
		sed -E 's/" *: */":/g; s,"/[^"]*":\\{,\\n&,g' |
		sed -n -E 's,^"(/[^"]*)":.*"initialRevalidateSeconds":[0-9].*,route \\1,p; s,^"(/[^"[]*)\\[[^"]*":.*"fallback":[^f].*,below \\1,p'
}
# Records of pages that were made again are left out; a page of the build only where its own route revalidates.
page_filter='
BEGIN {
	pages = ENVIRON["pages"]; code = ENVIRON["notpages"]
	while ((getline line <ENVIRON["routes"]) > 0)
		if (sub(/^route /, "", line)) exact[line == "/" ? "/index" : line] = 1
		else if (sub(/^below /, "", line)) below[++prefixes] = line
	while ((getline line <ENVIRON["known"]) > 0) known[line] = 1
}
{
	path = $0
	sub(/^[0-9]* [0-9a-f]* /, "", path)
	if ($0 ~ /^100644 / && path ~ pages && path !~ code) {
		stem = path
		sub(/^\\.next\\/server\\/(app|pages)/, "", stem)
		if (!sub(/\\.segments\\/.*$/, "", stem)) sub(/(\\.prefetch)?\\.[a-z]+$/, "", stem)
		if (stem in exact) next
		if (!(path in known)) for (i = 1; i <= prefixes; i++) if (index(stem, below[i]) == 1) next
	}
	print
}'
# Reads the lists that without_remade goes by, of $release.
learn_pages() {
	[ -n "$pages" ] || return 0
	routes >"$scratch/routes"
	only "$pages" <"$scratch/named" | paths | tr '\\n\\000' '\\001\\n' >"$scratch/pages"
}
without_remade() {
	if [ -z "$pages" ]; then cat; return; fi
	tr '\\n\\000' '\\001\\n' >"$scratch/lines"
	pages="^($pages)" notpages="^($notpages)" routes="$scratch/routes" known="$scratch/pages" awk "$page_filter" "$scratch/lines" >"$scratch/filtered" || cp -- "$scratch/lines" "$scratch/filtered"
	tr '\\001\\n' '\\n\\000' <"$scratch/filtered"
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
	learn_pages
	comm -z -23 -- "$scratch/named" "$scratch/found" | compared | without_remade | paths | sort -z >"$scratch/missing"
	comm -z -13 -- "$scratch/named" "$scratch/found" | sed -z '/^120000 0\\{64\\} /d' | compared | without_remade | paths | sort -z >"$scratch/extra"
	comm -z -13 -- "$scratch/missing" "$scratch/extra" >"$scratch/added"
	comm -z -12 -- "$scratch/missing" "$scratch/extra" >"$scratch/changed"
	comm -z -23 -- "$scratch/missing" "$scratch/extra" >"$scratch/gone"
	comm -z -23 -- "$scratch/loose" "$scratch/extra" >"$scratch/mode"
}
# \`changed PATH\` and so on, each ended by NUL; what was added comes first.
differences() {
	for how in added changed gone mode; do sed -z "s/^/$how /" <"$scratch/$how"; done
}
count() { tr -dc '\\0' | wc -c; }
# The first few of them in a line, and how many more there are. Names are shown: they hold no control characters then.
first_of() {
	total=$(count <"$1")
	head -z -n 3 -- "$1" | tr '\\001-\\037\\177' '?' | sed -z '2,$s/^/, /' | tr -d '\\0'
	[ "$total" -le 3 ] || printf ' and %s more' "$((total - 3))"
}
`.trim();

/** `move_aside RELEASE WITH` puts files of a release, named on standard input, into `left-out/`, but those that WITH has. */
export const moveAside = `
# $1: a directory that may have the very file already.
move='with=$1; shift
for path; do
	[ -n "$with" ] && cmp -s -- "$path" "$with/$path" && continue
	case $path in */*) mkdir -p -- "$0/\${path%/*}" || exit 255 ;; esac
	mv -T -- "$path" "$0/$path" || exit 255
done'
move_aside() {
	sudo -n -u "$owner" -- sh -c 'cd -- "$1" && mkdir -p -- "$2" && xargs -0 -r sh -c "$3" "$2" "$4"' keep "$1" "$base/left-out/\${1##*/}" "$move" "$2"
}
`.trim();

/** What has to be known of an app to compare its releases with their lists. */
export type ContentsOf = {
	readonly state: Pick<HostState, 'directory' | 'app'>;
	readonly target: Pick<AppTarget, 'recipe' | 'owner' | 'path' | 'shared'>;
};

const settings = `
state=$1 app=$2 owner=$3 live=$4 base=$5 written=$6 unlisted=$7 skipped=$8 storage=$9 pages=\${10} notpages=\${11} records=\${12}
shift 12
`.trim();

const settingsOf = ({state, target}: ContentsOf): readonly string[] => {
	const {written, unlisted, skipped, storageLink, pages, notPages} = ownFilesOf(target);
	return [
		state.directory,
		state.app,
		target.owner,
		target.path,
		releaseLayout(target).base,
		written,
		unlisted,
		skipped,
		storageLink,
		pages,
		notPages,
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
