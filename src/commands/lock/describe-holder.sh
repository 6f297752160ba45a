# Shell function: prints the lock of an app as it is kept, then `running JOB` for each job of its run that is alive.
# Arguments: state directory, app. `parseLockHolder` reads it.

describe_holder() {
	cat -- "$1/lock/$2"
	read -r described_run _ <"$1/lock/$2"
	for job_lock in "$1/jobs/$described_run"/*/lock; do
		[ -e "$job_lock" ] && ! flock -n -s -- "$job_lock" true && printf 'running %s\n' "$(basename -- "$(dirname -- "$job_lock")")"
	done
	return 0
}
