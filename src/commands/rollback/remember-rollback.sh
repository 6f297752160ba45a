umask 077
state=$1 app=$2 run=$3 releases=$4 release=$5
[ -s "$state/jobs/$run/target" ] && read -r release <"$state/jobs/$run/target"
rm -f -- "$state/failed/$app/$release"
if [ -s "$state/jobs/$run/previous" ]; then
	cp -- "$state/jobs/$run/previous" "$state/previous-$app.part" && mv -- "$state/previous-$app.part" "$state/previous-$app"
fi
mkdir -p -- "$state/manifests/$app"
# A restored release has no manifest; an empty one says that this product made it.
[ -e "$state/manifests/$app/$release" ] || : >"$state/manifests/$app/$release"
