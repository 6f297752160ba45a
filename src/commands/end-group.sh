# Shell function: ends the process group `$1`, whose leader was started at `$2` ticks. Fails when something outlives KILL.
# Members are read from /proc: a group is gone when no living process is in it. TERM first, KILL after 5 s; through sudo
# too, because processes of the group that went through sudo belong to other users. With the number of a group alone, a
# later group of the same number could be taken for it: `since` is the start time of its leader.
# shellcheck disable=SC2086 # the fields of stat are words

members() {
	for stat in /proc/[0-9]*/stat; do
		read -r line <"$stat" || continue
		set -- "${line%% *}" ${line##*) }
		[ "$4" = "$group" ] && [ "$2" != Z ] || continue
		[ "$1" = "$group" ] && [ "${21}" != "$since" ] && return 1
		return 0
	done 2>/dev/null
	return 1
}
end_group() {
	group=$1 since=$2
	for signal in TERM KILL; do
		members || return 0
		kill -s "$signal" -- "-$group" 2>/dev/null
		sudo -n -- kill -s "$signal" -- "-$group" 2>/dev/null
		tries=50
		while members && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
	done
	! members
}
