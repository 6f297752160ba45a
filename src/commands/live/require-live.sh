# A rollback is asked for "the release before": which one that was stands with the run.

live=$1 state=$2 app=$3 run=$4 release=$5
if [ "$release" = previous ]; then read -r release <"$state/jobs/$run/target" || exit 0; fi
live_is "$state" "$app" "$release" "$(readlink -- "$live")"
