# Holds the job's lock (fd 8) for as long as the job lives: the kernel drops it however the job ends, so nobody
# ever trusts a process id. `wait` is repeated because a trapped signal interrupts it. `group` is the process group and
# the start time of its leader: with the number alone, a later group of the same number could be taken for this one.
#
# A log that can't grow must not end the job: what it says goes through tee, which reads on whatever it can write, and says
# at its end that it could not. Whoever the job leaves behind keeps tee, and is not waited for.

dir=$1
mv -- "$dir/started.part" "$dir/started"
exec 9>&-
trap : TERM HUP INT
begin='dir=$1; read -r stat </proc/$$/stat; set -- ${stat##*) }; printf "%s %s\n" "$$" "${20}" 1<>"$dir/group.part" && mv -- "$dir/group.part" "$dir/group" && umask 022 && exec sh "$dir/script"'
ended() {
	wait "$1"; code=$?
	while kill -0 "$1" 2>/dev/null; do wait "$1"; code=$?; done
}
cut=
if [ -p "$dir/pipe" ] && tee --output-error=warn </dev/null >/dev/null 2>&1; then
	tee -a --output-error=warn -- "$dir/log" <"$dir/pipe" >/dev/null 2>&1 8>&- &
	teller=$!
	setsid sh -c "$begin" job "$dir" </dev/null >"$dir/pipe" 2>&1 8>&- &
	ended "$!"; result=$code
	timeout 1 tail "--pid=$teller" -s 0.02 -f /dev/null >/dev/null 2>&1 8>&- &
	ended "$!"
	if [ "$code" != 124 ]; then
		ended "$teller"
		[ "$code" = 0 ] || cut='cut'
		truncate -s +0 -- "$dir/log" 2>/dev/null
	fi
else
	setsid sh -c "$begin" job "$dir" </dev/null >>"$dir/log" 2>&1 8>&- &
	ended "$!"; result=$code
fi
printf '%s\n%s\n' "$result" "$cut" 1<>"$dir/exit.part" && mv -- "$dir/exit.part" "$dir/exit"
