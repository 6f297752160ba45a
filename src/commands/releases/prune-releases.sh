set -u
run=$1 releases=$2 keep=$3
shift 3
trash=$base/trash with=
current=$(readlink -f -- "$live")
current=${current##*/}
previous=
[ -e "$state/previous-$app" ] && read -r previous <"$state/previous-$app"
exists() { sudo -n -u "$owner" -- test -d "$1"; }
keep=$((keep - 1))
[ -n "$previous" ] && [ "$previous" != "$current" ] && exists "$releases/$previous" && keep=$((keep - 1))
# Newest first by when this host wrote down that it has them; what it wrote nothing about, by its name. The digits alone, so
# that both compare.
sudo -n -u "$owner" -- ls -1 -- "$releases" | while IFS= read -r release; do
	at=${release%%Z*} note=
	[ ! -f "$state/releases/$app/$release.json" ] || IFS= read -r note <"$state/releases/$app/$release.json" || :
	case $note in *',"at":"'[0-9]*) at=${note#*',"at":"'} at=${at%%[.Z\"]*} ;; esac
	while :; do
		case $at in *[!0-9]*) at=${at%%[!0-9]*}${at#*[!0-9]} ;; *) break ;; esac
	done
	printf '%s %s\n' "${at:-0}" "$release"
done | LC_ALL=C sort -r >"$scratch/releases"
while read -r _ release; do
	case $release in "$current" | "$previous") continue ;; esac
	# One that failed does not count: five bad deploys must not push out the last good release.
	if [ -e "$state/failed/$app/$release" ]; then [ "$keep" -le 0 ] || continue
	else
		[ -e "$state/manifests/$app/$release" ] || continue
		[ -e "$state/pinned-$app/$release" ] && continue
		if [ "$keep" -gt 0 ]; then keep=$((keep - 1)); continue; fi
	fi
	echo "removes release $release"
	# Never fails the run: the new release is live and healthy by now.
	( keep_left_out "$releases/$release" "$@" ) </dev/null || { echo "noted: could not put aside what release $release holds beside its build: it stays"; continue; }
	sudo -n -u "$owner" -- mkdir -p -- "$trash" && sudo -n -u "$owner" -- mv -T -- "$releases/$release" "$trash/$release.$run" || { echo "noted: could not remove $releases/$release"; continue; }
	rm -f -- "$state/manifests/$app/$release" "$state/manifests/$app/$release.made" "$state/manifests/$app/$release.found" "$state/releases/$app/$release.json" "$state/failed/$app/$release"
done <"$scratch/releases" || true
# Names under which failed releases were kept, once these are gone.
for link in "$(dirname -- "$live")/${app}_failed_"* "$(dirname -- "$live")/.next_failed_"*; do
	[ -L "$link" ] && ! [ -e "$link" ] && sudo -n -- rm -f -- "$link"
done
find "$state/jobs" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec sh -c '[ -e "$1/closed" ] && rm -rf -- "$1"' sh {} \; || true
