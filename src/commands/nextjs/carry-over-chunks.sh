# The manifests are the SSH user's, the files the owner's: what is to be kept goes over by standard input.

set -eu
state=$1 app=$2 live=$3 candidate=$4 owner=$5
[ -L "$live" ] || { echo 'nothing is live yet: no chunks to carry over'; exit 0; }
release=$(readlink -f -- "$live")
before=
[ -e "$state/previous-$app" ] && read -r before <"$state/previous-$app"
chunks() {
	for manifest in "$state/manifests/$app/${release##*/}" "$state/manifests/$app/$before"; do
		[ -f "$manifest" ] && LC_ALL=C sed -z -n 's,^[0-9]* \([0-9a-f]*\) \(\.next/static/\),\1  ./\2,p' "$manifest"
	done | LC_ALL=C sort -zu
}
all=no
[ -f "$state/manifests/$app/${release##*/}" ] || all=yes
chunks | sudo -n -u "$owner" -- sh -c '
set -eu
from=$1 all=$2
cd -- "$3"
keep=$(mktemp) found=$(mktemp) own=$(mktemp)
trap "rm -f -- \"$keep\" \"$found\" \"$own\"" EXIT
cat >"$keep"
mkdir -p -- .next/static
find ./.next/static -type f -print0 | LC_ALL=C sort -z >"$own"
if [ -d "$from/.next/static" ]; then
	tar --create --file=- -C "$from" .next/static | tar --extract --file=- --skip-old-files --no-same-owner --preserve-permissions
fi
if [ "$all" = no ]; then
	# By content: what was put in the place of a chunk is no chunk.
	find ./.next/static ! -type d ! -type f -exec rm -f -- {} +
	find ./.next/static -type f -print0 | LC_ALL=C sort -z | LC_ALL=C comm -z -13 -- "$own" - | xargs -0 -r sha256sum -z -- | LC_ALL=C sort -z >"$found"
	LC_ALL=C comm -z -23 -- "$found" "$keep" | cut -z -c 67- | xargs -0 -r rm -f --
	find .next/static -mindepth 1 -type d -empty -delete
fi
count() { tr -dc "\0" | wc -c; }
printf "%s files of earlier builds stay for pages that are open\n" "$(($(find .next/static -type f -print0 | count) - $(count <"$own")))"
' carry "$release" "$all" "$candidate"
