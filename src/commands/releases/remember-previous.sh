umask 077
live=$1 state=$2 app=$3 jobs=$2/jobs/$4
target=$(readlink -- "$live") || exit 0
printf '%s\n' "${target##*/}" >"$jobs/previous"
# What the way back by hand leads to until this run changes it: one that goes back by itself leaves it as it was.
if [ -e "$state/previous-$app" ]; then cp -- "$state/previous-$app" "$jobs/previous-before"; else : >"$jobs/previous-before"; fi
