# Goes back without the cockpit. It is stored on the host by every deploy and must stay a plain script that an
# engineer can read at a bad moment. What it needs to know is set by the line above it.

# 1 live path  2 new link  3 link target without the release  4 file with the release to go back to
# 5 file that says whose the live path is  6 project  7 environment  8 app  9... services
live=$1 next=$2 releases=$3 memory=$4 owner=$5
here=$(unset CDPATH; cd -- "$(dirname -- "$memory")" && pwd -P)
mine=$(printf 'project %s\nenvironment %s\napp %s\nstate %s' "$6" "$7" "$8" "$here")
shift 8
if [ -e "$owner" ] && [ "$(cat -- "$owner")" != "$mine" ] && [ -z "${COCKPIT_ANYWAY-}" ]; then
	echo "$live is not this environment's any more; $owner says:" >&2
	cat -- "$owner" >&2
	echo 'Go on all the same: COCKPIT_ANYWAY=1 sh this-script' >&2
	exit 93
fi
previous=${COCKPIT_RELEASE:-$(cat -- "$memory")}
case $previous in '' | . | .. | */*) echo "no release to go back to is recorded" >&2; exit 1 ;; esac
if ! [ -d "$(dirname -- "$live")/$releases/$previous" ]; then
	echo "release $previous is not on this host; there are:" >&2
	ls -- "$(dirname -- "$live")/$releases" >&2
	exit 1
fi
sudo -n ln -sfn -- "$releases/$previous" "$next"
sudo -n mv -fT -- "$next" "$live"
echo "live is now $(readlink -f -- "$live")"
for service in "$@"; do
	sudo -n systemctl "${service%%:*}" "${service#*:}" || sudo -n systemctl start "${service#*:}"
	printf '%s %s\n' "${service#*:}" "$(systemctl is-active "${service#*:}")"
done
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
