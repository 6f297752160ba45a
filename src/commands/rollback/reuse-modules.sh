# shellcheck disable=SC2012 # names that the product or a migration gives, without blanks

set -eu
releases=$1 candidate=$2 live=$3 owner=$4
shift 4
lock=package-lock.json
as_owner() { sudo -n -u "$owner" -- "$@"; }
[ -f "$candidate/$lock" ] || { echo 'no package-lock.json in the archive: keeps the packages of live'; exit 0; }
if [ -e "$candidate/node_modules" ] && cmp -s -- "$live/$lock" "$candidate/$lock"; then echo 'packages as in live: nothing to fetch'; exit 0; fi
for release in $(ls -1 -- "$releases" | LC_ALL=C sort -r); do
	[ "$releases/$release" = "$candidate" ] && continue
	[ -e "$releases/$release/node_modules" ] && cmp -s -- "$releases/$release/$lock" "$candidate/$lock" || continue
	as_owner rm -rf -- "$candidate/node_modules"
	as_owner cp -al -- "$releases/$release/node_modules" "$candidate/node_modules"
	echo "packages as in $release: nothing to fetch"
	exit 0
done
"$@"
