# Shell text: the run must hold the lock of the app still, too. For what begins something. Uses `$app` as well.

require_lock() {
	held=none
	[ -e "$state/lock/$app" ] && read -r held_run held_attempt rest <"$state/lock/$app" && held="$held_run $held_attempt"
	if [ "$held" != "$run $attempt" ]; then
		# Where nobody holds it, nobody is named.
		cat -- "$state/lock/$app" >&2 2>/dev/null || true
		exit 97
	fi
}
