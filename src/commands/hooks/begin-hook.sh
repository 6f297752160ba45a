# Prints `new`, or `begun` where an earlier driver has begun it too, or `ended` and what came of it. All of it under the flock
# of the app, without touching whoever receives files meanwhile: a hook may run beside them.

umask 077
state=$1 app=$2 run=$3 attempt=$4 hook=$5
hooks=$state/jobs/$run/hooks
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
require_driver
require_lock
mkdir -p -- "$hooks" || exit 94
if [ -e "$hooks/$hook.end" ]; then
	echo ended
	cat -- "$hooks/$hook.said"
else
	# Who asks twice because its link broke has not begun in between.
	by=
	[ -s "$hooks/$hook.begun" ] && read -r by <"$hooks/$hook.begun"
	echo "$attempt" >"$hooks/$hook.begun" || exit 94
	case $by in
		'' | "$attempt") echo new ;;
		*) echo begun ;;
	esac
fi
