# Shell functions over such records. `compare RELEASE SHARED...` leaves in $scratch what stands in a release (found),
# what its lists name (named), what of both agrees (same), and the paths that do not: added, changed, gone, and those
# with a mode that nobody asked for. Fails where nothing was written down about it: $listed is none then, and `no` where
# it is not written down what was made in it. Uses $state, $app, $owner, $live, $base and what `settings` reads.
# shellcheck disable=SC2024 # the scratch files are the SSH user's own

state=$1 app=$2 owner=$3 live=$4 base=$5 written=$6 unlisted=$7 skipped=$8 storage=$9 pages=${10} notpages=${11} records=${12}
shift 12
export LC_ALL=C
scratch=$(mktemp -d) || exit 94
trap 'rm -rf -- "$scratch"' EXIT
only() { sed -z -n -E "\\,^[0-9]* [0-9a-f]* ($1),p"; }
without() { sed -z -E "\\,^[0-9]* [0-9a-f]* ($1),d"; }
# What the app writes while it runs is compared with nothing: files, that is, and no links.
compared() { sed -z -E "\\,^100[0-9]* [0-9a-f]* ($written),d"; }
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
# `route PATH` for one that revalidates, `below PREFIX` for one that makes pages of names it learns from a request.
routes() {
	only '\.next/prerender-manifest\.json$' <"$scratch/same" | grep -q . || return 0
	sudo -n -u "$owner" -- cat -- "$release/.next/prerender-manifest.json" | tr -d '\n' |
		sed -E 's/" *: */":/g; s,"/[^"]*":\{,\n&,g' |
		sed -n -E 's,^"(/[^"]*)":.*"initialRevalidateSeconds":[0-9].*,route \1,p; s,^"(/[^"[]*)\[[^"]*":.*"fallback":[^f].*,below \1,p'
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
		sub(/^\.next\/server\/(app|pages)/, "", stem)
		if (!sub(/\.segments\/.*$/, "", stem)) sub(/(\.prefetch)?\.[a-z]+$/, "", stem)
		if (stem in exact) next
		if (!(path in known)) for (i = 1; i <= prefixes; i++) if (index(stem, below[i]) == 1) next
	}
	print
}'
# Reads the lists that without_remade goes by, of $release.
learn_pages() {
	[ -n "$pages" ] || return 0
	routes >"$scratch/routes"
	only "$pages" <"$scratch/named" | paths | tr '\n\000' '\001\n' >"$scratch/pages"
}
without_remade() {
	if [ -z "$pages" ]; then cat; return; fi
	tr '\n\000' '\001\n' >"$scratch/lines"
	pages="^($pages)" notpages="^($notpages)" routes="$scratch/routes" known="$scratch/pages" awk "$page_filter" "$scratch/lines" >"$scratch/filtered" || cp -- "$scratch/lines" "$scratch/filtered"
	tr '\001\n' '\n\000' <"$scratch/filtered"
}
compare() {
	release=$1 lists=$state/manifests/$app/${1##*/} listed=yes
	: >"$scratch/chunks"
	[ -s "$lists" ] || { listed=none; return 1; }
	records_of "$@" >"$scratch/found" || exit
	if [ -e "$lists.made" ]; then merge "$lists" "$lists.made" >"$scratch/named"
	else
		listed=no
		# Chunks of the builds before it were carried over without being written down.
		for list in "$state/manifests/$app"/*; do only '\.next/static/' <"$list"; done | sort -z -u | comm -z -12 - "$scratch/found" >"$scratch/chunks"
		merge "$lists" "$scratch/chunks" | without "$unlisted" >"$scratch/named"
		cp -- "$scratch/found" "$scratch/whole"
		without "$unlisted" <"$scratch/whole" >"$scratch/found"
	fi
	comm -z -12 -- "$scratch/named" "$scratch/found" >"$scratch/same"
	learn_pages
	comm -z -23 -- "$scratch/named" "$scratch/found" | compared | without_remade | paths | sort -z >"$scratch/missing"
	comm -z -13 -- "$scratch/named" "$scratch/found" | sed -z '/^120000 0\{64\} /d' | compared | without_remade | paths | sort -z >"$scratch/extra"
	comm -z -13 -- "$scratch/missing" "$scratch/extra" >"$scratch/added"
	comm -z -12 -- "$scratch/missing" "$scratch/extra" >"$scratch/changed"
	comm -z -23 -- "$scratch/missing" "$scratch/extra" >"$scratch/gone"
	comm -z -23 -- "$scratch/loose" "$scratch/extra" >"$scratch/mode"
}
# `changed PATH` and so on, each ended by NUL; what was added comes first.
differences() {
	for how in added changed gone mode; do [ ! -s "$scratch/$how" ] || sed -z "s/^/$how /" <"$scratch/$how"; done
}
count() { tr -dc '\0' | wc -c; }
# The first few of them in a line, and how many more there are. Names are shown: they hold no control characters then.
first_of() {
	total=$(count <"$1")
	head -z -n 3 -- "$1" | tr '\001-\037\177' '?' | sed -z '2,$s/^/, /' | tr -d '\0'
	[ "$total" -le 3 ] || printf ' and %s more' "$((total - 3))"
}
