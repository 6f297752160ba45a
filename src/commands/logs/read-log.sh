# What is new in one log, as rows: of each file that the pattern names, oldest first, and of one that was renamed since it
# was read, which its inode tells. A file that has shrunk is read from its beginning.
# Arguments: number, path (its last part may hold `*`), `next` or `last`, bytes at most, and what is known of its files as
# `INODE:BYTES INODE:BYTES`; `new` where nothing is, and then the newest file is read from its end alone.
# Exits 3 when whoever asks may not read it, 4 when there is none.
number=$1 path=$2 take=$3 left=$4 known=" $5 "
directory=${path%/*}/
pattern=${path##*/}

set --
IFS=
for file in "$directory"$pattern; do
	[ ! -f "$file" ] || set -- "$@" "$file"
done
unset IFS
if [ $# -eq 0 ]; then
	[ -r "$directory" ] && [ -x "$directory" ] || exit 3
	[ "$known" != ' new ' ] || exit 4
fi
listing=$([ $# -eq 0 ] || stat -L -c 'named %i %s %Y %n' -- "$@")
if [ "$known" != ' new ' ]; then
	set --
	for each in $known; do
		case $listing in
			"named ${each%%:*} "* | *"
named ${each%%:*} "*) ;;
			*) set -- "$@" -o -inum "${each%%:*}" ;;
		esac
	done
	if [ $# -gt 0 ]; then
		shift
		renamed=$(find "$directory" -maxdepth 1 -type f ! -name '*.gz' \( "$@" \) -exec stat -c 'renamed %i %s %Y %n' {} +)
		listing=$(printf '%s\n%s\n' "$renamed" "$listing" | sed '/^$/d')
	fi
fi
[ -n "$listing" ] || exit 4
listing=$(printf '%s\n' "$listing" | sort -s -k 1,1r -k 4,4n -k 5)
newest=$(printf '%s\n' "$listing" | tail -n 1)
# The latest bytes are those of the newest files.
[ "$take" = next ] || listing=$(printf '%s\n' "$listing" | sed -n '1!G;h;$p')

while read -r how inode size mtime file; do
	offset=0
	case $known in
		' new ') [ "$how $inode $size $mtime $file" = "$newest" ] || offset=$size ;;
		*" $inode:"*)
			offset=${known#*" $inode:"}
			offset=${offset%% *}
			[ "$size" -ge "$offset" ] || offset=0
			;;
	esac
	from=$offset
	[ "$take" = next ] && [ "$known" != ' new ' ] || [ "$((size - from))" -le "$left" ] || from=$((size - left))
	count=$((size - from))
	if [ "$count" -gt "$left" ]; then
		count=$left
		printf 'more %s\n' "$number"
		[ "$left" -gt 0 ] || continue
	fi
	[ "$count" -eq 0 ] || [ -r "$file" ] || exit 3
	[ "$count" -gt 0 ] || [ "$how" = named ] || continue
	printf 'file %s %s %s %s %s %s %s %s\n' "$number" "$how" "$inode" "$size" "$from" "$((from - offset))" "$mtime" "$file"
	[ "$count" -gt 0 ] || continue
	left=$((left - count))
	printf 'data %s ' "$number"
	tail -c "+$((from + 1))" -- "$file" | head -c "$count" | base64 -w 0
	echo
done <<LISTING
$listing
LISTING
