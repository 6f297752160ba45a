# Shell functions over the room that a state directory keeps for what must be written on a full disk. Room is blocks and
# inodes: to create a file takes an inode, to add to one may take a block; to write over what is there, to rename within a
# directory and to remove takes nothing. All take the state directory.
#
# `spare`: 192 files, 32 of them with 64 KiB, made while there is plenty. Only rollbacks use them, and the closing of a run
# whose own room is not enough. `keep_spare` makes what is missing, and fails where it can't; `use_spare` gives up as many
# as it takes until there is room, since what fills the disk may take all that is given up, and fails where there is none
# even then; `tell_full` says of a path what is left there.

room_there() {
	rm -rf -- "$1/room"
	mkdir -- "$1/room" 2>/dev/null && head -c 262144 /dev/zero 2>/dev/null >"$1/room/blocks" && (
		for room_n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do : >"$1/room/$room_n" || exit 1; done
	) 2>/dev/null
	room_code=$?
	rm -rf -- "$1/room"
	return "$room_code"
}
keep_spare() {
	# An earlier version kept one file.
	rm -f -- "$1/reserve"
	mkdir -p -- "$1/spare" || return 1
	spare_n=0
	while [ "$spare_n" -lt 192 ]; do
		spare_n=$((spare_n + 1))
		[ -e "$1/spare/$spare_n" ] && continue
		if [ "$spare_n" -le 32 ]; then head -c 65536 /dev/zero >"$1/spare/$spare_n"; else ( : >"$1/spare/$spare_n" ); fi 2>/dev/null ||
			{ rm -f -- "$1/spare/$spare_n"; return 1; }
	done
}
use_spare() {
	[ -w "$1" ] || return 1
	room_there "$1" && return
	rm -f -- "$1/reserve"
	for spare_n in 1 2 3 4 5 6 7 8; do
		rm -f -- "$1/spare/$spare_n" "$1/spare/$((spare_n + 8))" "$1/spare/$((spare_n + 16))" "$1/spare/$((spare_n + 24))"
		spare_m=$((spare_n + 32))
		while [ "$spare_m" -le 192 ]; do
			rm -f -- "$1/spare/$spare_m"
			spare_m=$((spare_m + 8))
		done
		room_there "$1" && return
	done
	# What earlier runs said is less than the way back.
	for spare_run in "$1"/jobs/*/closed; do
		[ -e "$spare_run" ] && rm -f -- "${spare_run%/closed}"/*/log
	done
	room_there "$1"
}
# Figures of df: KiB and inodes. A file system without a number of inodes has as many as it likes. What is not full failed
# for a reason of its own, the second parameter.
tell_full() {
	if ! [ -w "$1" ]; then printf '%s\n%s can not be written\n' "${2-}" "$1"; return; fi
	if [ -n "${2-}" ] && room_there "$1"; then printf '%s\n' "$2"; return; fi
	full_room=$(df -k --output=avail,size,iavail,itotal -- "$1" 2>/dev/null | tail -n 1)
	# shellcheck disable=SC2086 # four words
	set -- "$1" $full_room
	printf 'No space left on device: %s has %s KiB free of %s' "$1" "${2-?}" "${3-?}"
	case ${5-0} in 0 | -) echo ;; *) printf ', %s inodes free of %s\n' "$4" "$5" ;; esac
}
