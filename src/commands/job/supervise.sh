# Holds the job's lock (fd 8) for as long as the job lives: the kernel drops it however the job ends, so nobody
# ever trusts a process id. `wait` is repeated because a trapped signal interrupts it. `group` is the process group and
# the start time of its leader: with the number alone, a later group of the same number could be taken for this one.

dir=$1
: >"$dir/started"
exec 9>&-
trap : TERM HUP INT
setsid sh -c 'dir=$1; read -r stat </proc/$$/stat; set -- ${stat##*) }; printf "%s %s\n" "$$" "${20}" >"$dir/group.part" && mv -- "$dir/group.part" "$dir/group" && umask 022 && exec sh "$dir/script"' job "$dir" </dev/null >>"$dir/log" 2>&1 8>&- &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
printf '%s\n' "$code" >"$dir/exit.part" && mv -- "$dir/exit.part" "$dir/exit"
