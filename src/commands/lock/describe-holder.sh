# Shell functions: `describe_holder STATE APP` prints the lock of an app as it is kept, then `running JOB` for each job of its
# run that is alive, and `driver here` or `driver gone`: neither where a cockpit drives it that does not make itself known.
# `parseLockHolder` reads it. `holder_is_dead STATE APP`: nothing of the run that holds the lock is alive.
# `await_driver STATE APP` gives one that has just taken the lock the time to make itself known; not under the flock.

describe_holder() {
	cat -- "$1/lock/$2"
	read -r described_run described_attempt _ <"$1/lock/$2"
	for job_lock in "$1/jobs/$described_run"/*/lock; do
		[ -e "$job_lock" ] && ! flock -n -s -- "$job_lock" true && printf 'running %s\n' "$(basename -- "$(dirname -- "$job_lock")")"
	done
	described_driver=$1/jobs/$described_run/driver.$described_attempt
	[ -e "$described_driver" ] || return 0
	if ! flock -n -s -- "$described_driver" true || driver_is_new "$described_driver"; then echo 'driver here'; else echo 'driver gone'; fi
}

# Its age is told by the clock of the file itself. The driver asks for it with the exec behind the one that made it.
driver_is_new() { [ -n "$(find "$1" -mmin -0.08)" ]; }

await_driver() {
	while [ -e "$1/lock/$2" ] && read -r awaited_run awaited_attempt _ <"$1/lock/$2"; do
		awaited_driver=$1/jobs/$awaited_run/driver.$awaited_attempt
		[ -e "$awaited_driver" ] && flock -n -s -- "$awaited_driver" true && driver_is_new "$awaited_driver" || return 0
		sleep 0.1
	done
}

holder_is_dead() {
	case $(describe_holder "$1" "$2") in
		*'
running '*) return 1 ;;
		*'
driver gone') return 0 ;;
		*) return 1 ;;
	esac
}
