# Shell functions: the directory of a job with room for all that is ever written into it but the rest of its log. Its files
# are there in full length before the job begins, and are written over in place; a rename within the directory makes them
# count. `make_job_room DIRECTORY LENGTH`: LENGTH of the script. `fill_script DIRECTORY LENGTH` takes it from standard
# input; one that came only in part, over a link that broke, must never run.

make_job_room() {
	rm -rf -- "$1" && mkdir -- "$1" && (
		mkfifo -- "$1/pipe" && : >"$1/log" && : >"$1/lock" && : >"$1/started.part" && cat /proc/sys/kernel/random/boot_id >"$1/boot" &&
		printf '%64s\n' '' >"$1/exit.part" && printf '%64s\n' '' >"$1/group.part" && head -c "$2" /dev/zero >"$1/script"
	) || return 1
	# Where a file system can't, a full disk only cuts the log.
	fallocate -n -l 65536 -- "$1/log" 2>/dev/null || :
}
fill_script() {
	cat 1<>"$1/script" && truncate -s "$2" -- "$1/script" && [ "$(($(tr -d '\0' <"$1/script" | wc -c)))" = "$2" ] ||
		{ echo 'the script of the job did not arrive whole' >&2; return 1; }
}
