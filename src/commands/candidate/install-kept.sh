set -eu
directory=$1 run=$2 packages=$3 own=$4 locks=$5 roots=$6 prepared=$7
shift 7
names() { as_owner 'cd -- "$1" && find . -mindepth 1 ! -type d -printf "%P\0"' names "$directory" | sort -z; }
manifest=$state/jobs/$run/manifest taken=$state/jobs/$run/taken
list() { records_of "$directory" >"$scratch/found"; only "$packages" <"$scratch/found" >"$scratch/installed"; }
as_owner() { sudo -n -u "$owner" -- sh -c "$@"; }
: >"$scratch/locks"
[ ! -e "$taken" ] || only '[^/]*$' <"$taken" >"$scratch/locks"
sort -z -- "$manifest" | only "$locks" >"$scratch/locks-sent"
# With the same lock file no package changes: what does was changed by somebody else, between the copy of live and here.
changed_packages() {
	[ -s "$taken" ] && cmp -s -- "$scratch/locks" "$scratch/locks-sent" || return 1
	only "$own" <"$taken" >"$scratch/before"
	[ -s "$scratch/before" ] || return 1
	only "$own" <"$scratch/installed" | comm -z -3 -- "$scratch/before" - | sed -z 's/^\t//' | paths | sort -z -u >"$scratch/altered"
	[ "$(count <"$scratch/altered")" -gt 0 ]
}
# An installer trusts what it finds: only what was taken over may be there.
for root in $roots; do
	cat -- "$manifest" "$taken" 2>/dev/null | only "$root(/|$)" | grep -q . || as_owner 'rm -rf -- "$1/$2"' remove "$directory" "$root"
done
names >"$scratch/there"
"$@"
list
if changed_packages; then
	echo "noted: packages were changed while this release was prepared, and are installed anew: $(first_of "$scratch/altered")"
	cut -z -d / -f 1 <"$scratch/altered" | sort -z -u | as_owner 'cd -- "$1" && xargs -0 -r rm -rf --' remove "$directory"
	"$@"
	list
fi
# A script of a package may make files beside the packages: they come with the release, and are named.
without "$prepared" <"$scratch/found" | sed -z '/^000000 /d' >"$scratch/outside"
paths <"$scratch/outside" | sort -z | comm -z -13 -- "$scratch/there" - >"$scratch/new"
tr '\n\000' '\001\n' <"$scratch/new" >"$scratch/lines"
tr '\n\000' '\001\n' <"$scratch/outside" | new="$scratch/lines" awk '
	BEGIN { while ((getline line <ENVIRON["new"]) > 0) wanted[line] = 1 }
	{ path = $0; sub(/^[0-9]* [0-9a-f]* /, "", path); if (path in wanted) print }
' | tr '\001\n' '\n\000' >"$scratch/installed.beside"
total=$(count <"$scratch/new")
[ "$total" -eq 0 ] || echo "noted: the installer made files beside its packages ($total): $(first_of "$scratch/new")"
( umask 077; cat -- "$scratch/installed" >"$state/jobs/$run/installed"; cat -- "$scratch/installed.beside" >"$state/jobs/$run/installed.beside" )
