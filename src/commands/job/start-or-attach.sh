# Start or attach, in one exec. The file `started` is the at-most-once token: whoever finds it only attaches.
# fd 9 serialises with the lock of the app, and the supervisor keeps it until it has said that it runs.
#
# A job begins where all it must write has its room, and no job of a full disk is told as one that was killed. `room`:
# `spare` for a rollback, which may use what is kept for it; `closing` for what ends a run, which has its own.

umask 077
trap : HUP
state=$1 app=$2 run=$3 job=$4 attempt=$5 offset=$6 length=$7 how=$8 room=$9 supervise=${10}
shift 10
dir=$state/jobs/$run/$job
mkdir -p -- "$state/lock" || exit 94
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
require_driver
prepare_job() {
	why=$(make_job_room "$dir" "$length" 2>&1) && return
	rm -rf -- "$dir"
	case $room in
		closing) { mv -- "$state/jobs/$run/.spare" "$dir" 2>/dev/null || { use_spare "$state"; make_job_room "$dir" "$length" 2>/dev/null; }; } && return ;;
		spare) { use_spare "$state"; make_job_room "$dir" "$length" 2>/dev/null; } && return ;;
	esac
	rm -rf -- "$dir"
	tell_full "$state" "$why" >&2
	return 1
}
if ! [ -e "$dir/started" ]; then
	[ "$how" = behind-close ] || require_lock
	# On a full disk this is how `halt` keeps jobs from beginning.
	if [ "$room" != closing ] && [ -e "$state/jobs/$run/halted" ]; then echo 'J exit 143 0' >&2; exit 0; fi
	if [ "$how" = seals ]; then
		end_receiver "$state/jobs/$run" || { echo 'a stream into the release does not end' >&2; exit 94; }
		: >"$state/jobs/$run/sealed" || exit 94
	fi
	prepare_job && fill_script "$dir" "$length" || exit 94
	# What the job itself writes down for the run needs room, too.
	[ "$room" != spare ] || use_spare "$state" || :
	exec 8>"$dir/lock" && flock -x 8 || exit 94
	setsid sh -c "$supervise" supervise "$dir" "$@" </dev/null >/dev/null 2>&1 &
	exec 8>&-
	[ "$how" = behind-close ] || printf '%s %s %s %s\n' "$run" "$attempt" "${rest%% *}" "$job" 2>/dev/null >"$state/lock/$app.step"
fi
exec 9>&-
if [ -e "$dir/exit" ]; then
	tail -c "+$((offset + 1))" -- "$dir/log"
else
	flock -s -- "$dir/lock" true &
	waiter=$!
	tail -c "+$((offset + 1))" -s 0.02 "--pid=$waiter" -f -- "$dir/log"
	wait "$waiter"
fi
size=$(wc -c <"$dir/log")
if [ -e "$dir/exit" ]; then
	{ read -r code; read -r cut; } <"$dir/exit"
	[ -z "$cut" ] || echo "J cut" >&2
	printf 'J exit %s %s\n' "$code" "$size" >&2
elif [ "$(cat -- "$dir/boot")" != "$(cat /proc/sys/kernel/random/boot_id)" ]; then
	printf 'J lost reboot %s\n' "$size" >&2
elif ! [ -w "$dir" ]; then
	printf 'J lost unwritten %s\n' "$size" >&2
else
	printf 'J lost killed %s\n' "$size" >&2
fi
