# Header: `CODEC MANIFEST_BYTES DELETION_BYTES`. What the owner's programs read comes through a pipe of the receiver's own:
# once the receiver is ended they get no more, whatever session sudo has put them in.

set -eu
umask 077
state=$1 app=$2 run=$3 attempt=$4 owner=$5 candidate=$6 live=$7
begin_receiving
IFS=' ' read -r codec manifest deletions
head -c "$manifest" >"$jobs/manifest.part"
mv -- "$jobs/manifest.part" "$jobs/manifest"
umask 022
cat | sudo -n -u "$owner" -- sh -c '
set -eu
[ "$(readlink -f -- "$4")" != "$(readlink -f -- "$1")" ] || { echo "$1 is live" >&2; exit 98; }
cd -- "$1"
list=$(mktemp)
trap "rm -f -- \"$list\"" EXIT
head -c "$3" >"$list"
xargs -0 -r rm -f -- <"$list"
xargs -0 -r dirname -z -- <"$list" | sort -zu | xargs -0 -r rmdir -p --ignore-fail-on-non-empty -- 2>/dev/null || true
case $2 in
	none) tar --extract --preserve-permissions --no-same-owner --file=- ;;
	gzip) tar --extract --gzip --preserve-permissions --no-same-owner --file=- ;;
	zstd) tar --extract --zstd --preserve-permissions --no-same-owner --file=- ;;
esac
' receive "$candidate" "$codec" "$deletions" "$live"
echo received
