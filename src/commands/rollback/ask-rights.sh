# What sudo refuses of what the swap will call: found out there, it would be too late. Each is asked beside the others,
# since a rollback waits for the answer, and nothing is written: it must answer on a full disk.
# shellcheck disable=SC2086 # one word a line, and nothing else parts them

# Behind what the question itself is given: the user whose rights count, or nothing, and commands, one word a line.
ask_rights() {
	shift 5
	newline='
'
	owner=$1
	shift
	command -v sudo >/dev/null || { printf 'rights\tsudo is not installed\n'; return; }
	for wanted; do
		(
			IFS=$newline
			set -f
			sudo -n -l -- $wanted >/dev/null 2>&1 || printf 'denied\t%s\n' "$(printf %s "$wanted" | tr '\n' ' ')"
		) &
	done
	[ -z "$owner" ] || why=$(sudo -n -u "$owner" -- true 2>&1) || printf 'rights\t%s\n' "$(printf %s "$why" | tr '\n\t' '  ')"
	wait
}
ask_rights "$@"
