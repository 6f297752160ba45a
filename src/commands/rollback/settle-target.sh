# The name is kept with the run: once it is live, "previous" means another release. What differs from its manifest is
# counted and told, and keeps nobody from going back to it.

set -eu
umask 077
state=$1 app=$2 run=$3 releases=$4 wanted=$5
shift 5
if [ -s "$state/jobs/$run/target" ]; then read -r release <"$state/jobs/$run/target"
elif [ "$wanted" = previous ]; then
	[ -s "$state/previous-$app" ] || { echo 'no earlier release is written down on this host' >&2; exit 1; }
	read -r release <"$state/previous-$app"
else release=$wanted; fi
case $release in '' | . | .. | */*) echo "not the name of a release: $release" >&2; exit 1 ;; esac
[ -d "$releases/$release" ] || { echo "release $release is not on this host any more" >&2; exit 1; }
if [ -s "$state/jobs/$run/live" ] && ! [ -s "$state/jobs/$run/target" ] && read -r begun <"$state/jobs/$run/live" && [ "$begun" = "$release" ]; then
	echo "release $release is live already" >&2
	exit 1
fi
for needed; do
	[ -e "$releases/$release/$needed" ] || { echo "release $release is not whole: $needed is missing" >&2; exit 1; }
done
printf '%s\n' "$release" >"$state/jobs/$run/target"
echo "target $release"
manifest=$state/manifests/$app/$release
if [ -s "$manifest" ]; then
	# Mode, digest, path, each record ended by NUL; links have no content of their own.
	records() { tr '\n\000' '\001\n' <"$manifest" | sed -n '/[\\\x01]/d; s/^100[0-9]* \([0-9a-f]*\) /\1  /p'; }
	count=$(records | grep -c . || true)
	bad=$(records | { cd -- "$releases/$release" && sha256sum --check --quiet 2>/dev/null || true; } | grep -c . || true)
	echo "files $count differ $bad"
else
	echo 'files unknown'
fi
