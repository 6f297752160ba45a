# `read_logs READER SECONDS` and five words for each log: path, `next` or `last`, bytes at most, what is known (as
# `read-log.sh` has it, or `@FILE` that holds it), and who can read it where the login can't; empty: nobody else.
# It answers at once when something is new, else as soon as something is, or after so many seconds.
# Nothing on a host tells of new bytes in files that come and go by a pattern, so their sizes are looked at twice a second.

read_logs() {
	log_reader=$1 log_seconds=$2
	shift 2
	log_left=$#
	while [ "$log_left" -ge 5 ]; do
		set -- "$@" "$(log_path_of "$1")" "$2" "$3" "$4" "$5"
		shift 5
		log_left=$((log_left - 5))
	done
	log_sizes=$(log_sizes_of "$@")
	log_answer=$(read_each_log "$@")
	case "
$log_answer" in *"
data "* | *"
more "*) log_seconds=0 ;; esac
	log_ticks=$((log_seconds * 2))
	while [ "$log_ticks" -gt 0 ]; do
		sleep 0.5
		log_ticks=$((log_ticks - 1))
		[ "$(log_sizes_of "$@")" = "$log_sizes" ] || break
	done
	[ "$log_seconds" -eq 0 ] || log_answer=$(read_each_log "$@")
	date '+clock %s %z'
	[ -z "$log_answer" ] || printf '%s\n' "$log_answer"
	echo 'logs end'
}
log_sizes_of() {
	while [ $# -ge 5 ]; do
		IFS=
		for log_file in "${1%/*}/"${1##*/}; do
			stat -L -c '%i %s' -- "$log_file" 2>/dev/null
		done
		unset IFS
		shift 5
	done
}
read_each_log() {
	log_number=0
	while [ $# -ge 5 ]; do
		log_known=$4
		case $log_known in
			@*)
				log_known=$([ -r "${1%/*}/" ] && [ -x "${1%/*}/" ] && cat -- "${log_known#@}" 2>/dev/null) && [ -n "$log_known" ] || { log_known=new; printf 'unnoted %s\n' "$log_number"; }
				log_known=$(printf %s "$log_known" | tr -s '\n' ' ')
				;;
		esac
		log_said=$(sh -c "$log_reader" read-log "$log_number" "$1" "$2" "$3" "$log_known" 2>&1)
		log_code=$?
		if [ "$log_code" -eq 3 ] && [ -n "$5" ] && [ "$5" != "$(id -un)" ]; then
			log_said=$(sudo -n -u "$5" -- sh -c "$log_reader" read-log "$log_number" "$1" "$2" "$3" "$log_known" 2>&1)
			log_code=$?
		fi
		case $log_code in
			0) printf '%s\n' "$log_said" ;;
			3) printf 'fault %s denied\n' "$log_number" ;;
			4) printf 'fault %s missing\n' "$log_number" ;;
			*) printf 'fault %s failed %s\n' "$log_number" "$(printf %s "$log_said" | tail -n 1)" ;;
		esac
		log_number=$((log_number + 1))
		shift 5
	done
}
