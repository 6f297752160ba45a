umask 077
state=$1 owner=$2 minutes=$3 about=$4 entry=$5 header=$6
shift 6
apps=
while [ "$1" != -- ]; do apps="$apps $1"; shift; done
shift
# Nobody takes a lock between the look and the hold.
for app in $apps; do
	take_flock "$state" "$app" || exit 94
	refuse_held "$state" "$app" "$owner" || exit 96
done
# A hold on somebody else's live path would hold nobody.
while [ $# -gt 0 ]; do
	look_at_marker "$@" || exit $?
	shift 6
done
until=$(($(date -u +%s) + minutes * 60))
for app in $apps; do
	printf '%s %s\n{%s}\n' "$owner" "$until" "$about" >"$state/lock/$app.hold.part" && mv -- "$state/lock/$app.hold.part" "$state/lock/$app.hold" || { rm -f -- "$state/lock/$app.hold.part"; exit 94; }
done
( ledger_append "$state" "$entry" '' "$header" ) || exit $?
printf 'until %s\n' "$until"
