# `refuse_foreign DIRECTORY MANIFEST SHARED...` ends the program where a release that is not live yet is not what was
# sent, or holds something where nobody makes anything. Leaves in $scratch/brought what the manifest names and in
# $scratch/more what else there is. Nothing runs in such a release, so that nothing is excused as written by the app:
# not even a cache of Next.

set -eu
umask 077
directory=$1 manifest=$2 kept=$3 installed=$4 packages=$5 prepared=$6
shift 6
refuse() {
	[ "$(count <"$2")" -eq 0 ] && return
	echo "the release being prepared $1: $(first_of "$2")" >&2
	exit 1
}
# Of two sorted lists of records: how the second differs from the first.
told_apart() {
	comm -z -23 -- "$1" "$2" | paths | sort -z >"$scratch/first"
	comm -z -13 -- "$1" "$2" | paths | sort -z >"$scratch/second"
	comm -z -13 -- "$scratch/first" "$scratch/second" | sed -z 's/^/added /'
	comm -z -12 -- "$scratch/first" "$scratch/second" | sed -z 's/^/changed /'
	comm -z -23 -- "$scratch/first" "$scratch/second" | sed -z 's/^/gone /'
}
refuse_foreign() {
	: >"$scratch/beside"
	candidate=$1 manifest=$2
	shift 2
	skipped=
	records_of "$candidate" "$@" >"$scratch/found"
	sort -z -- "$manifest" >"$scratch/brought"
	comm -z -13 -- "$scratch/brought" "$scratch/found" >"$scratch/more"
	told_apart "$scratch/brought" "$scratch/found" | sed -z '/^added /d' >"$scratch/altered"
	refuse 'is not what was sent' "$scratch/altered"
	refuse 'may be written by everybody, or runs as somebody else' "$scratch/loose"
	# Chunks are carried over from builds that a list names; where live has none, all of them are.
	release=$(readlink -f -- "$live" || true)
	if [ -e "$state/manifests/$app/${release##*/}" ]; then
		for list in "$state/manifests/$app"/*; do only '\.next/static/' <"$list"; done | sort -z -u >"$scratch/carried"
	else only '\.next/static/' <"$scratch/more" >"$scratch/carried"; fi
	# What scripts of an installer made beside its packages was listed right behind it.
	[ ! -e "$installed.beside" ] || sort -z -- "$installed.beside" >"$scratch/beside"
	{
		sed -z -n '/^000000 /p' <"$scratch/more"
		comm -z -23 -- "$scratch/more" "$scratch/carried" | comm -z -23 -- - "$scratch/beside" | sed -z '/^000000 /d; /^120000 0\{64\} /d' | without "$prepared"
	} | paths | sort -z >"$scratch/foreign"
	refuse 'holds files that no build brought' "$scratch/foreign"
}
