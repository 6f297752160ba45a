# Refuses a release made of an archive that lacks what the app is served by: what was left out of it may have been that.

release=$1
shift
for needed; do
	[ -f "$release/$needed" ] || { echo "the archive has no $needed that could be restored: go back to another one" >&2; exit 1; }
done
