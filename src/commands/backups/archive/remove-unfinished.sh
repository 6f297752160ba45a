# Shell functions: archives whose writer is gone, by its lock, with what was to be written about them. By the open file: flock
# by name would make one anew that has just become whole.
# shellcheck disable=SC2094 # nothing is read from it, it is only locked

# One by its name without the ending.
remove_unfinished() {
	[ -f "$1.tar.gz.part" ] || return 0
	{ ! flock -n 7 || rm -f -- "$1.tar.gz.part" "$1.json.part"; } 2>/dev/null 7<"$1.tar.gz.part" || :
}
# Those of an app in a directory. What a verdict left has no writer that holds it: it takes no minute to write one.
remove_all_unfinished() {
	for unfinished in "$1/$2_"*.tar.gz.part; do remove_unfinished "${unfinished%.tar.gz.part}"; done
	find "$1" -maxdepth 1 -type f -name "$2_*.json.part" -mmin +1 -exec sh -c 'for left; do [ -e "${left%.json.part}.tar.gz.part" ] || rm -f -- "$left"; done' left {} + || :
}
