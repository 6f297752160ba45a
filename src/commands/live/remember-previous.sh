# The last look before anything is stopped. What can't be written stops nobody who goes back.

umask 077
live=$1 state=$2 app=$3 run=$4 urgency=$5
jobs=$state/jobs/$run
target=$(readlink -- "$live") || exit 0
as_begun "$state" "$app" "$run" "$target" || exit $?
# What the way back by hand leads to until this run changes it: one that goes back by itself leaves it as it was.
keep_before() {
	if [ -e "$state/previous-$app" ]; then cp -- "$state/previous-$app" "$jobs/previous-before"; else : >"$jobs/previous-before"; fi
}
printf '%s\n' "${target##*/}" >"$jobs/previous" && keep_before && exit 0
[ "$urgency" = urgent ] || exit 1
echo 'noted: could not write down what was live before'
