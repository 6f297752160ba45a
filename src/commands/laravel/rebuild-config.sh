# Makes the cached configuration anew beside the one in use, and renames it: no request reads half a cache, and until then
# all of them read the whole old one. The list of what was made in the release names the new one. Never with a value of the
# environment in an error: Laravel quotes what it could not read.
# shellcheck disable=SC2016 # the program of the owner

set -eu
export LC_ALL=C
live=$1 owner=$2 php=$3 lists=$4 run=$5
name=bootstrap/cache/config.php
release=$(readlink -f -- "$live")
rebuild='
set -eu
umask 022
cache=$1/$4 made=$1/$4.$3
[ -e "$cache" ] || { echo "its configuration is not cached: nothing to rebuild"; exit 0; }
trap "rm -f -- \"$made\"" EXIT
code=0
out=$(APP_CONFIG_CACHE="$made" "$2" "$1/artisan" config:cache 2>&1) || code=$?
printf "%s\n" "$out" | sed "s/\(Failed to parse dotenv file\..* at \[\).*/\1...]/"
[ "$code" -eq 0 ] || exit "$code"
[ -s "$made" ] || { echo "artisan made no cache at $made: does the app set its own place for it?" >&2; exit 1; }
chmod --reference="$cache" -- "$made"
mv -fT -- "$made" "$cache"
'
sudo -n -u "$owner" -- sh -c "$rebuild" rebuild "$release" "$php" "$run" "$name"
list=$lists/${release##*/}.made
[ -e "$list" ] || exit 0
umask 077
record=$(sudo -n -u "$owner" -- sh -c '
[ -e "$1" ] || exit 0
[ -x "$1" ] && mode=100755 || mode=100644
sum=$(sha256sum <"$1") && echo "$mode ${sum%% *} $2"
' record "$release/$name" "$name")
[ -n "$record" ] || exit 0
{
	sed -z '/^[0-9]* [0-9a-f]* bootstrap\/cache\/config\.php$/d' <"$list"
	printf '%s\0' "$record"
} | sort -z >"$list.$run"
mv -fT -- "$list.$run" "$list"
