# Start or attach, in one exec. The file `started` is the at-most-once token: whoever finds it only attaches.
# fd 9 serialises with the lock of the app, and the supervisor keeps it until it has said that it runs.

umask 077
trap : HUP
state=$1 app=$2 run=$3 job=$4 attempt=$5 offset=$6 length=$7 how=$8 supervise=$9
shift 9
dir=$state/jobs/$run/$job
mkdir -p -- "$state/lock" || exit 94
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
require_driver
if ! [ -e "$dir/started" ]; then
	[ "$how" = behind-close ] || require_lock
	if [ "$how" = seals ]; then
		end_receiver "$state/jobs/$run" || { echo 'a stream into the release does not end' >&2; exit 94; }
		: >"$state/jobs/$run/sealed" || exit 94
	fi
	rm -rf -- "$dir" && mkdir -- "$dir" || exit 94
	cat >"$dir/script" && cat /proc/sys/kernel/random/boot_id >"$dir/boot" && : >"$dir/log" || exit 94
	# A script that came only in part, over a link that broke, must never run.
	[ "$(($(wc -c <"$dir/script")))" = "$length" ] || { echo 'the script of the job did not arrive whole' >&2; exit 94; }
	exec 8>"$dir/lock" && flock -x 8 || exit 94
	setsid sh -c "$supervise" supervise "$dir" "$@" </dev/null >/dev/null 2>&1 &
	exec 8>&-
	[ "$how" = behind-close ] || printf '%s %s %s %s\n' "$run" "$attempt" "${rest%% *}" "$job" >"$state/lock/$app.step"
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
	printf 'J exit %s %s\n' "$(cat -- "$dir/exit")" "$size" >&2
elif [ "$(cat -- "$dir/boot")" = "$(cat /proc/sys/kernel/random/boot_id)" ]; then
	printf 'J lost killed %s\n' "$size" >&2
else
	printf 'J lost reboot %s\n' "$size" >&2
fi
