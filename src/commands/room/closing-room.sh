# Shell function: what closes a run has its room before the run begins, so that nothing keeps it from giving the lock back:
# the directory of its job, how it ended, and the next lines of ledger and outbox. Blocks beyond the end of a file are its
# own and no part of what it says. Arguments: state directory, run.

closing_room() {
	closing_jobs=$1/jobs/$2
	make_job_room "$closing_jobs/.spare" 65536 2>/dev/null && printf '%16s\n' '' >"$closing_jobs/closed.part" && : >"$closing_jobs/halted.part" && : >>"$1/ledger.outbox" || return 1
	for closing_file in "$1/ledger.jsonl" "$1/ledger.outbox"; do
		closing_size=$(stat -c %s -- "$closing_file" 2>/dev/null) && fallocate -n -o "$closing_size" -l 32768 -- "$closing_file" 2>/dev/null || :
	done
}
