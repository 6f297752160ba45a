set -eu
run=$1 releases=$2 release=$3
shift 3
[ -n "$release" ] || read -r release <"$state/jobs/$run/target"
from=$(readlink -f -- "$live")
[ -d "$from/.next/static" ] || exit 0
sudo -n -u "$owner" -- sh -c 'mkdir -p -- "$2/.next/static" && tar --create --file=- -C "$1" .next/static | tar --extract --file=- --skip-old-files --no-same-owner --preserve-permissions -C "$2"' add "$from" "$releases/$release"
echo 'static files of the build that goes stay for pages that are open'
# They are made in it from now on, as far as they are written down: they came from another release's build.
lists=$state/manifests/$app/$release
[ -s "$lists" ] && [ -e "$lists.made" ] || exit 0
umask 077
for list in "$state/manifests/$app/${from##*/}" "$state/manifests/$app/${from##*/}.made"; do
	[ ! -e "$list" ] || only '\.next/static/' <"$list"
done >"$scratch/chunks"
sort -z -- "$lists" >"$scratch/brought"
merge "$lists.made" "$lists" "$scratch/chunks" | comm -z -23 - "$scratch/brought" >"$lists.made.part"
mv -- "$lists.made.part" "$lists.made"
