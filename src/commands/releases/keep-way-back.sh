set -eu
umask 077
state=$1 app=$2 run=$3 script=$4
printf '%s' "$script" >"$state/rollback-$app.sh.part"
chmod 700 -- "$state/rollback-$app.sh.part"
mv -- "$state/rollback-$app.sh.part" "$state/rollback-$app.sh"
if [ -e "$state/jobs/$run/previous" ]; then
	cp -- "$state/jobs/$run/previous" "$state/previous-$app.part"
	mv -- "$state/previous-$app.part" "$state/previous-$app"
fi
