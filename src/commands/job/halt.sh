# All of it under the lock that starts take: a job asked for but not begun never begins, one that has begun is found, and
# nobody who takes the run over meanwhile loses what they have begun. A job that has not begun gets the exit code of a
# process ended by TERM.

umask 077
state=$1 app=$2 run=$3 attempt=$4
shift 4
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
require_driver
boot=$(cat /proc/sys/kernel/random/boot_id)
for job; do
	dir=$state/jobs/$run/$job
	[ -e "$dir/started" ] && continue
	(
		rm -rf -- "$dir" && mkdir -- "$dir" && : >"$dir/log" && : >"$dir/lock" &&
		echo "$boot" >"$dir/boot" && echo 143 >"$dir/exit" && : >"$dir/started"
	) 2>/dev/null && continue
	# Without room for that no job of the run begins any more but what closes it.
	rm -rf -- "$dir"
	[ -e "$state/jobs/$run/halted" ] || mv -- "$state/jobs/$run/halted.part" "$state/jobs/$run/halted" || exit 94
done
alive=0
end_receiver "$state/jobs/$run" || { echo 'what receives files is still alive' >&2; alive=1; }
for job; do
	dir=$state/jobs/$run/$job
	[ -e "$dir/started" ] || continue
	if [ -e "$dir/exit" ] && read -r code <"$dir/exit" && [ "$code" = 0 ]; then continue; fi
	[ "$(cat -- "$dir/boot")" = "$boot" ] || continue
	tries=100
	while ! [ -e "$dir/group" ] && ! flock -n -s -- "$dir/lock" true && [ "$tries" -gt 0 ]; do sleep 0.02; tries=$((tries - 1)); done
	[ -e "$dir/group" ] && read -r job_group job_since <"$dir/group" || continue
	end_group "$job_group" "$job_since" || { echo "process group $job_group of $job is still alive" >&2; alive=1; }
done
exit "$alive"
