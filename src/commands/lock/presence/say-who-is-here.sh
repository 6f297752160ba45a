# Ages are told against the file that was just written: both times come from the same clock of the same file system.
# What nobody has touched for a day is cleared away. A cockpit that said
# nothing for 30 s is taken for gone.

umask 077
here=$1/here name=$2 about=$3
mkdir -p -- "$here" || exit 94
printf '%s\n' "$about" >"$here/.$name.$$" && mv -f -- "$here/.$name.$$" "$here/$name" || exit 94
now=$(stat -c %Y -- "$here/$name") || exit 94
for file in "$here"/*; do
	age=$((now - $(stat -c %Y -- "$file" || echo 0)))
	if [ "$age" -gt 86400 ]; then rm -f -- "$file"; continue; fi
	[ "$age" -le 30 ] || continue
	printf '%s ' "${file##*/}"
	head -c 1000 -- "$file" | head -n 1
done 2>/dev/null
