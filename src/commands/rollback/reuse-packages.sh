# shellcheck disable=SC2012 # names that the product or a migration gives, without blanks

set -eu
releases=$1 candidate=$2
[ -e "$candidate/vendor/autoload.php" ] && { echo 'the archive brings its own vendor'; exit 0; }
[ -e "$candidate/composer.lock" ] || { echo 'no composer.lock in the archive'; exit 0; }
for release in $(ls -1 -- "$releases" | LC_ALL=C sort -r); do
	[ "$releases/$release" = "$candidate" ] && continue
	[ -e "$releases/$release/vendor/autoload.php" ] && cmp -s -- "$releases/$release/composer.lock" "$candidate/composer.lock" || continue
	rm -rf -- "$candidate/vendor.part"
	cp -a --reflink=auto -- "$releases/$release/vendor" "$candidate/vendor.part"
	mv -T -- "$candidate/vendor.part" "$candidate/vendor"
	echo "packages as in $release: nothing to fetch"
	exit 0
done
echo 'no release here has the same composer.lock: packages are fetched'
