# Room at each path, or at the nearest directory above it that is there: `room<TAB>path<TAB>KiB<TAB>inodes<TAB>mounted on`.
# Writes nothing, not even a scratch file: it is asked on a full disk.

free() { df "--output=$1" "$2" -- "$3" 2>/dev/null | tail -n 1 | sed 's/^ *//; s/ *$//'; }
for path; do
	near=$path
	while ! [ -d "$near" ]; do near=$(dirname -- "$near"); done
	printf 'room\t%s\t%s\t%s\t%s\n' "$path" "$(free avail -k "$near")" "$(free iavail -k "$near")" "$(free target -k "$near")"
done
