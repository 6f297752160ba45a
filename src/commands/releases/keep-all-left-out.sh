set -u
with=$live
for release in "$base/releases"/*; do
	[ -d "$release" ] || continue
	( keep_left_out "$release" "$@" ) || { echo "what $release holds beside its build can't be put aside" >&2; exit 1; }
done
