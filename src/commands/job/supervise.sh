# Holds the job's lock (fd 8) for as long as the job lives: the kernel drops it however the job ends, so nobody
# ever trusts a process id. `wait` is repeated because a trapped signal interrupts it. `group` is the process group and
# the start time of its leader: with the number alone, a later group of the same number could be taken for this one.
#
# Between the job and its log stands a redactor, so that no secret is ever written down. It hears of the end of the job by a
# line of this program's own, behind everything the job wrote: what the job leaves running may hold the pipe for ever. One
# that somebody kills is followed by another on the same pipe. Where there is no perl the log is as the programs wrote it.
# What this holds is no part of a dump either.

dir=$1 redact=$2 rules=$3
shift 3
: >"$dir/started"
exec 9>&-
trap : TERM HUP INT
ulimit -S -c 0
relay='' end=$(cat /proc/sys/kernel/random/uuid)
if command -v perl >/dev/null && mkfifo -- "$dir/pipe"; then
	{
		while :; do
			perl -e "$redact" -- "$rules" "$(printf '\036%s' "$end")" "$@"
			code=$?
			[ "$code" -gt 128 ] && [ "$code" -lt 200 ] || break
		done
		[ "$code" = 0 ] || exec cat
	} <"$dir/pipe" >>"$dir/log" 8>&- &
	relay=$!
	exec 7>"$dir/pipe"
	rm -f -- "$dir/pipe"
else
	exec 7>>"$dir/log"
fi
setsid sh -c 'dir=$1; read -r stat </proc/$$/stat; set -- ${stat##*) }; printf "%s %s\n" "$$" "${20}" >"$dir/group.part" && mv -- "$dir/group.part" "$dir/group" && umask 022 && exec sh "$dir/script"' job "$dir" </dev/null >&7 2>&1 7>&- 8>&- &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
if [ -n "$relay" ]; then
	trap '' PIPE
	printf '\036%s' "$end" >&7
	exec 7>&-
	while kill -0 "$relay" 2>/dev/null; do wait "$relay"; done
fi
printf '%s\n' "$code" >"$dir/exit.part" && mv -- "$dir/exit.part" "$dir/exit"
