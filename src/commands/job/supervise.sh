# Holds the job's lock (fd 8) for as long as the job lives: the kernel drops it however the job ends, so nobody
# ever trusts a process id. `wait` is repeated because a trapped signal interrupts it. `group` is the process group and
# the start time of its leader: with the number alone, a later group of the same number could be taken for this one.
#
# A log that can't grow must not end the job: who tells what it says reads on whatever it can write, and says at its end that
# it could not. Between the job and its log stands a redactor, so that no secret is ever written down. It hears of the end of
# the job by a line of this program's own, behind everything the job wrote: what the job leaves running may hold the pipe for
# ever, and is not waited for. One that somebody kills is followed by another on the same pipe. Where there is no perl the log
# is as the programs wrote it, and says so: no deploy begins there. What this holds is no part of a dump either.

dir=$1 redact=$2 rules=$3
shift 3
mv -- "$dir/started.part" "$dir/started"
exec 9>&-
trap : TERM HUP INT
ulimit -S -c 0
begin='dir=$1; read -r stat </proc/$$/stat; set -- ${stat##*) }; printf "%s %s\n" "$$" "${20}" 1<>"$dir/group.part" && mv -- "$dir/group.part" "$dir/group" && umask 022 && exec sh "$dir/script"'
ended() {
	wait "$1"; code=$?
	while kill -0 "$1" 2>/dev/null; do wait "$1"; code=$?; done
}
cut='' teller='' end=$(cat /proc/sys/kernel/random/uuid)
command -v perl >/dev/null || {
	end=
	echo '[no perl on this host: secrets that programs print are not hidden in its log]' >>"$dir/log"
}
if [ -p "$dir/pipe" ] && tee --output-error=warn </dev/null >/dev/null 2>&1; then
	{
		told=1
		while [ -n "$end" ]; do
			perl -e "$redact" -- "$rules" "$(printf '\036%s' "$end")" "$@" >>"$dir/log"
			told=$?
			[ "$told" -gt 128 ] && [ "$told" -lt 200 ] || break
		done
		# 3: not all of it could be written.
		case $told in 0 | 3) exit "$told" ;; esac
		exec tee -a --output-error=warn -- "$dir/log" >/dev/null
	} <"$dir/pipe" 8>&- &
	teller=$!
	exec 7>"$dir/pipe"
else
	exec 7>>"$dir/log"
fi
setsid sh -c "$begin" job "$dir" </dev/null >&7 2>&1 7>&- 8>&- &
ended "$!"; result=$code
if [ -n "$teller" ]; then
	trap '' PIPE
	[ -z "$end" ] || printf '\036%s' "$end" >&7
	exec 7>&-
	code=0
	if [ -z "$end" ]; then
		timeout 1 tail "--pid=$teller" -s 0.02 -f /dev/null >/dev/null 2>&1 8>&- &
		ended "$!"
	fi
	if [ "$code" != 124 ]; then
		ended "$teller"
		[ "$code" = 0 ] || cut='cut'
	fi
fi
printf '%s\n%s\n' "$result" "$cut" 1<>"$dir/exit.part" && mv -- "$dir/exit.part" "$dir/exit"
