# The last look before anything is stopped. What can't be written stops nobody who goes back.

umask 077
live=$1 state=$2 app=$3 run=$4 urgency=$5
target=$(readlink -- "$live") || exit 0
as_begun "$state" "$app" "$run" "$target" || exit $?
printf '%s\n' "${target##*/}" >"$state/jobs/$run/previous" && exit 0
[ "$urgency" = urgent ] || exit 1
echo 'noted: could not write down what was live before'
