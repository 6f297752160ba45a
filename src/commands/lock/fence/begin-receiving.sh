# Shell text that begins a program which takes a stream and writes what it brings: compares run and attempt under the
# flock of the app, ends the receiver before it, and makes itself known, so that whoever takes the run over, ends it, or
# makes the release live ends it first. It holds the lock of receivers (fd 8) as long as it lives. The flock of the app is
# not kept: a driver that was stopped in the middle of its stream would keep everybody out. One that writes beside the
# release, not into it, says `allowed=sealed` before. Uses `$state`, `$app`, `$run`, `$attempt`; leaves `$jobs`.
# shellcheck disable=SC2086 # the fields of stat are words

begin_receiving() {
	jobs=$state/jobs/$run
	exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
	require_driver
	require_lock
	if [ -e "$jobs/sealed" ] && [ "${allowed:-}" != sealed ]; then echo "the release of run $run is live, or was" >&2; exit 98; fi
	end_receiver "$jobs" || { echo 'an earlier stream of this run does not end' >&2; exit 94; }
	exec 8>>"$jobs/receive.lock" && flock 8 || exit 94
	read -r stat </proc/$$/stat
	set -- ${stat##*) }
	receiver=$3 receiver_since=
	# The leader of the group may have ended before us: then the number alone names it.
	{ read -r stat <"/proc/$receiver/stat"; } 2>/dev/null && set -- ${stat##*) } && receiver_since=${20}
	printf '%s %s\n' "$receiver" "$receiver_since" >"$jobs/receive.group" || exit 94
	exec 9>&-
}
