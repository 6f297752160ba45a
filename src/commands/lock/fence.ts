import type {HostState} from '../host-state.ts';
import {endGroup} from '../process-group.ts';

/** Which attempt of a run speaks. The token of the lock is a number for the two together: it grows with each holder. */
export type Driver = HostState & {readonly attempt: number};

/**
 * Exit codes of what a run does on a host that mean something other than the failure of the thing itself. `fenced`: the
 * lock is not this attempt's; standard error then names the holder. `sealed`: what it would write to is live, or was.
 */
export const fenceExit = {cannotPrepare: 94, fenced: 97, sealed: 98} as const;

/**
 * Shell text: a later attempt of the run took it over: the driver that asks must not start, read or end anything more.
 * `holder` is kept with the run, so that an older driver learns who it was even after the run has ended. Uses `$state`,
 * `$run` and `$attempt`; needs the flock of the app.
 */
export const requireDriver = `
held=
[ -e "$state/jobs/$run/holder" ] && read -r held_run held_attempt rest <"$state/jobs/$run/holder" && held="$held_run $held_attempt"
if [ "$held" != "$run $attempt" ]; then
	cat -- "$state/jobs/$run/holder" >&2 || true
	exit 97
fi
`.trim();

/** Shell text: the run must hold the lock of the app still, too. For what begins something. Uses `$app` as well. */
export const requireLock = `
held=none
[ -e "$state/lock/$app" ] && read -r held_run held_attempt rest <"$state/lock/$app" && held="$held_run $held_attempt"
if [ "$held" != "$run $attempt" ]; then
	# Where nobody holds it, nobody is named.
	cat -- "$state/lock/$app" >&2 2>/dev/null || true
	exit 97
fi
`.trim();

/**
 * Shell function: `take_flock STATE APP` keeps the lock of an app as it is for as long as the program lives that calls it.
 * Two are always taken in the order of their names, so that nobody waits for each other.
 */
export const takeFlock = `
take_flock() {
	mkdir -p -- "$1/lock" || return 94
	case $2 in
		backend) exec 8>>"$1/lock/$2.flock" && flock 8 ;;
		*) exec 9>>"$1/lock/$2.flock" && flock 9 ;;
	esac
}
`.trim();

/**
 * Shell functions: `end_receiver JOBS` ends whoever receives a stream for the run with this directory, and waits until
 * nobody holds its lock. Needs the flock of the app, under which a receiver makes itself known. Fails when it does not end.
 */
export const endReceiver = `
${endGroup}
end_receiver() {
	[ -e "$1/receive.lock" ] && ! flock -n -- "$1/receive.lock" true || return 0
	read -r receiver receiver_since <"$1/receive.group" && end_group "$receiver" "$receiver_since"
	flock -w 20 -- "$1/receive.lock" true
}
`.trim();

/**
 * Shell text that begins a program which takes a stream and writes what it brings: compares run and attempt under the
 * flock of the app, ends the receiver before it, and makes itself known, so that whoever takes the run over, ends it, or
 * makes the release live ends it first. It holds the lock of receivers (fd 8) as long as it lives. The flock of the app is
 * not kept: a driver that was stopped in the middle of its stream would keep everybody out. One that writes beside the
 * release, not into it, says `allowed=sealed` before. Uses `$state`, `$app`, `$run`, `$attempt`; leaves `$jobs`.
 */
export const beginReceiving = `
jobs=$state/jobs/$run
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
${requireDriver}
${requireLock}
if [ -e "$jobs/sealed" ] && [ "\${allowed:-}" != sealed ]; then echo "the release of run $run is live, or was" >&2; exit 98; fi
end_receiver "$jobs" || { echo 'an earlier stream of this run does not end' >&2; exit 94; }
exec 8>>"$jobs/receive.lock" && flock 8 || exit 94
read -r stat </proc/$$/stat
set -- \${stat##*) }
receiver=$3 receiver_since=
read -r stat <"/proc/$receiver/stat" && set -- \${stat##*) } && receiver_since=\${20}
printf '%s %s\\n' "$receiver" "$receiver_since" >"$jobs/receive.group" || exit 94
exec 9>&-
`.trim();
