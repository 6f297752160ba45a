# Facts, then files, then writers, each ended by an empty record; NUL between everything, because a name may hold
# anything else. What is written about a backup is one line of JSON.

directory=$1 state=$2
shift 2
say() { printf '%s\0%s\0' "$1" "$2"; }
say time "$(date -u +%s)"
for app; do
	name=${app%%:*} live=${app#*:}
	[ -L "$live" ] && { target=$(readlink -- "$live"); say "live $name" "${target##*/}"; }
	say "since $name" "$(adopted_since "$state" "$name")"
	[ -s "$state/previous-$name" ] && read -r previous <"$state/previous-$name" && say "previous $name" "$previous"
done
if ! [ -e "$directory" ]; then say missing "$directory"; printf '\0\0\0'; exit 0; fi
cd -- "$directory" || exit 1
say free "$(df -P -k . | tail -n 1 | { read -r _ _ _ free _; echo "$free"; })"
printf '\0'
find . -mindepth 1 -maxdepth 1 -printf '%f\0%y\0%s\0%T@\0' || exit 1
printf '\0'
for part in ./*_*.tar.gz.part; do
	[ -f "$part" ] || continue
	# By its open file: flock by name would make it anew when it has just become the archive.
	{ ! flock -n -s 7 || say "${part#./}" ended; } 2>/dev/null 7<"$part"
done
printf '\0'
find . -mindepth 1 -maxdepth 1 -type f -name '*_*.json' -size -256k -exec grep -aHs --null -m 1 '' {} +
exit 0
