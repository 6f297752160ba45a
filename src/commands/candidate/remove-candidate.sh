set -eu
live=$1 candidate=$2
[ "$(readlink -f -- "$live")" != "$(readlink -f -- "$candidate")" ] || { echo "$candidate is live" >&2; exit 1; }
rm -rf -- "$candidate" "$candidate.part"
