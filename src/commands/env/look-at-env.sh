# Prints `name value` lines about an app's file of values: whether the app is adopted, what this run has written already,
# and the file itself in base64, with the digest of just these bytes. Changes nothing. `place` is where a file would be made.

state=$1 run=$2 owner=$3 live=$4 file=$5
[ -L "$live" ] && echo 'adopted yes' || echo 'adopted no'
[ -e "$state/jobs/$run/env" ] && echo 'written yes' || echo 'written no'
exec sudo -n -u "$owner" -- sh -c '
file=$1
[ -w "$(dirname -- "$file")" ] && echo "place yes" || echo "place no"
if [ -L "$file" ]; then echo "kind link"; exit 0; fi
if ! [ -e "$file" ]; then echo "kind missing"; exit 0; fi
if ! [ -f "$file" ]; then echo "kind other"; exit 0; fi
echo "kind file"
echo "owned $(stat -c "%u %U" -- "$file")"
echo "user $(id -u)"
[ -r "$file" ] || { echo "readable no"; exit 0; }
size=$(stat -c %s -- "$file") || exit 1
echo "size $size"
[ "$size" -le "$2" ] || exit 0
content=$(base64 -w 0 <"$file") || exit 1
echo "sha256 $(printf %s "$content" | base64 -d | sha256sum | cut -c 1-64)"
echo "content $content"
' look "$file" "$6"
