# Takes what `compare` takes; $with: a directory that may have such a file already, or nothing.

# What no build and no installer brought outlives the release that has it: nobody can say what it is worth.
keep_left_out() {
	name=${1##*/}
	if compare "$@"; then cat -- "$scratch/added" "$scratch/changed"
	elif [ "$listed" = none ]; then
		records_of "$@" >"$scratch/found" || return
		sed -z '/^120000 0\{64\} /d' <"$scratch/found" | without "$unlisted" | compared | paths
	else return 1; fi >"$scratch/left" || return
	total=$(count <"$scratch/left")
	[ "$total" -gt 0 ] || return 0
	move_aside "$1" "$with" <"$scratch/left" || return
	[ "$total" = 1 ] && files='1 file that was' || files="$total files that were"
	sudo -n -u "$owner" -- rmdir -- "$base/left-out/$name" 2>/dev/null ||
		echo "noted: release $name is removed; $files not as deployed went to $base/left-out/$name"
}
