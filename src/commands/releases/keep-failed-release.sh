# A release bakes its own path into its caches, so it stays where it is and gets the name people look for as a link.
# Nothing here may end a run: on a full disk going back matters, not the name.

umask 077
state=$1 app=$2 run=$3 release=$4 link=$5 releases=$6 part=$7 about=$8
[ -n "$release" ] || read -r release <"$state/jobs/$run/previous" || { echo 'what was live before is not written down' >&2; exit 0; }
mkdir -p -- "$state/failed/$app" && printf '{"release":"%s","at":"%s",%s}\n' "$release" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"$state/failed/$app/$release" ||
	echo "could not write down that $release failed" >&2
sudo -n -- ln -sfn -- "$releases/$release$part" "$link" || { echo "could not name it $link" >&2; exit 0; }
echo "kept as $link"
