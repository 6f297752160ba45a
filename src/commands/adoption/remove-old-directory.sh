# Behind `carry-over.sh`, whose function this uses. Arguments: the base, then what is shared.

set -eu
base=$1
shift
[ -d "$base/before-adoption" ] || exit 0
carry_over "$base/before-adoption" "$base/shared" "$base/inodes" "$@"
rm -rf -- "$base/before-adoption" "$base/inodes"
