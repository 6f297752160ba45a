# Makes a cached configuration anew beside the one that is there, and renames it: no request reads half a cache, and until
# then all of them read the whole old one. The list of what was made in the release names the new one. Of the live release,
# or of those that can be gone back to: they have the old values in theirs. One of these that can't be made is taken away,
# as the app reads the file itself then. Of the one that a rollback goes to only where .env is newer, within a minute: one that
# can't be made stays as it is, since what can't be read now could be read then. Never with a value in an error: Laravel
# quotes what it could not read.
# shellcheck disable=SC2016 # programs of the owner

set -eu
export LC_ALL=C
which=$1 live=$2 releases=$3 owner=$4 php=$5 lists=$6 run=$7 settled=$8
name=bootstrap/cache/config.php
release=$(readlink -f -- "$live")
rebuild='
set -eu
umask 022
cache=$1/$4 made=$1/$4.$3
trap "rm -f -- \"$made\"" EXIT
code=0
out=$(APP_CONFIG_CACHE="$made" timeout -k 5 "$5" "$2" "$1/artisan" config:cache 2>&1) || code=$?
printf "%s\n" "$out" | sed "s/\(Failed to parse dotenv file\..* at \[\).*/\1...]/"
[ "$code" -eq 0 ] || exit "$code"
[ -s "$made" ] || { echo "artisan made no cache at $made: does the app set its own place for it?" >&2; exit 1; }
chmod --reference="$cache" -- "$made"
mv -fT -- "$made" "$cache"
'
record='
[ -e "$1" ] || exit 0
[ -x "$1" ] && mode=100755 || mode=100644
sum=$(sha256sum <"$1") && echo "$mode ${sum%% *} $2"
'
as_owner() { sudo -n -u "$owner" -- "$@" </dev/null; }
is_cached() { as_owner sh -c '[ -e "$1" ]' cached "$1/$name"; }
# Keeps the list of a release true.
relist() {
	list=$lists/${1##*/}.made
	[ -e "$list" ] || return 0
	now=$(as_owner sh -c "$record" record "$1/$name" "$name") || return 1
	(
		umask 077
		{
			sed -z '/^[0-9]* [0-9a-f]* bootstrap\/cache\/config\.php$/d' <"$list"
			[ -z "$now" ] || printf '%s\0' "$now"
		} | sort -z >"$list.$run"
	)
	mv -fT -- "$list.$run" "$list"
}
if [ "$which" = live ]; then
	is_cached "$release" || { echo 'its configuration is not cached: nothing to rebuild'; exit 0; }
	as_owner sh -c "$rebuild" rebuild "$release" "$php" "$run" "$name" 0
	relist "$release"
	exit 0
fi
if [ "$which" = settled ]; then
	read -r id <"$settled"
	is_cached "$releases/$id" || { echo 'its configuration is not cached'; exit 0; }
	as_owner test "$releases/$id/.env" -nt "$releases/$id/$name" || { echo 'its cached configuration is as new as .env'; exit 0; }
	if as_owner sh -c "$rebuild" rebuild "$releases/$id" "$php" "$run" "$name" 60; then
		relist "$releases/$id"
		echo 'cached anew: .env is newer'
	else
		as_owner rm -f -- "$releases/$id/$name.$run"
		echo "noted: .env is newer than the cached configuration of release $id, which could not be cached anew: it goes live with the old values"
	fi
	exit 0
fi
as_owner ls -1 -- "$releases" | while IFS= read -r other; do
	other=$releases/$other
	[ "${other##*/}" != "${release##*/}" ] && is_cached "$other" || continue
	if ! as_owner sh -c "$rebuild" rebuild "$other" "$php" "$run" "$name" 0 >/dev/null 2>&1; then
		as_owner rm -f -- "$other/$name"
		echo "noted: release ${other##*/} could not cache its configuration: should it be gone back to, it reads .env itself"
	fi
	relist "$other"
done
