set -eu
umask 077
state=$1 app=$2 release=$3 about=$4
mkdir -p -- "$state/releases/$app"
printf '{"release":"%s","at":"%s",%s}\n' "$release" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"$state/releases/$app/$release.json.part"
mv -- "$state/releases/$app/$release.json.part" "$state/releases/$app/$release.json"
