umask 077
state=$1 owner=$2 entry=$3
shift 3
lifted=
for app in "$@"; do
	take_flock "$state" "$app" || exit 94
	[ -e "$state/lock/$app.hold" ] && read -r hold_owner hold_until <"$state/lock/$app.hold" || continue
	[ -z "$owner" ] || [ "$hold_owner" = "$owner" ] || continue
	rm -f -- "$state/lock/$app.hold" && lifted=yes
	echo "lifted $app"
done
[ -z "$lifted" ] || [ -z "$entry" ] || ( ledger_append "$state" "$entry" '' )
