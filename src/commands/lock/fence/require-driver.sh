# Shell text: a later attempt of the run took it over: the driver that asks must not start, read or end anything more.
# `holder` is kept with the run, so that an older driver learns who it was even after the run has ended. Uses `$state`,
# `$run` and `$attempt`; needs the flock of the app.

require_driver() {
	held=
	[ -e "$state/jobs/$run/holder" ] && read -r held_run held_attempt rest <"$state/jobs/$run/holder" && held="$held_run $held_attempt"
	if [ "$held" != "$run $attempt" ]; then
		cat -- "$state/jobs/$run/holder" >&2 || true
		exit 97
	fi
}
