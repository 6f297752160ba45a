# `read_logs READER SECONDS` and five words for each log: path, `next` or `last`, bytes at most, what is known (as
# `read-log.sh` has it, or `@FILE` that holds it), and who can read it where the login can't; empty: nobody else.
# It answers at once when something is new, else as soon as something is, or after so many seconds.
# Nothing on a host tells of new bytes in files that come and go by a pattern, so the sizes of all are looked at once a
# second, by one process. Who waits needs standard input held open: it ends with whoever asked, and the wait with it.

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
	if [ "$log_seconds" -gt 0 ]; then
		exec 3<&0
		(read -r _ || kill "$$") <&3 >/dev/null 2>&1 &
		log_guard=$!
		while [ "$log_seconds" -gt 0 ]; do
			sleep 1
			log_seconds=$((log_seconds - 1))
			[ "$(log_sizes_of "$@")" = "$log_sizes" ] || break
		done
		kill "$log_guard" 2>/dev/null
		log_answer=$(read_each_log "$@")
	fi
	date '+clock %s %z'
	[ -z "$log_answer" ] || printf '%s\n' "$log_answer"
	echo 'logs end'
}
# For a subshell of its own: it ends in `stat`.
log_sizes_of() {
	log_left=$#
	while [ "$log_left" -ge 5 ]; do
		IFS=
		for log_file in "${1%/*}/"${1##*/}; do set -- "$@" "$log_file"; done
		unset IFS
		shift 5
		log_left=$((log_left - 5))
	done
	exec stat -L -c '%i:%s' -- "$@" 2>/dev/null
}
# Whether all files of a log are as they are known, and none that is known has another name by now.
log_is_read() {
	[ "$2" != new ] || return 1
	log_now=$(log_sizes_of "$1" '' '' '' '')
	for log_file in $log_now; do
		case " $2 " in *" $log_file "*) ;; *) return 1 ;; esac
	done
	for log_file in $2; do
		case "
$log_now" in *"
${log_file%%:*}:"*) ;; *) return 1 ;; esac
	done
}
read_each_log() {
	log_number=0
	while [ $# -ge 5 ]; do
		log_known=$4
		case $log_known in
			@*)
				log_noted=${log_known#@}
				# The clock of the files may be another one than that of the host, which entries go by.
				log_at=$(sed -n 's/^at://p' "$log_noted" 2>/dev/null)
				[ -n "$log_at" ] || log_at=$(stat -c %Y -- "$log_noted" 2>/dev/null)
				[ -z "$log_at" ] || printf 'noted %s %s\n' "$log_number" "$log_at"
				log_known=$([ -r "${1%/*}/" ] && [ -x "${1%/*}/" ] && sed '/^at:/d' "$log_noted" 2>/dev/null) && [ -n "$log_known" ] || { log_known=new; printf 'unnoted %s\n' "$log_number"; }
				log_known=$(printf %s "$log_known" | tr -s '\n' ' ')
				;;
		esac
		if [ "$2" = next ] && log_is_read "$1" "$log_known"; then
			log_number=$((log_number + 1))
			shift 5
			continue
		fi
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
