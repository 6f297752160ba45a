# Prints `name value` lines about an app's file of values: whether the app is adopted, what this run has written already,
# and the file itself in base64, with the digest of just these bytes. Changes nothing. `place` is where a file would be made.
# Where a run is named whose file is to be put back: the digests of what it has found and left, and what it has kept.

state=$1 run=$2 owner=$3 live=$4 file=$5 of=$7 kept=$8
[ -L "$live" ] && echo 'adopted yes' || echo 'adopted no'
[ -e "$state/jobs/$run/env" ] && echo 'written yes' || echo 'written no'
if [ -n "$of" ] && [ -e "$state/jobs/$of/env" ] && read -r was left <"$state/jobs/$of/env"; then
	printf 'of-was %s\nof-left %s\n' "$was" "$left"
fi
exec sudo -n -u "$owner" -- sh -c '
file=$1 kept=$3
if [ -n "$kept" ] && [ -f "$kept" ] && [ "$(stat -c %s -- "$kept")" -le "$2" ]; then
	content=$(base64 -w 0 <"$kept") || exit 1
	echo "of-kept-sha256 $(printf %s "$content" | base64 -d | sha256sum | cut -c 1-64)"
	echo "of-kept $content"
fi
[ -w "$(dirname -- "$file")" ] && echo "place yes" || echo "place no"
if [ -L "$file" ]; then echo "kind link"; exit 0; fi
if ! [ -e "$file" ]; then echo "kind missing"; exit 0; fi
if ! [ -f "$file" ]; then echo "kind other"; exit 0; fi
echo "kind file"
echo "owned $(stat -c "%u %U" -- "$file")"
echo "names $(stat -c %h -- "$file")"
echo "user $(id -u)"
[ -r "$file" ] || { echo "readable no"; exit 0; }
size=$(stat -c %s -- "$file") || exit 1
echo "size $size"
[ "$size" -le "$2" ] || exit 0
content=$(base64 -w 0 <"$file") || exit 1
echo "sha256 $(printf %s "$content" | base64 -d | sha256sum | cut -c 1-64)"
echo "content $content"
' look "$file" "$6" "$kept"
