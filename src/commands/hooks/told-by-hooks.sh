# Shell function: `told_by_hooks DIRECTORY` leaves in `$told_kept` what hooks asked to be kept, and in `$told_failed` which of
# them failed and were gone on from: members and elements of JSON. Both are empty where there is none.

told_by_hooks() {
	told_kept='' told_failed=''
	for told in "$1"/*.end; do
		[ -f "$told" ] || continue
		{ IFS= read -r told_line && IFS= read -r told_other; } <"$told" || continue
		[ -z "$told_line" ] || told_kept=${told_kept:+$told_kept,}$told_line
		[ -z "$told_other" ] || told_failed=${told_failed:+$told_failed,}$told_other
	done
}
