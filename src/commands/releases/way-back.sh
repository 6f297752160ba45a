# Goes back without the cockpit. It is stored on the host by every deploy and must stay a plain script that an
# engineer can read at a bad moment. What it needs to know is set by the lines above it.

# 1 live path  2 new link  3 link target without the release  4 file with the release to go back to
# 5 file that says whose the live path is  6 project  7 environment  8 app  9... services
live=$1 next=$2 releases=$3 memory=$4 marker=$5 app=$8
here=$(unset CDPATH; cd -- "$(dirname -- "$memory")" && pwd -P)
mine=$(printf 'project %s\nenvironment %s\napp %s\nstate %s' "$6" "$7" "$8" "$here")
shift 8
if [ -e "$marker" ] && [ "$(cat -- "$marker")" != "$mine" ] && [ -z "${COCKPIT_ANYWAY-}" ]; then
	echo "$live is not this environment's any more; $marker says:" >&2
	cat -- "$marker" >&2
	echo 'Go on all the same: COCKPIT_ANYWAY=1 sh this-script' >&2
	exit 93
fi
all=$(dirname -- "$live")/$releases
from=$(readlink -- "$live") || from=
from=${from##*/}
previous=${COCKPIT_RELEASE:-$(cat -- "$memory" 2>/dev/null || true)}
explicit() { echo "To go there all the same: COCKPIT_RELEASE=$previous sh $here/rollback-$app.sh"; }

# No run begins anything on this host until the swap is done. Whoever keeps the lock longer is not waited for.
if [ -w "$here/lock/$app.flock" ]; then
	exec 9>>"$here/lock/$app.flock"
	flock -w 10 9 || echo "the lock of the $app is busy; going on without it" >&2
fi
if [ -e "$here/lock/$app" ]; then
	read -r run _ <"$here/lock/$app"
	said() { sed -n '2s/.*"'"$1"'":"\([^"]*\)".*/\1/p' "$here/lock/$app"; }
	echo "run $run holds the lock of the $app: $(said name) on $(said machine), since $(said since)"
	alive=
	for job in "$here/jobs/$run"/*/lock; do
		[ -e "$job" ] && ! flock -n -s -- "$job" true || continue
		job=${job%/lock}
		group=
		[ ! -e "$job/group" ] || read -r group _ <"$job/group"
		echo "its job ${job##*/} runs on this host now. End it here: sudo kill -- -${group:-?}" >&2
		alive=yes
	done
	if [ -n "$alive" ]; then
		echo "nothing was changed: live is $from. Once that job has ended, start this script again" >&2
		exit 95
	fi
	echo 'no job of it runs on this host: going on. Its next step will find what is live and end the run'
	found=
	[ ! -e "$here/jobs/$run/live" ] || read -r found <"$here/jobs/$run/live"
	if [ -z "${COCKPIT_RELEASE-}" ] && [ -n "$from" ] && [ "$found" = "$from" ] && grep -q '"kind":"deploy"' "$here/jobs/$run/run.json"; then
		echo "that deploy has not made its release live: live is $from, as it was before. Nothing was changed" >&2
		[ "$previous" = "$from" ] || echo "the release before that is $previous. $(explicit)" >&2
		exit 1
	fi
fi

there_are() {
	echo "on this host are:" >&2
	ls -- "$all" >&2
}
case $previous in '' | . | .. | */*) echo "no release to go back to is recorded; live is $from" >&2; there_are; exit 1 ;; esac
if [ "$previous" = "$from" ]; then
	echo "live is $from already: nothing was changed"
	exit 0
fi
hand_to='' hand_from=''
[ ! -s "$here/by-hand/$app" ] || read -r hand_to hand_from _ <"$here/by-hand/$app"
if [ -z "${COCKPIT_RELEASE-}" ] && { [ -e "$here/failed/$app/$previous" ] || [ "$hand_to $hand_from" = "$from $previous" ]; }; then
	echo "live is $from, the release before already: $previous was gone back from. Nothing was changed"
	explicit
	exit 0
fi
if ! [ -d "$all/$previous" ]; then
	echo "release $previous is not on this host; live is $from" >&2
	there_are
	exit 1
fi
for file in $needed; do
	[ -e "$all/$previous/$file" ] && continue
	echo "release $previous is not whole, $file is missing; live is $from" >&2
	there_are
	exit 1
done
echo "the $app goes from $from to $previous"

as_owner() { sudo -n -u "$owner" -- "$@"; }
cache=$all/$previous/bootstrap/cache/config.php
if [ -n "$php" ] && as_owner test "$all/$previous/.env" -nt "$cache" && as_owner test -e "$cache"; then
	# Beside the old one: where it can't be made, the release goes live with the values it has. Without output, since
	# Laravel quotes what it can't read.
	if as_owner env "APP_CONFIG_CACHE=$cache.new" timeout -k 5 60 "$php" "$all/$previous/artisan" config:cache </dev/null >/dev/null 2>&1 &&
		as_owner chmod --reference="$cache" -- "$cache.new" && as_owner mv -fT -- "$cache.new" "$cache"; then
		echo '.env is newer than its cached configuration: cached anew'
	else
		as_owner rm -f -- "$cache.new" || true
		echo '.env is newer than its cached configuration, which could not be cached anew: it goes live with the old values' >&2
	fi
fi
sudo -n ln -sfn -- "$releases/$previous" "$next"
sudo -n mv -fT -- "$next" "$live"
echo "live is now $(readlink -f -- "$live")"

# For "cockpit status", and for whoever starts this script next.
write_down() (
	umask 077
	at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	mkdir -p -- "$here/by-hand" "$here/failed/$app" || exit 1
	printf '%s %s %s %s\n' "$previous" "${from:--}" "$at" "${SUDO_USER:-$(id -un)}" >"$here/by-hand/$app.part" && mv -- "$here/by-hand/$app.part" "$here/by-hand/$app" || exit 1
	rm -f -- "$here/failed/$app/$previous"
	[ -n "$from" ] || exit 0
	[ -n "${COCKPIT_RELEASE-}" ] || printf '{"release":"%s","at":"%s","why":"gone back from by hand"}\n' "$from" "$at" >"$here/failed/$app/$from" || exit 1
	printf '%s\n' "$from" >"$memory.part" && mv -- "$memory.part" "$memory"
)
write_down || echo 'could not write down that this was done by hand: tell the team' >&2
# What is started from here on must not keep the lock.
exec 9>&-
for service in "$@"; do
	sudo -n systemctl "${service%%:*}" "${service#*:}" || sudo -n systemctl start "${service#*:}"
	printf '%s %s\n' "${service#*:}" "$(systemctl is-active "${service#*:}")"
done
if [ -n "$queue" ]; then
	as_owner "$php" "$live/artisan" "queue:$queue" </dev/null >/dev/null 2>&1 && echo 'queue workers were told to restart' ||
		echo "queue workers could not be told: they run $from until they are restarted" >&2
fi
as_pm2() { if [ -n "$pm2_user" ]; then sudo -n -H -u "$pm2_user" -- "$pm2" "$@"; else "$pm2" "$@"; fi; }
if [ -n "$pm2" ]; then
	IFS=,
	for name in $pm2_names; do
		as_pm2 describe "$name" >/dev/null 2>&1 || continue
		as_pm2 reload "$name" --force
		exit
	done
	echo "PM2 has no process called $pm2_names" >&2
	exit 1
fi
